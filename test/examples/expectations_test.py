#!/usr/bin/env python3
"""The files of expectations are held against output that they must accept and output that they
must not: a test of examples that passes whatever they print would be worth nothing."""

import pathlib
import tempfile
import unittest

from expectations import ExpectedOutput, FormatError, read_report, report_complaint


def written(text):
    file = tempfile.NamedTemporaryFile("w", delete=False)
    with file:
        file.write(text)
    return pathlib.Path(file.name)


class Expected(unittest.TestCase):
    def complaint(self, expected, output):
        path = written(expected)
        try:
            return ExpectedOutput(path).complaint(output)
        finally:
            path.unlink()

    def test_accepts_the_exact_lines(self):
        self.assertIsNone(self.complaint("a\nb\n", "a\nb\n"))

    def test_refuses_another_order(self):
        self.assertIn("'a'", self.complaint("a\nb\n", "b\na\n"))

    def test_refuses_a_missing_and_an_extra_line(self):
        self.assertIn("lacks 'b'", self.complaint("a\nb\n", "a\n"))
        self.assertIn("'c', which is not expected", self.complaint("a\n", "a\nc\n"))

    def test_any_order_counts_each_line_once(self):
        expected = "#! any order\na\na\nb\n"
        self.assertIsNone(self.complaint(expected, "b\na\na\n"))
        self.assertIn("lacks 'a'", self.complaint(expected, "a\nb\nb\n"))

    def test_any_order_ends_where_in_order_begins(self):
        expected = "#! any order\na\nb\n#! in order\nlast\n"
        self.assertIsNone(self.complaint(expected, "b\na\nlast\n"))
        self.assertIsNotNone(self.complaint(expected, "b\nlast\na\n"))

    def test_an_expression_must_match_the_whole_line(self):
        self.assertIsNone(self.complaint("#~ total: [0-9]+\n", "total: 12\n"))
        self.assertIsNotNone(self.complaint("#~ total: [0-9]+\n", "total: 12 or so\n"))

    def test_an_unknown_directive_names_file_and_line(self):
        with self.assertRaisesRegex(FormatError, ":1: '#! any oder'"):
            self.complaint("#! any oder\n", "")


class Report(unittest.TestCase):
    def complaint(self, lines, status=2, stdout="", stderr=""):
        path = written("# why\n[checked] exit 2\n" + lines)
        try:
            return report_complaint(read_report(path)["checked"], status, stdout, stderr)
        finally:
            path.unlink()

    def test_lines_are_found_in_order(self):
        self.assertIsNone(self.complaint("one\n/t.o/\n", stderr="one 1\nbetween\n  two 2\n"))
        self.assertIn("lacks 'one'", self.complaint("two\none\n", stderr="one\ntwo\n"))

    def test_a_line_is_not_used_twice(self):
        self.assertIsNotNone(self.complaint("one\none\n", stderr="one\n"))

    def test_the_status_counts(self):
        self.assertEqual(self.complaint("", status=0), "exit status 0 instead of 2")

    def test_standard_output_is_looked_at_apart(self):
        self.assertIsNone(self.complaint("out: said\n", stdout="said\n"))
        self.assertIsNotNone(self.complaint("out: said\n", stderr="said\n"))

    def test_never_is_never(self):
        self.assertIsNone(self.complaint("one\nnever: two\n", stderr="one\n"))
        self.assertIsNotNone(self.complaint("one\nnever: two\n", stderr="two\none\n"))
        self.assertIsNotNone(self.complaint("never: two\n", stdout="two\n"))

    def test_lines_before_a_section_name_file_and_line(self):
        path = written("text\n")
        try:
            with self.assertRaisesRegex(FormatError, ":1: a section"):
                read_report(path)
        finally:
            path.unlink()


if __name__ == "__main__":
    unittest.main()
