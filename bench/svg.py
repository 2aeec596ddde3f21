"""Pictures that stand by themselves, on a ground of their own: dark where the reader's is."""
from xml.sax.saxutils import escape

# Class: colour on a light ground, on a dark one.
COLOURS = {"ground": ("#ffffff", "#14181d"), "ink": ("#1f2328", "#e6edf3"),
           "soft": ("#59636e", "#9aa5b1"), "grid": ("#dfe3e8", "#2f363d"),
           "sluice": ("#1f6feb", "#58a6ff"), "pale": ("#93bdf5", "#3a6db0"),
           "go": ("#c2410c", "#f0883e")}


def rules(which):
    return ("".join(".%s{color:%s}" % (name, pair[which]) for name, pair in COLOURS.items()) +
            "circle.go{fill:%s}" % COLOURS["ground"][which])


STYLE = ("text,rect,circle{fill:currentColor;font-family:sans-serif}" +
         "line,path,circle{stroke:currentColor}path{fill:none}" + rules(0) +
         "@media(prefers-color-scheme:dark){" + rules(1) + "}")


def text(x, y, words, kind="ink", size=12, extra=""):
    return ('<text x="%.1f" y="%.1f" class="%s" font-size="%d" %s>%s</text>' %
            (x, y, kind, size, extra, escape(words)))


def line(x1, y1, x2, y2, kind):
    return '<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="%s"/>' % (x1, y1, x2, y2, kind)


def bar(x, y, length, kind):
    return '<rect x="%d" y="%d" width="%.1f" height="9" class="%s"/>' % (x, y, length, kind)


def mark(x, y, kind, title=""):
    """A point: full, or for Go a ring, so that colours are not all that tells them apart."""
    return ('<circle cx="%.1f" cy="%.1f" r="2.8" class="%s" stroke-width="1.5"><title>%s</title>'
            '</circle>' % (x, y, kind, escape(title)))


def picture(width, height, parts):
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d">' %
                      (width, height), "<style>%s</style>" % STYLE,
                      '<rect width="100%" height="100%" rx="6" class="ground"/>',
                      *parts, "</svg>", ""])
