#!/usr/bin/env python3
"""Holds index.md and the tests beside it to each other.

Each numbered line names its tests, or says with [x] or [later] why it has none; each test that is
named exists; each test that exists is named. Prints the counts, and a line for each breach.
"""
import pathlib
import re
import sys

FOLDER = pathlib.Path(__file__).parent
DEFINED = re.compile(r"^(?:SLUICE_TEST|SLUICE_TEST_ON|TEST)\((Conformance\w+), (\w+)", re.MULTILINE)
ROW = re.compile(r"^\| (\d+) \| (.*) \| (.*) \|$")


def main():
    defined = {".".join(found) for path in sorted(FOLDER.glob("*_test.cpp"))
               for found in DEFINED.findall(path.read_text())}
    breaches, named = [], set()
    lines = tested = excluded = later = expected = 0
    section = ""
    for at, text in enumerate((FOLDER / "index.md").read_text().splitlines(), 1):
        if text.startswith("## "):
            section, expected = text[3:], 1
        row = ROW.match(text)
        if not row:
            if text.startswith("|") and not re.match(r"\| # \||\|---", text):
                breaches.append(f"index.md:{at}: not a row of number, behaviour and tests")
            continue
        lines += 1
        if int(row[1]) != expected:
            breaches.append(f"index.md:{at}: {section}: line {row[1]} where {expected} is next")
        expected = int(row[1]) + 1
        tests = set(re.findall(r"`(Conformance\w+\.\w+)`", row[2] + row[3]))
        named |= tests
        excluded += row[3].startswith("[x] ")
        later += row[3].startswith("[later] ")
        if not row[3].startswith(("[x] ", "[later] ")):
            tested += 1
            if not tests:
                breaches.append(f"index.md:{at}: {section} {row[1]}: no test")
        breaches += [f"index.md:{at}: {section} {row[1]}: there is no test {test}"
                     for test in sorted(tests - defined)]
    breaches += [f"{test} is in no line of index.md" for test in sorted(defined - named)]
    print("\n".join(breaches + [
        f"conformance: {lines} lines: {tested} held by {len(defined)} tests, {excluded} that do not "
        f"carry over, {later} for later; {len(breaches)} breaches"]))
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
