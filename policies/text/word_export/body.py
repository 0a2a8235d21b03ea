"""A redline's blocks as paragraphs and tables of Word, with tracked changes.

Word tracks words, the ends of paragraphs, and rows. A paragraph that is another kind of paragraph
in each text, whose label can't be counted for both, or that holds what can't be woven together, is
deleted and inserted whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import NamedTuple

from policies.text.importing.word.names import INDENT
from policies.text.importing.word.numbering import HEADINGS, LEVELS, Numbers
from policies.text.redline.block_pairing import BlockPair
from policies.text.redline.blocks import BULLET, SIDES, Block, Side
from policies.text.word_export.spans import Span, of_block, of_pair
from policies.text.word_export.words import Element, RunWriter, make

_LEAVES = {"code": "CodeBlock", "term": "DefinitionTerm", "rule": "Rule"}


@dataclass(slots=True)
class Position:
    """Where a text is: in how many lists, how far from the margin (twips), in which style.

    label: that of the item whose first paragraph comes next. following: the label after it.
    """

    depth: int = 0
    left: int = 0
    style: str = ""
    label: str = ""
    following: str = ""

    def take_label(self) -> str:
        label, self.label = self.label, ""
        return label


class Look(NamedTuple):
    """What a paragraph is. heading: the level of its number, None for no heading, -1 for none."""

    style: str
    label: str = ""
    depth: int = 0
    left: int = 0
    align: str = ""
    heading: int | None = None

    @property
    def plain(self) -> Look:
        """The same without a label: a bullet stays, which needs no counting."""
        return self if self.label == BULLET else self._replace(label="…" if self.label else "")


Positions = dict[Side, Position]


@dataclass(slots=True)
class Body:
    """Writes blocks. numbered: the levels of the headings that have numbers, by id() of the block.

    out: what was written.
    """

    words: RunWriter
    numbers: Numbers
    numbered: dict[int, int]
    out: list[Element] = field(default_factory=list)
    _labels: dict[int, tuple[str, str]] = field(default_factory=dict)
    _items: dict[int, Block] = field(default_factory=dict)

    def title(self, pair: BlockPair) -> None:
        looks = {side: [Look("Title")] for side in SIDES}
        self._write_paragraphs(pair, looks, {side: Position() for side in SIDES})

    def end(self) -> None:
        """Write a last paragraph, if the one before it ends in one text only, a table does, or
        nothing has been written: a title may have no sign that Word shows.
        """
        blocks = [element for element in self.out if element.tag.endswith(("}p", "}tbl"))]
        if not blocks or blocks[-1].tag.endswith("}tbl") or _is_in_one_text(blocks[-1]):
            self._write(Look("TableEnd"), 0, [], Side.BOTH)

    def moved(self, pairs: Sequence[BlockPair], number: int) -> None:
        """Write what was moved, at one of its places. number: the same at both."""
        changes = self.words.changes
        start, end = changes.move(number, pairs[0].side)
        self.out.append(start)
        changes.is_move = True
        self.pairs(pairs)
        changes.is_move = False
        self.out.append(end)

    def pairs(self, pairs: Iterable[BlockPair], places: Positions | None = None) -> None:
        places = places or {side: Position() for side in SIDES}
        for pair in pairs:
            self._pair(pair, places)

    def _pair(self, pair: BlockPair, places: Positions) -> None:
        inside = children(pair)
        here = {side: places[side] for side, blocks in pair.sides if blocks}
        if pair.block.is_leaf:
            self._leaf(pair, here)
        elif pair.block.kind == "table":
            self._without_words(here)
            if _is_one_table(pair):
                self._table(pair, places[Side.NEW if pair.new else Side.OLD])
            else:
                self._write_apart(pair, places)
        elif inside is None:
            self._write_apart(pair, places)
        else:
            blocks = {side: of_side[0] for side, of_side in pair.sides if of_side}
            self._container(blocks, inside, here)

    def _write_apart(self, pair: BlockPair, places: Positions) -> None:
        """Write the old blocks as deleted and the new ones as inserted."""
        for side, blocks in pair.sides:
            for block in blocks:
                self._pair(BlockPair.of_one(block, side), places)

    def _container(
        self, blocks: dict[Side, Block], inside: Iterable[BlockPair], places: Positions
    ) -> None:
        kind = next(iter(blocks.values())).kind
        if kind != "item":
            self._without_words(places)
        inner = {side: self._inside(block, places[side]) for side, block in blocks.items()}
        for block in blocks.values():
            if kind == "list":
                for item, label, following in block.labelled_items():
                    self._labels[id(item)] = label, following
            elif kind == "item" and block.children:
                self._items[id(block.children[0])] = block
        self.pairs(inside, inner)
        self._without_words(inner)

    def _inside(self, block: Block, place: Position) -> Position:
        match block.kind:
            case "list":
                return replace(place, depth=place.depth + 1, left=place.left + INDENT)
            case "item":
                label, following = self._labels.get(id(block), (BULLET, ""))
                return replace(place, label=label, following=following)
            case "quote":
                return replace(place, left=place.left + INDENT, style="Quote")
            case "meaning":
                return replace(place, left=place.left + INDENT)
        return replace(place)

    def _without_words(self, places: Positions) -> None:
        """Write an empty paragraph for an item whose label would come before none."""
        empty = Block("text", "p", {})
        found = {side: self._look(empty, place) for side, place in places.items() if place.label}
        if len(set(found.values())) == 1 and len(found) == len(SIDES):
            look = found[Side.NEW]
            labels = dict.fromkeys(SIDES, look.label)
            number = self.numbers.assign(look.depth, labels, places[Side.NEW].following)
            self._write(look, number, [], Side.BOTH)
            return
        for side, look in found.items():
            self._write_single(empty, side, look, places[side].following)

    def _look(self, block: Block, place: Position) -> Look:
        label = place.take_label()
        depth = place.depth - bool(label)
        if block.kind in ("section", "heading"):
            level = self.numbered.get(id(block), -1)
            style = f"Heading{max(int(block.tag[1]) - 1, 1)}"
            return Look(style, label, depth, place.left, heading=level)
        style = _LEAVES.get(block.kind) or ("ListParagraph" if place.depth else place.style)
        left = 0 if style == "Quote" and place.left == INDENT else place.left  # as in styles.xml
        return Look(style, label, depth, left)

    def _leaf(self, pair: BlockPair, places: Positions) -> None:
        looks: dict[Side, list[Look]] = {}
        for side, blocks in pair.sides:
            looks[side] = [self._look(block, places[side]) for block in blocks]
        self._write_paragraphs(pair, looks, places)

    def _write_paragraphs(
        self, pair: BlockPair, looks: dict[Side, list[Look]], places: Positions
    ) -> None:
        if pair.side is Side.BOTH and self._write_as_one(pair, looks, places[Side.NEW].following):
            return
        for side, blocks in pair.sides:
            for block, look in zip(blocks, looks[side], strict=True):
                self._write_single(block, side, look, places[side].following)

    def _write_as_one(self, pair: BlockPair, looks: dict[Side, list[Look]], following: str) -> bool:
        """Write paragraphs of both texts as one with changes in it; return whether they can be."""
        kinds = {look.plain for found in looks.values() for look in found}
        is_one = len(pair.old) == len(pair.new) == 1
        if len(kinds) > 1 or not (is_one or not next(iter(kinds)).label):
            return False
        if looks[Side.NEW][0].heading is not None and len({_ids(pair.old), _ids(pair.new)}) > 1:
            return False  # an anchor can go or come with its whole paragraph only
        silent = {block.is_silent for block in (*pair.old, *pair.new)}
        if len(silent) > 1:
            return False
        if True in silent and not looks[Side.NEW][0].label:
            for block in pair.new:
                self._write_places(block, Side.NEW)
            return True
        if (spans := of_pair(pair)) is None:
            return False
        look = looks[Side.NEW][0]
        labels = {side: looks[side][0].label for side in SIDES}
        number = self.numbers.assign(look.depth, labels, following)
        if look.label and not number:
            return False
        anchors = list(chain.from_iterable(self._bookmarks(block, Side.NEW) for block in pair.new))
        paragraph: list[Span] = []
        for span in spans:
            if span.ends:
                self._write(look, number, paragraph, span.side, anchors)
                paragraph, anchors = [], []
            else:
                paragraph.append(span)
        self._write(look, number, paragraph, Side.BOTH, anchors)
        return True

    def _write_single(self, block: Block, side: Side, look: Look, following: str) -> None:
        """Write a paragraph that one of the texts has."""
        if block.is_silent and not look.label:
            self._write_places(block, side)
            return
        number = self.numbers.assign(look.depth, {side: look.label}, following)
        anchors = self._bookmarks(block, side)
        self._write(look, number, of_block(block, side), side, anchors)

    def _bookmarks(self, block: Block, side: Side) -> list[tuple[Element, Element]]:
        """Return the bookmarks of a paragraph, and of the item that it begins: start and end."""
        around = self.words.bookmarks.around
        found = list(around(block.attributes.get("id", ""), side))
        if item := self._items.get(id(block)):
            is_counted = item.attributes.get("class") == "clause" and not item.name
            found += around(item.attributes.get("id", ""), side, is_counted=is_counted)
        return found

    def _write_places(self, block: Block, side: Side) -> None:
        """Write the places in a paragraph of which nothing is seen."""
        for anchor in block.ids():
            self.out += chain(*self.words.bookmarks.around(anchor, side))

    def _write(
        self,
        look: Look,
        number: int,
        spans: Sequence[Span],
        end: Side,
        bookmarks: Sequence[tuple[Element, Element]] = (),
    ) -> None:
        """Write a paragraph. end: the texts in which it ends here."""
        if not spans and end is Side.BOTH and self.out and _is_in_one_text(self.out[-1]):
            spans = [Span(end, " ")]  # LibreOffice would give it the style of what it rejects
        properties = self._properties(look, number, end)
        paragraph = make("w:p", *([properties] if len(properties) else []))
        paragraph.extend(start for start, _ in bookmarks)
        paragraph.extend(self.words.elements(spans, end))
        paragraph.extend(end for _, end in bookmarks)
        self.out.append(paragraph)

    def _properties(self, look: Look, number: int, end: Side) -> Element:
        properties = make("w:pPr")
        if look.style:
            properties.append(make("w:pStyle", val=look.style))
        level = min(look.depth, LEVELS - 1)
        if look.heading is not None and not number:
            number, level = (0, 0) if look.heading < 0 else (HEADINGS, look.heading)
        if number or look.heading is not None:
            numbered = (make("w:ilvl", val=str(level)), make("w:numId", val=str(number)))
            properties.append(make("w:numPr", *numbered))
        if look.left:
            hanging = {"hanging": str(INDENT)} if look.label else {}
            properties.append(make("w:ind", left=str(look.left), **hanging))
        if look.align:
            properties.append(make("w:jc", val=look.align))
        if end is not Side.BOTH:
            properties.append(make("w:rPr", self.words.changes.mark(end)))
        return properties

    def _table(self, pair: BlockPair, place: Position) -> None:
        table, side = pair.block, pair.side
        if self.out and _is_in_one_text(self.out[-1]):  # of which LibreOffice leaves one paragraph
            self._write(Look("TableEnd"), 0, [], Side.BOTH)
        width = len(table.children[0].children)
        properties = make(
            "w:tblPr",
            make("w:tblStyle", val="TableGrid"),
            make("w:tblW", w="0", type="auto"),
            make("w:tblInd", w=str(place.left), type="dxa"),
            make("w:tblLook", val="0020", firstRow="1"),
        )
        grid = make("w:tblGrid", *(make("w:gridCol", w=str(9000 // width)) for _ in range(width)))
        made = make("w:tbl", properties, grid)
        self.out += chain(*self.words.bookmarks.around(table.attributes.get("id", ""), side))
        for row in children(pair) or []:
            made.append(self._row(row))
        # Two tables without a paragraph between them are one to Word.
        self.out.append(made)
        self._write(Look("TableEnd"), 0, [], side)

    def _row(self, row: BlockPair) -> Element:
        side = row.side
        properties = make("w:trPr", make("w:cantSplit"))
        if row.block.tag == "thead":
            properties.append(make("w:tblHeader"))
        if side is not Side.BOTH:
            properties.append(self.words.changes.mark_row(side))
        made = make("w:tr", properties)
        for cell in children(row) or []:
            made.append(make("w:tc", make("w:tcPr", make("w:tcW", w="0", type="auto"))))
            made[-1].extend(self._cell(cell, side))
        return made

    def _cell(self, cell: BlockPair, side: Side) -> list[Element]:
        outer, self.out = self.out, []
        style = "TableHeading" if cell.block.tag == "th" else "TableText"
        align = cell.block.attributes.get("class", "").removeprefix("align-")
        look = Look(style, align="end" if align == "right" else align.replace("left", "start"))
        spans = of_pair(cell)
        if spans is None:
            spans = []
            for text, blocks in cell.sides:
                spans += chain.from_iterable(of_block(block, text) for block in blocks)
        self._write(look, 0, spans, side)
        written, self.out = self.out, outer
        return written


def children(pair: BlockPair) -> list[BlockPair] | None:
    """Return the pairs inside a pair; None if the two are alike, but of other blocks."""
    if pair.side is not Side.BOTH:
        return of_one_text(pair.block, pair.side)
    if pair.children or not pair.same:
        return pair.children
    old, new = pair.old[0].children, pair.new[0].children
    if [block.kind for block in old] != [block.kind for block in new]:
        return None
    alike = zip(old, new, strict=True)
    return [BlockPair((before,), (after,), same=True) for before, after in alike]


def of_one_text(block: Block, side: Side) -> list[BlockPair]:
    """Return what is in a block that only one text has."""
    return [BlockPair.of_one(child, side) for child in block.children]


def _is_one_table(pair: BlockPair) -> bool:
    """Return whether a table can be shown as one: in one text only, or with the same columns."""
    if any(old != new for old, new in pair.columns):
        return False
    rows = [row for row in children(pair) or [] if row.side is Side.BOTH]
    return all(_row_look(row.old[0]) == _row_look(row.new[0]) for row in rows)


def _row_look(row: Block) -> tuple[str, list[tuple[str, str]]]:
    return row.tag, [(cell.tag, cell.attributes.get("class", "")) for cell in row.children]


def _is_in_one_text(paragraph: Element) -> bool:
    """Return whether the end of a paragraph is inserted or deleted."""
    return paragraph.find("w:pPr/w:rPr/*", paragraph.nsmap) is not None


def _ids(blocks: Iterable[Block]) -> tuple[str, ...]:
    return tuple(block.attributes.get("id", "") for block in blocks)
