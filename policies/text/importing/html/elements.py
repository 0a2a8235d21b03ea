"""The names of HTML's elements, old ones included, grouped as the conversion needs them; and what
an element's own style says of its words: how they look, and whether anybody sees them.

Pure. Style sheets are not read.
"""

import re
from pathlib import Path

from bs4.element import Tag

from policies.text import expressions

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
LISTS = ("ul", "ol", "menu", "dir")
_NAMES = expressions.read(Path(__file__).with_suffix(".toml")).vocabulary
BLOCKS = _NAMES["blocks"]
SILENT = _NAMES["silent"]
# Names that make `<name …>` a tag. Any other, such as <company name>, is text in angle brackets.
ELEMENTS = frozenset[str]().union(*_NAMES.values())

# Elements that strike out by themselves.
STRUCK = ("s", "strike", "del")

# Of each look, what says something of it, and what of that turns it on. Nothing before the names of
# properties: Word adds mso-bidi-font-weight and its like for other scripts.
_LOOKS = {
    "bold": (r"font-weight:(bold|normal|lighter|\d{1,4})", r"bold|[6-9]\d\d|\d{4}"),
    "italic": (r"font-style:(italic|oblique|normal)", "italic|oblique"),
    "strike": (r"text-decoration(?:-line)?:([^;]*)", ".*line-through.*"),
}
# Looks that Markdown has no sign for, and the values that say that there is nothing to see.
_WITHOUT_SIGN = {
    "underlining": "text-decoration(?:-line)?:[^;]*underline",
    "raised text": "vertical-align:(?:super|text-top)",
    "lowered text": "vertical-align:(?:sub|text-bottom)",
    "highlighting": (
        r"background(?:-color)?:(?!(?:transparent|none|inherit|initial|unset|white|auto"
        r"|#fff(?:fff)?|rgba?\(255,255,255[^)]*\)|rgba\([^)]*,0\))(?![\w]))[#\w]"
    ),
    "a style that makes capitals": (
        "text-transform:uppercase|font-variant(?:-caps)?:[^;]*small-caps"
    ),
}
_UNSEEN = re.compile(r"(?<![\w-])(?:display:none|mso-hide:all)")


def css_of(tag: Tag) -> str:
    """Return an element's own style, in lower case and without white space."""
    return re.sub(r"\s", "", str(tag.get("style") or "").lower())


def text_style(tag: Tag) -> dict[str, bool]:
    """Return what an element's own style says of its words: whether they are bold, italic, struck.

    Of a property that is given twice, the last counts. strike: False only on an element that
    strikes out by itself. On others it would change nothing: a line through an element goes through
    everything in it.
    """
    css, looks = css_of(tag), dict[str, bool]()
    for name, (says, on) in _LOOKS.items() if css else ():
        if given := re.findall(rf"(?<![\w-]){says}", css):
            looks[name] = re.fullmatch(on, given[-1]) is not None
    if not looks.get("strike") and tag.name not in STRUCK:
        looks.pop("strike", None)
    return looks


def without_sign(tag: Tag) -> list[str]:
    """Return what an element's own style gives to the look of its words that Markdown can't."""
    css = css_of(tag)
    looks = _WITHOUT_SIGN.items() if css else ()
    return [name for name, says in looks if re.search(rf"(?<![\w-])(?:{says})", css)]


def remove_bold(tag: Tag) -> None:
    tag["style"] = re.sub(r"(?<![\w-])font-weight:[^;]*;?", "", css_of(tag))
    if not tag["style"]:
        del tag["style"]


def is_hidden(tag: Tag) -> bool:
    """Return whether an element is hidden from readers.

    Not a page that is hidden as a whole, nor what is hidden="until-found": both are to be read.
    """
    if tag.name in ("html", "body"):
        return False
    if tag.has_attr("hidden") and str(tag["hidden"]).lower() != "until-found":
        return True
    return _UNSEEN.search(css_of(tag)) is not None
