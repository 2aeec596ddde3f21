#!/usr/bin/env python3
"""Compiles the C++ in the documentation.

    snippets.py --compiler CXX --include DIR FILE.md...

A block ```cpp with an #include is a whole program: its lines must stand in some file of examples/,
where it is compiled and run. One after the comment `in: FILE` stands in that file of test/, in
pieces: its paragraphs do, and it need not be a program. Any other block is compiled as the body of
a function; a comment right before it can say `file scope`, and `with:` what it takes for granted:
    <!-- file scope; with: void work() {} -->
Exit status 1 when a block does not compile.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
BLOCK = re.compile(r"(?:^<!-- (?P<note>[^\n]*) -->\n)?^```cpp\n(?P<code>.*?)^```$",
                   re.MULTILINE | re.DOTALL)
HEAD = """#include <chrono>
#include <cstdio>
#include <mutex>
#include <optional>
#include <sluice/context.hpp>
#include <sluice/err_group.hpp>
#include <sluice/semaphore.hpp>
#include <sluice/sluice.hpp>
using namespace std::chrono_literals;
"""


def is_part(code, note):
    """Whether a block is one that has to stand in a source, and not one to be compiled here."""
    return "#include" in code or note.startswith("in: ")


def is_tested(code, note):
    if note.startswith("in: "):
        # The project's own sources name its headers in quotes.
        source = (ROOT / "test" / note[4:]).read_text()
        source = re.sub(r'#include "(sluice/.*)"', r"#include <\1>", source)
        return all(paragraph.strip("\n") in source for paragraph in code.split("\n\n"))
    return any(code in source.read_text() for source in EXAMPLES.glob("**/*.cpp"))


def wrapped(document, text):
    """One translation unit of all the fragments in `text`, and how many there are; a #line leads
    errors back to the document."""
    out, count = [HEAD], 0
    for block in BLOCK.finditer(text):
        code, note = block["code"], block["note"] or ""
        if is_part(code, note):
            continue
        count += 1
        line = text.count("\n", 0, block.start("code")) + 1
        before = note.partition("with: ")[2]
        if note.startswith("file scope"):
            # In a namespace, main would be a function like any other but for its warning.
            code = re.sub(r"\bint main\(\)", "int main_program()", code)
            body = f'{before}\n#line {line} "{document}"\n{code}'
        else:
            body = f'void body() {{\n{before}\n#line {line} "{document}"\n{code}}}\n'
        out.append(f"namespace snippet_{count} {{\n{body}}}\n")
    return "".join(out), count


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--include", required=True)
    parser.add_argument("documents", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    passed, failed = 0, 0
    for document in options.documents:
        text = document.read_text()
        for block in BLOCK.finditer(text):
            if not is_part(block["code"], block["note"] or ""):
                continue
            if is_tested(block["code"], block["note"] or ""):
                passed += 1
            else:
                failed += 1
                line = text.count("\n", 0, block.start("code"))
                print(f"{document}:{line}: this program is not tested as it stands")
        source, count = wrapped(document, text)
        if count == 0:
            continue
        with tempfile.NamedTemporaryFile("w", suffix=".cpp") as file:
            file.write(source)
            file.flush()
            # Fragments leave values and variables unused.
            done = subprocess.run(
                [options.compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
                 "-Wno-unused", f"-I{options.include}", file.name], check=False)
        if done.returncode == 0:
            passed += count
        else:
            failed += count
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
