"""The names of HTML's elements, old ones included, grouped as the conversion needs them. Pure."""

from pathlib import Path

from policies.text import expressions

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
LISTS = ("ul", "ol", "menu", "dir")
_NAMES = expressions.read(Path(__file__).with_suffix(".toml")).vocabulary
BLOCKS = _NAMES["blocks"]
SILENT = _NAMES["silent"]
# Names that make `<name …>` a tag. Any other, such as <company name>, is text in angle brackets.
ELEMENTS = frozenset[str]().union(*_NAMES.values())
