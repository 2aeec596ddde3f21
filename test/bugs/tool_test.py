#!/usr/bin/env python3
"""Tests tools/bugs on programs that only print what a run in checked mode would."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = pathlib.Path(__file__).resolve().parents[2] / "tools/bugs"
SILENT = "exit 0"
FOUND = """printf 'sluice: error[SL110]: goroutine 2 locks %s again\\n  in Bank::pay\\n' "'mu'" >&2"""
# $SEED is the number in SLUICE_DEBUG=check,seed=N.
FROM_SEED_3 = f'[ "$SEED" -lt 3 ] || {FOUND}'


class ToolTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.build = pathlib.Path(self.folder.name)
        (self.build / "test/bugs").mkdir(parents=True)
        self.document = {}

    def tearDown(self):
        self.folder.cleanup()

    def program(self, name, script):
        path = self.build / "test/bugs" / name
        path.write_text(f'#!/bin/sh\nSEED="${{SLUICE_DEBUG##*seed=}}"\n{script}\n')
        path.chmod(0o755)

    def bug(self, script, fixed=SILENT, name="bank", **entry):
        self.program(name, script)
        self.program(name + "_fixed", fixed)
        self.document.setdefault("blocking / Locks / Double locking", []).append(
            {"name": name, "expect": "first", "codes": ["SL110"], "cause": ["'mu'", "Bank::pay"],
             **entry})

    def run_tool(self, *arguments, seeds=5):
        bugs = self.build / "bugs.json"
        bugs.write_text(json.dumps(self.document))
        done = subprocess.run(
            [sys.executable, TOOL, "--build", self.build, "--bugs", bugs, "--seeds", str(seeds),
             "--timeout", "2", *arguments],
            env=dict(os.environ), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return done.returncode, done.stdout

    def passes(self, **options):
        status, output = self.run_tool(**options)
        self.assertTrue(output.endswith("\n1 passed, 0 failed\n"), output)
        self.assertEqual(status, 0)
        return output

    def fails(self, because, **options):
        status, output = self.run_tool(**options)
        self.assertTrue(output.endswith("\n0 passed, 1 failed\n"), output)
        self.assertIn(f"FAILED bank: {because}", output)
        self.assertEqual(status, 1)

    def test_a_bug_found_at_once_beside_a_silent_right_form_passes(self):
        self.bug(FOUND)
        output = self.passes()
        self.assertRegex(output, r"bank +Double locking +found +1 +SL110 +yes +silent 5/5")
        self.assertIn("blocking: 1 of 1 found within 5 seeds, 1 in the first run, 1 causes named",
                      output)

    def test_a_bug_that_is_not_found_fails(self):
        self.bug(SILENT)
        self.fails("not found: nothing (5x)")

    def test_a_report_of_another_code_does_not_count(self):
        self.bug("echo 'sluice: error[SL401]: 1 goroutine is still alive' >&2")
        self.fails("not found: SL401 (5x)")

    def test_a_later_seed_is_too_late_for_a_bug_expected_in_the_first_run(self):
        self.bug(FROM_SEED_3)
        self.fails("not found in the first run: nothing (2x)")

    def test_a_later_seed_does_for_a_bug_expected_within_the_seeds(self):
        self.bug(FROM_SEED_3, expect="seeds")
        self.assertRegex(self.passes(), r"bank +Double locking +- +3 +SL110")

    def test_a_bug_expected_within_all_seeds_may_be_missed_by_a_few(self):
        self.bug(SILENT, expect="seeds")
        self.passes()
        self.fails("not found: nothing (100x)", seeds=100)

    def test_a_report_that_does_not_name_the_cause_fails(self):
        self.bug(FOUND, cause=["'mu'", "Bank::audit"])
        self.fails("the report lacks Bank::audit")

    def test_the_cause_must_be_in_the_report_that_counts(self):
        self.bug(FOUND + "; echo 'sluice: 1 report (SL110), Bank::audit' >&2",
                 cause=["Bank::audit"])
        self.fails("the report lacks Bank::audit")

    def test_a_report_on_the_right_form_fails(self):
        self.bug(FOUND, fixed=FROM_SEED_3)
        self.fails("fixed form, seed=3: SL110")

    def test_a_note_on_the_right_form_does_not_matter(self):
        self.bug(FOUND, fixed="echo 'sluice: note[SL121]: unlocked elsewhere' >&2")
        self.passes()

    def test_a_right_form_that_ends_with_another_status_fails(self):
        self.bug(FOUND, fixed="exit 3")
        self.fails("fixed form, seed=1: status 3")

    def test_a_right_form_that_does_not_end_fails(self):
        self.bug(FOUND, fixed="exec sleep 30")
        self.fails("fixed form, seed=1: hung", seeds=1)

    def test_a_withdrawn_verdict_fails(self):
        self.bug(FOUND + "; echo 'sluice: note[SL999]: the verdict is withdrawn' >&2")
        self.fails("SL999 in 1 runs")

    def test_what_is_not_expected_passes_with_a_reason_only(self):
        self.bug(SILENT, expect="no", reason="a data race")
        self.passes()
        self.document.clear()
        self.bug(SILENT, expect="no")
        self.assertEqual(self.run_tool()[0], 2)

    def test_an_unknown_name_and_a_missing_program_are_told(self):
        self.bug(FOUND)
        self.assertEqual(self.run_tool("till")[0], 2)
        (self.build / "test/bugs/bank_fixed").unlink()
        status, output = self.run_tool()
        self.assertEqual(status, 2)
        self.assertIn("bank_fixed", output)

    def test_plain_tells_how_programs_end_without_checked_mode(self):
        self.bug('[ -z "$SLUICE_DEBUG" ] || exit 9; echo "fatal error: asleep" >&2; exit 2')
        status, output = self.run_tool("--plain")
        self.assertEqual(status, 0)
        self.assertRegex(output, r"bank +2  fatal error: asleep\nbank_fixed +0\n")


if __name__ == "__main__":
    unittest.main()
