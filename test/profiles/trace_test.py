#!/usr/bin/env python3
"""Traces for Perfetto, read event by event by a reader of our own."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

import perfetto_reader
from perfetto_reader import INSTANT

TRACED, HOT_LOCK = sys.argv.pop(1), sys.argv.pop(1)
ROUNDS = 200  # of traced.cpp, while it is traced


class Traces(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "trace")

    def tracks(self):
        with open(self.path, "rb") as file:
            tracks = perfetto_reader.read(file.read())
        self.assertEqual(os.listdir(os.path.dirname(self.path)), ["trace"])
        workers = {t.name: t for t in tracks.values() if t.name.startswith("worker ")}
        goroutines = {t.name: t for t in tracks.values() if t.name.startswith("goroutine ")}
        self.assertEqual(len(workers) + len(goroutines) + 1, len(tracks))
        self.hold_together(workers, goroutines)
        return workers, goroutines

    def hold_together(self, workers, goroutines):
        """What is true of every trace."""
        ran = {}  # by goroutine: when, as workers have it
        for worker in workers.values():
            for title, begin, end, _ in worker.slices():
                ran.setdefault(title, []).append((begin, end))
        for name, goroutine in goroutines.items():
            slices = goroutine.slices()
            running = [(begin, end) for state, begin, end, _ in slices if state == "running"]
            self.assertEqual(sorted(ran.get(name.split(", started")[0], [])), sorted(running), name)
            for before, after in zip(slices, slices[1:]):
                self.assertEqual(before[2], after[1], name)  # no gap
                if before[0] == "runnable":
                    self.assertEqual(after[0], "running", name)
                elif before[0] != "running":
                    self.assertEqual(after[0], "runnable", name)
        left, arrived = {}, {}
        for worker in workers.values():
            for event in worker.events:
                if event.leaves is not None:
                    self.assertEqual(event.kind, INSTANT)
                    self.assertNotIn(event.leaves, left)
                    left[event.leaves] = (event.time, event.name.replace("ready ", "", 1))
                if event.arrives is not None:
                    self.assertNotIn(event.arrives, arrived)
                    arrived[event.arrives] = (event.time, event.name)
        for flow, (time, title) in arrived.items():
            self.assertEqual(left[flow][1], title)
            self.assertGreaterEqual(time, left[flow][0])
        self.assertGreater(len(arrived), 0)

    def test_on_demand_while_the_program_goes_on(self):
        for workers in (1, 2):
            subprocess.run([TRACED, self.path, str(workers)], check=True, timeout=60)
            _, goroutines = self.tracks()
            pong = [track for name, track in goroutines.items() if '"pong"' in name]
            self.assertEqual(len(pong), 1)
            states = [state for state, _, _, _ in pong[0].slices()]
            self.assertLessEqual(set(states), {"running", "runnable", "chan receive", "chan send"})
            # Who comes first to a channel without a buffer is made runnable by who comes second,
            # twice a round.
            states += [state for state, _, _, _ in goroutines["goroutine 1"].slices()]
            self.assertGreaterEqual(states.count("runnable"), 2 * ROUNDS)
            sleeper = [track for name, track in goroutines.items()
                       if re.match(r"goroutine \d+, started at traced.cpp:\d+$", name)]
            self.assertEqual(len(sleeper), 1, goroutines.keys())
            self.assertIn("sleep", [state for state, _, _, _ in sleeper[0].slices()])

    def test_a_whole_run_from_the_environment(self):
        subprocess.run([HOT_LOCK], check=True, timeout=60,
                       env=dict(os.environ, SLUICE_TRACE=self.path))
        workers, goroutines = self.tracks()
        self.assertIn("worker 0", workers)
        self.assertEqual(len(goroutines), 14)  # main, 5 and 8
        users = [track for name, track in goroutines.items() if "sync.Mutex.Lock" in
                 [state for state, _, _, _ in track.slices()]]
        self.assertEqual(len(users), 8)
        starts = {name.rsplit(":", 1)[0].split(", started at ")[1] for name in goroutines
                  if ", started at " in name}
        self.assertEqual(starts, {"hot_lock.cpp"})

    def test_a_file_that_cannot_be_written_is_told_at_once(self):
        ended = subprocess.run([HOT_LOCK], env=dict(os.environ, SLUICE_TRACE="/nowhere/file"),
                               text=True, capture_output=True, timeout=60)
        self.assertEqual(ended.returncode, 2)
        self.assertEqual(ended.stderr, "sluice: SLUICE_TRACE: can't write '/nowhere/file': "
                                       "No such file or directory\n")


if __name__ == "__main__":
    unittest.main()
