# check_files.py SCHEMA PROGRAM...: runs each PROGRAM in checked mode with report=DIR and checks the files that it writes:
# .jsonl against SCHEMA, .dot with Graphviz and .html in a browser where there is one, and all of them against the text.
import collections
import html.parser
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    jsonschema = None

VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(html.parser.HTMLParser):
    """Checks that tags are closed in order, and collects texts and what would need another file."""

    def __init__(self):
        super().__init__()
        self.open, self.text, self.outside, self.ids, self.uses = [], [], [], set(), set()
        self.tags = collections.Counter()

    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        for name, value in attributes:
            if name in ("src", "href") and not value.startswith("#"):
                self.outside.append(f"{tag} {name}={value}")
            if name == "id":
                self.ids.add(value)
            self.uses.update(re.findall(r"url\(#([^)]+)\)", value or ""))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            raise ValueError(f"</{tag}> at {self.getpos()} closes nothing")

    def handle_data(self, data):
        self.text.append(data)


def check_lines(path, schema):
    reports = [json.loads(line) for line in path.read_text().splitlines()]
    for report in reports:
        if jsonschema is not None:
            jsonschema.validate(report, schema)
        for edge in report["graph"]["edges"]:
            assert max(edge["from"], edge["to"]) < len(report["graph"]["nodes"])
        assert f"[{report['code']}]: {report['title']}" in report["text"]
    assert reports
    return reports


def check_page(path, reports):
    text = path.read_text()
    page = Page()
    page.feed(text)
    page.close()
    assert not page.open, page.open
    assert not page.outside and page.tags["script"] == 0, page.outside
    assert page.uses <= page.ids, page.uses - page.ids
    assert page.tags["article"] == len(reports)
    shown = " ".join(page.text)
    for report in reports:
        assert report["title"] in shown and report["fingerprint"] in shown
        for node in report["graph"]["nodes"]:  # goroutines may be drawn as one
            assert node["kind"] == "goroutine" or node["label"] in shown, node["label"]
    drawn = sum(1 for report in reports if report["graph"]["nodes"])
    assert page.tags["figure"] == drawn, (page.tags["figure"], drawn)
    assert "prefers-color-scheme:dark" in text and "@media print" in text


def check_dot(path, reports):
    graphs = path.read_text().count("\ndigraph ") + path.read_text().startswith("digraph ")
    assert graphs == sum(1 for report in reports if report["graph"]["nodes"])
    if shutil.which("dot") and graphs:
        done = subprocess.run(["dot", "-Tsvg", str(path)], capture_output=True, text=True, check=True)
        assert not done.stderr and done.stdout.count("</svg>") == graphs, done.stderr


def check_browser(path):
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}", "--dump-dom", path.as_uri()],
            capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.count("<article") == path.read_text().count("<article"), done.stderr


def check(program, schema):
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"SLUICE_DEBUG": f"check,seed=1,report={folder}/out", "SLUICE_WORKERS": "1"}
        done = subprocess.run([program], env=environment, capture_output=True, text=True, timeout=120, check=False)
        files = {path.suffix: path for path in pathlib.Path(folder, "out").iterdir()}
        assert set(files) == {".txt", ".jsonl", ".dot", ".html"}, files
        reports = check_lines(files[".jsonl"], schema)
        written = files[".txt"].read_text()
        for report in reports:
            assert report["text"] in done.stderr and report["text"] in written
            assert f"files: {folder}/out/" in report["text"]
        check_page(files[".html"], reports)
        check_dot(files[".dot"], reports)
        check_browser(files[".html"])
        return [f"{report['code']}:{report['fingerprint']}" for report in reports]


def main():
    schema = json.loads(pathlib.Path(sys.argv[1]).read_text())
    for program in sys.argv[2:]:
        first = check(program, schema)
        print(pathlib.Path(program).name, *first)
        if first != (again := check(program, schema)):
            sys.exit(f"{program}: other fingerprints in another run: {again}")


main()
