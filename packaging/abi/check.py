#!/usr/bin/env python3
"""Compares the interface of libsluice.so with the one on record beside this file.

    check.py --library build/release/runtime/libsluice.so [--update]

Exit status: 0 the same or only more than on record, 1 something that programs were linked with has
changed or gone, 2 could not run. `--update` writes the library's interface as the one on record:
when a change is meant, the commit says why, and the version in CMakeLists.txt goes up.
"""
import argparse
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
HEADERS = os.path.join(TOP, "runtime", "include")
ERRORS = 1 | 2  # bits of abidiff's exit status; the others are changes


def fail(text):
    print("check.py: " + text, file=sys.stderr)
    sys.exit(2)


def run(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        fail("there is no %s (tools/setup installs abigail-tools)" % command[0])


def write(library, file):
    """What a program can see of the library: the types of public headers, no place in a source."""
    done = run("abidw", "--headers-dir", HEADERS, "--drop-private-types", "--no-show-locs",
               "--no-corpus-path", "--no-comp-dir-path", "--drop-undefined-syms", "--type-id-style",
               "hash", "--no-parameter-names", "--exported-interfaces-only", "--out-file", file,
               library)
    if done.returncode != 0:
        fail("abidw failed: " + done.stderr.strip())
    with open(file, encoding="utf-8") as text:
        everywhere = text.read().replace(TOP + "/", "")
    with open(file, "w", encoding="utf-8") as text:
        text.write(everywhere)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", required=True)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    library = os.path.realpath(options.library)
    record = os.path.join(HERE, "libsluice.so.0.%s.abi" % os.uname().machine)
    if not os.path.exists(library):
        fail("there is no library '%s'" % options.library)
    if options.update:
        write(library, record)
        return 0
    if not os.path.exists(record):
        print("check.py: nothing is on record for %s; --update writes it" % os.uname().machine)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        now = os.path.join(folder, "now.abi")
        write(library, now)
        done = run("abidiff", "--no-added-syms", record, now)
    print(done.stdout, end="")
    if done.returncode & ERRORS:
        fail("abidiff failed: " + done.stderr.strip())
    if done.returncode:
        print("check.py: programs that are linked with the library may break; if that is meant: "
              "--update, and a new version")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
