"""Ratios as bars, in an SVG that stands by itself: one line a row, one bar a number of workers."""

WIDTH, LEFT, LINE, TOP = 760, 150, 30, 48
FULL = 1.5  # the ratio at the right edge; what is longer is cut off there and says its figure
COLOURS = ("#2f6f9f", "#8fb8d4")


def text(x, y, words, extra=""):
    return ('<text x="%d" y="%d" font-family="sans-serif" font-size="12" %s>%s</text>' %
            (x, y, extra, words))


def draw(rows):
    """`rows`: name and ratios; None: not measured."""
    rows = [(name, ratios) for name, ratios in rows if any(r is not None for r in ratios)]
    scale = (WIDTH - LEFT - 60) / FULL
    height = TOP + LINE * len(rows) + 20
    at_one = LEFT + scale
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d">' % (WIDTH, height),
             '<rect width="100%" height="100%" fill="#ffffff"/>',
             text(LEFT, 18, "time of sluice in times of Go: shorter is faster", 'fill="#222"'),
             text(LEFT, 36, "1 worker", 'fill="%s"' % COLOURS[0]),
             text(LEFT + 70, 36, "2 workers", 'fill="%s"' % COLOURS[1]),
             text(int(at_one) - 7, 36, "Go", 'fill="#a33"')]
    for i, (name, ratios) in enumerate(rows):
        y = TOP + LINE * i
        parts.append(text(LEFT - 8, y + 16, name, 'text-anchor="end" fill="#222"'))
        for k, ratio in enumerate(ratios):
            if ratio is None:
                continue
            length = scale * min(ratio, FULL)
            top = y + 3 + 11 * k
            parts.append('<rect x="%d" y="%d" width="%.1f" height="9" fill="%s"/>' %
                         (LEFT, top, length, COLOURS[k]))
            parts.append('<text x="%.1f" y="%d" font-family="sans-serif" font-size="10" '
                         'fill="#444">%.2f</text>' % (LEFT + length + 4, top + 8, ratio))
    parts.append('<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#a33" stroke-width="1"/>' %
                 (at_one, TOP - 6, at_one, height - 16))
    return "\n".join(parts + ["</svg>", ""])
