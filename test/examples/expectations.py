"""Reads and checks what a program is expected to print. Knows the two file formats, not how
programs are run.

`NAME.expected`, the standard output of a program that works:
    text            this line, exactly
    #~ regex        a line that the expression matches as a whole
    #! any order    the lines from here on come in any order
    #! in order     the lines from here on come in this order, after those of the block before
    #! tsan args: A B    arguments for the program under ThreadSanitizer

`NAME.report`, what a program says in one mode, a section for each: `plain`, `checked`, and `tsan`
for either of them under ThreadSanitizer:
    [checked] exit 2
    text            a line on standard error that contains this, after the one found before
    /regex/         a line on standard error in which the expression is found, likewise
    out: text       a line on standard output that is this, after the one found before
    never: text     no line on either output contains this
    # ...           a comment
"""

import re
from collections import namedtuple

Section = namedtuple("Section", "mode status lines")


class FormatError(Exception):
    """A file of expectations that can't be read; the text names file and line."""


class ExpectedOutput:
    def __init__(self, path):
        self.blocks = [(False, [])]  # (any order, lines)
        self.tsan_args = []
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if not line.startswith("#! "):
                self.blocks[-1][1].append(line)
            elif line == "#! any order":
                self.blocks.append((True, []))
            elif line == "#! in order":
                self.blocks.append((False, []))
            elif line.startswith("#! tsan args: "):
                self.tsan_args = line.removeprefix("#! tsan args: ").split()
            else:
                raise FormatError(f"{path}:{number}: '{line}' is none of the directives "
                                  "'any order', 'in order', 'tsan args:'")

    def complaint(self, output):
        """What is wrong with `output`, or None."""
        lines = output.splitlines()
        at = 0
        for any_order, expected in self.blocks:
            got = lines[at:at + len(expected)]
            at += len(expected)
            missing = _unmatched(expected, got) if any_order else _first_difference(expected, got)
            if missing is not None:
                return f"standard output lacks '{missing}'"
        if at < len(lines):
            return f"standard output has '{lines[at]}', which is not expected"
        return None


def _matches(expected, line):
    if expected.startswith("#~ "):
        return re.fullmatch(expected[3:], line) is not None
    return expected == line


def _first_difference(expected, got):
    for i, line in enumerate(expected):
        if i >= len(got) or not _matches(line, got[i]):
            return line
    return None


def _unmatched(expected, got):
    left = list(got)
    for line in sorted(expected, key=lambda line: line.startswith("#~ ")):  # the exact ones first
        found = next((candidate for candidate in left if _matches(line, candidate)), None)
        if found is None:
            return line
        left.remove(found)
    return None


def read_report(path):
    """The sections of a .report file by mode."""
    sections = {}
    current = None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        head = re.fullmatch(r"\[(plain|checked|tsan)\] exit (\d+)", line)
        if head:
            current = Section(head[1], int(head[2]), [])
            sections[head[1]] = current
        elif line.strip() == "" or line.startswith("#"):
            continue
        elif current is None:
            raise FormatError(f"{path}:{number}: a section such as '[checked] exit 2' comes first")
        else:
            current.lines.append(line)
    return sections


def report_complaint(section, status, stdout, stderr):
    """What is wrong with a run under `section`, or None."""
    if status != section.status:
        return f"exit status {status} instead of {section.status}"
    errors, outputs = iter(stderr.splitlines()), iter(stdout.splitlines())
    for expected in section.lines:
        if expected.startswith("never: "):
            text = expected.removeprefix("never: ")
            if any(text in line for line in (stderr + stdout).splitlines()):
                return f"the output has '{text}'"
        elif expected.startswith("out: "):
            text = expected.removeprefix("out: ")
            if not any(line == text for line in outputs):
                return f"standard output lacks '{text}' at its place"
        elif len(expected) > 1 and expected.startswith("/") and expected.endswith("/"):
            if not any(re.search(expected[1:-1], line) for line in errors):
                return f"standard error lacks {expected} at its place"
        elif not any(expected.strip() in line for line in errors):
            return f"standard error lacks '{expected}' at its place"
    return None
