#!/usr/bin/env python3
"""The gate: how many instructions our own rows take, beside what they took when that was agreed on.

Time is loud, instructions are not: valgrind counts those of a row whose work is done once, and of
the same done twice. The difference is the second time alone, without start, warming up and end.
"""
import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys

BENCH = os.path.dirname(os.path.abspath(__file__))
BASELINE = os.path.join(BENCH, "baseline.json")
PROGRAM = os.path.join(os.path.dirname(BENCH), "build/release/test/bench/sluice_peer_rows")
UPDATE = "bench/gate.py --update"

# At one worker. Left out are rows that wait for the clock or the network, that differ from another
# in numbers only, that would take too long, or whose count hangs on when the monitor looks at a
# worker that runs one goroutine for long ("alive warm", "mutex of 8", "mutex with yield").
ROWS = ["spawn", "ping-pong", "buffered", "1 to 1", "yield 2", "yield 1000", "select 2", "select 8",
        "select 2 ready", "mutex", "rwmutex", "cond", "timer"]
TIMES = (1, 2)
GROWTH = .05
NO_SUCH_ROW = 3


class Failed(Exception):
    pass


def count(program, row, times):
    """Instructions of the process, and operations of each time; None: there is no such row."""
    # No caches are simulated, and no call graph is drawn, which stacks that change would confuse.
    done = subprocess.run(
        ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null",
         program, "1", row, str(times)], capture_output=True, text=True, check=False)
    if done.returncode == NO_SUCH_ROW:
        return None
    counted = re.search(r"I +refs: +([\d,]+)", done.stderr)
    if done.returncode != 0 or counted is None:
        raise Failed("row '%s' failed (status %d):\n%s" % (row, done.returncode, done.stderr))
    return int(counted.group(1).replace(",", "")), float(done.stdout)


def measure(program, row):
    """Instructions of one operation."""
    few, many = (count(program, row, times) for times in TIMES)
    if few is None:
        return None
    return (many[0] - few[0]) / (many[1] * (TIMES[1] - TIMES[0]))


def compare(row, before, now):
    """What to say of a row, and whether it is wrong."""
    if now is None:
        return "is gone, and the baseline still has it", True
    if before is None:
        return "%.1f; is new, and not in the baseline" % now, True
    text = "%.1f -> %.1f instructions, %+.1f %%" % (before, now, (now / before - 1) * 100)
    if now > before * (1 + GROWTH):
        return text + ": more than %.0f %% above the baseline" % (GROWTH * 100), True
    return text, False


def main():
    parser = argparse.ArgumentParser(prog="bench/gate.py", description=__doc__.split("\n")[0])
    parser.add_argument("--program", default=PROGRAM, help="what has the rows (%(default)s)")
    parser.add_argument("--baseline", default=BASELINE, help="what they took (%(default)s)")
    parser.add_argument("--row", action="append", default=[], metavar="NAME",
                        help="only this row; may be given several times")
    parser.add_argument("--update", action="store_true", help="what they take now is agreed on")
    asked = parser.parse_args()
    if shutil.which("valgrind") is None:
        sys.exit("gate: valgrind is missing: nothing can count instructions; tools/setup installs it")
    if not os.access(asked.program, os.X_OK):
        sys.exit("gate: %s is missing: tools/test gate builds it" % asked.program)
    with open(asked.baseline, encoding="utf-8") as file:
        baseline = json.load(file)
    known = ROWS + [row for row in baseline if row not in ROWS]
    for row in asked.row:
        if row not in known:
            sys.exit("gate: there is no row '%s' (known: %s)" % (row, ", ".join(known)))
    rows = asked.row or known
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        counted = dict(zip(rows, pool.map(lambda row: measure(asked.program, row), rows)))
    wrong = 0
    for row in rows:
        text, bad = compare(row, baseline.get(row), counted[row])
        print("%-18s %s" % (row, text))
        wrong += bad
    if asked.update:
        baseline.update({row: now and round(now, 1) for row, now in counted.items()})
        baseline = {row: baseline[row] for row in known if baseline.get(row) is not None}
        with open(asked.baseline, "w", encoding="utf-8") as file:
            json.dump(baseline, file, indent=1)
            file.write("\n")
        return 0
    if wrong > 0:
        print("gate: if that is meant, `%s` changes bench/baseline.json, and the commit says why" %
              UPDATE)
    print("%d passed, %d failed" % (len(rows) - wrong, wrong))
    return 1 if wrong > 0 else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failed:
        sys.exit("gate: %s" % failed)
