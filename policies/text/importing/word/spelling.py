"""A text as it comes back from Word if nobody edits it: what Word loses, and what the import spells
otherwise. Pure.

No file is made for that: the blocks of the text are put onto the page that the import writes.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import urljoin

from policies.text.document import Document
from policies.text.importing.word.body import Body
from policies.text.importing.word.docx import document_of
from policies.text.importing.word.fields import Target
from policies.text.importing.word.inline import ParagraphReader, Piece, cleaned, joined
from policies.text.importing.word.lists import Lists, Numbered
from policies.text.importing.word.names import INDENT, bookmark
from policies.text.importing.word.numbering import LEVELS, Numbers
from policies.text.importing.word.styles import Styles
from policies.text.importing.word.writing import Page, Places
from policies.text.markdown.characters import without_controls
from policies.text.markdown.labels import sign_of
from policies.text.redline import parsing
from policies.text.redline.blocks import BULLET, Block, Side, Tree
from policies.text.redline.tokens import BREAK, LABEL, Atom, Run, on_one_line

_LOOKS = ("strong", "em", "sup", "s")


def respelled(text: Document, base: str) -> Document:
    """Return a text as the import reads it in its Word file. base: the address of its page.

    Raises ImportRefused, TooComplex, DocumentError.
    """
    tree = parsing.read(text, clauses=text.clauses)
    inline, page = ParagraphReader(Styles()), Page(sys.maxsize)
    body = Body(inline, Lists(Styles(), indents_mean=True), page, numbers_itself=True)
    _Writer(body, base, tree).write(text.title)
    Places(keeps=True).settle(page.paragraphs(), inline.notes)
    page.write()
    return document_of("sent.docx", page.root, 0, text.numbering, keeps_numbers=True)[0]


@dataclass(frozen=True, slots=True)
class _Position:
    """depth: in how many lists. left: how far from the margin."""

    depth: int = 0
    left: int = 0
    is_quote: bool = False


class _Item(NamedTuple):
    """following: the label after it in its list. place: of what is in it."""

    block: Block
    label: str
    following: str
    place: _Position


class _Writer:
    """Puts blocks onto a page, as paragraphs of a Word file are."""

    def __init__(self, body: Body, base: str, tree: Tree) -> None:
        self._body, self._base, self._tree = body, base, tree
        links = [mark.attributes.get("href", "") for run in tree.runs() for mark in run.marks]
        self._linked = {link[1:] for link in links if link.startswith("#")}
        items = [item for block in tree.notes for item in block.children]
        self._notes = {item.attributes.get("id", ""): item for item in items}
        self._referred: dict[str, int] = {}
        self._is_note = False
        self._waiting: list[str] = []  # anchors of which nothing is seen
        self._numbers = Numbers()
        self._item: _Item | None = None  # whose first paragraph comes next

    def write(self, title: str) -> None:
        self._body.put("H1", None, int, [Piece(cleaned(without_controls(title))[0])])
        self._blocks(self._tree.introduction, _Position())
        for heading, body in self._tree.sections:
            self._blocks([heading, *body], _Position())
        for label, note in self._notes.items():
            if label not in self._referred:
                self._blocks(note.children, _Position())
        self._is_note = True
        page = self._body.page
        for label, number in self._referred.items():
            page.home = page.root
            page.home = page.add(page.new("footnote-text", label=str(number)))
            self._body.lists.close()
            self._blocks(self._notes[label].children, _Position())

    def _blocks(self, blocks: Iterable[Block], place: _Position) -> None:
        for block in blocks:
            if block.is_leaf:
                self._leaf(block, place)
            elif block.kind == "table":
                self._table(block)
            elif block.kind == "list":
                self._list(block, place)
            else:
                is_inside = block.kind in ("quote", "meaning")
                left = place.left + INDENT * is_inside
                is_quote = place.is_quote or block.kind == "quote"
                self._take_number()
                self._blocks(block.children, replace(place, left=left, is_quote=is_quote))

    def _list(self, block: Block, place: _Position) -> None:
        self._take_number()
        inside = replace(place, depth=place.depth + 1, left=place.left + INDENT)
        for item, label, following in block.labelled_items():
            self._item = _Item(item, label, following, inside)
            self._blocks(item.children, inside)
            self._take_number()

    def _take_number(self) -> Numbered | None:
        """Return the number of the item that begins here, if one does. Where words do not come
        first, the number is lost.
        """
        item, self._item = self._item, None
        if item is None:
            return None
        _, label, following, place = item
        level = min(place.depth, LEVELS) - 1
        numbering = str(self._numbers.assign(level, {Side.NEW: label}, following))
        if label == BULLET:
            return Numbered("ul", "", numbering, level, place.left)
        kind = "ol" if sign_of(label) else "text"
        return Numbered(kind, label, numbering, level, place.left)

    def _leaf(self, block: Block, place: _Position) -> None:
        is_cell = block.kind == "cell"  # whose own anchor Word has no place for
        anchors = [] if is_cell else [block.attributes.get("id", "")]
        if self._item:
            item = self._item.block
            is_counted = item.attributes.get("class") == "clause" and not item.name
            anchor = item.attributes.get("id", "")
            anchors += [] if is_counted and anchor not in self._linked else [anchor]
        number = self._take_number()
        if block.is_silent and not (number or is_cell):
            self._waiting += block.ids()
            return
        role = "Q" if place.is_quote and not place.depth else ""
        if block.kind in ("section", "heading"):
            role = f"H{max(int(block.tag[1]) - 1, 1)}"
        elif block.kind in ("code", "term", "rule"):
            role = ""
        anchors, self._waiting = [*self._waiting, *filter(None, anchors)], []
        pieces = [*map(_anchor, anchors), *self._pieces(block)]
        self._body.put(role, number, lambda: place.left, joined(pieces))

    def _table(self, table: Block) -> None:
        self._take_number()
        self._waiting += filter(None, [table.attributes.get("id", "")])
        page, lists = self._body.page, self._body.lists
        lists.close()
        made, home = page.add(page.new("table")), page.home
        part = made
        for row in table.children:
            if part.name != row.tag:
                part = page.new(row.tag, made)
            line = page.new("tr", part)
            for cell in row.children:
                page.home = page.new("th" if row.tag == "thead" else "td", line)
                self._leaf(cell, _Position())
        page.home = home
        lists.close()

    def _pieces(self, block: Block) -> Iterator[Piece]:
        runs = [run for run in block.runs if LABEL not in run.marks]
        for index, run in enumerate(runs):
            places = [mark.attributes for mark in run.marks]
            places += [run.atom.attributes] if run.atom else []
            for attributes in places:
                if "id" in attributes:
                    yield _anchor(attributes["id"])
            tags = {mark.tag for mark in run.marks}
            looks = tuple(look for look in _LOOKS if look in tags)
            text = run.text if block.kind == "code" else on_one_line(run.text)
            if run.atom:
                yield from self._atom(run.atom, looks, self._target(run))
            elif text:
                if not index and len(runs) < len(block.runs):
                    text = text.lstrip()
                text = cleaned(text.replace(BREAK, "\n"))[0]
                yield Piece(text, looks, self._target(run))

    def _atom(self, atom: Atom, looks: tuple[str, ...], target: Target | None) -> Iterator[Piece]:
        if atom.tag == "img":
            yield Piece(cleaned(f"[{atom.attributes.get('alt', '')}]")[0], looks, target)
        elif atom.tag == "sup":
            label = atom.href.removeprefix("#")
            if label in self._notes and label not in self._referred and not self._is_note:
                self._referred[label] = len(self._referred) + 1
                yield Piece(note=self._referred[label])
            else:
                yield Piece(atom.text, ("sup",), target)

    def _target(self, run: Run) -> Target | None:
        for mark in run.marks:
            if address := mark.attributes.get("href", ""):
                if address.startswith("#"):
                    return Target(bookmark=bookmark(address[1:]))
                return Target(urljoin(self._base, address))
        return None


def _anchor(name: str) -> Piece:
    return Piece(place=bookmark(name))
