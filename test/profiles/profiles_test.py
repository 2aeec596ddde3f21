#!/usr/bin/env python3
"""Profiles of a program whose one lock is hot: read by a reader of our own, and by Go's pprof."""
import glob
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest

from pprof_reader import Profile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
PROGRAM = sys.argv.pop(1)
MILLISECOND = 1_000_000
GOROUTINES, ROUNDS, IDLERS = 8, 5, 5
# All but the first hold it once each turn while the others wait: from 0 to 7 of them.
LEAST_DELAY = 2 * MILLISECOND * (ROUNDS - 1) * GOROUTINES * (GOROUTINES - 1) // 2


def pprof():
    """Go's, of whichever version, or None."""
    tools = sorted(glob.glob("/usr/lib/go-*/pkg/tool/*/pprof"))
    return tools[-1] if tools else None


class Profiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.files = {kind: os.path.join(cls.folder.name, kind)
                     for kind in ("mutex", "block", "goroutine")}
        with open(cls.files["block"], "w") as before:
            before.write("what was there before")
        cls.before = time.time()
        subprocess.run([PROGRAM, cls.files["goroutine"]], check=True, timeout=60,
                       env=dict(os.environ, SLUICE_MUTEXPROFILE=cls.files["mutex"],
                                SLUICE_BLOCKPROFILE=cls.files["block"]))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def profile(self, kind):
        with open(self.files[kind], "rb") as file:
            return Profile(file.read())

    def test_the_mutex_profile_names_who_let_the_hot_lock_go(self):
        mutex = self.profile("mutex")
        self.assertEqual(mutex.types, [("contentions", "count"), ("delay", "nanoseconds")])
        (count, delay), frames = mutex.samples[0]
        functions = [frame[0] for frame in frames]
        self.assertEqual(functions[:3],
                         ["sluice::Mutex::unlock", "sluice::Lock::~Lock", "hold_the_hot_lock"])
        self.assertTrue(frames[2][1].endswith("hot_lock.cpp") and frames[2][2] > 0, frames[2])
        self.assertGreaterEqual(count, GOROUTINES * (ROUNDS - 1))
        self.assertGreaterEqual(delay, LEAST_DELAY)
        self.assertEqual(mutex.of("hold_the_quiet_lock"), [])
        self.assertAlmostEqual(mutex.time / 1e9, time.time(), delta=time.time() - self.before + 2)
        self.assertGreaterEqual(mutex.duration, 2 * MILLISECOND * GOROUTINES * ROUNDS)

    def test_the_block_profile_names_who_waited(self):
        block = self.profile("block")
        hot = block.of("hold_the_hot_lock")
        self.assertEqual(len(hot), 1)
        self.assertIn("hold_the_hot_lock", [frame[0] for frame in hot[0][1][:3]])
        of_holders = sum(values[1] for values, _ in self.profile("mutex").of("hold_the_hot_lock"))
        self.assertGreaterEqual(hot[0][0][1], LEAST_DELAY)
        # What waiters saw is what holders made them wait, and the time to be woken.
        self.assertGreaterEqual(hot[0][0][1], of_holders)
        idle = block.of("wait_for_work")
        self.assertEqual(sum(values[0] for values, _ in idle), IDLERS)
        self.assertEqual(block.of("hold_the_quiet_lock"), [])
        # Who sleeps waits for nobody.
        self.assertEqual([s for s in block.samples if "sleep" in s[1][0][0]], [])

    def test_the_goroutine_profile_counts_by_stack(self):
        goroutines = self.profile("goroutine")
        self.assertEqual(goroutines.types, [("goroutine", "count")])
        self.assertEqual(sum(values[0] for values, _ in goroutines.samples), IDLERS + 1)
        idle = goroutines.of("wait_for_work")
        self.assertEqual([values for values, _ in idle], [[IDLERS]])

    def test_the_documentation_shows_the_stack_of_the_hot_lock(self):
        with open(os.path.join(TOP, "docs/debugging.md"), encoding="utf-8") as file:
            block = re.search(r"^\$ SLUICE_MUTEXPROFILE=mutex.pb ./hot_lock\n(.*?)^```$",
                              file.read(), re.MULTILINE | re.DOTALL)[1]
        shown = re.findall(r"^ +(?:[\d.]+ms +)?(\S+)(?: \(inline\))?$", block, re.MULTILINE)
        _, frames = self.profile("mutex").samples[0]
        self.assertEqual(shown, [frame[0] for frame in frames])

    def test_gos_pprof_shows_the_hot_lock_first(self):
        tool = pprof()
        if tool is None:
            self.skipTest("there is no Go (tools/setup --bench installs it)")
        first = self.shown(tool, "-traces", "mutex").split("+---")[1]
        self.assertIn("hold_the_hot_lock", first)
        for kind in ("mutex", "block"):
            top = self.shown(tool, "-top", kind)
            self.assertIn("Type: delay", top)
            self.assertIn("hold_the_hot_lock", top)

    def shown(self, tool, how, kind):
        return subprocess.run([tool, how, self.files[kind]], check=True, text=True, timeout=60,
                              capture_output=True).stdout

    def test_nothing_is_left_of_unfinished_files(self):
        self.assertEqual(sorted(os.listdir(self.folder.name)), sorted(self.files))

    def test_a_file_that_cannot_be_written_is_told_at_once(self):
        for variable in ("SLUICE_BLOCKPROFILE", "SLUICE_MUTEXPROFILE"):
            ended = subprocess.run([PROGRAM], env=dict(os.environ, **{variable: "/nowhere/file"}),
                                   text=True, capture_output=True, timeout=60)
            self.assertEqual(ended.returncode, 2)
            self.assertEqual(ended.stderr, "sluice: %s: can't write '/nowhere/file': "
                                           "No such file or directory\n" % variable)


if __name__ == "__main__":
    unittest.main()
