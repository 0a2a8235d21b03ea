"""From a clipboard's HTML to clean Markdown for a section's body.

Pure. Word, Word for the web, Google Docs, LibreOffice, Outlook and browsers each have their own way
of writing HTML into the clipboard. Headings, lists, links, tables, footnotes, bold, italic and
struck-out words arrive. Other looks, ids and scripts do not. Pictures, comments and what tracked
changes delete do not either, but the writer gets a note.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bs4.element import NavigableString, Tag

from policies.text.importing import conversion
from policies.text.importing.html import elements, tree
from policies.text.importing.html.elements import BLOCKS, HEADINGS, SILENT
from policies.text.importing.html.footnotes import mark_footnotes, rename_our_elements
from policies.text.importing.html.lists import LABEL
from policies.text.importing.html.tree import TooComplex
from policies.text.importing.html.word_processors import make_lists, mark_google_lists
from policies.text.markdown import characters
from policies.text.markdown.import_notes import FLATTENED, HIGHLIGHTED, IN_DIGITS, LABEL_AS_TEXT
from policies.text.markdown.limits import RenderingRefused
from policies.text.markdown.tree import has_labels
from policies.text.rendering import sanitizer

__all__ = ["Pasted", "TooComplex", "read"]

MAX_BYTES = 5_000_000
TOP_LEVEL = 3  # a section's own heading has level 2

_PICTURES = (
    *("img", "picture", "video", "audio", "iframe", "frame", "embed", "object"),
    *("canvas", "applet"),
)
# Elements that show nothing, or something other than words of the text.
_DROPPED = (*_PICTURES, *SILENT, "xml", "hr")
# Elements of which only the words stay: a section has no code, and nothing but italics by italics.
_UNWRAPPED = ("code", "kbd", "samp", "tt", "cite", "dfn", "var")
# Notes of the conversion, and their words for somebody who pastes.
_LEFT_OUT = {
    IN_DIGITS: "list numbers of other scripts, which became digits",
    LABEL_AS_TEXT: "list labels without a notation, which became text",
    HIGHLIGHTED: "highlighting",
    f"list {FLATTENED}": "lists within cells of tables",
    f"table {FLATTENED}": "tables within cells of tables",
    "raised text has no sign in Markdown": "raised text",
    "lowered text has no sign in Markdown": "lowered text",
}
_KEPT = (
    *("href", "start", "reversed", "value", "type", LABEL, "colspan", "rowspan", "style"),
    *("checked", "placeholder"),
)
# A background is on many pages that mean nothing by it, and so is how text is aligned.
_NO_MEANING = re.compile(r"(?:background|text-align)[^;]*;?")
# No-break spaces that keep white space which HTML would collapse, not two words together.
_PADDING = re.compile(r"\A\xa0[\s\xa0]*|[\s\xa0]*\xa0\Z|[ \n]+\xa0[\s\xa0]*|\xa0[\s\xa0]+")
_CLIPBOARD_HEADER = re.compile(r"\AVersion:[\d.]+\s+StartHTML:.*?(?=<)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a clipboard held.

    markdown: "" if there is nothing to read. headings: how many it has of the highest level.
    left_out: what somebody might miss, each as a plural noun.
    """

    markdown: str
    headings: int
    left_out: tuple[str, ...]


def read(html: str, *, labels: Iterable[str] = ()) -> Pasted:
    """Read what a clipboard holds under text/html.

    The Markdown fits into a section: its headings begin at level 3 and keep their distances; its
    footnotes get none of the labels, which those of the text around it have.
    Raises TooComplex, also above MAX_BYTES of UTF-8.
    """
    size = len(html) if len(html) > MAX_BYTES else len(html.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        raise TooComplex(
            f"The clipboard holds more than {MAX_BYTES:,} bytes. Paste it in several pieces, or "
            "import it as a file."
        )
    text = characters.clean(_CLIPBOARD_HEADER.sub("", html))[0]
    try:
        root = tree.soup(text)
        left_out = _clean(root, labels)
        found = conversion.from_fragment(root)
        has_other_labels = has_labels(found.markdown)
    except RecursionError as error:
        raise TooComplex("Its elements are nested too deeply.") from error
    except RenderingRefused as error:
        raise TooComplex(str(error)) from error
    left_out |= {_LEFT_OUT[note.kind] for note in found.notes if note.kind in _LEFT_OUT}
    if found.clauses and not has_other_labels:  # the text around it may have no clauses
        left_out.add("list numbers other than 1., 2., 3.")
    headings = re.findall(rf"^#{{{TOP_LEVEL}}} ", found.markdown, re.MULTILINE)
    return Pasted(found.markdown.strip("\n"), len(headings), tuple(sorted(left_out)))


def _clean(root: Tag, labels: Iterable[str]) -> set[str]:
    """Reduce HTML to what it means, in HTML's own elements; return what was left out."""
    mark_google_lists(root)  # while the style sheet is there
    left_out = _drop(root)
    if any(_is_underlined(tag) for tag in root.select("u, [style]")):
        left_out.add("underlining")
    for table in root.find_all("table"):
        del table["role"]  # what it says goes, so no footnote may be found by it
    rename_our_elements(root)
    mark_footnotes(root, labels)
    _find_headings(root)
    make_lists(root)
    _name_headings(root)
    for tag in _tags(root):
        _simplify(tag)
        if tag.name == "a" and _link(tag):
            left_out.add("links within the text")
    root.smooth()  # so that text that was cut in pieces is escaped as one
    return left_out


def _is_underlined(tag: Tag) -> bool:
    """Return whether a tag underlines words that are no link."""
    underlines = tag.name == "u" or "underlining" in elements.without_sign(tag)
    is_link = tag.name == "a" or tag.find_parent("a") or tag.find("a")
    return bool(underlines and not is_link and tag.get_text(strip=True))


def _find_headings(root: Tag) -> None:
    """Make headings of Word's title, and of what Word for the web only calls headings."""
    for tag in root.select("[role=heading][aria-level]"):
        if tag.name not in HEADINGS:
            level = re.sub(r"\D", "", str(tag["aria-level"]))[:2]
            tag.name = f"h{min(max(int(level or 1), 1), 6)}"
    for tag in root.select("p.MsoTitle"):
        tag.name = "h1"


def _tags(root: Tag) -> Iterator[Tag]:
    """Yield the elements that are still in the tree when their turn comes."""
    return (tag for tag in root.find_all(True) if tag.parent is not None and not tag.decomposed)


def _drop(root: Tag) -> set[str]:
    """Remove what is hidden, and what is not words; return what somebody might miss."""
    found: set[str] = set()
    for text in root.find_all(string=True):
        if type(text) is not NavigableString:  # comments, and what scripts and styles hold
            text.extract()
        elif "\xa0" in text:
            text.replace_with(NavigableString(_PADDING.sub(" ", str(text))))
    for tag in _tags(root):
        if (lost := _loss(tag)) is not None:
            found.add(lost)
            tag.decompose()
    return found - {""}


def _loss(tag: Tag) -> str | None:
    """Return what somebody might miss of an element to remove, or ""; None if it stays."""
    if elements.is_hidden(tag):
        return ""
    classes = " ".join(tag.get("class") or []).lower()
    if "mso-element:comment" in elements.css_of(tag) or "msocom" in classes:
        return "comments"  # of Word: the mark of one, or what holds them
    if tag.name in _DROPPED:
        return "pictures" if tag.name in _PICTURES else ""
    if tag.name == "del" and (tag.has_attr("datetime") or tag.has_attr("cite")):
        return "deletions, which count as accepted"
    return None


def _simplify(tag: Tag) -> None:
    """Reduce an element to what a section can hold, with attributes that mean something."""
    tag.attrs = {name: tag[name] for name in _KEPT if tag.has_attr(name)}
    if css := _NO_MEANING.sub("", elements.css_of(tag)):
        tag["style"] = css
    if tag.name in _UNWRAPPED:
        tag.name = "span"
    elif tag.name in ("dl", "blockquote"):
        tag.name = "div"
    elif tag.name == "pre":
        tree.break_lines(tag)
        tag.name = "div" if tag.find(BLOCKS) else "p"
    elif tag.name in ("dt", "dd"):
        if tag.name == "dt":
            tag["style"] = f"{css};font-weight:bold"
        tag.name = "p"


def _name_headings(root: Tag) -> None:
    """Move headings to below a section's level; take bold off them, since they are bold anyway."""
    found = [tag for tag in root.find_all(HEADINGS) if tag.get_text().strip()]
    top = min((int(tag.name[1]) for tag in found), default=1)
    for tag in found:
        tag.name = f"h{min(int(tag.name[1]) - top + TOP_LEVEL, 6)}"
        for inner in tag.find_all(True):
            elements.remove_bold(inner)
            if inner.name in ("b", "strong"):
                inner.name = "span"


def _link(tag: Tag) -> bool:
    """Keep a link that has words and leads out of the text; of any other, keep only the words.

    Return whether it led to another place in the text.
    """
    address = str(tag.get("href") or "").strip()
    words = tag.get_text().strip()
    if not words or address.startswith("#") or not address or not sanitizer.is_safe_url(address):
        tag.name = "span"
        tag.attrs.clear()
    return bool(words) and len(address) > 1 and address.startswith("#")
