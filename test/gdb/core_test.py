#!/usr/bin/env python3
"""gdb on core files: 10,000 goroutines in time, each to its root; and files that lack some."""
import os
import random
import re
import resource
import subprocess
import tempfile
import time
import unittest

from support import SHARED, STATIC, Parked, gdb, named, rows, stacks, without_values

GUESTS = 10_000
LIMIT = 5.0  # seconds on a processor, of gdb from its start to its end
OTHERS = 4   # main, cashier, doorman, cook


class Core(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(dir="/var/tmp")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.many = cls.core(STATIC, GUESTS, "mappings")

    @classmethod
    def core(cls, program, *arguments):
        """gdb's own core file of the program."""
        file = os.path.join(cls.folder, "core.%d" % len(os.listdir(cls.folder)))
        with Parked(program, *arguments) as parked:
            parked.gdb("generate-core-file " + file)
        return file

    def in_time(self, command):
        """What it prints, and the time on a processor: others may be using the machine."""
        before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        text = gdb(STATIC, self.many, commands=[command])
        after, end = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        print("%s: %.1f s on a processor, %.1f s by the clock" % (command, used, end - begin))
        return text, used

    def test_many_are_listed_in_time(self):
        text, seconds = self.in_time("info goroutines")
        places = [place for _, place in rows(text).values() if "wait_for_dish" in place]
        self.assertEqual(len(places), GUESTS)
        self.assertEqual(len(rows(text)), GUESTS + OTHERS)
        self.assertLess(seconds, LIMIT)

    def test_many_stacks_go_to_their_roots_in_time(self):
        text, seconds = self.in_time("goroutine all bt")
        found = stacks(text)
        self.assertEqual(len(found), GUESTS + OTHERS)
        rootless = [number for number, frames in found.items()
                    if not frames or not frames[-1].startswith("sluice_fiber_entry ()")]
        self.assertEqual(rootless, [])
        guests = [number for number, frames in found.items() if "wait_for_dish" in str(frames)]
        self.assertEqual(len(guests), GUESTS)
        self.assertLess(seconds, LIMIT)
        # What was taken to be like another is what gdb finds when it unwinds this one.
        chosen = random.Random(len(text)).sample(sorted(found), 30)
        one_by_one = gdb(STATIC, self.many, commands=[
            word for number in chosen for word in (
                "echo goroutine %d\\n" % number, "goroutine %d bt -frame-arguments none" % number)])
        for number, frames in stacks(one_by_one).items():
            self.assertEqual(found[number], frames)
        self.assertEqual(stacks(one_by_one).keys(), set(chosen))

    def test_values_are_the_goroutines_own(self):
        file = self.core(SHARED, 100, "mappings")
        text = gdb(SHARED, file, commands=["goroutine all print doubled"])
        self.assertEqual(sorted(int(value) for value in re.findall(r"^\$\d+ = (\d+)$", text,
                                                                   re.MULTILINE)),
                         [2 * guest for guest in range(100)])

    def test_running_goroutine(self):
        file = self.core(SHARED, 1, "mappings")
        listing = gdb(SHARED, file, commands=["info goroutines"])
        text = gdb(SHARED, file, commands=["goroutine %d bt" % named(listing, "cook")])
        self.assertRegex(without_values(text)[0], r"^\(anonymous namespace\)::stir \(")

    def test_stacks_that_the_file_lacks_are_told_of(self):
        if not self.guards_are_markers():
            self.skipTest("guards are mappings here: Linux before 6.13")
        text = gdb(SHARED, self.core(SHARED, 3), commands=["info goroutines"])
        self.assertEqual(rows(text), {}, text)
        self.assertRegex(text, r"(?m)^a sluice::run is under way, but no goroutine .*kill -ABRT")

    def guards_are_markers(self):
        with Parked(SHARED, 1000) as parked:
            with open("/proc/%d/maps" % parked.process.pid, encoding="utf-8") as maps:
                return len(maps.readlines()) < 1000

    def test_core_of_the_kernel(self):
        with open("/proc/sys/kernel/core_pattern", encoding="utf-8") as file:
            pattern = file.read().strip()
        if pattern.startswith("|") or re.search("%[^p%]", pattern):
            self.skipTest("core files go elsewhere here: " + pattern)
        with Parked(SHARED, 3) as parked:
            resource.prlimit(parked.process.pid, resource.RLIMIT_CORE, (1 << 33, 1 << 33))
            where = os.path.join(os.readlink("/proc/%d/cwd" % parked.process.pid),
                                 pattern.replace("%p", str(parked.process.pid)))
            os.makedirs(os.path.dirname(where), exist_ok=True)
            subprocess.run(["kill", "-ABRT", str(parked.process.pid)], check=True)
            parked.process.wait(60)
        self.addCleanup(os.remove, where)
        text = gdb(SHARED, where, commands=["info goroutines", "goroutine all bt"])
        self.assertEqual(len(rows(text)), 3 + OTHERS, text)
        self.assertEqual(text.count("sluice_fiber_entry ()"), 3 + OTHERS, text)


if __name__ == "__main__":
    unittest.main()
