#!/usr/bin/env python3
"""The comparison with other runtimes: the same work, each program in turn, round after round.

Every figure is one process that prints it; of the rounds counts the median, and beside it stand the
lowest and the highest. A ratio is ours to Go's with as many workers.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

import bars

# Name, unit, the work, and what ours may be of Go's at one and at two workers.
ROWS = [
    ("spawn", "ns", "start a goroutine that does nothing, a hundred to a WaitGroup; each", .30, .45),
    ("alive", "ns", "100,000 at once that wait, in a fresh process; each", 1.0, 1.0),
    ("alive warm", "ns", "the same again", .30, .30),
    ("bytes", "B", "resident memory and page tables of one of 1,000,000 that wait", None, None),
    ("ping-pong", "ns", "to another goroutine and back, over two unbuffered channels", .30, .30),
    ("buffered", "ns", "send into a buffer and receive from it, nobody waits", .50, .50),
    ("1 to 1", "ns", "a value through a buffer of 128, one sends and one receives", .55, .60),
    ("4 to 4", "ns", "the same, four send and four receive", .55, .70),
    ("yield 2", "ns", "yield, of two goroutines", .15, .25),
    ("yield 1000", "ns", "yield, of a thousand", .20, .25),
    ("select 2", "ns", "receive from one of 2 channels, to which another goroutine sends", .35, .35),
    ("select 8", "ns", "the same of 8", .25, .25),
    ("select 2 ready", "ns", "send into a buffer, receive with a select over 2", .40, .40),
    ("select 8 ready", "ns", "the same over 8", .20, .20),
    ("mutex", "ns", "lock and unlock, nobody else wants it", 1.0, 1.0),
    ("mutex of 8", "ns", "eight goroutines count under one lock; each time", 1.0, .75),
    ("mutex with yield", "ns", "the same with a yield under every 16th lock", .55, .55),
    ("rwmutex", "ns", "eight goroutines read under one lock, every 1000th time they write", 1.0, 1.0),
    ("cond", "ns", "two goroutines take turns with a condition variable; a turn of each", .35, .35),
    ("sieve", "ms", "2,000 primes, each a goroutine that filters for the next", .40, .50),
    ("skynet", "ms", "a tree of a million leaves, ten to a branch, summed up over channels", .35, .35),
    ("echo of 64", "ns", "64 bytes there and back, of 64 connections over loopback; each", .83, .83),
    ("timer", "ns", "make a timer that calls, and stop it", .40, .40),
    ("timer of 10000", "ns", "the same beside 10,000 others", .40, .40),
    ("sleepers", "ms", "processor time of 100,000 that sleep 1 to 100 ms", .70, .70),
]
BYTES_AIM = 4400  # a goroutine, in place of a ratio

# Name, program, numbers of workers. Threads are as many as the row has tasks.
PEERS = [("Go", "go", (1, 2)), ("sluice", "sluice", (1, 2)), ("Boost.Fiber", "fiber", (1, 2)),
         ("threads", "threads", (1,))]
NO_SUCH_ROW = 3


class Suite:
    """What was measured: `figures[row][(peer, workers)]` is a list, one figure a round."""

    def __init__(self, folder, seconds):
        self.folder, self.seconds = folder, seconds
        self.figures, self.why_not = {}, {}

    def measure(self, row, peer, program, workers):
        key = (row, peer, workers)
        if key in self.why_not:
            return
        try:
            done = subprocess.run([os.path.join(self.folder, program), str(workers), row],
                                  capture_output=True, text=True, timeout=self.seconds)
        except subprocess.TimeoutExpired:
            self.why_not[key] = "did not end within %d s" % self.seconds
            return
        if done.returncode == NO_SUCH_ROW:
            self.why_not[key] = "has nothing like it"
        elif done.returncode != 0:
            self.why_not[key] = "failed (status %d)" % done.returncode
        else:
            cell = self.figures.setdefault(row, {})
            cell.setdefault((peer, workers), []).append(float(done.stdout))

    def typical(self, row, peer, workers):
        values = self.figures.get(row, {}).get((peer, workers))
        return statistics.median(values) if values else None

    def ratio(self, row, workers):
        ours, theirs = self.typical(row, "sluice", workers), self.typical(row, "Go", workers)
        return ours / theirs if ours and theirs else None


def figure(value):
    return "%.1f" % value if value < 100 else "%.0f" % value


def cell(suite, row, peer, workers):
    values = suite.figures.get(row, {}).get((peer, workers))
    if not values:
        return "-"
    text = figure(statistics.median(values))
    if len(values) > 1:
        text += " (%s-%s)" % (figure(min(values)), figure(max(values)))
    return text


def verdict(suite, row, aims):
    """What a row says of us: the ratios, the aims, and which is missed."""
    if row == "bytes":
        ours = suite.typical(row, "sluice", 1)
        aim = "at most %d B" % BYTES_AIM
        return ["", "", aim, "" if ours is None or ours <= BYTES_AIM else "missed"]
    ratios = [suite.ratio(row, workers) for workers in (1, 2)]
    missed = [str(workers) for workers, ratio, aim in zip((1, 2), ratios, aims)
              if ratio is not None and ratio > aim]
    return (["" if ratio is None else "%.2f" % ratio for ratio in ratios] +
            ["%.2f, %.2f" % aims, "missed at " + " and ".join(missed) if missed else ""])


def table(suite, rows, peers):
    columns = [(peer, workers) for peer, _, counts in peers for workers in counts]
    heads = ["row"] + ["%s %d" % column if column[0] != "threads" else "threads"
                       for column in columns]
    lines = [heads + ["ours/Go 1", "2", "aim", ""]]
    for name, unit, _, *aims in rows:
        lines.append(["%s, %s" % (name, unit)] + [cell(suite, name, *column) for column in columns] +
                     verdict(suite, name, tuple(aims)))
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip()
                     for line in lines)


def notes(suite):
    """One line for each reason why a figure is not there."""
    by_reason = {}
    for (row, peer, workers), why in suite.why_not.items():
        by_reason.setdefault((peer, why), []).append("%s %d" % (row, workers))
    return ["%s %s: %s" % (peer, why, ", ".join(rows)) for (peer, why), rows in by_reason.items()]


def as_json(suite, rows):
    return {name: {"unit": unit, "work": work, "aims": aims,
                   "figures": {"%s %d" % key: values
                               for key, values in suite.figures.get(name, {}).items()}}
            for name, unit, work, *aims in rows}


def chosen_rows(asked):
    known = [row[0] for row in ROWS]
    for name in asked:
        if name not in known:
            sys.exit("bench: there is no row '%s' (known: %s)" % (name, ", ".join(known)))
    return [row for row in ROWS if not asked or row[0] in asked]


def main():
    parser = argparse.ArgumentParser(prog="tools/bench", description=__doc__.split("\n")[0])
    parser.add_argument("programs", help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="one round of Go and sluice alone")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="how often (5)")
    parser.add_argument("--row", action="append", default=[], metavar="NAME",
                        help="only this row; may be given several times")
    parser.add_argument("--seconds", type=int, default=60, metavar="N",
                        help="after which a process is given up (60)")
    parser.add_argument("--json", metavar="FILE", help="all figures")
    parser.add_argument("--svg", metavar="FILE", help="the ratios, drawn")
    parser.add_argument("--list", action="store_true", help="the rows, and what work each does")
    asked = parser.parse_args()
    rows = chosen_rows(asked.row)
    if asked.rounds < 1:
        sys.exit("bench: --rounds: %d is not a number from 1 on" % asked.rounds)
    if asked.list:
        for name, unit, work, *_ in rows:
            print("%-18s %-3s %s" % (name, unit, work))
        return 0
    peers = [peer for peer in PEERS if not asked.quick or peer[0] in ("Go", "sluice")]
    for peer in list(peers):
        if not os.access(os.path.join(asked.programs, peer[1]), os.X_OK):
            print("bench: %s is missing here: its columns are left out" % peer[0])
            peers.remove(peer)
    suite = Suite(asked.programs, asked.seconds)
    for at in range(1 if asked.quick else asked.rounds):
        for name, *_ in rows:
            print("\rround %d: %-20s" % (at + 1, name), end="", file=sys.stderr, flush=True)
            for peer, program, counts in peers:
                for workers in counts:
                    suite.measure(name, peer, program, workers)
    print("\r" + " " * 32 + "\r", end="", file=sys.stderr)
    print(table(suite, rows, peers))
    print("\n".join(notes(suite)))
    if asked.json:
        with open(asked.json, "w", encoding="utf-8") as out:
            json.dump(as_json(suite, rows), out, indent=1)
    if asked.svg:
        drawn = [(name, [suite.ratio(name, 1), suite.ratio(name, 2)]) for name, *_ in rows]
        with open(asked.svg, "w", encoding="utf-8") as out:
            out.write(bars.draw(drawn))
    return 1 if any("failed" in why for why in suite.why_not.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
