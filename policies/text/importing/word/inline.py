"""The words of a Word file's paragraphs, as they are meant.

Pure. Tracked changes are accepted, fields are resolved to what they show, looks are reduced to
those with an element in HTML, pictures go, and text boxes wait for the end of their paragraph.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

from policies.text.importing.word.changes import Tracked, TrackedChanges
from policies.text.importing.word.fields import Fields, Target
from policies.text.importing.word.names import child, is_on, number, value, words_of
from policies.text.importing.word.package import Relation
from policies.text.importing.word.styles import Styles
from policies.text.markdown import characters
from policies.text.markdown.import_notes import CAPITALS, HIDDEN, ImportNote, NoteCollector
from policies.text.short_text import one_line

# What tracked changes remove, and what they add.
GONE = frozenset({"w:del", "w:moveFrom"})
_NEW = frozenset({"w:ins", "w:moveTo"})
_WITHOUT_WORDS = frozenset({"w:pPr", "w:rPr", "w:sdtPr", "w:sdtEndPr"})
_CHARACTERS = {"w:tab": "\t", "w:ptab": "\t", "w:noBreakHyphen": "\u2011", "w:softHyphen": "\u00ad"}
_LINE_BREAKS = re.compile("[\n\r\u2028\u2029]")  # in XML, as in HTML, they are white space
_NO_CHARACTERS = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")
_UNMARKED = {None, "", "none", "auto", "ffffff"}  # highlights and backgrounds
IMAGES = frozenset({"a:blip", "v:imagedata"})
_DRAWN = frozenset({"w:drawing", "w:pict", "w:object"})


class Piece(NamedTuple):
    """Words that look alike, or one thing else that a paragraph holds.

    text: with "\\n" for a line break. looks: elements of HTML, outermost first. target: what the
    words link to. place: the name of a bookmark. note: the number of a footnote.
    """

    text: str = ""
    looks: tuple[str, ...] = ()
    target: Target | None = None
    place: str = ""
    note: int = 0


@dataclass(slots=True)
class Commented:
    """What a comment is about: where it begins and ends in the words of the file."""

    paragraph: int | None
    start: int
    end: int


@dataclass(slots=True)
class ParagraphReader:
    """Reads paragraphs.

    known: all footnotes, as (kind, id). notes: on what could not be kept. boxes: text boxes met.
    bookmarks: names that wait for the next words.
    comments: what each is about, by id. shown: the words so far, of the length `length`.
    """

    styles: Styles
    known: frozenset[tuple[str, str]] = frozenset()
    notes: NoteCollector = field(default_factory=NoteCollector)
    boxes: list[Element] = field(default_factory=list)
    bookmarks: list[str] = field(default_factory=list)
    comments: dict[str, Commented] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    length: int = 0
    changes: TrackedChanges = field(default_factory=TrackedChanges)
    fields: Fields = field(default_factory=Fields)
    relations: dict[str, Relation] = field(default_factory=dict)
    _referred: set[tuple[str, str]] = field(default_factory=set)
    _out: list[Piece] = field(default_factory=list)
    _target: Target | None = None
    _of_paragraph: set[str] = field(default_factory=set)

    def content(self, paragraph: Element) -> list[Piece]:
        self._out = [Piece(place=name) for name in self.bookmarks]
        self.bookmarks = []
        self._of_paragraph = self.styles.of_paragraph(child(paragraph, "w:pPr"))
        self._inline(paragraph)
        return joined(self._out)

    def show(self, words: str, looks: Element | None = None) -> None:
        """Take words that are in the text, "\n" for the end of a paragraph."""
        self.shown.append(words)
        self.length += len(words)
        if words != "\n":
            self.changes.show(words, looks)

    def mark(self, node: Element) -> None:
        """Take the start, the end or the sign of a comment."""
        place = Commented(self.notes.paragraph, self.length, self.length)
        found = self.comments.setdefault(node.get("w:id", ""), place)
        if node.tag == "w:commentRangeEnd":
            found.end = self.length
        elif node.tag == "w:commentReference":
            found.paragraph = self.notes.paragraph

    def _inline(self, parent: Iterable[Element]) -> None:
        own: dict[str, Callable[[Element], None]] = {
            "w:r": self._run,
            "w:hyperlink": self._hyperlink,
            "w:fldSimple": self._simple_field,
            "w:bookmarkStart": self._bookmark,
            "w:commentRangeStart": self.mark,
            "w:commentRangeEnd": self.mark,
            "m:oMath": self._formula,
            "m:oMathPara": self._formula,
        }
        for node in parent:
            if node.tag in own:
                own[node.tag](node)
            elif node.tag in GONE:
                self.changes.lose(node)
            elif node.tag in _NEW:
                self.changes.enter(Tracked.of(node))
                self._inline(node)
                self.changes.leave()
            elif node.tag not in _WITHOUT_WORDS:
                self._inline(node)

    def _simple_field(self, node: Element) -> None:
        self.fields.begin(node.get("w:instr", ""))
        self.fields.separate()
        self._inline(node)
        self.fields.end()

    def _bookmark(self, node: Element) -> None:
        if not self.fields.hides:
            self._out.append(Piece(place=node.get("w:name", "")))

    def _hyperlink(self, node: Element) -> None:
        address = ""
        if (wanted := node.get("r:id")) is not None:
            relation = self.relations.get(wanted)
            address = relation.target if relation else ""
            if not relation:
                self.notes.add("link without an address", words_of(node))
        before = self._target
        found = Target(address, node.get("w:anchor", ""))
        self._target = found if found.address or found.bookmark else before
        self._inline(node)
        self._target = before

    def _formula(self, node: Element) -> None:
        text = words_of(node)
        if text and not self.fields.hides:
            self.notes.add("formula became text", text)
            self._put(text)

    def _run(self, run: Element) -> None:
        properties = child(run, "w:rPr")
        on = self.styles.switches(properties, self._of_paragraph)
        out: list[str | int] = []
        own_sign = any(node.get("w:customMarkFollows", "0") not in ("0", "false") for node in run)
        for node in run:
            if node.tag in ("w:fldChar", "w:instrText"):
                out += self._field(node)
            elif node.tag in _DRAWN:
                self._drawing(node)
            elif not self.fields.hides and "vanish" not in on:
                piece = self._piece(node)
                if own_sign and node.tag in ("w:t", "w:sym"):
                    self.notes.add("own sign of a footnote dropped", str(piece[0]))
                else:
                    out += piece
            elif not self.fields.hides and words_of(node):
                self.notes.add(HIDDEN, words_of(node))
        if out:
            self._keep(out, properties, on)

    def _keep(self, out: list[str | int], properties: Element | None, on: set[str]) -> None:
        """Take the words of a run, and the numbers of the footnotes that it refers to."""
        looks = self._looks(properties, on)
        shown = "".join(part for part in out if isinstance(part, str))
        if on & {"caps", "smallCaps"} and shown != shown.upper():
            self.notes.add(CAPITALS, one_line(shown))
        self.show(shown.replace("\n", " "), properties)
        for is_text, group in groupby(out, lambda part: isinstance(part, str)):
            if is_text:
                self._put("".join(map(str, group)), looks)
            else:
                self._out += [Piece(looks=looks, note=int(number)) for number in group]

    def _piece(self, node: Element) -> list[str | int]:
        """Return the words of a part of a run, or the number of the footnote that it refers to."""
        if node.tag == "w:t":
            return [_LINE_BREAKS.sub(" ", node.text or "")]
        if node.tag in _CHARACTERS:
            return [_CHARACTERS[node.tag]]
        if node.tag in ("w:br", "w:cr"):  # or the end of a page or column
            return ["\n" if node.get("w:type", "textWrapping") == "textWrapping" else " "]
        if node.tag == "w:sym":
            font, code = node.get("w:font", ""), node.get("w:char", "")
            # Word puts the codes of such fonts into the private use area, from F000.
            sign = _signs().get((font.lower(), number(code, base=16) & 0xFFF), "")
            if not sign:
                self.notes.add("part of the file not understood", f"sign {code} of {font}")
            return [sign]
        if node.tag == "w:ruby":
            reading, base = node.find("w:rt"), node.find("w:rubyBase")
            if reading is not None and base is not None:
                return [f"{words_of(base)} ({words_of(reading)})"]
        if node.tag in ("w:footnoteReference", "w:endnoteReference"):
            return self._reference(node)
        if node.tag == "w:commentReference":
            self.mark(node)
        return []

    def _looks(self, properties: Element | None, on: set[str]) -> tuple[str, ...]:
        underline, raised = value(properties, "w:u"), value(properties, "w:vertAlign")
        above = number(value(properties, "w:position"))  # the line: how LibreOffice raises words
        shaded = child(properties, "w:shd")
        shade = None if shaded is None else shaded.get("w:fill", "auto").lower()
        is_link = (self._target or self.fields.target) is not None
        found = {
            "strong": "b" in on,
            "em": "i" in on,
            "sup": raised == "superscript" or above > 0,
            "sub": raised == "subscript" or above < 0,
            "u": underline not in (None, "", "none") and not is_link,
            "s": bool(on & {"strike", "dstrike"}),
            "mark": not {value(properties, "w:highlight"), shade} <= _UNMARKED,
        }
        return tuple(name for name, is_so in found.items() if is_so)

    def _field(self, node: Element) -> list[str]:
        """Take a part of a field; return what one of a form shows, which has no result."""
        kind = node.get("w:fldCharType")
        if node.tag == "w:instrText":
            self.fields.instruct(node.text or "")
        elif kind == "begin":
            shown = [] if self.fields.hides else _form(child(node, "w:ffData"))
            self.fields.begin()
            return shown
        elif kind == "separate":
            self.fields.separate()
        elif kind == "end":
            self.fields.end()
        return []

    def _reference(self, node: Element) -> list[str | int]:
        wanted = (node.tag[2:].removesuffix("Reference"), node.get("w:id", ""))
        if wanted not in self.known:
            self.notes.add("reference to a missing footnote dropped", wanted[1])
            return []
        if wanted in self._referred:
            self.notes.add("second reference to a footnote dropped", wanted[1])
            return []
        self._referred.add(wanted)
        self.changes.refer(wanted)
        return [len(self._referred)]

    def _drawing(self, node: Element) -> None:
        boxes = _outermost(node)
        self.boxes += boxes
        if self.fields.hides:
            return
        in_boxes = {id(part) for box in boxes for part in box.iter()}
        own = [part for part in node.iter() if id(part) not in in_boxes]
        names = ("descr", "title", "alt", "string")  # the last of words that are drawn
        alts = (one_line(part.get(name) or "") for part in own for name in names)
        text = next(filter(None, alts), "no words for it")
        if any(part.tag in IMAGES for part in own):
            self.notes.add("image dropped", text)
        elif node.tag == "w:object":
            self.notes.add("embedded object dropped", text)
        elif not boxes:
            self.notes.add("drawing dropped", text)

    def _put(self, text: str, looks: tuple[str, ...] = ()) -> None:
        text, notes = cleaned(text)
        for note in notes:
            self.notes.add(note.kind, note.text)
        if text:
            self._out.append(Piece(text, looks, self._target or self.fields.target))


def cleaned(text: str) -> tuple[str, tuple[ImportNote, ...]]:
    """Return words as a text may hold them, and notes on what that changes."""
    return characters.clean(_NO_CHARACTERS.sub("\ufffd", text))


@cache
def _signs() -> dict[tuple[str, int], str]:
    """Return the signs of fonts in which codes are not those of Unicode, by font and code."""
    text = Path(__file__).with_name("symbols.txt").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line[:1] != "#")
    signs: dict[tuple[str, int], str] = {}
    for font, first, chars in rows:
        for code, char in enumerate(chars, start=int(first, 16)):
            if char != " ":
                signs[font.lower(), code] = char
    return signs


def joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Return pieces with words that look alike as one; each link is one by itself."""
    out: list[Piece] = []
    for (_, are_words), group in groupby(pieces, lambda piece: (piece[1:], bool(piece.text))):
        first, *others = group
        if are_words and first.target is None:
            text = "".join(piece.text for piece in (first, *others))
            out.append(first._replace(text=text))
        else:
            out += [first, *others]
    return out


def _form(data: Element | None) -> list[str]:
    """Return the sign of a check box, and the words that are chosen."""
    shown = []
    if (box := child(data, "w:checkBox")) is not None:
        state = child(box, "w:checked")
        state = child(box, "w:default") if state is None else state
        shown.append("☒" if state is not None and is_on(state) else "☐")
    if (choices := child(data, "w:ddList")) is not None:
        entries = [entry.get("w:val", "") for entry in choices.findall("w:listEntry")]
        at = number(value(choices, "w:result") or value(choices, "w:default"))
        shown += entries[at : at + 1]
    return shown


def _outermost(node: Element) -> list[Element]:
    """Return the text boxes of a drawing, each once, without those inside another."""
    if node.tag == "w:txbxContent":
        return [node]
    return [box for part in node for box in _outermost(part)]
