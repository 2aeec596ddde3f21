#!/usr/bin/env python3
"""Runs the checker over the code on the pages of docs/checks.

    pages.py --sluice-check FILE --include DIR

Each block of code is analysed as a piece of a translation unit, with what the comment before it
gives it: `with:` what comes before, `then:` what comes after, and `file scope` if it is no body of
a function. A line that says `// warning: TEXT` must have a finding of the page's check with that
text, up to a `...`; any other must have none. Exit status 1 when one differs.
"""
import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"(?:^<!-- (?P<note>[^\n]*) -->\n)?^```(?P<language>cpp|c)\n(?P<code>.*?)^```$",
                   re.MULTILINE | re.DOTALL)
NOTE = re.compile(r"(?P<scope>file scope)?(?:; )?(?:with: (?P<before>.*?))? ?"
                  r"(?:then: (?P<after>.*))?")
WARNING = re.compile(r"// warning: (.*?)(?:[,;:]? \.\.\.)?$")
HEADS = {
    "c": "#include <pthread.h>\n",
    "cpp": "".join(f"#include <{name}>\n" for name in (
        "chrono", "condition_variable", "mutex", "optional", "pthread.h", "shared_mutex", "string",
        "thread", "vector", "sluice/sluice.hpp")) + "using namespace std::chrono_literals;\n",
}
FINDING = re.compile(r"^[^\n]*?unit\.(?P<language>cpp|c):(?P<line>\d+):\d+: warning: (?P<text>.*) "
                     r"\[(?P<check>sluice-[\w-]+)\]$", re.MULTILINE)

Line = collections.namedtuple("Line", "where check expected")


class Units:
    """One translation unit for each language, and which line of it is which of a page."""

    def __init__(self):
        self.texts, self.lines, self.blocks = dict(HEADS), {}, 0

    def add(self, page, text, block):
        self.blocks += 1
        language = block["language"]
        note = NOTE.fullmatch(block["note"] or "")
        opening = f"{note['before'] or ''}\n"
        closing = f"{note['after'] or ''}\n"
        if not note["scope"]:
            opening, closing = f"void body() {{\n{opening}", f"{closing}}}\n"
        if language == "cpp":
            opening, closing = f"namespace block_{self.blocks} {{\n{opening}", f"{closing}}}\n"
        first = text.count("\n", 0, block.start("code")) + 1
        start = (self.texts[language] + opening).count("\n") + 1
        for number, line in enumerate(block["code"].splitlines()):
            warning = WARNING.search(line)
            self.lines[language, start + number] = Line(f"{page}:{first + number}", page.stem,
                                                        warning and warning[1])
        self.texts[language] += opening + block["code"] + closing


def found(units, checks, options):
    """The findings of `checks`, by language and line; what the checker said, if it could not."""
    with tempfile.TemporaryDirectory() as folder:
        database = []
        for language, text in units.texts.items():
            name = f"{folder}/unit.{language}"
            pathlib.Path(name).write_text(text)
            standard = "c++20" if language == "cpp" else "c17"
            database.append({"directory": folder, "file": name, "arguments": [
                "clang", f"-std={standard}", "-isystem", options.include, "-c",
                name]})
        pathlib.Path(folder, "compile_commands.json").write_text(json.dumps(database))
        done = subprocess.run(
            [options.sluice_check, "--strict", "-p", folder, "--checks=" + ",".join(checks),
             *(entry["file"] for entry in database)],
            capture_output=True, text=True, check=False)
    findings = collections.defaultdict(list)
    for match in FINDING.finditer(done.stdout):
        findings[match["language"], int(match["line"])].append((match["check"], match["text"]))
    return findings, None if done.returncode == 2 else done.stdout + done.stderr


def without_numbers(text):
    return re.sub(r"\d+", "0", text)


def complaint(line, findings):
    own = [text for check, text in findings if check == line.check]
    if line.expected is None:
        return f"is flagged: {own[0]}" if own else None
    if any(without_numbers(text).startswith(without_numbers(line.expected)) for text in own):
        return None
    return f"the check says {own[0] if own else 'nothing'} instead of: {line.expected}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sluice-check", required=True)
    parser.add_argument("--include", required=True, type=os.path.abspath)
    options = parser.parse_args()
    units, silent = Units(), []
    for path in sorted((TOP / "docs/checks").glob("sluice-*.md")):
        text = path.read_text(encoding="utf-8")
        blocks = list(BLOCK.finditer(text))
        for block in blocks:
            units.add(path.relative_to(TOP), text, block)
        if not any(WARNING.search(line) for block in blocks for line in block["code"].splitlines()):
            silent.append(f"{path.relative_to(TOP)}: shows no code that is flagged")
    findings, said = found(units, sorted({line.check for line in units.lines.values()}), options)
    if said is not None:
        print(f"{said}pages: the checker could not analyse the pages")
        return 1
    wrong = silent + [f"{line.where}: {what}" for place, line in units.lines.items()
                      if (what := complaint(line, findings[place]))]
    print("\n".join(wrong + [f"pages: {units.blocks} blocks of code"]))
    expected = sum(line.expected is not None for line in units.lines.values())
    print(f"{expected - len(wrong)} passed, {len(wrong)} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
