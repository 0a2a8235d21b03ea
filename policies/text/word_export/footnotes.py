"""Footnotes: each one where the text first refers to it.

Word knows no second reference to a footnote, and none inside another: those are plain numbers. What
changed in a footnote is marked in it if both texts refer to it in the same place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from policies.text.redline.block_pairing import BlockPair
from policies.text.redline.blocks import Block
from policies.text.redline.inline_html import Side
from policies.text.redline.tokens import Atom, Mark
from policies.text.word_export.body import SIDES, Body
from policies.text.word_export.elements import Element, make, text_of
from policies.text.word_export.spans import Span, of_pair
from policies.text.word_export.structure import children
from policies.text.word_export.words import run

_RAISED = (Mark("sup"),)


@dataclass(slots=True)
class Footnotes:
    """notes: the pairs of the lists of footnotes. written: what Word's part for them holds."""

    notes: list[BlockPair]
    body: Body = field(init=False)
    written: list[Element] = field(default_factory=list)
    _items: dict[Side, dict[str, Block]] = field(init=False)
    _pairs: dict[tuple[int, int], BlockPair] = field(init=False)
    _referred: dict[Side, set[str]] = field(default_factory=lambda: {it: set() for it in SIDES})

    def __post_init__(self) -> None:
        items = [item for pair in self.notes for item in children(pair) or []]
        self._pairs = {(id(it.old[0]), id(it.new[0])): it for it in items if it.old and it.new}
        self._items = {
            side: {item.attributes.get("id", ""): item for item in found}
            for side, found in (
                (Side.OLD, [item for it in self.notes for old in it.old for item in old.children]),
                (Side.NEW, [item for it in self.notes for new in it.new for item in new.children]),
            )
        }

    def refer(self, span: Span) -> Iterator[tuple[Side, Element]]:
        """Yield the runs with a footnote's number, and write the footnote."""
        atoms = {Side.OLD: span.before, Side.NEW: span.atom}
        sides = [it for it in SIDES if span.is_of(it)]
        if span.side is not Side.BOTH:
            atoms = {span.side: span.atom}
        pair = self._both(atoms) if len(sides) > 1 else None
        if pair:
            yield Side.BOTH, self._reference(Side.BOTH, [pair])
            return
        if span.side is Side.BOTH and self._are_plain(atoms):
            yield Side.BOTH, run(span.text or (span.atom.text if span.atom else ""), _RAISED)
            return
        for side in sides:
            yield side, self._single(atoms[side], side)

    def refer_in_note(self, span: Span) -> Iterator[tuple[Side, Element]]:
        if span.atom:
            yield span.side, run(span.atom.text, _RAISED, deleted=span.side is Side.OLD)

    def not_referred_to(self) -> Iterator[BlockPair]:
        """Yield what the footnotes hold that the text does not refer to."""
        for pair in self.notes:
            for item in children(pair) or []:
                left = [
                    side
                    for side, found in ((Side.OLD, item.old), (Side.NEW, item.new))
                    if found and found[0].attributes.get("id", "") not in self._referred[side]
                ]
                if len(left) == len(SIDES):
                    yield from children(item) or []
                    continue
                for side in left:
                    blocks = (item.old if side is Side.OLD else item.new)[0].children
                    yield from (_one_sided(block, side) for block in blocks)

    def _both(self, atoms: dict[Side, Atom | None]) -> BlockPair | None:
        """Return the footnote of both texts, if its changes can be marked in it."""
        items = [self._first(atoms[side], side) for side in SIDES]
        if items[0] is None or items[1] is None:
            return None
        pair = self._pairs.get((id(items[0]), id(items[1])))
        if pair is None:
            return None
        inside = children(pair)
        if inside is None or not all(map(_is_woven, inside)):
            return None
        for side in SIDES:
            self._referred[side].add(_number(atoms[side]))
        return pair

    def _are_plain(self, atoms: dict[Side, Atom | None]) -> bool:
        texts = {atom.text if atom else "" for atom in atoms.values()}
        return len(texts) == 1 and all(self._first(atoms[it], it) is None for it in SIDES)

    def _single(self, atom: Atom | None, side: Side) -> Element:
        item = self._first(atom, side)
        if item is None:
            return run(atom.text if atom else "", _RAISED, deleted=side is Side.OLD)
        self._referred[side].add(_number(atom))
        return self._reference(side, [_one_sided(item, side)])

    def _first(self, atom: Atom | None, side: Side) -> Block | None:
        """Return the footnote that is referred to here for the first time."""
        number = _number(atom)
        return None if number in self._referred[side] else self._items[side].get(number)

    def _reference(self, side: Side, items: list[BlockPair]) -> Element:
        number = str(len(self.written) + 1)
        note = make("w:footnote", id=number)
        self.written.append(note)
        note.extend(self._content(side, items))
        looks = make("w:rPr", make("w:rStyle", val="FootnoteReference"))
        return make("w:r", looks, make("w:footnoteReference", id=number))

    def _content(self, side: Side, items: list[BlockPair]) -> list[Element]:
        """Return the paragraphs of a footnote, its number before the words.

        One that is removed or added goes with its number: nothing in it is marked.
        """
        inside: Iterable[BlockPair] = children(items[0]) or []
        if side is not Side.BOTH:
            inside = [
                BlockPair((block,), (block,), same=True)
                for it in items
                for block in (it.old or it.new)[0].children
            ]
        self.body.out = []
        self.body.pairs(inside)
        found = self.body.out or [make("w:p")]
        first = next((it for it in found if it.tag.endswith("}p")), None)
        if first is None:
            found.insert(0, first := make("w:p"))
        for paragraph in found:
            _restyle(paragraph)
        looks = make("w:rPr", make("w:rStyle", val="FootnoteReference"))
        signs = [make("w:r", looks, make("w:footnoteRef")), make("w:r", text_of(" "))]
        at = 1 if len(first) and first[0].tag.endswith("}pPr") else 0
        for offset, sign in enumerate(signs):
            first.insert(at + offset, sign)
        return found


def _number(atom: Atom | None) -> str:
    return atom.href.removeprefix("#") if atom else ""


def _one_sided(block: Block, side: Side) -> BlockPair:
    return BlockPair((block,), ()) if side is Side.OLD else BlockPair((), (block,))


def _is_woven(pair: BlockPair) -> bool:
    if not len(pair.old) == len(pair.new) == 1:
        return False
    if pair.block.is_leaf:
        return of_pair(pair) is not None
    inside = children(pair)
    return pair.same and inside is not None and all(map(_is_woven, inside))


def _restyle(paragraph: Element) -> None:
    """Give a plain paragraph the style of footnotes."""
    if not paragraph.tag.endswith("}p"):
        return
    if not len(paragraph) or not paragraph[0].tag.endswith("}pPr"):
        paragraph.insert(0, make("w:pPr"))
    properties = paragraph[0]
    if not len(properties) or not properties[0].tag.endswith("}pStyle"):
        properties.insert(0, make("w:pStyle", val="FootnoteText"))
