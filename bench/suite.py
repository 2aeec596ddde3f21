#!/usr/bin/env python3
"""The comparison with other runtimes: the same work, each program in turn, round after round.

Every figure is one process that prints it; of the rounds counts the median, and beside it stand the
lowest and the highest. A ratio is ours to Go's with as many workers.
"""
import json
import sys

import bars
from measure import Figures, Parser, aligned, progress

# Name, unit, the work, and what ours may be of Go's at one and at two workers.
ROWS = [
    ("spawn", "ns", "start a goroutine that does nothing, a hundred a WaitGroup; each", .30, .45),
    ("alive", "ns", "100,000 at once that wait, in a fresh process; each", 1.0, 1.0),
    ("alive warm", "ns", "the same again", .30, .30),
    ("bytes", "B", "resident memory and page tables of one of 1,000,000 that wait", None, None),
    ("ping-pong", "ns", "to another goroutine and back, over two unbuffered channels", .30, .30),
    ("buffered", "ns", "send into a buffer and receive from it, nobody waits", .50, .50),
    ("1 to 1", "ns", "a value through a buffer of 128, one sends and one receives", .55, .60),
    ("4 to 4", "ns", "a value through a buffer of 128, four send and four receive", .55, .70),
    ("yield 2", "ns", "yield, of two goroutines", .15, .25),
    ("yield 1000", "ns", "yield, of a thousand goroutines", .20, .25),
    ("select 2", "ns", "receive from one of 2 channels to which another goroutine sends", .35, .35),
    ("select 8", "ns", "the same of 8", .25, .25),
    ("select 2 ready", "ns", "send into a buffer, receive with a select over 2", .40, .40),
    ("select 8 ready", "ns", "the same over 8", .20, .20),
    ("mutex", "ns", "lock and unlock, nobody else wants it", 1.0, 1.0),
    ("mutex of 8", "ns", "eight goroutines count under one lock; each time", 1.0, .75),
    ("mutex with yield", "ns", "the same with a yield under every 16th lock", .55, .55),
    ("rwmutex", "ns", "eight goroutines read under a lock, every 1000th time they write", 1.0, 1.0),
    ("cond", "ns", "two goroutines take turns with a condition variable; a turn of each", .35, .35),
    ("sieve", "ms", "2,000 primes, each a goroutine that filters for the next", .40, .50),
    ("skynet", "ms", "a tree of a million leaves, ten to a branch, summed over channels", .35, .35),
    ("echo of 64", "ns", "64 bytes there and back, on 64 connections of loopback; each", .83, .83),
    ("timer", "ns", "make a timer that calls, and stop it", .40, .40),
    ("timer of 10000", "ns", "the same beside 10,000 others", .40, .40),
    ("sleepers", "ms", "processor time of 100,000 that sleep 1 to 100 ms", .70, .70),
]
BYTES_AIM = 4400  # a goroutine, in place of a ratio

# Name, program, numbers of workers. Threads are as many as the row has tasks.
PEERS = [("Go", "go", (1, 2)), ("sluice", "sluice", (1, 2)), ("Boost.Fiber", "fiber", (1, 2)),
         ("threads", "threads", (1,))]


def ratio(figures, row, workers):
    ours, theirs = (figures.typical(row, peer, workers) for peer in ("sluice", "Go"))
    return ours / theirs if ours and theirs else None


def verdict(figures, row, aims):
    """What a row says of us: the ratios, the aims, and which is missed."""
    if row == "bytes":
        ours = figures.typical(row, "sluice", 1)
        aim = "at most %d B" % BYTES_AIM
        return ["", "", aim, "" if ours is None or ours <= BYTES_AIM else "missed"]
    ratios = [ratio(figures, row, workers) for workers in (1, 2)]
    missed = [str(workers) for workers, found, aim in zip((1, 2), ratios, aims)
              if found is not None and found > aim]
    return (["" if found is None else "%.2f" % found for found in ratios] +
            ["%.2f, %.2f" % aims, "missed at " + " and ".join(missed) if missed else ""])


def table(figures, rows, peers):
    columns = [(peer, workers) for peer, _, counts in peers for workers in counts]
    heads = ["row"] + ["%s %d" % column if column[0] != "threads" else "threads"
                       for column in columns]
    lines = [heads + ["ours/Go 1", "2", "aim", ""]]
    for name, unit, _, *aims in rows:
        cells = [figures.cell(name, *column) for column in columns]
        lines.append(["%s, %s" % (name, unit)] + cells + verdict(figures, name, tuple(aims)))
    return aligned(lines)


def as_json(figures, rows):
    return {name: {"unit": unit, "work": work, "aims": aims,
                   "figures": {"%s %d" % key[1:]: values
                               for key, values in figures.values.items() if key[0] == name}}
            for name, unit, work, *aims in rows}


def main():
    asked = Parser("bench", "row", ROWS, 60, description=__doc__.split("\n")[0]).parse_args()
    rows = asked.chosen
    if asked.list:
        for name, unit, work, *_ in rows:
            print("%-18s %-3s %s" % (name, unit, work))
        return 0
    figures = Figures(asked.programs, asked.seconds)
    peers = figures.there([peer for peer in PEERS
                           if not asked.quick or peer[0] in ("Go", "sluice")])
    for at in range(asked.rounds):
        for name, *_ in rows:
            progress("round %d: %s" % (at + 1, name))
            for peer, program, counts in peers:
                for workers in counts:
                    figures.measure(name, peer, program, workers)
    progress("\r")
    print(table(figures, rows, peers))
    print("\n".join(figures.notes()))
    if asked.json:
        with open(asked.json, "w", encoding="utf-8") as out:
            json.dump(as_json(figures, rows), out, indent=1)
    if asked.svg:
        drawn = [(name, [ratio(figures, name, 1), ratio(figures, name, 2)]) for name, *_ in rows]
        with open(asked.svg, "w", encoding="utf-8") as out:
            out.write(bars.draw(drawn))
    return 1 if figures.failed() else 0


if __name__ == "__main__":
    sys.exit(main())
