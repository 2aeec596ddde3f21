SORTS = {"count": "c", "rate": "r", "wait": "w"}
COLUMNS = ("COUNT", "+/S", "OLDEST", "STATE", "WHERE", "STARTED AT")
WRAP = 1 << 32  # counters of switches begin again there


def place(at):
    """'Bank::transfer bank.cpp:41', or as much of it as is known."""
    file = os.path.basename(at["file"])
    if at["line"]:
        file += ":%d" % at["line"]
    return " ".join(word for word in (at["function"], file) if word) or "-"


def span(nanoseconds):
    """'3.2 s' of a wait; '-' of what does not wait."""
    seconds = nanoseconds / 1e9
    if nanoseconds == 0:
        return "-"
    if seconds < 1:
        return "%d ms" % (seconds * 1000)
    if seconds < 100:
        return "%.1f s" % seconds
    if seconds < 6000:
        return "%d min" % (seconds / 60)
    return "%.1f h" % (seconds / 3600)


class Row:
    def __init__(self, key):
        self.key = key  # state, where, where started
        self.count = self.longest = 0
        self.rate = None  # how many more each second

    def cells(self):
        rate = "-" if self.rate is None else "%+.1f" % self.rate if self.rate else "0"
        return (str(self.count), rate, span(self.longest), *self.key)

    def place_in_order(self, sort):
        first = {"count": self.count, "rate": abs(self.rate or 0), "wait": self.longest}[sort]
        return (-first, -self.count, self.key)


def rows_of(snapshot):
    """By key: groups that read the same are one row."""
    rows = {}
    for group in snapshot["groups"]:
        key = (group["state"], place(group["at"]), place(group["created"]))
        row = rows.setdefault(key, Row(key))
        row.count += group["count"]
        row.longest = max(row.longest, group["longest_wait_ns"])
    return rows


class Figures:
    """A snapshot beside the one before: rows, and what changes each second."""

    def __init__(self, now, before=None):
        self.now, self.before = now, before
        self.rows = list(rows_of(now).values())
        self.seconds = (now["time_ns"] - before["time_ns"]) / 1e9 if before else 0
        if self.seconds <= 0:
            return
        old = rows_of(before)
        for row in self.rows:
            count = old[row.key].count if row.key in old else 0
            row.rate = (row.count - count) / self.seconds

    def each_second(self, what):
        """'12.0 created/s' of a total; '' as long as it is not known."""
        if self.seconds <= 0:
            return ""
        if what == "switches":
            grown = self.switches()
        else:
            grown = max(self.now[what] - self.before[what], 0)
        return "%.1f %s/s" % (grown / self.seconds, what)

    def switches(self):
        now, before = (each["workers"]["switches"] for each in (self.now, self.before))
        before = before + [0] * (len(now) - len(before))
        return sum((new - old) % WRAP for new, old in zip(now, before))

    def head(self):
        workers, now = self.now["workers"], self.now
        queued = now["queued"] + sum(workers["queued"])
        first = "%s, process %d%s: %d of %d places taken, %d queued, %d detached" % (
            os.path.basename(now["program"]), now["pid"],
            ", checked" if now["checked"] else "",
            workers["active"], workers["limit"], queued, workers["detached"])
        totals = ["%d goroutines" % now["goroutines"], "%d created" % now["created"],
                  "%d ended" % now["ended"]]
        rates = [self.each_second(what) for what in ("created", "ended", "switches")]
        return [first, ", ".join(totals + [rate for rate in rates if rate])]

    def table(self, sort, most=None):
        """The rows as text below their heads; of more than `most` the rest is counted."""
        rows = sorted(self.rows, key=lambda row: row.place_in_order(sort))
        left_out = max(len(rows) - most, 0) if most is not None else 0
        shown = rows[:len(rows) - left_out]
        cells = [COLUMNS] + [row.cells() for row in shown]
        widths = [max(len(line[i]) for line in cells) for i in range(len(COLUMNS))]
        text = ["  ".join(cell.rjust(width) if i < 3 else cell.ljust(width)
                          for i, (cell, width) in enumerate(zip(line, widths))).rstrip()
                for line in cells]
        if left_out:
            rest = sum(row.count for row in rows[len(shown):])
            text.append("... and %d goroutines in %d more rows" % (rest, left_out))
        return text


