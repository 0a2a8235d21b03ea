"""The references of a text, each with the headings and clauses to which it may lead."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from policies.text.reading.parts import Part
from policies.text.reading.sentences import Sentence, Text
from policies.text.references.recognition import Reference, references
from policies.text.references.targets import HeadingOrClause, Targets, Where, of_this_text
from policies.text.rendering.sections import is_numbered, next_number

# A sentence with references.
ReferringSentence = tuple[Sentence, list[Reference]]


@dataclass(frozen=True, slots=True)
class FoundReference:
    """A reference. part: the index of the one that it is in. inside: the heading or clause that it
    is in, -1 for none. leads_to: those that it may mean.
    """

    part: int
    sentence: Sentence
    reference: Reference
    where: Where
    inside: int
    leads_to: tuple[int, ...]

    @property
    def words(self) -> str:
        return self.sentence.text[self.reference.start : self.reference.end]


class SearchedPart(NamedTuple):
    """What a part refers to, what it can be referred to by, and references that are links."""

    referring: list[ReferringSentence]
    labels: Labels
    linked: set[str]


def searched(text: Text, language: str) -> SearchedPart:
    found = [(sentence, references(sentence.prose, language)) for sentence in text.sentences]
    referring = [(sentence, several) for sentence, several in found if several]
    linked: set[str] = set()
    for link in text.links:
        for reference in references(link.text, language):
            linked.add(link.text[reference.start : reference.end])
    return SearchedPart(referring, _labels(text, referring), linked)


def followed_references(part: Part, language: str) -> Iterator[ReferringSentence]:
    """Yield the references of a part, without links, of which it is known where they lead, and
    without labels.
    """
    known = part.fact(searched, language)
    for sentence, found in known.referring:
        if sentence.kind in ("title", "section", "heading"):
            continue
        followed: list[Reference] = []
        for reference in found:
            words = sentence.prose[reference.start : reference.end]
            is_label = reference.start == 0 and _AFTER_LABEL.match(sentence.prose, reference.end)
            if not is_label and words not in known.linked:
                followed.append(reference)
        yield sentence, followed


# "Clause 7 (Docking clause)" at the start of a line is that clause.
_AFTER_LABEL = re.compile(r"\s?(?:[.:(–-]|\Z)")


class References:
    """The headings and clauses of a text, and its references to them.

    parts, numbering: of the text. first: of each part, the index of its first heading or clause.
    """

    def __init__(self, parts: Sequence[Part], language: str, numbering: str = "") -> None:
        self.parts, self.language = parts, language
        headings = [part.place.heading for part in parts[2:]]
        numbered_levels: tuple[int, ...] = ()
        if is_numbered(headings, numbering):
            numbered_levels = (2, 3, 4, 5, 6) if numbering == "headings" else (2,)
        places: list[HeadingOrClause] = []
        self.first: list[int] = []
        self._starts: list[list[int]] = []  # of each part: the sentences behind its places
        for index, part in enumerate(parts):
            of_part = list(part.text.places)
            if index >= 2:
                inner = [(at, place) for at, place in of_part if place.level != 2]
                heading = HeadingOrClause(2, part.place.heading)
                of_part = [*_numbered(index - 1, [(0, heading), *inner], numbered_levels)]
            self.first.append(len(places))
            self._starts.append([at for at, _ in of_part])
            places += [place for _, place in of_part]
        self.targets = Targets(places)

    def resolved(self) -> Iterator[FoundReference]:
        """Yield the references that are taken to lead to places of the text itself."""
        every: list[tuple[int, Sentence, Reference]] = []
        for index, part in enumerate(self.parts):
            for sentence, followed in followed_references(part, self.language):
                every += [(index, sentence, reference) for reference in followed]
        in_sections = [(sentence.prose, reference, index) for index, sentence, reference in every]
        own = of_this_text(in_sections)
        for is_own, (index, sentence, reference) in zip(own, every, strict=True):
            if is_own:
                yield self._resolved(index, sentence, reference)

    def part_of(self, place: int) -> int:
        """Return the index of the part in which a heading or clause is."""
        return bisect_right(self.first, place) - 1

    def above(self, part: int, sentence: int) -> int:
        """Return the index of the heading or clause above a sentence of a part, -1 for none."""
        at = bisect_right(self._starts[part], sentence)
        return self.first[part] + at - 1 if at else -1

    def _resolved(self, part: int, sentence: Sentence, reference: Reference) -> FoundReference:
        inside = self.above(part, sentence.index)
        is_clause = inside >= 0 and not self.targets.places[inside].level
        heading = self.targets.above[inside] if is_clause else inside
        where = Where(heading, self.parts[part].text.paths[sentence.index])
        words = sentence.prose[reference.start : reference.end]
        leads_to = tuple(self.targets.find(reference, words, where))
        return FoundReference(part, sentence, reference, where, inside, leads_to)


def _numbered(
    section: int, places: Iterable[tuple[int, HeadingOrClause]], levels: Container[int]
) -> Iterator[tuple[int, HeadingOrClause]]:
    """Yield places with the numbers that the page gives to headings of these levels."""
    number, level = [section - 1], 1
    for at, place in places:
        if place.level in levels:
            level = min(place.level, level + 1)  # as the page closes gaps
            number = next_number(number, level)
            place = place._replace(number=tuple(map(str, number)))
        yield at, place


# --- Labels ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Labels:
    """What a reader finds in a part: labels in lower case, "4.1", "iv", "b"; those of them that
    begin a sentence or have several levels; those of annexes; how many headings below its own.
    """

    inner: frozenset[str]
    outer: frozenset[str]
    annexes: frozenset[str]
    headings: int


_AT_START = re.compile(
    r"\W{0,3}(?:[^\W\d_]{3,12} )?"
    r"(?P<label>\d{1,3}[a-z]?(?:\.\d{1,3}[a-z]?)*(?:\.[a-z])?|[a-z]{1,5})(?:[.):]|\s?[–-]\s|\Z)",
    re.IGNORECASE,
)
_INSIDE = re.compile(
    r"(?<![\w(§])\(?(?P<label>[a-z]{1,4}|\d{1,2}|[A-Z])\)(?=\W|\Z)"
    r"|(?<![\w.])(?P<dotted>\d{1,3}(?:\.\d{1,3}){1,3}[a-z]?)[.)]?\s+(?=[“\"(*]{0,2}[A-ZÄÖÜ])"
)
# Quicker: what each sentence has that has a label inside, or an annex.
_MAY_BE_INSIDE = re.compile(r"\)|\d\.\d")
_MAY_BE_ANNEX = re.compile(
    r"[Cc]hedule|nnex|ppendix|xhibit|ttach|ddend|nlage|nhang|eilage|[A-Z]{5}"
)
_ANNEX = re.compile(
    r"(?:\A\W{0,3}|[“\"]|\A\w{1,4}[.)] )"
    r"(?:Schedule|Annexe?|Appendix|Exhibit|Attachment|Addendum|Anlage|Anhang|Beilage)\s+(?P<label>[\w.-]{1,6})\b",
    re.IGNORECASE,
)


def _labels(text: Text, referring: Iterable[ReferringSentence]) -> Labels:
    """Return the labels in a part. referring: its sentences with references, which are none."""
    inner: set[str] = set()
    outer: set[str] = set()
    annexes: set[str] = set()
    covered: set[tuple[int, int]] = set()
    for sentence, found in referring:
        for reference in found:
            covered |= {(sentence.index, at) for at in range(reference.start, reference.end)}
    for sentence in text.sentences:
        prose = sentence.prose
        if (label := _AT_START.match(prose)) and sentence.kind != "section":
            outer.add(label["label"].lower())
        for label in _INSIDE.finditer(prose) if _MAY_BE_INSIDE.search(prose) else ():
            if (sentence.index, label.start()) not in covered:
                side = outer if label["dotted"] else inner
                side.add((label["label"] or label["dotted"]).lower())
        if _MAY_BE_ANNEX.search(prose):
            annexes |= {annex["label"].lower().strip(".") for annex in _ANNEX.finditer(prose)}
    for _, place in text.places:  # the labels of clauses are not among the words
        for number in filter(None, (place.own, place.path)):
            (outer if number[0].isdigit() else inner).add(".".join(number))
    headings = sum(sentence.kind == "heading" for sentence in text.sentences)
    return Labels(frozenset(inner | outer), frozenset(outer), frozenset(annexes), headings)
