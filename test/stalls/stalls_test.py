#!/usr/bin/env python3
"""What SLUICE_STALL tells of programs that keep their workers, and of those that do not; and the
lines of SLUICE_SCHEDTRACE beside them."""
import os
import re
import subprocess
import sys
import time
import unittest

PROGRAM = sys.argv.pop(1)
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
LIMIT = 20  # milliseconds
LINE = (r"^SCHED \d+ms: gomaxprocs=\d+ idleprocs=\d+ threads=\d+ spinningthreads=\d+ "
        r"idlethreads=\d+ detached=\d+ goroutines=\d+ runqueue=\d+ \[\d+( \d+)*\]\n$")


def shown(begin):
    """The block of docs/debugging.md that begins so."""
    with open(os.path.join(TOP, "docs/debugging.md"), encoding="utf-8") as file:
        return re.search(r"^```\n(%s.*?)^```$" % re.escape(begin), file.read(),
                         re.MULTILINE | re.DOTALL)[1]


class Stalls(unittest.TestCase):
    def told(self, ways, count, limit=str(LIMIT)):
        """Runs until so many stalls are told; the program's whole standard error."""
        with subprocess.Popen([PROGRAM, *ways], stdin=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, env=dict(os.environ, SLUICE_STALL=limit)) as program:
            text = ""
            while text.count("sluice: stall: ") < count or not text.endswith("\n\n"):
                line = program.stderr.readline()
                self.assertNotEqual(line, "", "it ended, having said: " + text)
                text += line
            program.stdin.close()
            text += program.stderr.read()
            self.assertEqual(program.wait(60), 0)
        return text

    def stall_of(self, text, way):
        """The one stall of that goroutine: its first line and its stack."""
        stalls = [part for part in text.split("sluice: stall: ")[1:] if '"%s"' % way in part]
        self.assertEqual(len(stalls), 1, text)
        return stalls[0]

    def test_one_that_computes(self):
        text = self.told(["computes"], 1)
        stall = self.stall_of(text, "computes")
        first = stall.split("\n")[0]
        self.assertRegex(first, r"^goroutine \d+ has kept its worker for \d+ ms$")
        self.assertGreaterEqual(int(first.split()[-2]), LIMIT)
        self.assertRegex(stall, r'goroutine \d+ "computes" \[running\]:\n'
                                r"\(anonymous namespace\)::compute\(...\)|compute\(...\)")
        self.assertIn("stall.cpp:", stall)
        self.assertIn("created by main::{lambda} in goroutine 1", stall)

    def test_one_that_blocks_its_thread(self):
        stall = self.stall_of(self.told(["blocks"], 1), "blocks")
        self.assertIn("block(...)", stall)
        self.assertIn("go_the_way(...)", stall)

    def test_it_is_what_the_documentation_shows(self):
        def plain(text):
            text = re.sub(r"(\t)\S*/|0x[0-9a-f]+|\d+", r"\1", text)  # folders and numbers
            return [line for line in text.splitlines() if line]

        command, _, stall = shown("$ SLUICE_STALL=").partition("\n")
        ways = re.search(r"SLUICE_STALL=%d \./stall (\w+) " % LIMIT, command)[1]
        self.assertEqual(plain(stall), plain(self.told([ways], 1)))

    def test_both_at_once_and_each_once(self):
        text = self.told(["computes", "blocks"], 2)
        for way in ("computes", "blocks"):
            self.stall_of(text, way)

    def test_one_that_parks_or_says_that_it_blocks_is_none(self):
        text = self.told(["waits", "says so", "computes"], 1)
        self.stall_of(text, "computes")
        self.assertEqual(text.count("sluice: stall: "), 1, text)

    def test_nothing_is_told_unless_asked(self):
        with subprocess.Popen([PROGRAM, "computes"], stdin=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, env=dict(os.environ, SLUICE_STALL="")) as program:
            while self.computed(program.pid) < 10 * LIMIT:
                time.sleep(0.01)
            self.assertEqual(program.communicate(timeout=60)[1], "")
            self.assertEqual(program.returncode, 0)

    @staticmethod
    def computed(pid):
        """Milliseconds of processor time that it has had."""
        with open("/proc/%d/stat" % pid) as file:
            times = file.read().rsplit(")", 1)[1].split()[11:13]
        return sum(map(int, times)) * 1000 // os.sysconf("SC_CLK_TCK")

    def test_words_that_are_no_limit(self):
        for variable in ("SLUICE_STALL", "SLUICE_SCHEDTRACE"):
            for word in ("20ms", "0", "-1", "3600001", "soon"):
                ended = subprocess.run([PROGRAM], env=dict(os.environ, **{variable: word}),
                                       text=True, capture_output=True, stdin=subprocess.DEVNULL,
                                       timeout=60)
                self.assertEqual(ended.returncode, 2)
                self.assertEqual(ended.stderr, "sluice: %s: '%s' is no number of milliseconds from "
                                               "1 to 3600000\n" % (variable, word))


class Trace(unittest.TestCase):
    def lines(self, ways):
        """The figures of each line, for as long as somebody wants more."""
        with subprocess.Popen([PROGRAM, *ways], stdin=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, env=dict(os.environ, SLUICE_SCHEDTRACE="7")) as program:
            try:
                for line in program.stderr:
                    self.assertRegex(line, LINE)
                    yield {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)", line)}
            finally:
                program.stdin.close()
                program.stderr.read()
                self.assertEqual(program.wait(60), 0)

    def until(self, ways, **wanted):
        for line in self.lines(ways):
            if all(line[key] == value for key, value in wanted.items()):
                return
        self.fail("it ended")

    def test_computing_goroutines_lose_their_places(self):
        self.until(["computes"] * 3, gomaxprocs=2, goroutines=4, detached=3, runqueue=0)

    def test_the_documentation_shows_such_a_line(self):
        self.assertRegex(shown("SCHED"), LINE)

    def test_lines_come_while_all_are_parked(self):
        self.until(["waits", "waits"], gomaxprocs=2, idleprocs=2, goroutines=3, spinningthreads=0)

    def test_they_are_a_period_apart(self):
        times = []
        with subprocess.Popen([PROGRAM, "waits"], stdin=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, env=dict(os.environ, SLUICE_SCHEDTRACE="30")) as program:
            while len(times) < 5:
                times.append(int(re.match(r"SCHED (\d+)ms", program.stderr.readline()).group(1)))
            program.communicate(timeout=60)
        for before, after in zip(times, times[1:]):
            self.assertGreaterEqual(after - before, 29)


if __name__ == "__main__":
    unittest.main()
