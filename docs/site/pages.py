"""A hook of mkdocs: gathers the pages of the site from all over the tree, in the tree's own layout,
so that links between them need no change. A link to any other file of the tree, which a code host
would show, leads to a copy of it in the site.
"""
import os
import pathlib
import re
import shutil

from mkdocs.exceptions import PluginError

import sources

TOP = pathlib.Path(__file__).resolve().parents[2]
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/*.md", "docs/reports/*.md",
         "docs/checks/*.md", "examples/README.md", "checker/*.md", "bench/*.md",
         "runtime/README.md", "test/conformance/index.md")
ASSETS = ("docs/site/site.css",)
SHOWN_AS_THEY_ARE = (".svg", ".png")
FENCE = re.compile(r"^ *(```+)")
LINK = re.compile(r"(?<=\]\()(?!\w+:|#)([^)\s#]+)(#[^)\s]*)?(?=\))")


def on_config(config):
    """Nav lines that end in *.md become the files of that form."""
    config["nav"] = _expanded(config["nav"])
    return config


def _expanded(nav):
    found = []
    for entry in nav:
        if isinstance(entry, dict):
            (title, below), = entry.items()
            found.append({title: _expanded(below) if isinstance(below, list) else below})
        elif "*" in entry:
            found += [str(page.relative_to(TOP)) for page in sorted(TOP.glob(entry))]
        else:
            found.append(entry)
    return found


def on_pre_build(config):
    """Fills the folder that mkdocs reads. What is there already, the API reference, stays."""
    folder = pathlib.Path(config["docs_dir"])
    pages = {page for form in PAGES for page in TOP.glob(form)}
    linked = set()
    for page in sorted(pages):
        text = _with_links(page, pages, linked)
        _place(folder, page).write_text(text, encoding="utf-8")
    for file in sorted(linked):
        if file.suffix in SHOWN_AS_THEY_ARE:
            shutil.copy(file, _place(folder, file))
        else:
            _place(folder, file, ".html").write_text(sources.shown(TOP, file), encoding="utf-8")
    for asset in ASSETS:
        shutil.copy(TOP / asset, _place(folder, TOP / asset))


def _place(folder, file, suffix=""):
    place = folder / (str(file.relative_to(TOP)) + suffix)
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _with_links(page, pages, linked):
    """The page's text, its links as the site needs them; adds to `linked` what else they lead to."""
    fence = None
    lines = page.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines):
        found = FENCE.match(line)
        if found and fence is None:
            fence = found[1]
        elif found and fence == found[1]:
            fence = None
        if fence is None and not line.startswith("<!--"):
            lines[number] = _with_line_links(line, f"{page.relative_to(TOP)}:{number + 1}", page,
                                             pages, linked)
    return "\n".join(lines)


def _with_line_links(line, where, page, pages, linked):
    def site_link(link):
        target = pathlib.Path(os.path.normpath(page.parent / link[1]))
        if target.is_dir() and target / "README.md" in pages:
            return link[1].rstrip("/") + "/README.md" + (link[2] or "")
        if target in pages:
            return link[0]
        if not target.is_file() or TOP not in target.parents:
            raise PluginError(f"{where}: the link to {link[1]} leads to no file of the tree")
        linked.add(target)
        return link[1] + ("" if target.suffix in SHOWN_AS_THEY_ARE else ".html") + (link[2] or "")

    # What stands in backquotes is no link.
    parts = re.split(r"(`+[^`]*`+)(?!\]\()", line)
    return "".join(part if part.startswith("`") and part.endswith("`") else
                   LINK.sub(site_link, part) for part in parts)
