"""Ratios as bars: one line a row, one bar a number of workers."""
import svg

WIDTH, LEFT, LINE, TOP = 760, 150, 30, 48
FULL = 1.5  # the ratio at the right edge; what is longer is cut off there and says its figure
KINDS = ("sluice", "pale")


def draw(rows):
    """`rows`: name and ratios; None: not measured."""
    rows = [(name, ratios) for name, ratios in rows if any(r is not None for r in ratios)]
    scale = (WIDTH - LEFT - 60) / FULL
    height = TOP + LINE * len(rows) + 20
    at_one = LEFT + scale
    parts = [svg.text(LEFT, 18, "what sluice takes, in times of Go: shorter is better"),
             svg.text(at_one - 7, 36, "Go", "go")]
    for x, kind, name in zip((LEFT, LEFT + 90), KINDS, ("1 worker", "2 workers")):
        parts += [svg.bar(x, 27, 14, kind), svg.text(x + 20, 36, name)]
    for i, (name, ratios) in enumerate(rows):
        y = TOP + LINE * i
        parts.append(svg.text(LEFT - 8, y + 16, name, extra='text-anchor="end"'))
        for k, ratio in enumerate(ratios):
            if ratio is None:
                continue
            length = scale * min(ratio, FULL)
            top = y + 3 + 11 * k
            parts.append(svg.bar(LEFT, top, length, KINDS[k]))
            parts.append(svg.text(LEFT + length + 4, top + 8, "%.2f" % ratio, "soft", 10))
    parts.append(svg.line(at_one, TOP - 6, at_one, height - 16, "go"))
    return svg.picture(WIDTH, height, parts)
