#!/usr/bin/env python3
"""What the check of links finds in small sites, and what it leaves alone."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

LINKS = pathlib.Path(__file__).resolve().parents[2] / "docs/site/links.py"


class Links(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sluice-links-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.write("index.html", "<h1 id='top'>x</h1><a name='old'></a>")

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def check(self):
        done = subprocess.run([sys.executable, LINKS, self.folder], capture_output=True, text=True,
                              check=False)
        return done.returncode, done.stdout + done.stderr

    def fine(self, text, name="a.html"):
        self.write(name, text)
        status, output = self.check()
        self.assertEqual(status, 0, output)
        return output

    def dead(self, text, says, name="a.html"):
        self.write(name, text)
        status, output = self.check()
        self.assertEqual(status, 1, output)
        self.assertIn(says, output)

    def test_links_that_live(self):
        self.write("below/index.html", "<p id='\u00e4'></p><a href='../a.html'></a>")
        self.fine("<a href='index.html#top'></a><a href='index.html#old'></a><a href='#here'></a>"
                  "<i id='here'></i><a href='below'></a><a href='below/#%C3%A4'></a>")

    def test_a_file_that_is_not_there(self):
        self.dead("<p>\n<a href='b.html'>", "a.html:2: 'b.html': there is no such file")

    def test_a_picture_that_is_not_there(self):
        self.dead("<img src='b.png'>", "a.html:1: 'b.png': there is no such file")

    def test_an_anchor_that_is_not_there(self):
        self.dead("<a href='index.html#bottom'>", "'index.html#bottom': there is no such anchor")

    def test_an_anchor_of_the_page_itself(self):
        self.dead("<a href='#bottom'>", "'#bottom': there is no such anchor")

    def test_links_out_of_the_site(self):
        self.dead("<a href='../b.html'>", "'../b.html' leads out of the site")
        self.dead("<a href='/index.html'>", "'/index.html' leads out of the site")

    def test_addresses_elsewhere_are_counted(self):
        self.assertIn("2 addresses elsewhere", self.fine(
            "<a href='https://go.dev/ref/mem'></a><a href='https://go.dev/ref/mem'></a>"
            "<a href='http://example.org:80/?a=b#c'></a><a href='mailto:a@example.org'></a>"))

    def test_addresses_elsewhere_have_a_form(self):
        for address in ("https://", "https:/go.dev", "htps://go.dev", "//go.dev", "https://a b.c"):
            with self.subTest(address):
                self.dead(f"<a href='{address}'>", "has not the form of an address")

    def test_nothing_is_loaded_from_elsewhere(self):
        for tag in ("<script src='https://example.org/a.js'>", "<img src='//example.org/a.png'>",
                    "<link rel='stylesheet' href='https://fonts.googleapis.com/css'>"):
            with self.subTest(tag):
                self.dead(tag, "is loaded from elsewhere")
        self.fine("<link rel='canonical' href='https://example.org/'>")

    def test_styles(self):
        self.fine("a { background: url(index.html) } b { background: url('data:x') }", "a.css")
        self.dead("a { background: url(b.png) }", "a.css:1: 'b.png': there is no such file", "a.css")

    def test_scripts_of_doxygen(self):
        self.write("api/doxygen.css", "")
        self.dead("x=[['send',['../a.html#top',1,'Chan']]];", "'../a.html#top': there is no such file",
                  "api/search/all_0.js")
        self.dead("x={text:'Files',url:\"files.html\"}", "'files.html': there is no such file",
                  "api/menudata.js")

    def test_the_index_of_the_search(self):
        self.dead('{"docs": [{"location": "a.html#x"}]}', "'a.html#x': there is no such file",
                  "search/search_index.json")

    def test_no_site(self):
        (self.folder / "index.html").unlink()
        status, output = self.check()
        self.assertEqual(status, 2)
        self.assertIn("give the folder of a built site", output)


if __name__ == "__main__":
    unittest.main()
