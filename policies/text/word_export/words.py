"""Words as runs, with links, bookmarks and footnotes; insertions and deletions around them.

Names of elements are short, as in the standard (ISO/IEC 29500-1): "w:p", "r:id".
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, groupby
from urllib.parse import urljoin

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import XmlPart
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.oxml.xmlchemy import BaseOxmlElement

from policies.text.importing.word.names import OUR_OLD, OUR_REFERENCE, bookmark
from policies.text.redline.blocks import Side
from policies.text.redline.parsing import REFERENCE
from policies.text.redline.tokens import BREAK, Mark
from policies.text.word_export.spans import Span
from policies.text.xml_text import text_without_controls

_LINES = re.compile(f"([{BREAK}\n])")

Element = BaseOxmlElement


def make(tag: str, /, *children: Element, **attributes: str) -> Element:
    """Return a new element. attributes: `val="1"` is w:val, `r_id` is r:id."""
    named = {
        qn(f"w:{name}" if "_" not in name else name.replace("_", ":")): text
        for name, text in attributes.items()
    }
    element = OxmlElement(tag, attrs=named)
    element.extend(children)
    return element


def text_of(words: str, *, deleted: bool = False) -> Element:
    element = make("w:delText" if deleted else "w:t", xml_space="preserve")
    element.text = text_without_controls(words)
    return element


@dataclass(slots=True)
class ChangeMarks:
    """Makes the marks of changes. author: who is named for them. at: when, with a time zone.

    is_move: whether what is written now is only in another place.
    """

    author: str
    at: datetime
    is_move: bool = False
    count: int = 0

    def mark(self, side: Side, *children: Element) -> Element:
        """Return the mark of words or of a paragraph's end: w:ins or w:del, or those of a move."""
        if self.is_move:
            return self._mark(_MOVES[side], *children)
        return self._mark(f"w:{side}", *children)

    def mark_row(self, side: Side) -> Element:
        """Return the mark of a row, which Word can't move."""
        return self._mark(f"w:{side}")

    def move(self, number: int, side: Side) -> tuple[Element, Element]:
        """Return the marks around what was moved. number: the same at both of its places."""
        start = self._mark(f"{_MOVES[side]}RangeStart")
        start.set(qn("w:name"), f"move{number}")
        return start, make(f"{_MOVES[side]}RangeEnd", id=str(self.count))

    def _mark(self, tag: str, *children: Element) -> Element:
        self.count += 1
        date = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return make(tag, *children, id=str(self.count), author=self.author, date=date)


@dataclass(slots=True)
class Bookmarks:
    """Names places; each name is given once. Where both texts have an anchor, the old one's place
    has a name by which the import finds it when all changes are rejected.

    of_new: the anchors of the new text. linked: those that links of each text lead to. referred:
    those that references lead to, which are links of the page only.
    """

    of_new: frozenset[str]
    linked: Mapping[Side, frozenset[str]]
    referred: frozenset[str]
    _given: set[str] = field(default_factory=set)
    _alike: dict[str, dict[str, int]] = field(default_factory=dict)

    def around(
        self, anchor: str, side: Side, *, is_counted: bool = False
    ) -> list[tuple[Element, Element]]:
        """Return the bookmarks of an anchor: the start and the end of each.

        is_counted: whether it is made from a label: then it needs none unless a link leads there.
        """
        found = list[tuple[Element, Element]]()
        if not anchor:
            return found
        is_elsewhere = side is Side.OLD and anchor in self.of_new
        names = [reference(anchor)] if anchor in self.referred and not is_elsewhere else []
        if anchor in self.linked[side] or not is_counted:
            names.append(f"{OUR_OLD}{self.name(anchor)}" if is_elsewhere else self.name(anchor))
        for name in names:
            if name.casefold() not in self._given:
                self._given.add(name.casefold())
                number = str(len(self._given))
                start = make("w:bookmarkStart", id=number, name=name)
                found.append((start, make("w:bookmarkEnd", id=number)))
        return found

    def name(self, anchor: str) -> str:
        """Return the name of an anchor's bookmark.

        To Word, names are the same that differ in case only: all but the first have a number.
        """
        alike = self._alike.setdefault(anchor.casefold(), {})
        at = alike.setdefault(anchor, len(alike))
        return f"_{at}{bookmark(anchor)}" if at else bookmark(anchor)


def distinguish_from_moves(paragraphs: Sequence[Element]) -> None:
    """Name the author of a deleted paragraph with a space where its words are inserted as well.

    LibreOffice takes these for a move if they have one author, and rejecting that gives the
    paragraph behind another style. Word shows no difference, and nor does the import.
    """
    inserted = {_changed(paragraph, "w:ins", "w:t") for paragraph in paragraphs} - {""}
    for paragraph in paragraphs:
        if _changed(paragraph, "w:del", "w:delText") in inserted:
            for mark in paragraph.iter(qn("w:del")):
                mark.set(qn("w:author"), f"{mark.get(qn('w:author'))} ")


def _changed(paragraph: Element, change: str, text: str) -> str:
    """Return the words of a paragraph that came or went as a whole, "" for any other."""
    if paragraph.find(f"{qn('w:pPr')}/{qn('w:rPr')}/{qn(change)}") is None:
        return ""
    words = "".join(node.text or "" for node in paragraph.iter(qn(text)))
    return " ".join(words.split())


def reference(anchor: str) -> str:
    """Return the name of the hidden bookmark that references to an anchor lead to."""
    return f"{OUR_REFERENCE}{hashlib.sha256(anchor.encode()).hexdigest()[:16]}"


@dataclass(slots=True)
class RunWriter:
    """Writes the words of a part of the file.

    base: the address that others are relative to. refer: returns the runs of a footnote's number.
    """

    part: XmlPart
    base: str
    changes: ChangeMarks
    bookmarks: Bookmarks
    refer: Callable[[Span], Iterable[tuple[Side, Element]]]
    keeps_places: bool = True

    def elements(self, spans: Sequence[Span], end: Side) -> Iterator[Element]:
        """Yield what a paragraph holds. spans: without any that ends a paragraph. end: the texts in
        which it ends here.
        """
        # A place within words that are removed would stay behind unless the paragraph goes as well.
        self.keeps_places = any(span.side is not Side.OLD for span in (*spans, Span(end)))
        for _, group in groupby(spans, lambda span: id(_link(span))):
            linked = list(group)
            inside = list(self._marked_runs(linked))
            link = _link(linked[0])
            if link is None or not inside:
                yield from inside
            else:
                yield self._hyperlink(link, inside)

    def _is_deleted(self, span: Span) -> bool:
        return span.side is Side.OLD and not self.changes.is_move

    def _hyperlink(self, link: Mark, inside: Iterable[Element]) -> Element:
        if link.attributes.get("class") == REFERENCE:
            return make("w:hyperlink", *inside, anchor=reference(link.attributes["href"][1:]))
        href, title = link.attributes["href"], link.attributes.get("title", "")
        named = {"tooltip": title} if title else {}
        if href.startswith("#"):
            named["anchor"] = self.bookmarks.name(href[1:])
            return make("w:hyperlink", *inside, history="1", **named)
        address = urljoin(self.base, href)
        number = self.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        return make("w:hyperlink", *inside, r_id=number, history="1", **named)

    def _marked_runs(self, spans: Iterable[Span]) -> Iterator[Element]:
        runs = (pair for span in spans for pair in self._runs(span))
        for (side, is_run), group in groupby(
            runs, lambda pair: (pair[0], pair[1].tag.endswith("}r"))
        ):
            elements = [element for _, element in group]
            if side is Side.BOTH or not is_run:
                yield from elements
            else:
                yield self.changes.mark(side, *elements)

    def _runs(self, span: Span) -> Iterator[tuple[Side, Element]]:
        ids = [holder.attributes.get("id", "") for holder in (*span.marks, span.atom) if holder]
        for anchor in ids if span.side is not Side.OLD or not self.keeps_places else ():
            for element in chain(*self.bookmarks.around(anchor, span.side)):
                yield span.side, element
        if span.atom is None:
            if span.text:
                yield span.side, run(span.text, span.marks, deleted=self._is_deleted(span))
            return
        if span.atom.tag == "sup":
            yield from self.refer(span)
            return
        if span.atom.tag == "img":
            words = f"[{span.atom.attributes.get('alt', '')}]"
            yield span.side, run(words, span.marks, deleted=self._is_deleted(span))


_MOVES = {Side.OLD: "w:moveFrom", Side.NEW: "w:moveTo"}


def run(text: str, marks: Iterable[Mark] = (), *, deleted: bool = False) -> Element:
    """Return a run with the looks of its marks."""
    looks = _looks({mark.tag for mark in marks if mark.tag != "a" or _is_shown(mark)})
    made = make("w:r", *([make("w:rPr", *looks)] if looks else []))
    for piece in _LINES.split(text):
        if piece in (BREAK, "\n"):
            made.append(make("w:br"))
        elif piece:
            made.append(text_of(piece, deleted=deleted))
    return made


def _looks(tags: set[str]) -> list[Element]:
    """Return the content of w:rPr, in the order of the schema."""
    looks = []
    if style := "Hyperlink" if "a" in tags else "Code" if "code" in tags else "":
        looks.append(make("w:rStyle", val=style))
    for tag, names in (("strong", ("b", "bCs")), ("em", ("i", "iCs")), ("s", ("strike",))):
        looks += [make(f"w:{name}") for name in names if tag in tags]
    if "sup" in tags:
        looks.append(make("w:vertAlign", val="superscript"))
    return looks


def _is_shown(link: Mark) -> bool:
    return "href" in link.attributes and link.attributes.get("class") != REFERENCE


def _link(span: Span) -> Mark | None:
    links = (mark for mark in span.marks if mark.tag == "a" and mark.attributes.get("href"))
    return next(links, None)
