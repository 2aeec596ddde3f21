// Lets the search work in a site that is opened from the disk, where browsers let no page fetch a
// file or start a worker from one: the index comes as a script, the worker runs in a frame.
if (location.protocol === "file:") {
  const here = document.currentScript.src;
  const load = (page, name) => new Promise((loaded) => {
    const script = page.createElement("script");
    script.src = new URL(name, here);
    script.onload = loaded;
    page.head.append(script);
  });

  window.__search = {index: load(document, "search/search_index.js").then(() => searchIndex)};

  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      this.inside = frame.contentWindow;
      this.inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", {data}));
      this.ready = load(frame.contentDocument, new URL(url, location.href));
    }
    postMessage(data) {
      this.ready.then(() => this.inside.dispatchEvent(new MessageEvent("message", {data})));
    }
  };
}
