"""Footnotes: each one where the text first refers to it.

Word knows no second reference to a footnote, and none inside another: those are plain numbers. What
changed in a footnote is marked in it if both texts refer to it in the same place.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from policies.text.redline.block_pairing import BlockPair
from policies.text.redline.blocks import SIDES, Block, Side
from policies.text.redline.tokens import Atom, Mark
from policies.text.word_export.body import Body, Position, children, of_one_text
from policies.text.word_export.spans import Span, of_pair
from policies.text.word_export.words import Element, make, run, text_of

_RAISED = (Mark("sup"),)
_STYLE = "FootnoteText"


@dataclass(slots=True)
class Footnotes:
    """notes: the pairs of the lists of footnotes. written: what Word's part for them holds."""

    notes: list[BlockPair]
    body: Body = field(init=False)
    written: list[Element] = field(default_factory=list)
    _items: dict[Side, dict[str, Block]] = field(init=False)
    _pairs: dict[tuple[int, int], BlockPair] = field(init=False)
    _referred: dict[Side, set[str]] = field(default_factory=lambda: {side: set() for side in SIDES})

    def __post_init__(self) -> None:
        items = [item for pair in self.notes for item in children(pair) or []]
        both = (item for item in items if item.side is Side.BOTH)
        self._pairs = {(id(item.old[0]), id(item.new[0])): item for item in both}
        self._items = {side: {} for side in SIDES}
        for side, lists in (blocks for pair in self.notes for blocks in pair.sides):
            for item in (item for block in lists for item in block.children):
                self._items[side][item.attributes.get("id", "")] = item

    def refer(self, span: Span) -> Iterator[tuple[Side, Element]]:
        """Yield the runs with a footnote's number, and write the footnote."""
        atoms = {span.side: span.atom}
        if span.side is Side.BOTH:
            atoms = {Side.OLD: span.before, Side.NEW: span.atom}
            if pair := self._note_of_both(atoms):
                yield Side.BOTH, self._reference(pair)
                return
            if self._are_plain(atoms):
                yield Side.BOTH, run(span.text or (span.atom.text if span.atom else ""), _RAISED)
                return
        for side, atom in atoms.items():
            yield side, self._refer_in_one_text(atom, side)

    def refer_in_note(self, span: Span) -> Iterator[tuple[Side, Element]]:
        if span.atom:
            yield span.side, run(span.atom.text, _RAISED, deleted=span.side is Side.OLD)

    def not_referred_to(self) -> Iterator[BlockPair]:
        """Yield what the footnotes hold that the text does not refer to."""
        for pair in self.notes:
            for item in children(pair) or []:
                left = [
                    side
                    for side, found in item.sides
                    if found and found[0].attributes.get("id", "") not in self._referred[side]
                ]
                if len(left) == len(SIDES):
                    yield from children(item) or []
                    continue
                for side in left:
                    yield from of_one_text(dict(item.sides)[side][0], side)

    def _note_of_both(self, atoms: dict[Side, Atom | None]) -> BlockPair | None:
        """Return the footnote of both texts, if its changes can be marked in it."""
        old, new = (id(self._new_note(atoms[side], side)) for side in SIDES)
        pair = self._pairs.get((old, new))
        inside = children(pair) if pair else None
        if inside is None or not all(map(_can_be_one, inside)):
            return None
        for side in SIDES:
            self._referred[side].add(_id_of_note(atoms[side]))
        return pair

    def _are_plain(self, atoms: dict[Side, Atom | None]) -> bool:
        texts = {atom.text if atom else "" for atom in atoms.values()}
        return len(texts) == 1 and all(self._new_note(atoms[side], side) is None for side in SIDES)

    def _refer_in_one_text(self, atom: Atom | None, side: Side) -> Element:
        item = self._new_note(atom, side)
        if item is None:
            return run(atom.text if atom else "", _RAISED, deleted=side is Side.OLD)
        self._referred[side].add(_id_of_note(atom))
        return self._reference(BlockPair.of_one(item, side))

    def _new_note(self, atom: Atom | None, side: Side) -> Block | None:
        """Return the footnote that is referred to here for the first time."""
        number = _id_of_note(atom)
        return None if number in self._referred[side] else self._items[side].get(number)

    def _reference(self, item: BlockPair) -> Element:
        number = str(len(self.written) + 1)
        note = make("w:footnote", id=number)
        self.written.append(note)
        note.extend(self._content(item))
        looks = make("w:rPr", make("w:rStyle", val="FootnoteReference"))
        return make("w:r", looks, make("w:footnoteReference", id=number))

    def _content(self, item: BlockPair) -> list[Element]:
        """Return the paragraphs of a footnote, its number before the words.

        One that is removed or added goes with its number: nothing in it is marked.
        """
        inside = children(item) or []
        if item.side is not Side.BOTH:
            inside = [BlockPair((block,), (block,), same=True) for block in item.block.children]
        self.body.out = []
        self.body.pairs(inside, {side: Position(style=_STYLE) for side in SIDES})
        found = self.body.out
        first = next((block for block in found if block.tag.endswith("}p")), None)
        if first is None:
            first = make("w:p", make("w:pPr", make("w:pStyle", val=_STYLE)))
            found.insert(0, first)
        looks = make("w:rPr", make("w:rStyle", val="FootnoteReference"))
        signs = [make("w:r", looks, make("w:footnoteRef")), make("w:r", text_of(" "))]
        first[1:1] = signs  # behind its properties
        return found


def _id_of_note(atom: Atom | None) -> str:
    return atom.href.removeprefix("#") if atom else ""


def _can_be_one(pair: BlockPair) -> bool:
    if not len(pair.old) == len(pair.new) == 1:
        return False
    if pair.block.is_leaf:
        return of_pair(pair) is not None
    inside = children(pair)
    return pair.same and inside is not None and all(map(_can_be_one, inside))
