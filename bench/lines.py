"""Curves as small multiples: one field a curve, one line a peer, a mark a point, with an upright
line from its lowest figure to its highest."""
import math
import statistics
import textwrap

import svg

COLUMNS, WIDTH, HEIGHT, TOP = 3, 330, 240, 62
LEFT, RIGHT, ABOVE, BELOW = 52, 16, 58, 40  # round a field's plot
LOGARITHMIC = 10  # times the lowest from which on the upright axis is logarithmic
UNITS = {"ns": ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1, "ns")), "ms": ((1e3, "s"), (1, "ms")),
         "B": ((1e6, "MB"), (1e3, "kB"), (1, "B")), "": ((1e6, "M"), (1e3, "k"), (1, ""))}


def amount(value, unit):
    for size, name in UNITS[unit]:
        if value >= size:
            return "%.3g%s%s" % (value / size, " " if unit else "", name)
    return "%.3g %s" % (value, unit)


def marks(values):
    """The marks of the upright axis, the first and the last of which are its ends."""
    low, high = min(values), max(values)
    if high > LOGARITHMIC * low:
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        for steps in ((1, 2, 5), (1,)):
            at = [step * 10 ** power for power in powers for step in steps]
            first = max(i for i, mark in enumerate(at) if mark <= low)
            last = min(i for i, mark in enumerate(at) if mark >= high)
            if last - first < 7:
                break
        return at[first:last + 1]
    step = min(step for power in range(-3, 12) for factor in (1, 2, 5)
               for step in [factor * 10.0 ** power] if high <= 5 * step)
    return [i * step for i in range(math.ceil(high / step) + 1)]


class Field:
    def __init__(self, x, y, curve):
        self.left, self.right = x + LEFT, x + WIDTH - RIGHT
        self.top, self.bottom = y + ABOVE, y + HEIGHT - BELOW
        self.curve = curve
        # What was nothing, or less, has no place on a logarithmic axis, and lies at its foot.
        self.marks = marks([value for points in curve["figures"].values()
                            for values in points.values() for value in values if value > 0] or [1])

    def across(self, size):
        sizes = self.curve["sizes"]
        part = math.log(size / sizes[0]) / math.log(sizes[-1] / sizes[0])
        return self.left + 8 + part * (self.right - self.left - 16)

    def up(self, value):
        low, high = self.marks[0], self.marks[-1]
        value = max(value, low)
        part = math.log(value / low) / math.log(high / low) if low > 0 else value / high
        return self.bottom - part * (self.bottom - self.top)

    def axes(self):
        curve = self.curve
        parts = [svg.text(self.left - LEFT + 12, self.top - 38, curve["name"], size=14,
                          extra='font-weight="bold"')]
        for i, words in enumerate(textwrap.wrap(curve["work"], 56)):
            parts.append(svg.text(self.left - LEFT + 12, self.top - 24 + 12 * i, words, "soft", 10))
        for mark in self.marks:
            parts.append(svg.line(self.left, self.up(mark), self.right, self.up(mark), "grid"))
            parts.append(svg.text(self.left - 5, self.up(mark) + 3, amount(mark, curve["unit"])
                                  if mark else "0", "soft", 9, 'text-anchor="end"'))
        for size in curve["sizes"]:
            parts.append(svg.text(self.across(size), self.bottom + 14, amount(size, ""), "soft", 9,
                                  'text-anchor="middle"'))
        parts.append(svg.text((self.left + self.right) / 2, self.bottom + 27, curve["axis"], "soft",
                              10, 'text-anchor="middle"'))
        return parts

    def line(self, peer, points):
        kind = peer.lower()
        at = [(self.across(size), self.up(statistics.median(values)))
              for size, values in points.items()]
        parts = ['<path d="M%s" class="%s" stroke-width="1.6"/>' %
                 (" L".join("%.1f,%.1f" % place for place in at), kind)]
        for (x, y), (size, values) in zip(at, points.items()):
            typical = amount(statistics.median(values), self.curve["unit"])
            parts.append(svg.line(x, self.up(min(values)), x, self.up(max(values)), kind))
            parts.append(svg.mark(x, y, kind, "%s, %d %s: %s" %
                                  (peer, size, self.curve["axis"], typical)))
        return parts


def draw(curves, heading):
    """`curves`: name, work, unit, axis, sizes, and figures: peer -> size -> values."""
    curves = [curve for curve in curves if any(curve["figures"].values())]
    rows = math.ceil(len(curves) / COLUMNS)
    parts = [svg.text(12, 24, heading, size=15, extra='font-weight="bold"')]
    for x, peer in ((16, "sluice"), (80, "Go")):
        parts += [svg.mark(x, 40, peer.lower()), svg.text(x + 8, 44, peer, peer.lower(), 13)]
    said = ("Lower is better; an upright line goes from the lowest to the highest round. "
            "Two workers, where they are not what grows.")
    parts.append(svg.text(120, 44, said, "soft", 11))
    for i, curve in enumerate(curves):
        field = Field(WIDTH * (i % COLUMNS), TOP + HEIGHT * (i // COLUMNS), curve)
        parts += field.axes()
        for peer, points in curve["figures"].items():
            parts += field.line(peer, points) if points else []
    return svg.picture(WIDTH * COLUMNS, TOP + HEIGHT * rows, parts)
