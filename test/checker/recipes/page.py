"""Takes the recipes out of docs/ci.md, so that what is tested is what the page says."""
import pathlib
import re

PAGE = pathlib.Path(__file__).resolve().parents[3] / "docs/ci.md"


def section(title):
    """The text below the heading that begins with `title`, up to the next one."""
    parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = [part for part in parts if part.startswith(title)]
    assert len(found) == 1, f"docs/ci.md: {len(found)} sections '{title}'"
    return found[0]


def block(title):
    """The first block of code of a section."""
    return re.search(r"^```\w*\n(.*?)^```$", section(title), flags=re.MULTILINE | re.DOTALL)[1]


def commands(title, pattern):
    """The commands of a section's block: the first group of each match, without their comments."""
    found = re.findall(pattern, block(title), flags=re.MULTILINE)
    assert found, f"docs/ci.md: no commands in '{title}'"
    return [re.sub(r"\s{2,}#.*", "", each) for each in found]
