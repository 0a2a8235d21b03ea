"""References to sections and clauses become links, where exactly one of them fits. Pure.

The text itself has no such links: they follow from its words, and each version keeps its own.
"""

import re
import xml.etree.ElementTree as ET
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import NamedTuple

from policies.cache import OF_TEXTS
from policies.text.markdown.labels import ClausePath
from policies.text.references.recognition import Reference, references
from policies.text.references.targets import HeadingOrClause, Targets, Where, of_this_text
from policies.text.rendering import sanitizer
from policies.text.rendering.tree import CLAUSE, HEADINGS, RenderReport, plain_text
from policies.text.sentence_boundaries import spans

# What a page gets at most, whatever its text: links, and characters of an anchor in one.
MAX_LINKS = 2_000
MAX_ANCHOR = 200

# Replaces each character of code, in which no reference is looked for.
_HIDDEN = "\ufffc"
_SPACE = re.compile(r"\s")


@dataclass(slots=True)
class _TextNode:
    """Words of a block. element: they are its text, or behind it in its parent."""

    start: int
    words: str
    parent: ET.Element
    element: ET.Element | None
    is_free: bool


@dataclass(slots=True)
class _BlockWords:
    """The words of a block, one after the other."""

    pieces: list[_TextNode] = field(default_factory=list)
    length: int = 0

    def add(
        self, words: str | None, parent: ET.Element, element: ET.Element | None, *, is_free: bool
    ) -> None:
        if words:
            self.pieces.append(_TextNode(self.length, words, parent, element, is_free))
            self.length += len(words)


class _Found(NamedTuple):
    """A reference. words: of its block. at: where its sentence begins in them."""

    words: _BlockWords
    at: int
    sentence: str
    reference: Reference
    where: Where


# A piece of text, where in it a reference begins and ends, the anchor to which it leads.
_Link = tuple[_TextNode, int, int, str]


def link_references(root: ET.Element, report: RenderReport) -> None:
    """Make references links, but for those inside a link, code or a heading."""
    _put_in(_References(root, report).links())


class _References:
    """Finds references and the places that they may lead to."""

    def __init__(self, root: ET.Element, report: RenderReport) -> None:
        self._report = report
        self._language = _language("".join(islice(root.itertext(), _ENOUGH)))
        self._anchors: list[str] = []
        self._marks: list[HeadingOrClause] = []
        self._found: list[_Found] = []
        where = Where()
        for block in root:
            if block.get("class") == "footnotes":
                where = Where()
            elif block.tag in HEADINGS:
                where = Where(self._heading(block))
            self._block(block, where)

    def _heading(self, heading: ET.Element) -> int:
        shown = heading.findtext("a/span[@class='number']", "")
        words = plain_text(heading).removeprefix(shown).lstrip()
        number = tuple(re.findall(r"\d+", shown))
        self._mark(heading.get("id", ""), HeadingOrClause(int(heading.tag[1]), words, number))
        return len(self._marks) - 1

    def _mark(self, anchor: str, mark: HeadingOrClause) -> None:
        self._anchors.append(anchor)
        self._marks.append(mark)

    def _block(self, block: ET.Element, where: Where) -> None:
        if block.tag in HEADINGS or block.tag == "pre":
            return
        if block.get("class") == CLAUSE["class"]:
            path = ClausePath(self._report.clauses[block.get("id", "")].labels)
            where = Where(where.heading, path.numbers)
            if not _is_link(block):
                self._mark(block.get("id", ""), HeadingOrClause.of_clause(path))
        words = _BlockWords()
        words.add(block.text, block, None, is_free=True)
        for child in block:
            if child.tag in sanitizer.INLINE_TAGS:
                _inline(child, words, is_free=True)
            else:
                self._search(words, where)
                words = _BlockWords()
                self._block(child, where)
            words.add(child.tail, block, child, is_free=True)
        self._search(words, where)

    def _search(self, words: _BlockWords, where: Where) -> None:
        text = "".join(piece.words for piece in words.pieces)
        make = partial(_references, text, self._language)
        for start, sentence, reference in OF_TEXTS.get(
            ("references", text, self._language), len(text), make
        ):
            self._found.append(_Found(words, start, sentence, reference, where))

    def links(self) -> list[_Link]:
        """Return the links, in the order of the text."""
        if not self._found:
            return []
        targets = Targets(self._marks)
        own = of_this_text(
            [(ref.sentence, ref.reference, ref.where.heading) for ref in self._found]
        )
        links: list[_Link] = []
        for is_own, (words, at, sentence, reference, where) in zip(own, self._found, strict=True):
            start, end = reference.start, reference.end
            piece = _piece_at(words, at + start, at + end)
            if not is_own or piece is None or len(links) == MAX_LINKS:
                continue
            places = targets.find(reference, sentence[start:end], where)
            if len(places) == 1 and len(anchor := self._anchors[places[0]]) <= MAX_ANCHOR:
                begin = at + start - piece.start
                links.append((piece, begin, begin + end - start, anchor))
        return links


def _references(text: str, language: str) -> list[tuple[int, str, Reference]]:
    """Return the references in a block's words: each with its sentence, and where that begins."""
    if not references(text.replace("\n", " ").replace("\xa0", " "), language):
        return []  # quicker than replacing every space
    text = _SPACE.sub(" ", text)
    found: list[tuple[int, str, Reference]] = []
    for start, end in spans(text):
        sentence = text[start:end]
        found += ((start, sentence, reference) for reference in references(sentence, language))
    return found


_GERMAN = re.compile(r"\b(?:der|die|das|und|wir|nicht)\b")
_ENGLISH = re.compile(r"\b(?:the|of|to|and|we|not)\b")


# Pieces of a text in which its language shows.
_ENOUGH = 300


def _language(text: str) -> str:
    """Return "de" for a text that has more German words than English ones, else "en"."""
    return "de" if len(_GERMAN.findall(text)) > len(_ENGLISH.findall(text)) else "en"


def _is_link(clause: ET.Element) -> bool:
    """Return whether a clause is nothing but a link: an entry of a table of contents."""
    block = clause[0] if len(clause) and clause[0].tag == "p" else clause
    _, *others = block
    if [child.tag for child in others] != ["a"]:
        return False
    return not ((block[0].tail or "") + (others[0].tail or "")).strip()


def _inline(element: ET.Element, words: _BlockWords, *, is_free: bool) -> None:
    is_free = is_free and element.tag not in ("a", "code")
    text = element.text or ""
    if element.get("class") == "label":
        return  # of the clause itself
    if element.tag == "code":
        text = _HIDDEN * len(text)
    elif element.tag == "br":
        text = " "
    words.add(text, element, None, is_free=is_free and element.tag != "br")
    for child in element:
        _inline(child, words, is_free=is_free)
        words.add(child.tail, element, child, is_free=is_free)


def _piece_at(words: _BlockWords, start: int, end: int) -> _TextNode | None:
    """Return the piece in which words are, None if they can't be a link."""
    at = bisect_right(words.pieces, start, key=lambda piece: piece.start) - 1
    piece = words.pieces[at]
    return piece if piece.is_free and end <= piece.start + len(piece.words) else None


def _put_in(links: list[_Link]) -> None:
    """Put links into the tree, each parent's at once: a list that grows is copied each time."""
    of_parent: dict[int, tuple[ET.Element, dict[int, list[_Link]]]] = {}
    for link in links:
        piece = link[0]
        _, places = of_parent.setdefault(id(piece.parent), (piece.parent, {}))
        places.setdefault(id(piece.element), []).append(link)
    for parent, places in of_parent.values():
        children: list[ET.Element] = []
        if here := places.get(id(None)):
            parent.text, added = _divided(parent.text or "", here)
            children += added
        for child in parent:
            children.append(child)
            if here := places.get(id(child)):
                child.tail, added = _divided(child.tail or "", here)
                children += added
        parent[:] = children


def _divided(words: str, links: list[_Link]) -> tuple[str, list[ET.Element]]:
    """Return what is before the first of the links in some words, and the links."""
    found: list[ET.Element] = []
    ends = [start for _, start, _, _ in links[1:]] + [len(words)]
    for (_, start, end, anchor), next_start in zip(links, ends, strict=True):
        link = ET.Element("a", {"href": f"#{anchor}"})
        link.text, link.tail = words[start:end], words[end:next_start]
        found.append(link)
    return words[: links[0][1]], found
