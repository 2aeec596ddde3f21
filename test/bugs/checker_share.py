#!/usr/bin/env python3
"""Runs sluice-check over the buggy programs and their fixed forms, and tells what share it finds.

checker.json beside this lists the programs whose cause is of a class that the checker is for and
stands in their one file, with the reason; a program counts as found when a check of its class
flags it. Fails when less than half of these are found, when a fixed form is flagged, or when a file
can't be analysed. Ends with `N passed, N failed`: programs of the classes that are found, all fixed
forms that are not.

  test/bugs/checker_share.py build/release
"""
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(os.path.realpath(__file__)).parents[2]
LEAST_SHARE = 0.5


def run_checker(build, files):
    """The checks that flag each file, and the files that were not analysed."""
    done = subprocess.run(
        [build / "checker/sluice-check", "-p", build, "--format=json", "-j", str(os.cpu_count()),
         *files], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 2, 3):
        sys.exit(f"checker_share: sluice-check ended with status {done.returncode}")
    report = json.loads(done.stdout)
    flags = {}
    for finding in report["findings"]:
        name = os.path.relpath(os.path.realpath(ROOT / finding["file"]), ROOT)
        flags.setdefault(name, set()).add(finding["check"])
    return flags, [failed["file"] for failed in report["not_analysed"]]


def print_classes(classes, flags):
    """One row a program; returns how many are found, of how many."""
    found = count = 0
    for heading, row in classes.items():
        print(heading)
        for program in row["programs"]:
            checks = sorted(flags.get(program, set()) & set(row["checks"]))
            print(f"  {'found ' if checks else 'missed'} {program:40} {' '.join(checks)}".rstrip())
            found += bool(checks)
            count += 1
    return found, count


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    build = pathlib.Path(os.path.realpath(sys.argv[1]))
    sources = [*(ROOT / "test/bugs").glob("*.cpp"), *(ROOT / "examples/buggy").glob("*.cpp")]
    files = sorted(os.path.relpath(source, ROOT) for source in sources)
    classes = json.loads((ROOT / "test/bugs/checker.json").read_text())
    unknown = [name for row in classes.values() for name in row["programs"] if name not in files]
    if unknown:
        sys.exit(f"checker_share: checker.json names no program: {' '.join(unknown)}")

    flags, not_analysed = run_checker(build, files)
    found, count = print_classes(classes, flags)
    fixed = [name for name in files if name.endswith("_fixed.cpp")]
    wrong = [name for name in fixed if name in flags]
    for name in wrong:
        print(f"flagged, though it is right: {name}: {' '.join(sorted(flags[name]))}")
    for name in not_analysed:
        print(f"not analysed: {name}")
    buggy = len(files) - len(fixed)
    print(f"of all {buggy} buggy programs {len(flags.keys() - set(fixed))} are flagged")
    print(f"share: {found} of {count} in the classes of the checker ({100 * found // count} %)")
    too_few = found < LEAST_SHARE * count
    if too_few:
        print(f"less than {LEAST_SHARE:.0%}")
    failed = len(wrong) + len(not_analysed) + too_few
    print(f"{found + len(fixed) - len(wrong)} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
