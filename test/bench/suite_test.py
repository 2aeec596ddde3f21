"""bench/suite.py over programs that only say a figure."""
import json
import os
import unittest
import xml.etree.ElementTree

from made_up import MadeUp


class SuiteTest(MadeUp):
    command = "suite.py"

    def setUp(self):
        super().setUp()
        self.program("go", "echo 100")
        self.program("sluice", "echo 25")
        self.program("fiber", "exit 3")
        self.program("threads", "echo 50")

    def line(self, *words):
        status, output, _ = self.run_command("--rounds", "1", *words)
        self.assertEqual(status, 0)
        return output.split("\n")[1].split()

    def test_a_row_has_everybodys_figures_the_ratios_and_the_aim(self):
        self.assertEqual(self.line("--row", "mutex"),
                         "mutex, ns 100 100 25.0 25.0 - - 50.0 0.25 0.25 1.00, 1.00".split())

    def test_an_aim_that_is_missed_is_said(self):
        self.assertEqual(self.line("--row", "skynet")[-4:], ["0.25", "0.25", "0.35,", "0.35"])
        self.assertEqual(self.line("--row", "yield 2")[-4:], ["0.25", "missed", "at", "1"])
        self.assertEqual(self.line("--row", "select 8 ready")[-5:],
                         ["missed", "at", "1", "and", "2"])

    def test_bytes_are_held_against_a_number(self):
        self.program("sluice", "echo 5000")
        self.assertEqual(self.line("--row", "bytes")[-5:], ["at", "most", "4400", "B", "missed"])

    def test_of_several_rounds_counts_the_median(self):
        self.program("sluice", 'n=$(cat "$0.n" 2>/dev/null || echo 0); echo $((n + 1)) >"$0.n"; '
                               'echo $((n / 2 * n / 2 + 10))')
        _, output, _ = self.run_command("--rounds", "3", "--row", "mutex")
        self.assertRegex(output, r"\d+\.\d \(10\.0-\d+\.\d\)")

    def test_what_a_peer_has_not_is_said(self):
        _, output, _ = self.run_command("--rounds", "1", "--row", "mutex")
        self.assertIn("Boost.Fiber has nothing like it: mutex 1, mutex 2", output)

    def test_a_peer_that_is_not_there_is_said(self):
        os.remove(self.path("go"))
        status, output, _ = self.run_command("--rounds", "1", "--row", "mutex")
        self.assertEqual(status, 0)
        self.assertIn("Go is missing here", output)

    def test_a_process_that_hangs_is_given_up_once(self):
        self.program("fiber", "sleep 60")
        status, output, _ = self.run_command("--rounds", "2", "--row", "mutex", "--seconds", "1")
        self.assertEqual(status, 0)
        self.assertIn("Boost.Fiber did not end within 1 s: mutex 1, mutex 2", output)

    def test_a_process_that_fails_fails_the_run(self):
        self.program("sluice", "exit 1")
        status, output, _ = self.run_command("--rounds", "1", "--row", "mutex")
        self.assertEqual(status, 1)
        self.assertIn("sluice failed (status 1): mutex 1, mutex 2", output)

    def test_what_is_no_figure_fails_the_run(self):
        self.program("sluice", "echo none")
        status, output, _ = self.run_command("--rounds", "1", "--row", "mutex")
        self.assertEqual(status, 1)
        self.assertIn("sluice failed (printed no figure): mutex 1, mutex 2", output)

    def test_quick_is_one_round_of_two(self):
        _, output, _ = self.run_command("--quick", "--row", "mutex")
        self.assertEqual(output.split("\n")[0].split()[:5], ["row", "Go", "1", "Go", "2"])
        self.assertNotIn("Boost", output)

    def test_files_hold_what_was_measured(self):
        self.run_command("--rounds", "2", "--row", "mutex", "--json", self.path("o.json"),
                   "--svg", self.path("o.svg"))
        with open(self.path("o.json"), encoding="utf-8") as file:
            self.assertEqual(json.load(file)["mutex"]["figures"]["sluice 2"], [25.0, 25.0])
        drawn = xml.etree.ElementTree.parse(self.path("o.svg")).getroot()
        figures = [each.text for each in drawn.iter("{http://www.w3.org/2000/svg}text")]
        self.assertEqual(figures.count("0.25"), 2)

    def test_what_is_asked_wrongly_is_told(self):
        status, _, error = self.run_command("--row", "nothing")
        self.assertEqual(status, 2)
        self.assertRegex(error, r"^bench: there is no row 'nothing' \(known: spawn, .*\)\n$")
        self.assertIn("0 is not a number from 1 on", self.run_command("--rounds", "0")[2])


if __name__ == "__main__":
    unittest.main(verbosity=1)
