"""The blocks of a text that a reader sees: a Document is a Tree of Blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from policies.text.likeness import features
from policies.text.redline.tokens import LABEL, Atom, Run, Word, split_words


class Side(StrEnum):
    """The text that has a block or words. Its value is the element that marks them."""

    OLD = "del"
    NEW = "ins"
    BOTH = ""


SIDES = (Side.OLD, Side.NEW)


BULLET = "•"  # the label of an item without one


@dataclass(eq=False, slots=True)
class Block:
    """A block: either `runs` of words, or `children`.

    kind: only blocks of the same kind are paired. tag: its element; "" for words in an item without
    an element of their own; of a row "thead" or "tbody", the part of the table. number: how many of
    its first characters are a number that only gives its position ("3.1. "). after: links after the
    words that the page adds, such as from a footnote back to the text. key: equal for equal words.
    name: of a clause to which its author gave an anchor: that. follows: whether a numbered list
    goes on counting from the list before it, or begins at 1.
    """

    kind: str
    tag: str
    attributes: dict[str, str]
    children: list[Block] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    after: list[Atom] = field(default_factory=list)
    number: int = 0
    key: str = ""
    follows: bool = False
    name: str = ""
    _features: frozenset[str] | None = None

    @property
    def is_leaf(self) -> bool:
        return self.kind in LEAVES

    @property
    def is_silent(self) -> bool:
        """Whether a reader sees nothing in this leaf: an empty cell, a place to link to."""
        return self.kind != "rule" and not any(
            run.text.strip() or (run.atom and run.atom.tag != "span") for run in self.runs
        )

    @property
    def features(self) -> frozenset[str]:
        """The words by which it can be recognised."""
        if self._features is None:
            own = features(self.key) if self.is_leaf else frozenset[str]()
            self._features = own.union(*(child.features for child in self.children))
        return self._features

    def looks_like(self, other: Block) -> bool:
        """Return whether a reader notices no difference: of words, links, emphasis, the kind of
        list or heading, and the first number of a list that does not go on from the one before it.
        """
        mine = None if self.follows else self.start
        theirs = None if other.follows else other.start
        if self.tag != other.tag or mine != theirs:
            return False
        if len(self.runs) != len(other.runs) or len(self.children) != len(other.children):
            return False
        return all(map(Run.looks_like, self.runs, other.runs)) and all(
            map(Block.looks_like, self.children, other.children)
        )

    @property
    def start(self) -> int | None:
        """The first number of a numbered list; None for any other block."""
        return int(self.attributes.get("start", "1")) if self.tag == "ol" else None

    def labelled_items(self) -> list[tuple[Block, str, str]]:
        """Return each item of a list with its label, and the label after it."""
        if self.start is not None:
            labels = [f"{self.start + index}." for index in range(len(self.children))]
        else:
            labels = [BULLET if self.tag == "ul" else _label(item) for item in self.children]
        return list(zip(self.children, labels, [*labels[1:], ""], strict=True))

    def words(self, *, counted: bool = True) -> list[Word]:
        """Return its own words. counted: whether its number only gives its position."""
        return split_words(self.runs, number=self.number if counted else 0)

    def ids(self) -> Iterator[str]:
        if "id" in self.attributes:
            yield self.attributes["id"]
        for run in self.runs:
            places = [mark.attributes for mark in run.marks]
            places += [run.atom.attributes] if run.atom else []
            yield from (attributes["id"] for attributes in places if "id" in attributes)
        for child in self.children:
            yield from child.ids()


class Tree(NamedTuple):
    """A Document's blocks. sections: heading and body of each, in the Document's order."""

    title: Block
    introduction: list[Block]
    sections: list[tuple[Block, list[Block]]]
    notes: list[Block]

    def blocks(self) -> list[Block]:
        """Return the outermost blocks below the title, in the order of the text."""
        found = [*self.introduction]
        for heading, body in self.sections:
            found += [heading, *body]
        return [*found, *self.notes]

    def runs(self) -> Iterator[Run]:
        """Yield the words of all blocks, those inside others after those around them."""
        waiting = self.blocks()
        while waiting:
            block = waiting.pop()
            waiting += block.children
            yield from block.runs


LEAVES = frozenset({"text", "heading", "section", "code", "term", "cell", "rule"})


def _label(item: Block) -> str:
    runs = item.children[0].runs if item.children else []
    return runs[0].text.strip() if runs and LABEL in runs[0].marks else BULLET
