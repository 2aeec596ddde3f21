#!/usr/bin/env python3
"""Runs sluice-stress on a program that hangs, fails, crashes, stays or works, as it is told."""

import argparse
import os
import pty
import re
import signal
import subprocess
import sys
import time
import unittest

LIMIT_S = 120
options = None


def environment(**more):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SLUICE_")}
    return clean | more


def stress(*words, **more):
    """Exit status, standard output, standard error."""
    done = subprocess.run([options.stress, *words], env=environment(**more), capture_output=True,
                          text=True, timeout=LIMIT_S, check=False)
    return done.returncode, done.stdout, done.stderr


def processes(text):
    """The ids of living processes whose command line contains the text, but this one."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                line = file.read().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if text in line:
            found.append(int(name))
    return found


def eventually(condition):
    end = time.monotonic() + LIMIT_S / 4
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


class Stress(unittest.TestCase):
    def repeated(self, out):
        """Runs the command that the output gives to repeat a run."""
        command = re.search(r"^run it again:\n  (.*)$", out, re.MULTILINE)
        self.assertTrue(command, out)
        done = subprocess.run(["sh", "-c", command[1]], env=environment(), capture_output=True,
                              text=True, timeout=LIMIT_S, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_finds_a_hang_and_the_seed_repeats_it(self):
        for more in ((), ("-j", "1"), ("--level", "full", "-j", "3")):
            status, out, err = stress("--workers", "1", *more, options.subject, "ab-ba")
            self.assertEqual((status, err), (1, ""), out)
            self.assertRegex(out, r"^sluice-stress: seed \d+: error\[SL(101|201)\]: ")
            self.assertRegex(out, r"(?m)^sluice-stress: \d+ runs? of 100 from seed 1, 1 failure, ")
            first = re.search(r"^sluice: (error.*)$", out, re.MULTILINE)[1]
            again, said = self.repeated(out)
            self.assertEqual(again, 66, said)
            self.assertIn(first, said)

    def test_finds_a_failure_and_the_seed_repeats_it(self):
        status, out, _ = stress("--workers", "1", "--", options.subject, "order")
        self.assertEqual(status, 1, out)
        self.assertRegex(out, r"^sluice-stress: seed \d+: exit status 7\n\norder: ba\n")
        for _ in range(5):
            self.assertEqual(self.repeated(out), (7, "order: ba\n"))

    def test_says_that_several_workers_are_not_exact(self):
        self.assertIn("likely, not certain", stress("--workers", "2", options.subject, "ab-ba")[1])
        self.assertIn("likely, not certain", stress(options.subject, "ab-ba")[1])
        self.assertNotIn("likely", stress(options.subject, "ab-ba", SLUICE_WORKERS="1")[1])

    def test_a_program_that_works(self):
        status, out, err = stress("-n", "50", "--from", "1000", options.subject, "nothing")
        self.assertEqual((status, err), (0, ""))
        self.assertRegex(
            out, r"^sluice-stress: 50 runs of 50 from seed 1000, nothing found, [\d.]+ s\n$")

    def test_finds_a_crash(self):
        status, out, _ = stress(options.subject, "crash")
        self.assertEqual(status, 1)
        self.assertIn(": ended by signal ABRT\n", out)

    def test_finds_one_that_does_not_end_and_leaves_nothing_of_it(self):
        status, out, _ = stress("--timeout", "1", "-j", "3", options.subject, "sleep")
        self.assertEqual(status, 1)
        self.assertIn(": still running after 1 s\n", out)
        self.assertEqual(processes(options.subject + " sleep"), [])

    def test_leaves_no_grandchild(self):
        status, out, _ = stress("--timeout", "1", "-j", "1", options.subject, "fork")
        self.assertEqual(status, 1, out)
        self.assertIn("started", out)
        self.assertEqual(processes("sleep 3600"), [])

    def test_an_interrupt_ends_all_runs(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            running = subprocess.Popen([options.stress, "-j", "4", options.subject, "sleep"],
                                       env=environment(), stdout=subprocess.PIPE, text=True)
            self.assertTrue(eventually(lambda: len(processes(options.subject + " sleep")) >= 5))
            running.send_signal(number)
            out = running.communicate(timeout=LIMIT_S)[0]
            self.assertEqual(running.returncode, -number)
            self.assertIn("0 runs of 100 from seed 1, nothing found", out)
            self.assertEqual(processes(options.subject + " sleep"), [])

    def test_a_killed_one_leaves_no_runs(self):
        running = subprocess.Popen([options.stress, "-j", "4", options.subject, "sleep"],
                                   env=environment())
        self.assertTrue(eventually(lambda: len(processes(options.subject + " sleep")) >= 5))
        running.kill()
        running.wait(LIMIT_S)
        self.assertTrue(eventually(lambda: not processes(options.subject + " sleep")))

    def test_what_can_not_be_run(self):
        for words, said in ((["./no_such_program"], "can't run './no_such_program': No such file"),
                            (["/"], "can't run '/': Permission denied"),
                            ([], "no program to run"),
                            (["-n", "0", "true"], "-n is a number from 1 on"),
                            (["-n", "x", "true"], "--help lists the options"),
                            (["--timeout", "0", "true"], "--timeout is more than 0 seconds"),
                            (["--level", "wait", "true"], "--help lists the options"),
                            (["--what", "true"], "no option '--what'")):
            status, out, err = stress(*words)
            self.assertEqual((status, out), (2, ""), words)
            self.assertTrue(err.startswith("sluice-stress: ") and said in err, err)
            self.assertEqual(err.count("\n"), 1, err)

    def test_options_after_the_program_are_the_programs(self):
        status, out, _ = stress("-n", "1",
                                "sh", "-c", "echo got $1 $2; exit 3", "-", "-n", "--help")
        self.assertEqual(status, 1)
        self.assertIn("\ngot -n --help\n", out)
        self.assertIn(" sh -c 'echo got $1 $2; exit 3' - -n --help\n", out)

    def test_each_run_has_its_seed_and_the_callers_words(self):
        script = 'echo "$SLUICE_DEBUG $SLUICE_WORKERS"; exit 1'
        _, out, _ = stress("-n", "1", "--from", "9", "--workers", "3", "sh", "-c", script,
                           SLUICE_DEBUG="report=out")
        self.assertIn("\nreport=out,check,seed=9,on_report=exit:66 3\n", out)

    def test_keep_going_groups_what_it_finds(self):
        script = ('case $SLUICE_DEBUG in *seed=1[0-9],*) exit 3;; *seed=[1-4],*) '
                  'echo "sluice: error[SL101]: goroutine $$"; exit 66;; esac')
        status, out, _ = stress("-n", "20", "--keep-going", "sh", "-c", script)
        self.assertEqual(status, 1)
        self.assertRegex(
            out, r"(?m)^    10 x  exit status 3\n     4 x  error\[SL101\]: goroutine \d+\n"
            r"sluice-stress: 20 runs of 20 from seed 1, 14 failures, ")
        self.assertIn("seeds with this: 1 2 3 4\n", out)
        self.assertIn("seeds with this: 10 11 12 13 14 15 16 17 18 19\n", out)

    def test_long_output_is_cut_at_its_begin(self):
        _, out, _ = stress("-n", "1", "sh", "-c", "seq 100000; exit 1")
        self.assertIn("\n(99940 lines before)\n99941\n", out)
        self.assertIn("\n100000\n", out)

    def test_a_terminal_sees_how_far_it_is(self):
        parent, child = pty.openpty()
        running = subprocess.Popen([options.stress, "-n", "100000", options.subject, "nothing"],
                                   env=environment(), stdout=subprocess.DEVNULL, stderr=child)
        os.close(child)
        shown = b""
        while not re.search(rb"\d+ of 100000 runs, [\d.]+ runs/s, 0 failures", shown):
            shown += os.read(parent, 1000)
        running.send_signal(signal.SIGINT)
        running.wait(LIMIT_S)
        os.close(parent)

    def test_help(self):
        status, out, _ = stress("--help")
        self.assertEqual(status, 0)
        for word in ("--seeds", "--from", "--jobs", "--timeout", "--level", "--workers",
                     "--keep-going", "Exit status"):
            self.assertIn(word, out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stress", required=True)
    parser.add_argument("--subject", required=True)
    options, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
