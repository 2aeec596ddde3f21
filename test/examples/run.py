#!/usr/bin/env python3
"""Runs the programs of examples/ and checks what they print against the files beside them.

    run.py --build DIR [--sanitizer WORD] [--checker FILE] [NAME...]

NAME is `bank` or `buggy/all_asleep`; without one all programs are run, then the checker. A program
that works (NAME.expected) runs plainly and in checked mode, where it must stay silent; NAME.report
says what others print. NAME.finding holds lines `check line` that the checker must find there, and
`checker` as a NAME asks that it finds nothing in the programs without mistakes.
Closes with `N passed, N failed`; exit status 1 when anything failed, 2 when it could not run.
"""

import argparse
import os
import pathlib
import random
import re
import subprocess
import sys

from expectations import ExpectedOutput, FormatError, read_report, report_complaint

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"
LIMIT_S = 120


def run(command, environment):
    """Exit status, standard output and standard error; a status of None means that it hung."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SLUICE_")}
    try:
        done = subprocess.run(command, env=clean | environment, capture_output=True, text=True,
                              timeout=LIMIT_S, check=False)
    except subprocess.TimeoutExpired as hung:
        return None, _text(hung.stdout), _text(hung.stderr)
    return done.returncode, done.stdout, done.stderr


def _text(data):
    return data.decode(errors="replace") if isinstance(data, bytes) else data or ""


class Runner:
    def __init__(self, build, sanitizer, checker):
        self.build, self.sanitizer, self.checker = build, sanitizer, checker
        self.passed, self.failed = 0, 0

    def result(self, case, complaint, output=""):
        if complaint is None:
            self.passed += 1
            print(f"ok      {case}")
            return
        self.failed += 1
        print(f"FAILED  {case}: {complaint}")
        for line in output.splitlines()[-60:]:
            print(f"        | {line}")

    def program(self, name):
        source = EXAMPLES / f"{name}.cpp"
        buggy = source.parent.name == "buggy"
        binary = self.build / "examples" / f"{'buggy' if buggy else 'example'}_{source.stem}"
        expected_file, report_file = source.with_suffix(".expected"), source.with_suffix(".report")
        sections = read_report(report_file) if report_file.exists() else {}
        expected = ExpectedOutput(expected_file) if expected_file.exists() else None
        if expected is None and not sections:
            self.result(name, f"has neither {expected_file.name} nor {report_file.name} beside it")
            return
        # A sanitizer has an opinion of its own on the programs with mistakes.
        if buggy and self.sanitizer != "none":
            return
        under_tsan = self.sanitizer == "thread"
        args = expected.tsan_args if expected and under_tsan else []
        for mode in ("plain", "checked"):
            # What ThreadSanitizer finds comes before what checked mode would say.
            section = sections.get("tsan" if under_tsan and "tsan" in sections else mode)
            if expected is None and section is None:
                continue
            # A seed that nobody has tried: what holds must hold under each.
            debug = f"check,seed={random.getrandbits(32)}"
            environment = {"SLUICE_DEBUG": debug} if mode == "checked" else {}
            status, out, err = run([str(binary), *args], environment)
            complaint = _complaint(expected, section, status, out, err)
            if complaint is not None and environment:
                complaint += f", with SLUICE_DEBUG={debug}"
            self.result(f"{name} [{mode}]", complaint, out + err)
        if self.checker and source.with_suffix(".finding").exists():
            self.findings(name, source)

    def check(self, files):
        return run([str(self.checker), "-p", str(self.build), *map(str, files)], {})

    def findings(self, name, source):
        status, out, err = self.check([source])
        complaint = None if status == 2 else f"exit status {status} instead of 2"
        for line in source.with_suffix(".finding").read_text().splitlines():
            check, number = line.split()
            found = any(re.search(rf"{re.escape(source.name)}:{number}:.*\[{re.escape(check)}\]", said)
                        for said in out.splitlines())
            if complaint is None and not found:
                complaint = f"no {check} at line {number}"
        self.result(f"{name} [checker]", complaint, out + err)

    def no_findings(self):
        status, out, err = self.check(sorted(EXAMPLES.glob("*.cpp")))
        complaint = None
        if status != 0:
            complaint = f"exit status {status} instead of 0"
        elif out or err:
            complaint = "it should have printed nothing"
        self.result("programs without mistakes [checker]", complaint, out + err)


def _complaint(expected, section, status, out, err):
    if status is None:
        return f"still running after {LIMIT_S} s"
    if "WARNING: ThreadSanitizer" in err and (section is None or section.mode != "tsan"):
        return "ThreadSanitizer reports something"
    if section is not None:
        complaint = report_complaint(section, status, out, err)
        if complaint is not None:
            return complaint
    elif status != 0:
        return f"exit status {status} instead of 0"
    elif re.search(r"^sluice: ", err, re.MULTILINE):
        return "standard error has a report"
    return expected.complaint(out) if expected else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, type=pathlib.Path, help="a build directory")
    parser.add_argument("--sanitizer", default="none", choices=("none", "address", "thread"))
    parser.add_argument("--checker", type=pathlib.Path, help="sluice-check")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    known = [p.relative_to(EXAMPLES).with_suffix("").as_posix()
             for folder in (EXAMPLES, EXAMPLES / "buggy") for p in sorted(folder.glob("*.cpp"))]
    if options.checker:
        known.append("checker")
    unknown = [name for name in options.names if name not in known]
    if unknown:
        print(f"run.py: no example '{unknown[0]}'; there are {', '.join(known)}", file=sys.stderr)
        return 2
    runner = Runner(options.build.resolve(), options.sanitizer, options.checker)
    try:
        for name in options.names or known:
            if name == "checker":
                runner.no_findings()
            else:
                runner.program(name)
    except (FormatError, FileNotFoundError) as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 2
    print(f"{runner.passed} passed, {runner.failed} failed")
    return 1 if runner.failed else 0


if __name__ == "__main__":
    sys.exit(main())
