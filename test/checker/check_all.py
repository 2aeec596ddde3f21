#!/usr/bin/env python3
"""Runs one source through the clang plugin, the clang-tidy module and sluice-check, and holds each of them to the
`expected-warning` comments in the file: the same findings on the same lines, no more and no fewer.

The plugin is checked by clang's own `-verify`; the other two by comparing what they print.
"""
import argparse
import os
import re
import subprocess
import sys

DIRECTIVE = re.compile(r"expected-warning(?:@(?P<offset>[+-]\d+))?\s*\{\{(?P<text>.*?)\}\}")
# What --strict turns on, by the names that clang-tidy knows.
STRICT_OPTIONS = [
    "sluice-blocking-under-lock.Strict",
    "sluice-manual-unlock.Strict",
    "sluice-mismatched-exit.Strict",
    "sluice-missing-unlock.StrictExceptions",
]
FINDING = re.compile(r"^(?P<file>[^\s:][^:]*):(?P<line>\d+):\d+: warning: (?P<text>.*) \[(?P<check>sluice-[\w,-]+)\]$")


def expectations(path):
    expected = []
    with open(path, encoding="utf-8") as source:
        for number, line in enumerate(source, 1):
            for match in DIRECTIVE.finditer(line):
                expected.append((number + int(match.group("offset") or 0), match.group("text")))
    return sorted(expected)


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def compare(name, expected, output, path):
    """Every expectation has its finding and every finding its expectation; returns the lines that say otherwise."""
    found = []
    for line in output.splitlines():
        match = FINDING.match(line)
        if match and os.path.basename(match.group("file")) == os.path.basename(path):
            found.append((int(match.group("line")), match.group("text")))
    wrong = []
    rest = list(found)
    for line, text in expected:
        hit = next((each for each in rest if each[0] == line and text in each[1]), None)
        if hit:
            rest.remove(hit)
        else:
            wrong.append("%s: line %d: expected a finding with '%s'" % (name, line, text))
    wrong += ["%s: line %d: not expected: %s" % (name, line, text) for line, text in rest]
    return wrong


def main():
    parser = argparse.ArgumentParser()
    for option in ("clang", "tidy", "plugin", "module", "sluice-check", "runtime-include"):
        parser.add_argument("--" + option, required=True)
    parser.add_argument("--strict", action="store_true", help="also what is off by default")
    parser.add_argument("--checks", default="sluice-*", help="which run: a list of globs as clang-tidy's")
    parser.add_argument("source")
    own, compiler = sys.argv[1:], []
    if "--" in own:
        own, compiler = own[: own.index("--")], own[own.index("--") + 1 :]
    arguments = parser.parse_args(own)
    is_c = arguments.source.endswith(".c")
    # The runtime's headers are a system library to these tests: the checks know its API by name.
    flags = compiler + (["-std=gnu11"] if is_c else ["-std=c++20", "-isystem", arguments.runtime_include])
    expected = expectations(arguments.source)
    wrong = []

    compiler_name = arguments.clang + ("" if is_c else "++")
    strict = ["-fplugin-arg-sluice-strict"] if arguments.strict else []
    status, out, err = run(
        [compiler_name, "-fsyntax-only", "-Wno-everything", "-Xclang", "-verify", "-Xclang", "-verify-ignore-unexpected=note",
         "-fplugin=" + arguments.plugin, "-fplugin-arg-sluice-checks=" + arguments.checks] + strict + flags + [arguments.source])
    if status != 0:
        wrong.append("plugin:\n" + out + err)

    value = "true" if arguments.strict else "false"
    config = "{CheckOptions: {%s}}" % ", ".join("%s: %s" % (option, value) for option in STRICT_OPTIONS)
    status, out, err = run([arguments.tidy, "--quiet", "--load=" + arguments.module, "-checks=-*," + arguments.checks,
                            "-config=" + config, arguments.source, "--", "-w"] + flags)
    if status != 0:
        wrong.append("clang-tidy: exit status %d\n%s%s" % (status, out, err))
    wrong += compare("clang-tidy", expected, out, arguments.source)

    strict = ["--strict"] if arguments.strict else []
    status, out, err = run([arguments.sluice_check, "--checks=" + arguments.checks] + strict + [arguments.source, "--"] + flags)
    if status != (2 if expected else 0):
        wrong.append("sluice-check: exit status %d\n%s%s" % (status, out, err))
    if not expected and (out or err):
        wrong.append("sluice-check: not silent: %s%s" % (out, err))
    wrong += compare("sluice-check", expected, out, arguments.source)

    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
