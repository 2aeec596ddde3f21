#!/usr/bin/env python3
"""What SLUICE_STALL tells of programs that keep their workers, and of those that do not."""
import os
import subprocess
import sys
import time
import unittest

PROGRAM = sys.argv.pop(1)
LIMIT = 20  # milliseconds


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
        for word in ("20ms", "0", "-1", "3600001", "soon"):
            ended = subprocess.run([PROGRAM], env=dict(os.environ, SLUICE_STALL=word), text=True,
                                   capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
            self.assertEqual(ended.returncode, 2)
            self.assertEqual(ended.stderr, "sluice: SLUICE_STALL: '%s' is no number of "
                                           "milliseconds from 1 to 3600000\n" % word)


if __name__ == "__main__":
    unittest.main()
