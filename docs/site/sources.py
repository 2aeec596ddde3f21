"""A source file of the tree as a page of its own, for the links that lead to it."""
import html
import os

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import TextLexer, get_lexer_for_filename
from pygments.util import ClassNotFound

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>{name} - sluice</title>
<style>
:root {{ color-scheme: light dark }}
body {{ margin: 1.5em; font-family: sans-serif }}
pre {{ font-size: 13px; line-height: 1.4 }}
.linenos {{ opacity: .5; padding-right: 1em; user-select: none }}
{light}
@media (prefers-color-scheme: dark) {{
body {{ background: #1e2129; color: #ddd }}
a {{ color: #8ad }}
{dark}
}}
</style>
</head>
<body>
<p><a href="{home}">sluice</a> / {name}</p>
{code}
</body>
</html>
"""


def shown(top, file):
    """The page of `file`, a path below `top`; it will lie where the file does."""
    name = file.relative_to(top)
    try:
        lexer = get_lexer_for_filename(".cpp" if file.suffix == ".hpp" else file.name)
    except ClassNotFound:
        lexer = TextLexer()
    light, dark = [HtmlFormatter(linenos="inline", style=style, cssclass="code")
                   for style in ("default", "monokai")]
    code = highlight(file.read_text(encoding="utf-8", errors="replace"), lexer, light)
    return PAGE.format(name=html.escape(str(name)), code=code,
                       home=os.path.relpath("README.html", name.parent).replace("README", "index"),
                       light=_styles(light), dark=_styles(dark))


def _styles(formatter):
    lines = formatter.get_style_defs(".code").splitlines()
    return "\n".join(line for line in lines if line.startswith(".code .") or "background" in line)
