#!/usr/bin/env python3
"""Counts by which test each block of code in the documentation is covered.

    coverage.py [--list] [PAGE...]

Exit status 1 when one is covered by none, by two, or when a comment `tested by: FILE` names a test
that does not read that page. --list also prints which block is covered by what.
"""
import argparse
import collections
import pathlib
import re
import sys

import snippets
import transcripts

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(TOP / "test/checker"), str(TOP / "test/checker/recipes")]
import page
import pages as check_pages

PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/*.md", "docs/reports/*.md",
         "docs/checks/*.md", "examples/README.md", "bench/*.md", "checker/*.md",
         "runtime/README.md", "test/conformance/index.md")
FENCED = re.compile(r"^ *(?P<fence>```+)(?P<language>\w*)\n(?P<code>.*?)^ *(?P=fence)$",
                    re.MULTILINE | re.DOTALL)
PROGRAM = re.compile(r"<!-- program \w+ -->\n.*?<!-- end -->\n", re.DOTALL)
TESTED_BY = re.compile(r"^<!-- tested by: (\S+) -->\n```", re.MULTILINE)


def within(form, text, at):
    return any(match.start() <= at < match.end() for match in form.finditer(text))


def compiled(name, text, block):
    return (not name.startswith(("docs/reports/", "docs/checks/"))
            and within(snippets.BLOCK, text, block.start("code")))


def checked(name, text, block):
    return name.startswith("docs/checks/sluice-") and within(check_pages.BLOCK, text,
                                                             block.start("code"))


def reported(name, text, block):
    return name.startswith("docs/reports/") and within(PROGRAM, text, block.start())


def printed(_, text, block):
    at = block.start("code")
    return (within(transcripts.BLOCK, text, at) and not gdb(_, text, block) or
            within(transcripts.SUPPRESSIONS, text, at))


def gdb(_, __, block):
    return block["code"].startswith("$ gdb -q build/release/")


def recipe(name, text, block):
    """A block of docs/ci.md in a section that the test takes it from."""
    if name != "docs/ci.md" or block["language"] == "sh":
        return False
    source = (TOP / "test/checker/recipes/recipes_test.py").read_text()
    titles = re.findall(r'page\.(?:block|commands)\(\s*"([^"]+)"', source)
    return any(page.block(title) == block["code"] for title in titles)


def built(name, _, block):
    return block["language"] == "cmake" and name != "docs/ci.md"


def go_syntax(name, _, block):
    return block["language"] == "go" and name == "docs/tour.md"


def named(name, text, block):
    for match in TESTED_BY.finditer(text):
        if match.end() == block.start("code") - 1 - len(block["language"]):
            return name in (TOP / match[1]).read_text()
    return False


def commands(_, __, block):
    return block["language"] == "sh"


COVERED = (
    ("compiled, or part of a source that is", compiled, "snippets.py"),
    ("analysed, and flagged as it says", checked, "test/checker/pages.py"),
    ("a program with its report", reported, "tools/report_pages"),
    ("run, and the output compared", printed, "transcripts.py"),
    ("typed into gdb", gdb, "test/gdb/loading_test.py"),
    ("a recipe for CI, run", recipe, "test/checker/recipes"),
    ("configured and built", built, "test/install"),
    ("Go, read by gofmt", go_syntax, "shell.py"),
    ("compared by a test that the page names", named, "tested by"),
    ("commands, read", commands, "shell.py"),
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true")
    parser.add_argument("pages", nargs="*", type=lambda name: pathlib.Path(name).resolve())
    options = parser.parse_args()
    count, wrong, blocks = collections.Counter(), [], 0
    for path in options.pages or sorted(path for form in PAGES for path in TOP.glob(form)):
        name, text = str(path.relative_to(TOP)), path.read_text(encoding="utf-8")
        for block in FENCED.finditer(text):
            blocks += 1
            where = f"{name}:{text.count(chr(10), 0, block.start()) + 1}"
            by = [what for what, covers, _ in COVERED if covers(name, text, block)]
            count.update(by)
            if options.list:
                print(f"{where}: {', '.join(by)}")
            if len(by) != 1:
                tests = " and by ".join(by) or "no test"
                wrong.append(f"{where}: this block is covered by {tests}")
    for what, _, test in COVERED:
        print(f"{count[what]:5} {what} ({test})")
    print("\n".join(wrong))
    print(f"coverage: {blocks} blocks of code, {len(wrong)} not covered by one test")
    print(f"{blocks - len(wrong)} passed, {len(wrong)} failed")
    return 1 if wrong or not blocks else 0


if __name__ == "__main__":
    sys.exit(main())
