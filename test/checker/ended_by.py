#!/usr/bin/env python3
"""Runs a command until it has started a process, ends it by the signal given first, and fails
unless the process that it started ends too: `ended_by.py KILL command...`."""
import os
import signal
import subprocess
import sys
import time

PATIENCE_SECONDS = 60


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as listed:
        return [int(each) for each in listed.read().split()]


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def wait_for(condition, what):
    end = time.monotonic() + PATIENCE_SECONDS
    while not (result := condition()):
        if time.monotonic() > end:
            sys.exit(f"{PATIENCE_SECONDS} s, and {what}")
        time.sleep(0.01)
    return result


# A shell's background job, and all that it starts, ignores SIGINT.
command = subprocess.Popen(sys.argv[2:],
                           preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
children = wait_for(lambda: children_of(command.pid), "no process was started")
os.kill(command.pid, signal.Signals["SIG" + sys.argv[1]])
command.wait()
for child in children:
    try:
        wait_for(lambda: not is_running(child), f"process {child} still runs")
    except SystemExit:
        os.kill(child, signal.SIGKILL)
        raise
