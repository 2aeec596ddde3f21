#!/usr/bin/env python3
"""The documentation site is built without a warning and without a dead link, and is not when there
is one: what it is built from is spoilt in a copy of the tree."""
import html
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]


def build(tree, *arguments):
    """Exit status and output of tools/site of `tree`."""
    done = subprocess.run([tree / "tools/site", *arguments], stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, timeout=120, check=False)
    return done.returncode, done.stdout


class Site(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sluice-site-")
        cls.addClassCleanup(folder.cleanup)
        cls.site = pathlib.Path(folder.name) / "site"
        cls.status, cls.output = build(TOP, "--out", cls.site)

    def test_it_is_built_and_nothing_is_said_but_what_was_done(self):
        self.assertEqual(self.status, 0, self.output)
        self.assertRegex(self.output, r"\Alinks: \d+ pages, \d+ links, 0 dead; \d+ addresses "
                                      rf"elsewhere\nsite: {self.site}/index.html\n\Z")

    def test_each_page_of_the_tree_is_a_page_of_it(self):
        pages = [page for form in ("docs/*.md", "docs/reports/*.md", "docs/checks/*.md", "*.md",
                                   "bench/*.md", "checker/*.md", "examples/README.md")
                 for page in TOP.glob(form)]
        self.assertGreater(len(pages), 70)
        for page in pages:
            name = str(page.relative_to(TOP).with_suffix(".html"))
            self.assertTrue((self.site / name.replace("README", "index")).is_file(), name)

    def test_each_public_header_is_in_the_reference(self):
        for header in (TOP / "runtime/include/sluice").glob("*.hpp"):
            name = header.stem.replace("_", "__") + "_8hpp.html"
            self.assertTrue((self.site / "api" / name).is_file(), name)
        text = (self.site / "api/classsluice_1_1Chan.html").read_text()
        self.assertIn("Sends <code>value</code>; parks until a receiver takes it", text)

    def test_the_tables_beside_go_have_each_name_that_the_headers_mention(self):
        said = (TOP / "docs/go.md").read_text() + (TOP / "docs/tour.md").read_text()
        for header in (TOP / "runtime/include/sluice").glob("*.hpp"):
            text = re.sub(r"\n *///(?= \S)", "", header.read_text())  # a paragraph in one line
            for names in re.findall(r"\bGo: (.*)", text):
                for name in re.findall(r"\b[A-Z]\w+\b(?!\.\w)", names.partition(". ")[0]):
                    with self.subTest(header.name, name=name):
                        self.assertRegex(said, rf"\b{name}\b")

    def test_the_drawn_circle_is_that_of_the_report_beside_it(self):
        report = (TOP / "docs/anatomy.md").read_text()
        drawn = re.findall(r"<text[^>]*>(.*?)</text>",
                           (TOP / "docs/pictures/inversion.svg").read_text())
        self.assertEqual(len(drawn), 8)
        for text in drawn:
            for part in html.unescape(text).removeprefix("Mutex ").split(" \u2192 "):
                self.assertIn(part, report)

    def test_a_source_that_a_page_leads_to_is_shown(self):
        text = (self.site / "docs/architecture.html").read_text()
        self.assertIn('href="../runtime/src/sched/park.hpp.html"', text)
        shown = (self.site / "runtime/src/sched/park.hpp.html").read_text()
        self.assertIn('href="../../../index.html"', shown)
        self.assertIn("#pragma once", shown)

    def test_the_search_knows_all_pages_also_from_the_disk(self):
        index = (self.site / "search/search_index.json").read_text()
        found = {entry["location"].partition("#")[0] for entry in json.loads(index)["docs"]}
        self.assertIn("docs/reports/SL101.html", found)
        self.assertIn("docs/checks/sluice-lock-order.html", found)
        self.assertEqual((self.site / "search/search_index.js").read_text(), "searchIndex=" + index)


class Refused(unittest.TestCase):
    """Each test has the tree to itself, with an older site in it that must stay."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sluice-site-")
        self.addCleanup(folder.cleanup)
        self.tree = pathlib.Path(folder.name) / "tree"
        shutil.copytree(TOP, self.tree, ignore=shutil.ignore_patterns("build", ".git"))
        self.out = self.tree / "build/site"
        self.out.mkdir(parents=True)
        (self.out / ".sluice-site").touch()

    def spoil(self, name, text):
        with open(self.tree / name, "a", encoding="utf-8") as file:
            file.write(text)

    def refused(self, says, status=1, arguments=()):
        got, output = build(self.tree, *arguments)
        self.assertEqual(got, status, output)
        self.assertRegex(output, says)
        self.assertEqual([each.name for each in (self.tree / "build").iterdir()], ["site"])
        self.assertTrue((self.out / ".sluice-site").exists())

    def test_a_link_to_no_file(self):
        self.spoil("docs/faq.md", "\nMore in [a page](nowhere.md).\n")
        self.refused(r"docs/faq.md:\d+: the link to nowhere.md leads to no file of the tree")

    def test_a_link_to_no_heading(self):
        self.spoil("docs/faq.md", "\nMore in [a page](tour.md#nowhere).\n")
        self.refused(r"docs/faq.html:\d+: 'tour.html#nowhere': there is no such anchor")

    def test_a_function_without_a_comment(self):
        self.spoil("runtime/include/sluice/pool.hpp", "namespace sluice { void stray(int); }\n")
        self.refused(r"pool.hpp:\d+: error: Member stray\(int\) .* is not documented")

    def test_a_class_without_a_comment(self):
        self.spoil("runtime/include/sluice/pool.hpp", "namespace sluice { struct Stray { int x; }; }\n")
        self.refused("pool.hpp:\\d+: error: Compound sluice::Stray is not documented")

    def test_a_navigation_that_leads_to_no_page(self):
        self.spoil("docs/site/mkdocs.yml", "    - docs/nowhere.md\n")
        self.refused("(?m)^WARNING .*'docs/nowhere.md'")

    def test_something_loaded_from_elsewhere(self):
        self.spoil("docs/faq.md", "\n![a picture](https://example.org/picture.png)\n")
        self.refused("'https://example.org/picture.png' is loaded from elsewhere")

    def test_a_folder_of_something_else(self):
        self.refused("'docs' is neither empty nor a site that this tool made", 2, ["--out", "docs"])

    def test_what_it_is_not_asked(self):
        self.refused("unknown option '--fast'; there is --out DIR", 2, ["--fast"])
        self.refused("--out needs a folder", 2, ["--out"])
        self.refused("unknown argument 'there'", 2, ["--out", "here", "there"])


if __name__ == "__main__":
    unittest.main()
