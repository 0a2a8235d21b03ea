"""What a clipboard holds as HTML becomes clean Markdown of a section's body.

Pure. Word, Word for the web, Google Docs, LibreOffice, Outlook and browsers each write HTML of
their own habit into the clipboard. Headings, lists, links, tables, bold, italic and struck-out
words arrive; other looks, ids and scripts do not, nor do pictures, comments and what tracked
changes delete, which is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bs4.element import NavigableString, Tag

from policies.importing import conversion, css, html_tree
from policies.importing.html_names import BLOCKS, HEADINGS, LISTS
from policies.importing.html_tree import TooMuch
from policies.importing.list_signs import form_of
from policies.importing.remarks import JUMPS, LETTERS
from policies.importing.word_html import make_lists, name_header_rows
from policies.markup import tidying
from policies.rendering import sanitizing

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Pasted", "TooMuch", "read"]

MAX_BYTES = 5_000_000
TOP_LEVEL = 3  # a section's own heading has level 2

_PICTURES = (
    *("img", "picture", "video", "audio", "iframe", "frame", "embed", "object"),
    *("canvas", "applet"),
)
# What shows something else than words of the text, or nothing.
_DROPPED = (
    *_PICTURES,
    *("script", "style", "template", "title", "meta", "link", "xml", "head", "base", "param"),
    *("source", "track", "area", "map", "hr"),
)
# Elements whose words stay while what they say of them goes.
_UNWRAPPED = (
    *("u", "sup", "sub", "mark", "ins", "code", "kbd", "samp", "tt", "big", "small", "abbr"),
    *("acronym", "bdo", "bdi", "cite", "dfn", "var", "font", "label"),
)
# What an import remarks on, in the words of a paste.
_TOLD = {LETTERS: "letters of lists", JUMPS: "numbers that jump within lists"}
_BECOMING = {
    "center": "div",
    "dl": "div",
    "dd": "p",
    "dt": "p",
    "blockquote": "div",
    "details": "div",
    "dialog": "div",
    "form": "div",
    "fieldset": "div",
    "summary": "p",
    "legend": "p",
    "figcaption": "p",
    "button": "span",
}
_KEPT = {
    "a": ("href",),
    "ol": ("start",),
    "li": ("value",),
    "td": ("colspan", "rowspan"),
    "th": ("colspan", "rowspan"),
}
# Put there to keep white space that HTML would collapse, not to hold two words together.
_PADDING = re.compile(r"\A\xa0[\s\xa0]*|[\s\xa0]*\xa0\Z|[ \n]+\xa0[\s\xa0]*|\xa0[\s\xa0]+")
_CLIPBOARD_HEADER = re.compile(r"\AVersion:[\d.]+\s+StartHTML:.*?(?=<)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a clipboard held. markdown: "" for nothing to read. headings: how many of the highest
    level it has. left_out: what somebody might miss, each as a plural noun.
    """

    markdown: str
    headings: int
    left_out: tuple[str, ...]


def read(html: str) -> Pasted:
    """Read what a clipboard holds under text/html.

    The Markdown may stand in a section: its headings begin at level 3 and keep their distances.
    Raises TooMuch, also above MAX_BYTES of UTF-8.
    """
    size = len(html) if len(html) > MAX_BYTES else len(html.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        raise TooMuch(
            f"The clipboard holds more than {MAX_BYTES:,} bytes. Paste it in several pieces, or "
            "import it as a file."
        )
    text = tidying.clean(_CLIPBOARD_HEADER.sub("", html))[0]
    try:
        root = html_tree.soup(text)
        left_out = _clean(root)
    except RecursionError as error:
        raise TooMuch("Its elements stand in each other too deep.") from error
    headings = len(root.find_all(f"h{TOP_LEVEL}"))
    markdown, kinds = conversion.from_fragment(root)
    left_out |= {words for kind, words in _TOLD.items() if kind in kinds}
    return Pasted(markdown.strip("\n"), headings, tuple(sorted(left_out)))


def _clean(root: Tag) -> set[str]:
    """Leave what is meant, in HTML's own elements; return what was left out."""
    left_out = _drop(root)
    _find_headings(root)
    make_lists(root)
    for tag in _tags(root):
        _look(tag)
    _name_headings(root)
    name_header_rows(root)
    for tag in _tags(root):
        if tag.name == "a" and _link(tag):
            left_out.add("links within the text")
        if tag.name == "pre":
            _break_lines(tag)
        if tag.name == "dt" or tag.name in ("summary", "legend"):
            tag["style"] = css.written(css.looks(tag)._replace(bold=True))
        tag.name = _BECOMING.get(tag.name, tag.name)
    for tag in _tags(root):
        if tag.name == "span" and not tag.attrs:
            tag.unwrap()
    root.smooth()  # so that text that was cut in pieces is escaped as one
    return left_out


def _find_headings(root: Tag) -> None:
    """Name the headings that are none in the HTML: Word's title, and those of Word for the web."""
    for tag in root.select("[role=heading][aria-level]"):
        if tag.name not in HEADINGS:
            level = re.sub(r"\D", "", str(tag["aria-level"]))[:2]
            tag.name = f"h{min(max(int(level or 1), 1), 6)}"
    for tag in root.select("p.MsoTitle"):
        tag.name = "h1"


def _tags(root: Tag) -> Iterator[Tag]:
    """Yield the elements that are still in the tree when their turn comes."""
    for tag in root.find_all(True):
        if tag.parent is not None and not tag.decomposed:
            yield tag


def _drop(root: Tag) -> set[str]:
    """Take out what is not seen, and what is seen but no words; return what was lost with it."""
    found: set[str] = set()
    for text in root.find_all(string=True):
        if type(text) is not NavigableString:  # comments, and what scripts and styles hold
            text.extract()
        elif "\xa0" in text:
            text.replace_with(NavigableString(_PADDING.sub(" ", str(text))))
    for tag in _tags(root):
        lost = _loss(tag)
        if lost is not None:
            found.add(lost)
            tag.decompose()
        elif ":" in tag.name:  # Word's own: <o:p>, <w:sdt>, <st1:place>
            _unwrap(tag)
    return found - {""}


def _loss(tag: Tag) -> str | None:
    """Return what somebody might miss of an element that goes, "" for nothing; None: it stays."""
    if css.is_hidden(tag):
        return ""
    if _is_comment(tag):
        return "comments"
    if tag.name in _DROPPED:
        return "pictures" if tag.name in _PICTURES else ""
    if tag.name == "del" and (tag.has_attr("datetime") or tag.has_attr("cite")):
        return "deletions, which count as accepted"
    return None


def _is_comment(tag: Tag) -> bool:
    """Tell whether an element is Word's mark of a comment, or holds comments."""
    classes = " ".join(tag.get("class") or []).lower()
    return "mso-element:comment" in css.css_of(tag) or "msocom" in classes


def _unwrap(tag: Tag) -> None:
    if not tag.get_text().strip():
        tag.decompose()
    else:
        tag.unwrap()


def _look(tag: Tag) -> None:
    """Leave of an element's attributes those that say something: looks, address, span."""
    style = css.written(css.looks(tag))
    given = {name: str(tag[name]) for name in _KEPT.get(tag.name, ()) if tag.has_attr(name)}
    if tag.name in (*LISTS, "li") and (form := form_of(tag)):
        given["type"] = form
    tag.attrs.clear()
    tag.attrs.update(given)
    if tag.name in _UNWRAPPED:
        tag.name = "span"
    if style and tag.name not in ("html", "body", "head"):
        tag["style"] = style


def _name_headings(root: Tag) -> None:
    """Let headings begin at the level below a section's; they are bold by themselves."""
    found = [tag for tag in root.find_all(HEADINGS) if tag.get_text().strip()]
    top = min((int(tag.name[1]) for tag in found), default=1)
    for tag in found:
        tag.name = f"h{min(int(tag.name[1]) - top + TOP_LEVEL, 6)}"
        for inner in tag.find_all(["b", "strong", "span"]):
            if inner.name != "span" or css.looks(inner).bold:
                inner.name = "span"
                css.take_bold(inner)


def _link(tag: Tag) -> bool:
    """Leave a link that leads out of the text and has words; of any other leave the words. Return
    whether it led to another place of the text.
    """
    address = str(tag.get("href") or "").strip()
    words = tag.get_text().strip()
    if not words or address.startswith("#") or not address or not sanitizing.is_safe_url(address):
        tag.name = "span"
        tag.attrs.clear()
    return bool(words) and len(address) > 1 and address.startswith("#")


def _break_lines(tag: Tag) -> None:
    for text in list(tag.find_all(string=True)):
        first, *others = str(text).split("\n")
        pieces: list[Tag | NavigableString] = [NavigableString(first)]
        for line in others:
            pieces += [Tag(name="br"), NavigableString(line)]
        text.replace_with(*pieces)  # all at once: each place that is looked for takes its time
    tag.name = "div" if tag.find(BLOCKS) else "p"
