#!/usr/bin/env python3
"""Runs the commands that the documentation shows with their output, and compares.

    transcripts.py --build DIR [--checker FILE] FILE.md...

A block that begins with `$ [NAME=VALUE...] build/release/...` names a program of this build or
`sluice-check`; one after the comment `output of: COMMAND` shows a part of what that prints. Each
line must be a line of what the command prints, standard output or standard error. Numbers, spaces
and the folder of the sources (shown as `...`) may differ, and a line that is `...` alone stands for
any. One after the comment `suppressions` is a file of them, which a program must accept. Exit
status 1 when a line is not printed.
"""

import argparse
import functools
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^(?:```\w*\n\$ |<!-- output of: )(?P<command>[^\n]*?build/release/[^\n]*?)"
                   r"(?: -->\n```\w*)?\n(?P<output>.*?)^```$", re.MULTILINE | re.DOTALL)
SUPPRESSIONS = re.compile(r"^<!-- suppressions -->\n```\w*\n(?P<file>.*?)^```$",
                          re.MULTILINE | re.DOTALL)


def plain(line):
    """A line without what differs from run to run and from machine to machine."""
    line = line.replace(f"{TOP}/", ".../")
    line = re.sub(r"0x[0-9a-f]+|[0-9]+(\.[0-9]+)?", "0", line)
    line = re.sub(r"goroutines? 0(, 0)*", "goroutine 0", line)
    return " ".join(line.split())


@functools.cache
def run(command, build, checker):
    """What the command prints; None when it needs a tool and there is none."""
    words = command.split()
    if words[0] == "gdb":
        return None  # test/gdb types what that block shows
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SLUICE_")}
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        environment[name] = value
    if words[0].endswith("/sluice-check"):
        if checker is None:
            return None
        words[0] = str(checker)
    else:
        words[0] = words[0].replace("build/release", str(build))
    if words[0].endswith("/sluice-stress") and not os.path.exists(words[0]):
        return None  # this build leaves it out
    words = [words[0]] + [word.replace("build/release", str(build)) for word in words[1:]]
    done = subprocess.run(words, cwd=TOP, env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
    return done.stdout


def suppressions_complaint(text, build):
    """What a program says that is told to read `text` as suppressions."""
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(text)
        file.flush()
        done = subprocess.run(
            [build / "examples/example_hello"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=120, check=False,
            env=dict(os.environ, SLUICE_DEBUG=f"check,suppress={file.name}"))
    return None if (done.returncode, done.stdout) == (0, "hello\n") else done.stdout


def parse(description):
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--checker", type=pathlib.Path)
    parser.add_argument("documents", nargs="+", type=pathlib.Path)
    return parser.parse_args()


def main():
    options = parse(__doc__)
    passed, failed = 0, 0
    for document in options.documents:
        text = document.read_text()
        for block in BLOCK.finditer(text):
            printed = run(block["command"], options.build.resolve(), options.checker)
            if printed is None:
                continue
            lines = {plain(line) for line in printed.splitlines()}
            shown = [line for line in block["output"].splitlines() if line.strip() != "..."]
            missing = [line for line in shown if line.strip() and plain(line) not in lines]
            if not missing:
                passed += 1
                continue
            failed += 1
            where = f"{document}:{text.count(chr(10), 0, block.start()) + 2}"
            print(f"{where}: {block['command']}\ndoes not print:")
            print("\n".join(f"    {line}" for line in missing))
            print("but:\n" + "\n".join(f"    {line}" for line in printed.splitlines()))
        for block in SUPPRESSIONS.finditer(text):
            said = suppressions_complaint(block["file"], options.build.resolve())
            if said is None:
                passed += 1
            else:
                failed += 1
                print(f"{document}: of these suppressions a program says: {said}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
