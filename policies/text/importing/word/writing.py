"""Paragraphs and tables of a Word file as elements of HTML, their places named for readers. Pure.

An element is on the "line" that is the number of its paragraph, so that notes can name it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bs4.element import NavigableString, Tag

from policies.text.importing.html.lists import LABEL
from policies.text.importing.html.tree import TOO_MANY_ELEMENTS
from policies.text.importing.word.fields import Target
from policies.text.importing.word.inline import Piece
from policies.text.importing.word.names import OUR_OLD, OUR_REFERENCE
from policies.text.importing.word.package import Unreadable
from policies.text.markdown import characters, headings
from policies.text.markdown.import_notes import NoteCollector

# Bookmark names that programs make up, which no reader should see in an address.
_GENERATED = re.compile(r"_|h\.|heading=|bookmark=|id\.|kix\.|OLE_LINK\d")
# The name of an anchor that was too long for a bookmark (word_export).
_DIGEST = re.compile(r"X[0-9a-f]{37}")


# The number of a name that differs from another one in case only (word_export).
_NUMBER = re.compile(rf"\A({OUR_OLD})?_[1-9]\d*(?=[^\W\d_])")


@dataclass(slots=True)
class Paragraph:
    """path: its elements of HTML; the last is its own, those around it may be open already.

    number: its place among those of the file, from 1. label: of an item. parted: begins a list of
    its own.
    """

    path: tuple[str, ...]
    pieces: list[Piece]
    number: int
    label: str = ""
    parted: bool = False

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(slots=True)
class Places:
    """Names bookmarks.

    keeps: whether they are anchors of the text, whether a link leads to them or not. named:
    bookmark → anchor. given: headings' names that bookmarks have taken. anchors: all names.
    """

    keeps: bool
    named: dict[str, str] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)
    anchors: headings.Anchors = field(default_factory=headings.Anchors)

    def settle(self, found: Sequence[Paragraph], notes: NoteCollector) -> None:
        """Give readable names to the bookmarks that links lead to, and remove all others; point
        links at them, or at an address. Without either, only the words of a link stay.
        """
        if self.keeps:
            _restore(found)
        wanted = set[str]()
        for paragraph in found:
            for piece in paragraph.pieces:
                target = piece.target
                if target and not target.address and not self._is_ours(target):
                    wanted.add(target.bookmark)
        for paragraph in found:
            self._name_places(paragraph, wanted)
        for paragraph in found:
            notes.paragraph = paragraph.number
            paragraph.pieces = [
                self._linked(piece, notes) if piece.target else piece for piece in paragraph.pieces
            ]

    def _name_places(self, paragraph: Paragraph, wanted: set[str]) -> None:
        own, text = "", " ".join(paragraph.text.split())
        if paragraph.path[-1][0] == "h" and self.keeps:
            own = headings.slug(text)
        elif paragraph.path[-1][0] == "h":
            without_number = text[len(headings.own_number(text)) :].strip(" .:–—-")
            own = self.anchors.unique(headings.slug(without_number or text))
        named: list[Piece] = []
        for piece in paragraph.pieces:
            if piece.place:
                piece = piece._replace(place=self._name(piece.place, wanted, own))
            if any(piece):
                named.append(piece)
        paragraph.pieces = named

    def _is_ours(self, target: Target) -> bool:
        """Return whether only the page made a reference a link: it will make it again."""
        return self.keeps and target.bookmark.startswith(OUR_REFERENCE)

    def _name(self, bookmark: str, wanted: set[str], own: str) -> str:
        """Return the anchor of a bookmark, "" for none. own: its heading's."""
        is_generated = _GENERATED.match(bookmark) is not None
        is_digest = self.keeps and _DIGEST.fullmatch(bookmark) is not None
        is_anchor = self.keeps and not (is_generated or is_digest)
        if bookmark in self.named or not (bookmark in wanted or is_anchor):
            return ""
        if (is_generated or is_digest or bookmark == own) and own and own not in self.given:
            self.given.add(own)
            self.named[bookmark] = own
            return own
        plain = re.sub(r"[^\w.-]+", "-", bookmark).strip("-_") or "place"
        plain = f"to-{plain}" if re.match(r"(?:foot|end)note-", plain) else plain
        self.named[bookmark] = self.anchors.unique(plain.lower() if is_generated else plain)
        return self.named[bookmark]

    def _linked(self, piece: Piece, notes: NoteCollector) -> Piece:
        target = piece.target or Target()
        address, bookmark = target.address, "" if self._is_ours(target) else target.bookmark
        bookmark = _NUMBER.sub(r"\1", bookmark) if self.keeps else bookmark
        if address:
            address = f"{address.partition('#')[0]}#{bookmark}" if bookmark else address
        elif bookmark in self.named:
            address = f"#{self.named[bookmark]}"
        elif bookmark:
            text = " ".join(piece.text.split())
            notes.add("link to a missing bookmark dropped, its words are kept", text)
        address = characters.clean(address)[0]
        return piece._replace(target=Target(address) if address else None)


def _restore(found: Sequence[Paragraph]) -> None:
    """Give bookmarks the names of their anchors; those of the old text, where those of the new one
    are gone.
    """
    names = set[str]()
    for paragraph in found:
        paragraph.pieces = [
            piece._replace(place=_NUMBER.sub(r"\1", piece.place)) for piece in paragraph.pieces
        ]
        names.update(piece.place for piece in paragraph.pieces)
    for paragraph in found:
        for at, piece in enumerate(paragraph.pieces):
            name = piece.place.removeprefix(OUR_OLD)
            if name not in names:
                paragraph.pieces[at] = piece._replace(place=name)


_Placed = TypeVar("_Placed", Paragraph, Tag)


@dataclass(slots=True)
class Page:
    """The elements of a text.

    root: holds everything. home: where the next paragraphs and tables come. placed: those so far,
    each with the element that it is in. left: how many more parts there may be: elements, and what
    is read for them. line: where the next ones are.
    """

    left: int
    root: Tag = field(default_factory=lambda: Tag(name="body"))
    home: Tag = field(init=False)
    placed: list[tuple[Tag, Paragraph | Tag]] = field(default_factory=list)
    line: int = 0

    def __post_init__(self) -> None:
        self.home = self.root

    def spend(self, parts: int) -> None:
        """Count parts of the file before more is made of them. Raises Unreadable for too many."""
        self.left -= parts
        if self.left < 0:
            raise Unreadable(TOO_MANY_ELEMENTS)

    def add(self, block: _Placed) -> _Placed:
        self.placed.append((self.home, block))
        return block

    def paragraphs(self) -> list[Paragraph]:
        """Return paragraphs, those in tables included."""
        return [block for _, block in self.placed if isinstance(block, Paragraph)]

    def write(self) -> None:
        """Put everything in its place. Raises Unreadable for too much."""
        for home, block in self.placed:
            if isinstance(block, Tag):
                home.append(block)
            elif block.pieces:
                self.line = block.number
                self._paragraph(home, block)

    def _paragraph(self, parent: Tag, block: Paragraph) -> None:
        *around, own = block.path
        for at, names in enumerate(around, start=1):
            is_parted = block.parted and at == len(around)
            parent = self.new(names, parent) if is_parted else self._open(parent, names)
        made = self.new(own, parent, **({LABEL: block.label} if block.label else {}))
        for piece in block.pieces:
            self._piece(made, piece)

    def _piece(self, parent: Tag, piece: Piece) -> None:
        if piece.place:
            self.new("a", parent, id=piece.place)
            return
        if piece.target:
            parent = self._open(parent, "a", href=piece.target.address)
        for look in piece.looks:
            parent = self._open(parent, look)
        if piece.note:
            self.new("footnote-mark", parent, label=str(piece.note))
        for at, text in enumerate(piece.text.split("\n")):
            if at:
                self.new("br", parent)
            if text:
                parent.append(NavigableString(text))

    def _open(self, parent: Tag, names: str, **attributes: str) -> Tag:
        """Return the element of one of these names that was opened last, or else a new one."""
        last = parent.contents[-1] if parent.contents else None
        if not isinstance(last, Tag) or last.name not in names.split("|"):
            return self.new(names.partition("|")[0], parent, **attributes)
        if any(last.get(name) != value for name, value in attributes.items()):
            return self.new(last.name, parent, **attributes)
        return last

    def new(self, name: str, parent: Tag | None = None, **attributes: str) -> Tag:
        """Return a new element, the last in its parent if that is given."""
        self.spend(1)
        made = Tag(name=name, attrs=attributes, sourceline=self.line)
        if parent is not None:
            parent.append(made)
        return made
