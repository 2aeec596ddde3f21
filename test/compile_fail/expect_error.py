#!/usr/bin/env python3
"""Compiles one file twice: as it is, which must work without a warning, and with -DMISTAKE, which
must fail.

The file says with what: each line `// expect: TEXT` names a text that the compiler's messages must
hold, and `// expect(clang): TEXT` one that only that compiler is asked for; a compiler that nothing
is asked of must compile the file all the same. Knows nothing of what the mistake is.
"""
import os
import re
import subprocess
import sys

EXPECT = re.compile(r"^// expect(?:\((\w+)\))?: (.+)$", re.MULTILINE)


def compile_file(command, source, *extra):
    flags = ["-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", *extra]
    # In the C locale messages are English and their quotes plain.
    return subprocess.run([*command, *flags, source], capture_output=True, text=True, check=False,
                          env=dict(os.environ, LC_ALL="C"))


def problems(source, command):
    family = "clang" if "clang" in command[0] else "gcc"
    with open(source, encoding="utf-8") as file:
        text = file.read()
    expectations = EXPECT.findall(text)
    if not expectations or "MISTAKE" not in text:
        yield "%s: needs a line '// expect: TEXT' and code that depends on MISTAKE" % source
        return
    flags = ["-Wthread-safety"] if family == "clang" else []
    control = compile_file(command, source, *flags)
    if control.returncode != 0 or control.stderr:
        yield "%s: does not compile without its mistake:\n%s" % (source, control.stderr)
    expected = [message for only, message in expectations if only in ("", family)]
    if not expected:
        return
    mistake = compile_file(command, source, *flags, "-DMISTAKE")
    if mistake.returncode == 0:
        yield "%s: compiles with its mistake" % source
    for message in expected:
        if message not in mistake.stderr:
            yield "%s: the compiler does not say '%s' but:\n%s" % (source, message, mistake.stderr)


def main():
    if len(sys.argv) < 3:
        print("usage: expect_error.py SOURCE COMPILER [FLAG]...", file=sys.stderr)
        return 2
    found = list(problems(sys.argv[1], sys.argv[2:]))
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
