#!/usr/bin/env python3
"""Checks every link of a built site.

    links.py DIR

Each link and each file that a page loads must be in the site, and an anchor in the page that it
names; so must what the scripts of the search and of the menus lead to. Pages must load nothing from
elsewhere. Addresses of other sites are checked for their form, and counted. Exit status 1 when a
link is dead, 2 when there is no site.
"""
import collections
import html.parser
import json
import os
import pathlib
import re
import sys
import urllib.parse

# Attributes that name another place, and tags that load it into the page.
LINKS = {"href", "src", "data", "poster", "action"}
LOADED = {"link", "script", "img", "iframe", "source", "object", "embed", "video", "audio"}
NOT_LOADED = {"canonical", "next", "prev", "alternate", "author", "license"}  # of <link rel=...>
# A script of Doxygen's: ['../page.html#anchor',...] in the search, {url:"page.html"} in the menu.
IN_SCRIPTS = re.compile(r"""['"]((?:\.\./)?[\w.-]+\.html(?:#\w+)?)['"]""")
IN_STYLES = re.compile(r"""url\(\s*['"]?([^'")]+)""")
EXTERNAL = re.compile(r"https?://[a-z0-9.-]+\.[a-z]{2,}(:\d+)?(/[^\s<>\"]*)?")

Link = collections.namedtuple("Link", "line address loaded")


class Page(html.parser.HTMLParser):
    """What a page leads to, and the anchors in it."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors, self.twice = [], set(), []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        for name in {"id", "name"} & values.keys():
            if name == "id" or tag == "a":
                self.anchors.add(values[name])
        loaded = tag in LOADED and values.get("rel") not in NOT_LOADED
        for name in LINKS & values.keys():
            self.links.append(Link(self.getpos()[0], values[name] or "", loaded))

    handle_startendtag = handle_starttag


class Site:
    def __init__(self, folder):
        self.folder = folder
        self.pages = {path: Page(path.read_text(encoding="utf-8"))
                      for path in sorted(folder.rglob("*.html"))}
        self.links, self.external, self.dead = 0, collections.Counter(), []

    def complain(self, path, line, what):
        self.dead.append(f"{path.relative_to(self.folder)}:{line}: {what}")

    def check(self):
        for path, page in self.pages.items():
            for link in page.links:
                self.follow(path, link)
        for path in sorted(self.folder.rglob("*.js")):
            # Only Doxygen's name pages in such a form; of mkdocs there is one index, below.
            if any((path.parent / up / "doxygen.css").exists() for up in (".", "..")):
                self.follow_all(path, IN_SCRIPTS, False)
        for path in sorted(self.folder.rglob("*.css")):
            self.follow_all(path, IN_STYLES, True)
        index = self.folder / "search" / "search_index.json"
        if index.exists():
            for entry in json.loads(index.read_text(encoding="utf-8"))["docs"]:
                self.follow(self.folder / "index.html", Link(0, entry["location"] or ".", False))

    def follow_all(self, path, form, loaded):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for address in form.findall(line):
                self.follow(path, Link(number, address, loaded))

    def follow(self, path, link):
        self.links += 1
        parts = urllib.parse.urlsplit(link.address)
        if parts.scheme in ("data", "javascript", "mailto"):
            return
        if parts.scheme or parts.netloc:
            self.follow_out(path, link)
            return
        target = path
        if parts.path:
            target = pathlib.Path(os.path.normpath(path.parent / urllib.parse.unquote(parts.path)))
        if parts.path.startswith("/") or self.folder not in (target, *target.parents):
            self.complain(path, link.line, f"'{link.address}' leads out of the site")
            return
        if target.is_dir():
            target /= "index.html"
        if not target.is_file():
            self.complain(path, link.line, f"'{link.address}': there is no such file")
        elif parts.fragment and target in self.pages and not self.has(target, parts.fragment):
            self.complain(path, link.line, f"'{link.address}': there is no such anchor")

    def has(self, target, fragment):
        return urllib.parse.unquote(fragment) in self.pages[target].anchors

    def follow_out(self, path, link):
        if link.loaded:
            self.complain(path, link.line, f"'{link.address}' is loaded from elsewhere")
        elif not EXTERNAL.fullmatch(link.address):
            self.complain(path, link.line, f"'{link.address}' has not the form of an address")
        else:
            self.external[link.address] += 1


def main():
    if len(sys.argv) != 2 or not (pathlib.Path(sys.argv[1]) / "index.html").is_file():
        print("links: give the folder of a built site, with its index.html", file=sys.stderr)
        return 2
    site = Site(pathlib.Path(sys.argv[1]).resolve())
    site.check()
    for each in site.dead:
        print(each)
    print(f"links: {len(site.pages)} pages, {site.links} links, {len(site.dead)} dead; "
          f"{len(site.external)} addresses elsewhere")
    return 1 if site.dead else 0


if __name__ == "__main__":
    sys.exit(main())
