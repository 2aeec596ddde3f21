#!/usr/bin/env python3
"""Pages of sluice-report: of reports, of a trace and of a profile."""
import html.parser
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import perfetto_reader
from pprof_reader import Profile

TOOL, HOT_LOCK, INVERSION, ASLEEP = (sys.argv.pop(1) for _ in range(4))
TOP = pathlib.Path(__file__).resolve().parents[2]
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
SEEN = re.compile(r'<p class="seen">(.*?)</p>\n')


class Boxes(html.parser.HTMLParser):
    """The boxes of a flame graph: (function, left, width, top), and the page's tags."""

    def __init__(self, text):
        super().__init__()
        self.boxes, self.tags, self.in_flame = [], set(), False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        attributes = dict(attributes)
        if tag == "div":
            self.in_flame = self.in_flame or attributes.get("class") == "flame"
            if self.in_flame and "title" in attributes:
                numbers = [float(n) for n in re.findall(r"[\d.]+", attributes["style"])]
                self.boxes.append((attributes["title"].split("\n")[0], *numbers))
        for name in ("src", "href"):
            assert attributes.get(name, "#").startswith("#"), attributes


class Pictures(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def tool(self, *arguments, status=0):
        done = subprocess.run([TOOL, *map(str, arguments)], text=True, capture_output=True,
                              timeout=60, cwd=self.folder)
        self.assertEqual(done.returncode, status, done.stderr)
        if status != 0:
            self.assertRegex(done.stderr, r"\Asluice-report: [^\n]+\n\Z")
            self.assertEqual(done.stdout, "")
            self.assertFalse(list(self.folder.glob("*.html*")))
        return done.stdout if status == 0 else done.stderr

    def page(self):
        return (self.folder / "sluice-report.html").read_text()

    def run_inversion(self, seed=7, **environment):
        subprocess.run([INVERSION], capture_output=True, timeout=60, env=dict(
            os.environ, SLUICE_DEBUG=f"check,seed={seed},report={self.folder}/out",
            SLUICE_WORKERS="1", **environment))

    def run_hot_lock(self):
        subprocess.run([HOT_LOCK], check=True, timeout=60, env=dict(
            os.environ, SLUICE_TRACE=str(self.folder / "trace"),
            SLUICE_BLOCKPROFILE=str(self.folder / "block")))

    def test_a_report_looks_as_on_the_page_of_its_run(self):
        self.run_inversion()
        (own,) = (self.folder / "out").glob("*.html")
        articles = r'<article id="r\d+">(.*?)</article>'
        wanted = re.findall(articles, own.read_text(), re.DOTALL)
        self.assertGreaterEqual(len(wanted), 3)
        self.assertRegex(self.tool("out"), r"\Asluice-report.html: %d findings in %d reports\n\Z" %
                         (len(wanted), len(wanted)))
        shown = re.findall(articles, SEEN.sub("", self.page()), re.DOTALL)
        self.assertEqual(sorted(shown), sorted(wanted))
        self.assertIn("fatal SL", shown[0])  # the worst first

    def test_a_finding_of_many_runs_is_shown_once(self):
        for seed in range(3):
            self.run_inversion(seed)
        files = sorted(path.name for path in (self.folder / "out").glob("*.jsonl"))
        seen = [line for path in (self.folder / "out").glob("*.jsonl")
                for line in path.read_text().splitlines()]
        keys = {(r["code"], r["fingerprint"]) for r in map(json.loads, seen)}
        self.assertIn(f": {len(keys)} findings in {len(seen)} reports", self.tool("out"))
        inversion = self.page().split("error SL101")[1]
        self.assertEqual(SEEN.search(inversion).group(1), "3 times, in " + ", ".join(files))

    def test_the_command_of_the_page(self):
        text = (TOP / "docs/debugging.md").read_text()
        command, said = re.search(r"^\$ sluice-report (.*)\n(.*\n)```", text, re.MULTILINE).groups()
        reports, trace, profile = command.split()
        self.run_hot_lock()
        self.run_inversion()
        for name, place in (("out", reports), ("trace", trace), ("block", profile)):
            (self.folder / name).rename(self.folder / place)
        numbers = re.compile(r"\d+")
        self.assertEqual(numbers.sub("N", self.tool(reports, trace, profile)),
                         numbers.sub("N", said))

    def test_the_timeline_is_the_trace(self):
        self.run_hot_lock()
        self.assertEqual(self.tool("trace"), "sluice-report.html: 1 trace\n")
        drawn = json.loads(re.search(r'<script type="application/json">(.*?)</script>', self.page(),
                                     re.DOTALL).group(1))
        tracks = perfetto_reader.read((self.folder / "trace").read_bytes())
        start = min(event.time for track in tracks.values() for event in track.events)
        wanted = {track.name: track for track in tracks.values()
                  if track.name.startswith(("worker", "goroutine"))}
        wakers = self.wakers(wanted)
        self.assertEqual(len(drawn["tracks"]), len(wanted))
        for track in drawn["tracks"]:
            name = track["name"]
            if track["origin"]:
                name += ", started at " + track["origin"]
            end, slices, woken = 0, [], []
            for i in range(0, len(track["slices"]), 4):
                state, gap, length, waker = track["slices"][i:i + 4]
                slices.append((drawn["names"][state], end + gap, end + gap + length))
                end += gap + length
                woken.append(waker)
            self.assertEqual(slices, [(state, begin - start, end - start)
                                      for state, begin, end, _ in wanted[name].slices()], name)
            if not track["worker"]:
                for (state, begin, _), waker in zip(slices, woken):
                    expected = wakers.get((track["number"], begin + start), 0)
                    self.assertEqual(waker, expected if state == "runnable" else 0, name)
        self.assertGreater(len(wakers), 50)
        self.assertIn("<td>hot_lock.cpp:39</td><td>8</td>", self.page())

    @staticmethod
    def wakers(tracks):
        """(who was woken, when): by whom; by workers' events alone."""
        found = {}
        for worker in (t for t in tracks.values() if t.name.startswith("worker")):
            runs = None
            for event in worker.events:
                if event.kind == perfetto_reader.BEGIN:
                    runs = int(re.search(r"\d+", event.name).group())
                elif event.kind == perfetto_reader.END:
                    runs = None
                elif runs is not None:
                    woken = int(re.search(r"\d+", event.name).group())
                    found[woken, event.time] = runs
        return found

    def test_the_flames_are_the_profile(self):
        self.run_hot_lock()
        self.assertEqual(self.tool("block"), "sluice-report.html: 1 profile\n")
        profile = Profile((self.folder / "block").read_bytes())
        whole = sum(values[-1] for values, _ in profile.samples)
        boxes = Boxes(self.page()).boxes
        for function in ("hold_the_hot_lock", "wait_for_work"):
            total = sum(values[-1] for values, _ in profile.of(function))
            widths = [width for name, _, width, _ in boxes if name == function]
            self.assertAlmostEqual(sum(widths), 100 * total / whole, delta=0.01)
        rows = {}
        for _, left, width, top in boxes:
            rows.setdefault(top, []).append((left, left + width))
        for row in rows.values():  # no box lies over another
            row.sort()
            for (_, end), (begin, _) in zip(row, row[1:]):
                self.assertLessEqual(end, begin + 0.001)
        self.assertAlmostEqual(sum(end - begin for begin, end in rows[0]), 100, delta=0.2)

    @unittest.skipUnless(BROWSER, "no browser")
    def test_a_browser_draws_it(self):
        self.run_hot_lock()
        self.run_inversion(SLUICE_TRACE=str(self.folder / "inversion"))
        self.tool("trace", "block", "inversion", "out")
        done = subprocess.run(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu",
             f"--user-data-dir={self.folder}/browser", "--window-size=1400,1000", "--dump-dom",
             (self.folder / "sluice-report.html").as_uri()],
            capture_output=True, text=True, timeout=120, check=True)
        drawn = re.findall(r'class="timeline-picture" data-rows="(\d+)" data-slices="(\d+)"',
                           done.stdout)
        self.assertEqual(len(drawn), 2, done.stderr)
        for rows, slices in drawn:
            self.assertGreaterEqual(int(rows), 4)
            self.assertGreater(int(slices), int(rows))

    def test_a_report_is_seen_in_the_timeline(self):
        self.run_inversion(SLUICE_TRACE=str(self.folder / "trace"))
        self.tool("trace")
        told = re.search(r'"reports":(\[.*?\]\])', self.page()).group(1)
        self.assertTrue(any(what.startswith("SL101: ") for _, what in json.loads(told)))

    def test_a_deadlock_leaves_its_trace_and_profile(self):
        ended = subprocess.run([ASLEEP], capture_output=True, text=True, timeout=60, env=dict(
            os.environ, SLUICE_TRACE=str(self.folder / "trace"),
            SLUICE_BLOCKPROFILE=str(self.folder / "block")))
        self.assertEqual(ended.returncode, 2)
        self.assertIn("all goroutines are asleep", ended.stderr)
        self.assertEqual({path.name for path in self.folder.iterdir()}, {"trace", "block"})
        tracks = perfetto_reader.read((self.folder / "trace").read_bytes())
        last = {track.name: track.slices()[-1] for track in tracks.values() if track.events}
        ends = {end for _, _, end, _ in last.values()}
        collector = next(state for name, state in last.items() if '"collector"' in name)
        self.assertEqual((last["goroutine 1"][0], collector[0]), ("semacquire", "chan receive"))
        self.assertEqual({last["goroutine 1"][2], collector[2]}, {max(ends)})
        self.tool("trace", "block")

    def test_what_cannot_be_shown_is_told_in_one_line(self):
        self.run_hot_lock()
        self.run_inversion()
        (lines,) = (self.folder / "out").glob("*.jsonl")
        (self.folder / "text").write_text("hello\n")
        (self.folder / "none").touch()
        (self.folder / "zip").write_bytes(b"\x1f\x8b\x08")
        (self.folder / "old").write_text(lines.read_text().replace('"schema":1', '"schema":0'))
        (self.folder / "bent").write_text(lines.read_text().replace('"to":', '"to":77'))
        (self.folder / "empty").mkdir()
        for name, why in (("text", "neither reports"), ("none", "nothing is in it"),
                          ("zip", "gunzip"), ("old", "line 1: not a report of this version"),
                          ("bent", "leads nowhere"), ("empty", "no .jsonl file"),
                          ("away", "No such file")):
            self.assertIn(why, self.tool(name, status=2), name)
        self.assertIn("nothing to show", self.tool(status=2))
        self.assertIn("can't write '/nowhere/x'", self.tool("trace", "-o", "/nowhere/x", status=2))
        self.assertIn("--colour", self.tool("--colour", status=2))

    def test_half_a_file_is_no_page(self):
        self.run_hot_lock()
        self.run_inversion()
        shutil.copy(next((self.folder / "out").glob("*.jsonl")), self.folder / "lines")
        for name in ("trace", "block", "lines"):
            whole = (self.folder / name).read_bytes()
            for cut in range(1, len(whole), max(len(whole) // 40, 1)):
                (self.folder / "cut").write_bytes(whole[:cut])
                done = subprocess.run([TOOL, "cut"], capture_output=True, text=True, timeout=60,
                                      cwd=self.folder)
                # Where the cut falls between two packets or lines, what is left is whole.
                self.assertIn(done.returncode, (0, 2), (name, cut, done.stderr))
                if done.returncode == 2:
                    self.assertRegex(done.stderr, r"\Asluice-report: cut: [^\n]+\n\Z")


if __name__ == "__main__":
    unittest.main()
