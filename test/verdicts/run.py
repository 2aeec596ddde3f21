#!/usr/bin/env python3
"""Runs each row of the table of verdicts under many seeds, and holds what checked mode says against
what it must say, no more and no less.

Prints the table, the command of each run that went wrong, and `N passed, N failed` (rows) at the
end.
"""
import argparse
import collections
import concurrent.futures
import os
import re
import subprocess
import sys

# Row -> what it is, and what must be told: exactly these, each at least once, in every run. A code
# with a question mark may come or not: the schedule decides.
ROWS = {
    "joined": ("AB in G1, join, BA in G2", []),
    "joined verbose": ("the same, verbose", ["note SL101"]),
    "joined_by_channel": ("AB in G1, joined by a close, BA in main", []),
    "concurrent": ("AB and BA in two concurrent goroutines", ["error SL101"]),
    "one_goroutine": ("AB then BA in one goroutine", []),
    "gated": ("AB and BA, both under gate lock G", []),
    "three": ("AB, BC, CA in three goroutines", ["error SL101"]),
    "ring_of_twelve": ("a ring of twelve locks", ["error SL101"]),
    "try_second": ("AB; B then try_lock(A)", []),
    "scoped_locks": ("scoped_lock(a, b) against scoped_lock(b, a)", []),
    "readers_alone": ("R(P)R(Q) against R(Q)R(P), no writer", []),
    "readers_and_one_writer": ("the same, P write-locked by others", []),
    "readers_and_writers": ("the same, P and Q write-locked by others", ["error SL102"]),
    "read_twice": ("read lock twice in one goroutine", ["error SL103"]),
    "upgrade": ("read lock, then write lock in one goroutine",
                ["error SL110"]),
    "address_again": ("destroyed, another at its address, order flipped", []),
    "handed_over": ("unlock by another goroutine; from then on a semaphore", ["note SL121"]),
    "seventy": ("70 mutexes held", []),
    "destroyed_locked": ("a locked mutex destroyed", ["error SL122"]),
    "hang": ("the real AB-BA hang", ["error SL201", "error SL101?"]),
}
TOLD = re.compile(r"^sluice: (\w+)\[(SL\d+)\]", re.MULTILINE)


def command(options, row, seed):
    name, _, extra = row.partition(" ")
    words = ["check"] + ([extra] if extra else []) + ["seed=%d" % seed]
    return [options.program, name], ",".join(words)


def run(options, row, seed):
    """What one run was told, or how it went wrong."""
    arguments, words = command(options, row, seed)
    try:
        result = subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                env=dict(os.environ, SLUICE_DEBUG=words), timeout=60)
    except subprocess.TimeoutExpired:
        return frozenset(["no end"])
    told = set(" ".join(match) for match in TOLD.findall(result.stderr.decode(errors="replace")))
    if result.returncode != 0:
        told.add("exit %d" % result.returncode)
    return frozenset(told)


def right(told, wanted):
    must = set(each for each in wanted if not each.endswith("?"))
    may = set(each.rstrip("?") for each in wanted)
    return must <= told <= may


def check(options, pool, row):
    """Prints the row's line; the runs that went wrong as lines of text."""
    text, wanted = ROWS[row]
    seeds = range(options.first, options.first + options.seeds)
    told = list(pool.map(lambda seed: run(options, row, seed), seeds))
    seen = collections.Counter(", ".join(sorted(each)) or "silent" for each in told)
    wrong = [seed for seed, each in zip(seeds, told) if not right(each, wanted)]
    must = ", ".join(each for each in wanted if not each.endswith("?")) or "silent"
    print("%-56s %-12s %5d   %-4s %s" % (
        text, must, len(told), "ok" if not wrong else "FAIL",
        ";  ".join("%s x%d" % each for each in seen.most_common())), flush=True)
    lines = []
    for seed in wrong[:3]:
        arguments, words = command(options, row, seed)
        lines.append("SLUICE_DEBUG=%s %s" % (words, " ".join(arguments)))
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True, help="the binary sluice_verdicts")
    parser.add_argument("--seeds", type=int, default=100, help="runs of each row (default: 100)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (default: 1)")
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time (default: 2)")
    parser.add_argument("rows", nargs="*", help="rows to run (default: all)")
    options = parser.parse_args()
    unknown = [row for row in options.rows if row not in ROWS]
    if unknown:
        print("verdicts: no row %r (known: %s)" % (unknown[0], ", ".join(ROWS)), file=sys.stderr)
        return 2
    rows = options.rows or list(ROWS)
    print("verdicts: %d rows, %d seeds each" % (len(rows), options.seeds))
    print("%-56s %-12s %5s   %-4s %s" % ("row", "must be", "runs", "", "was"))
    failed, again = 0, []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for row in rows:
            wrong = check(options, pool, row)
            failed += bool(wrong)
            again += wrong
    for line in again:
        print("again: " + line)
    print("%d passed, %d failed" % (len(rows) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
