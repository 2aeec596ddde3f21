"""What the comparison and the curves share: a figure is one process of a program of peers/ that
prints it, of the rounds counts the median, and what is not there is said."""
import argparse
import os
import statistics
import subprocess
import sys

NO_SUCH_ROW = 3


class Parser(argparse.ArgumentParser):
    """The options of both. What is asked wrongly is told in one line. `known`: what can be
    measured, each of that `kind`, its name first."""

    def __init__(self, name, kind, known, seconds, **words):
        super().__init__(prog="tools/" + name, **words)
        self.kind, self.known = kind, known
        self.add_argument("programs", help=argparse.SUPPRESS)
        self.add_argument("--quick", action="store_true",
                          help="one round of Go and sluice alone")
        self.add_argument("--rounds", type=int, default=5, metavar="N", help="how often (5)")
        self.add_argument("--seconds", type=int, default=seconds, metavar="N",
                          help="after which a process is given up (%d)" % seconds)
        self.add_argument("--json", metavar="FILE", help="all figures")
        self.add_argument("--svg", metavar="FILE", help="what was measured, drawn")
        self.add_argument("--" + kind, dest="names", action="append", default=[], metavar="NAME",
                          help="only this %s; may be given several times" % kind)
        self.add_argument("--list", action="store_true",
                          help="the %ss, and what work each does" % kind)

    def parse_args(self, *words):
        asked = super().parse_args(*words)
        if asked.rounds < 1:
            self.error("--rounds: %d is not a number from 1 on" % asked.rounds)
        if asked.quick:
            asked.rounds = 1
        names = [each[0] for each in self.known]
        for name in asked.names:
            if name not in names:
                self.error("there is no %s '%s' (known: %s)" % (self.kind, name, ", ".join(names)))
        asked.chosen = [each for each in self.known if not asked.names or each[0] in asked.names]
        return asked

    def error(self, message):
        sys.stderr.write("bench: %s\n" % message)
        sys.exit(2)


class Figures:
    """What was measured: `values[(row, peer, workers)]` is a list, one figure a round."""

    def __init__(self, folder, seconds):
        self.folder, self.seconds = folder, seconds
        self.values, self.why_not = {}, {}

    def there(self, peers):
        """The peers whose program is there; of the others it is said that it is not."""
        found = [peer for peer in peers if os.access(os.path.join(self.folder, peer[1]), os.X_OK)]
        for peer in peers:
            if peer not in found:
                print("bench: %s is missing here: its figures are left out" % peer[0])
        return found

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
            try:
                value = float(done.stdout)
            except ValueError:
                self.why_not[key] = "failed (printed no figure)"
                return
            self.values.setdefault(key, []).append(value)

    def typical(self, *key):
        return statistics.median(self.values[key]) if key in self.values else None

    def cell(self, *key):
        values = self.values.get(key)
        if not values:
            return "-"
        text = figure(statistics.median(values))
        if len(values) > 1:
            text += " (%s-%s)" % (figure(min(values)), figure(max(values)))
        return text

    def notes(self):
        """One line for each reason why a figure is not there."""
        by_reason = {}
        for (row, peer, workers), why in self.why_not.items():
            by_reason.setdefault((peer, why), []).append("%s %d" % (row, workers))
        return ["%s %s: %s" % (peer, why, ", ".join(rows))
                for (peer, why), rows in by_reason.items()]

    def failed(self):
        return any("failed" in why for why in self.why_not.values())


def figure(value):
    return "%.1f" % value if value < 100 else "%.0f" % value


def aligned(lines):
    """Lines of as many cells, in columns."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip()
                     for line in lines)


def progress(text):
    print("\r%-50s" % text, end="", file=sys.stderr, flush=True)
