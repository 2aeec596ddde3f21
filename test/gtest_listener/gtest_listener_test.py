#!/usr/bin/env python3
"""Runs the sample's tests plainly and in checked mode: the one that inverts locks must fail in
checked mode only, with the report in its message, and the others must pass.

    gtest_listener_test.py SAMPLE
"""
import json
import os
import subprocess
import sys
import tempfile


def run(program, debug, *flags):
    """The result of each test, as a list of its failure messages, and the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "results.json")
        clean = {k: v for k, v in os.environ.items() if not k.startswith("SLUICE_")}
        done = subprocess.run([program, "--gtest_output=json:" + path, *flags],
                              env=clean | {"SLUICE_DEBUG": debug}, capture_output=True, text=True,
                              timeout=120, check=False)
        with open(path, encoding="utf-8") as file:
            results = json.load(file)
    tests = {test["name"]: [failure["failure"] for failure in test.get("failures", [])]
             for suite in results["testsuites"] for test in suite["testsuite"]}
    return tests, done.returncode


def main():
    program = sys.argv[1]
    tests, status = run(program, "off")
    assert status == 0 and not any(tests.values()), tests

    for flags in ([], ["--gtest_throw_on_failure"]):
        tests, status = run(program, "check", *flags)
        assert status == 1, status
        assert tests["is_clean"] == [] and tests["expects"] == [], tests
        [message] = tests["inverts"]
        assert "SL101: lock-order inversion between " in message, message
        assert "sluice: error[SL101]" in message and "order 1:" in message, message
    print("gtest_listener: passed")


main()
