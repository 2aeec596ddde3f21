#!/usr/bin/env python3
"""How it scales beside Go: the same work with more and more goroutines, channels, timers, workers.

Every figure is one process on two cores that prints it, the peers in turn, round after round.
Where the workers are not what grows, there are two.
"""
import json
import os
import sys

import lines
import suite
from measure import Figures, Parser, aligned, progress

CORES = WORKERS = 2
# What grows, and the sizes at which it is measured.
AXES = {"goroutines": [10 ** power for power in range(7)],
        "channels": [2 ** power for power in range(7)],
        "timers": [10 ** power for power in range(5)],
        "workers": [1, 2, 4, 8]}
BY_WORKERS = ("spawn", "ping-pong", "4 to 4", "yield 1000", "mutex of 8", "sieve", "skynet",
              "echo of 64")
# Name, unit, the work, the row that does it, what grows.
CURVES = [
    ("memory", "B", "resident memory and page tables of one of N goroutines that wait",
     "bytes of %d", "goroutines"),
    ("start", "ns", "start N goroutines, until all wait for a channel; each",
     "start of %d", "goroutines"),
    ("wake", "ns", "close the channel that N goroutines wait for, until all have ended; each",
     "wake of %d", "goroutines"),
    ("select", "ns", "receive from one of N channels, to which another goroutine sends",
     "select %d", "channels"),
    ("select ready", "ns", "send into a buffer, receive with a select over N channels",
     "select %d ready", "channels"),
    ("timer", "ns", "make a timer that calls beside N others, and stop it",
     "timer of %d", "timers"),
    ("timers due", "ns", "processor time of one of N timers that call within ten milliseconds",
     "due of %d", "timers"),
] + [(name + " by workers", unit, work, name, "workers")
     for name, unit, work, *_ in suite.ROWS if name in BY_WORKERS]
PEERS = [peer[:2] for peer in suite.PEERS if peer[0] in ("Go", "sluice")]
COLLAPSE = 1.5  # times as long as with a worker a core: the most that more workers may take


def point(row, axis, size):
    """The row and the number of workers that give one point."""
    return (row, size) if axis == "workers" else (row % size, WORKERS)


def key(curve, peer, size):
    row, workers = point(*curve[3:], size)
    return row, peer, workers


def oversubscribed(figures, curve):
    """What more workers than cores cost at most, in times of a worker a core."""
    said = []
    for peer, _ in PEERS:
        typical = {size: figures.typical(*key(curve, peer, size)) for size in AXES["workers"]}
        more = [typical[size] for size in typical if size > CORES and typical[size]]
        if more and typical[CORES]:
            times = max(more) / typical[CORES]
            missed = ", missed" if peer == "sluice" and times > COLLAPSE else ""
            said.append("%s %.2f%s" % (peer, times, missed))
    return "at most, in times of %d workers: %s" % (CORES, "; ".join(said)) if said else ""


def table(figures, curve, peers):
    name, unit, work, _, axis = curve
    sizes = AXES[axis]
    rows = [[axis] + ["%d" % size for size in sizes]]
    for peer, _ in peers:
        rows.append([peer] + [figures.cell(*key(curve, peer, size)) for size in sizes])
    ratios = [suite.ratio(figures, *point(*curve[3:], size)) for size in sizes]
    rows.append(["sluice/Go"] + ["-" if ratio is None else "%.2f" % ratio for ratio in ratios])
    text = "%s, %s: %s\n%s\n" % (name, unit, work, aligned(rows))
    if axis == "workers":
        text += oversubscribed(figures, curve) + "\n"
    return text


def as_data(figures, curve):
    name, unit, work, _, axis = curve
    measured = {peer: {size: figures.values[key(curve, peer, size)] for size in AXES[axis]
                       if key(curve, peer, size) in figures.values} for peer, _ in PEERS}
    return {"name": name, "unit": unit, "work": work, "axis": axis, "sizes": AXES[axis],
            "figures": measured}


def main():
    asked = Parser("bench curves", "curve", CURVES, 120,
                   description=__doc__.split("\n")[0]).parse_args()
    curves = asked.chosen
    if asked.list:
        for name, unit, work, _, axis in curves:
            print("%-22s %-3s %-10s %s" % (name, unit, axis, work))
        return 0
    cores = sorted(os.sched_getaffinity(0))[:CORES]
    os.sched_setaffinity(0, cores)
    if len(cores) < CORES:
        print("bench: there is one core here and not %d: no figure tells how it scales" % CORES)
    figures = Figures(asked.programs, asked.seconds)
    peers = figures.there(PEERS)
    for at in range(asked.rounds):
        for curve in curves:
            for size in AXES[curve[-1]]:
                progress("round %d: %s, %d" % (at + 1, curve[0], size))
                for peer, program in peers:
                    row, workers = point(*curve[3:], size)
                    figures.measure(row, peer, program, workers)
    progress("\r")
    for curve in curves:
        print(table(figures, curve, peers))
    print("\n".join(figures.notes()))
    data = [as_data(figures, curve) for curve in curves]
    if asked.json:
        with open(asked.json, "w", encoding="utf-8") as out:
            json.dump(data, out, indent=1)
    if asked.svg:
        with open(asked.svg, "w", encoding="utf-8") as out:
            out.write(lines.draw(data, "sluice and Go 1.23 on two cores"))
    return 1 if figures.failed() else 0


if __name__ == "__main__":
    sys.exit(main())
