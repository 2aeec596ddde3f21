"""bench/curves.py over programs that only say a figure: WORKERS is $1, ROW is $2."""
import json
import os
import re
import unittest
import xml.etree.ElementTree

from made_up import MadeUp

SVG = "{http://www.w3.org/2000/svg}"
# Twice as long for each worker from two on.
SLOWER = 'echo $(($1 < 2 ? 100 : $1 * 50))'


class CurvesTest(MadeUp):
    command = "curves.py"

    def setUp(self):
        super().setUp()
        self.program("go", 'size=$(echo "$2" | tr -cd 0-9); echo "${size:-100}"')
        self.program("sluice", "echo 50")

    def lines(self, *words):
        status, output, _ = self.run_command("--rounds", "1", *words)
        self.assertEqual(status, 0)
        return output.split("\n")

    def drawn(self, *words):
        self.run_command("--svg", self.path("o.svg"), *words)
        return xml.etree.ElementTree.parse(self.path("o.svg")).getroot()

    @staticmethod
    def points(root):
        """What the marks say of themselves; those of the legend say nothing."""
        titles = [mark.find(SVG + "title").text for mark in root.iter(SVG + "circle")]
        return [title for title in titles if title]

    def test_a_curve_has_a_figure_at_each_size_and_the_ratio(self):
        work, sizes, go, ours, ratio, *_ = self.lines("--curve", "timer")
        self.assertEqual(work, "timer, ns: make a timer that calls beside N others, and stop it")
        self.assertEqual(sizes.split(), "timers 1 10 100 1000 10000".split())
        self.assertEqual(go.split(), "Go 1.0 10.0 100 1000 10000".split())
        self.assertEqual(ours.split(), ["sluice"] + ["50.0"] * 5)
        self.assertEqual(ratio.split(), "sluice/Go 50.00 5.00 0.50 0.05 0.01".split())

    def test_two_workers_unless_they_are_what_grows(self):
        self.program("sluice", "echo $1")
        self.assertEqual(self.lines("--curve", "select")[3].split(), ["sluice"] + ["2.0"] * 7)
        self.assertEqual(self.lines("--curve", "skynet by workers")[3].split(),
                         "sluice 1.0 2.0 4.0 8.0".split())

    def test_what_collapses_with_more_workers_than_cores_is_said(self):
        self.program("go", "echo 10")
        self.program("sluice", SLOWER)
        self.assertEqual(self.lines("--curve", "sieve by workers")[5],
                         "at most, in times of 2 workers: Go 1.00; sluice 4.00, missed")
        self.program("sluice", "echo 10")
        self.assertEqual(self.lines("--curve", "sieve by workers")[5],
                         "at most, in times of 2 workers: Go 1.00; sluice 1.00")

    def test_of_several_rounds_counts_the_median(self):
        self.program("sluice", 'n=$(cat "$0.n" 2>/dev/null || echo 0); echo $((n + 1)) >"$0.n"; '
                               'echo $((n / 4 * 10 + 10))')
        _, output, _ = self.run_command("--rounds", "3", "--curve", "ping-pong by workers")
        self.assertEqual(output.split("\n")[3].split(), ["sluice"] + ["20.0", "(10.0-30.0)"] * 4)

    def test_the_programs_have_two_cores(self):
        self.program("sluice", "nproc")
        self.assertIn(self.lines("--curve", "timer")[3].split()[1], ("1.0", "2.0"))

    def test_a_peer_that_is_not_there_is_said(self):
        os.remove(self.path("go"))
        self.assertIn("bench: Go is missing here: its figures are left out",
                      self.lines("--curve", "timer"))

    def test_a_program_that_fails_fails_the_run(self):
        self.program("sluice", 'test "$2" != "timer of 100" && echo 50')
        status, output, _ = self.run_command("--rounds", "1", "--curve", "timer")
        self.assertEqual(status, 1)
        self.assertIn("sluice failed (status 1): timer of 100 2\n", output)
        self.assertRegex(output, r"sluice +50\.0 +50\.0 +- +50\.0 +50\.0\n")

    def test_a_program_that_hangs_is_given_up_once(self):
        self.program("go", 'test "$2" = "select 4" && exec sleep 60; echo 1')
        status, output, _ = self.run_command("--rounds", "2", "--curve", "select", "--seconds", "3")
        self.assertEqual(status, 0)
        self.assertIn("Go did not end within 3 s: select 4 2\n", output)

    def test_the_picture_has_each_point(self):
        root = self.drawn("--rounds", "1", "--curve", "memory", "--curve", "skynet by workers")
        points = self.points(root)
        self.assertEqual(len(points), 2 * (7 + 4))
        self.assertIn("Go, 100000 goroutines: 100 kB", points)
        self.assertIn("sluice, 8 workers: 50 ms", points)
        texts = [text.text for text in root.iter(SVG + "text")]
        self.assertIn("memory", texts)
        self.assertIn("skynet by workers", texts)

    def test_the_picture_goes_without_what_was_not_measured(self):
        self.program("go", "exit 1")
        self.program("sluice", 'test "$2" != "timer of 100" && echo 0')
        root = self.drawn("--quick", "--curve", "timer", "--curve", "select")
        self.assertEqual(len(self.points(root)), 4 + 7)

    def test_a_point_lies_higher_the_more_it_takes(self):
        self.program("sluice", "echo 50")
        root = self.drawn("--rounds", "1", "--curve", "timer")
        path = next(path for path in root.iter(SVG + "path") if path.get("class") == "go")
        heights = [float(y) for y in re.findall(r",([\d.]+)", path.get("d"))]
        self.assertEqual(heights, sorted(heights, reverse=True))

    def test_the_file_holds_what_was_measured(self):
        self.run_command("--rounds", "2", "--curve", "timer", "--json", self.path("o.json"))
        with open(self.path("o.json"), encoding="utf-8") as file:
            curve, = json.load(file)
        self.assertEqual(curve["figures"]["sluice"]["1000"], [50.0, 50.0])
        self.assertEqual((curve["name"], curve["unit"], curve["axis"]), ("timer", "ns", "timers"))

    def test_the_list_says_what_work_each_does(self):
        self.assertRegex(self.lines("--list", "--curve", "wake")[0],
                         "^wake +ns +goroutines +close the channel that N goroutines wait for")

    def test_what_is_asked_wrongly_is_told(self):
        for words, told in (("--curve nothing", "there is no curve 'nothing' (known: memory, "),
                            ("--rounds 0", "--rounds: 0 is not a number from 1 on"),
                            ("--fast", "unrecognized arguments: --fast")):
            status, output, error = self.run_command(*words.split())
            self.assertEqual((status, output, error.count("\n")), (2, "", 1))
            self.assertTrue(error.startswith("bench: " + told), error)


if __name__ == "__main__":
    unittest.main(verbosity=1)
