"""Which heading or clause of a text a reference leads to. Pure.

A number counts as its readers see it: written before a heading or a clause, or given by the page.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from typing import NamedTuple

from policies.text.markdown.headings import own_number
from policies.text.markdown.labels import ClausePath
from policies.text.numerals import roman_value
from policies.text.references.recognition import Path, Reference, Target, law_in

_TOKEN = re.compile(r"\d{1,3}[A-Za-z]?|\b[IVXLC]{1,7}\b|\b[A-Z]\b")


def own_number_of(heading: str) -> Path:
    """Return the number that an author wrote before a heading, in parts."""
    found = _WITH_LETTER.match(heading)
    number = found[0] if found else own_number(heading)
    return in_parts(tuple(token.lower() for token in _TOKEN.findall(number)))


_WITH_LETTER = re.compile(r"\d{1,3}[A-Z][.):]\s")


def in_parts(path: Path) -> Path:
    """Return a number with "15b" as 15 and b, and a Roman number as digits."""
    first = path[0] if path else ""
    if first and set(first) <= set("ivxlc") and (len(first) > 1 or first in "ivx"):
        return (str(roman_value(first)), *path[1:])
    if found := re.fullmatch(r"(\d+)([a-z])", first):
        return (found[1], found[2], *path[1:])
    return path


def ordinal(label: str) -> int:
    """Return the place of an item in a list by its label: 2 of "2", "b" and "ii"."""
    if label.isdigit():
        return int(label)
    letter = ord(label[0]) - ord("a") + 1
    return min(letter, roman_value(label)) if set(label) <= set("ivx") else letter


class HeadingOrClause(NamedTuple):
    """A place that references lead to.

    level: of a heading, 2 to 6; 0 of a clause. words: of a heading. number: the one that the page
    gives to it, in parts, () for none. path, own, is_absolute: of a clause, see
    markdown.labels.ClausePath.
    """

    level: int = 0
    words: str = ""
    number: Path = ()
    path: Path = ()
    own: Path = ()
    is_absolute: bool = False

    @classmethod
    def of_clause(cls, path: ClausePath) -> HeadingOrClause:
        return cls(path=path.numbers, own=path.own, is_absolute=path.is_absolute)


class Where(NamedTuple):
    """Where a reference is. heading: the index of the heading that it is under, -1 for none.

    path: of the clause that it is in.
    """

    heading: int = -1
    path: Path = ()


# The words for annexes and articles, which name different things in one text.
_WORD = re.compile(r"[^\W\d_]+")
_ANNEX = re.compile(
    r"(?:Schedule|Annex|Appendi[xc]|Exhibit|Attachment|Addend|Anlage|Anh[aä]ng|Beilage)",
    re.IGNORECASE,
)
# Sections among which one is looked for that has clauses of some numbers.
_MOST_SECTIONS = 30
# Words that no clause is called by, and that no section is.
_OF_SECTIONS = re.compile(r"sec|§|abschnitt|kapitel", re.IGNORECASE)
_INNER_ONLY = re.compile(r"(?:Unter)?abs|Buchst|lit", re.IGNORECASE)


class Targets:
    """The headings and clauses of a text, in its order. numbers: what each can be called."""

    def __init__(self, places: Iterable[HeadingOrClause]) -> None:
        self.places = tuple(places)
        self.numbers: list[Set[Path]] = []
        self._headings: dict[Path, list[int]] = defaultdict(list)
        self._clauses: dict[Path, list[int]] = defaultdict(list)
        self._annexes: dict[Path, list[int]] = defaultdict(list)
        self._below: dict[tuple[int, Path], list[int]] = defaultdict(list)
        self._last: dict[tuple[int, str], list[int]] = defaultdict(list)
        # What labels the clauses at a place have.
        self._label_kinds: dict[tuple[int, Path], set[str]] = defaultdict(set)
        self.above: list[int] = []  # of each: the heading above it, -1 for none
        opened: list[int] = []
        for index, place in enumerate(self.places):
            if place.level:
                while opened and self.places[opened[-1]].level >= place.level:
                    opened.pop()
            above = opened[-1] if opened else -1
            self.above.append(above)
            numbers = self.numbers[above] if opened else frozenset[Path]()
            if place.level:
                opened.append(index)
                self.numbers.append(self._add_heading(index, place, numbers))
            else:
                self.numbers.append(self._add_clause(index, place, above, numbers))

    def _add_heading(self, index: int, heading: HeadingOrClause, above: Set[Path]) -> Set[Path]:
        """Return the numbers of a heading; one without any has those of the heading above it."""
        own = own_number_of(heading.words)
        if own and _ANNEX.match(heading.words):
            self._annexes[own].append(index)
            own = ()
            above = frozenset()
        numbers: set[Path] = {heading.number} if heading.number else set()
        if own:
            numbers.add(own)
        if len(own) == 1 and heading.level > 2:
            numbers |= {(*outer, *own) for outer in above}
        for number in numbers:
            self._headings[number].append(index)
        return numbers or above

    def _add_clause(
        self, index: int, clause: HeadingOrClause, heading: int, above: Set[Path]
    ) -> Set[Path]:
        path = clause.path
        self._below[heading, path].append(index)
        if len(clause.own) == 1:
            self._last[heading, clause.own[0]].append(index)
            self._label_kinds[heading, path[:-1]].add(_label_kind(clause.own[0]))
        numbers = set() if clause.is_absolute else {(*outer, *path) for outer in above}
        if path[0].isdigit():
            numbers.add(path)
        for number in numbers:
            self._clauses[number].append(index)
        return numbers

    def find(self, reference: Reference, words: str, where: Where) -> Sequence[int]:
        """Return the indexes of the places that a reference may lead to: one if it is clear.

        words: the reference as it is written. where: it is.
        """
        path = reference.path
        if reference.kind == "annex":
            return self._find_annex(path, words)
        is_inner = path[0].isalpha() and re.search(rf"\(\s?{path[0]}\b", words, re.IGNORECASE)
        if reference.kind == "paragraph" or is_inner:
            near = self._nearest(path, where)
            if near or not path[0].isdigit() or _INNER_ONLY.match(words):
                return near
        found = self._find_number(in_parts(path), reference)
        if reference.kind == "paragraph":  # nobody calls a section so that the page has numbered
            return [index for index in found if len(self.places[index].number) != 1]
        if reference.kind == "article":
            outer = self._headings.get(path[:1], ())
            return found if any(self._is_called(index, words) for index in outer) else ()
        return found

    def _find_number(self, path: Path, reference: Reference | None = None) -> Sequence[int]:
        """Return the highest headings with a number; if there are none, the clauses.

        reference: that has the number. If others that it has lead to headings, and not all do, all
        lead to clauses, or none.
        """
        headings = self._headings.get(path, ())
        level = min((self.places[index].level for index in headings), default=0)
        highest = [index for index in headings if self.places[index].level == level]
        clauses = self._clauses.get(path, ()) if path[0].isdigit() else ()
        together = [in_parts(other) for other in reference.together] if reference else []
        alike = [other for other in together if len(other) == len(path)]
        if len({other in self._headings for other in alike}) < 2:
            return highest or clauses
        may_be_clauses = reference and not _OF_SECTIONS.match(reference.word)
        if may_be_clauses and all(other in self._clauses for other in alike):
            return self._of_one_section(clauses, alike)
        return highest or (clauses if len(path) > 1 else ())

    def _of_one_section(self, clauses: Sequence[int], numbers: Sequence[Path]) -> Sequence[int]:
        """Return of clauses those below headings that have clauses of all the numbers, if any."""
        if max(len(self._clauses[number]) for number in numbers) > _MOST_SECTIONS:
            return clauses
        common = {self.above[index] for index in clauses}
        for number in numbers:
            common &= {self.above[index] for index in self._clauses[number]}
        return [index for index in clauses if self.above[index] in common] or clauses

    def missing_below(self, reference: Reference, where: Where) -> int:
        """Return the index of the heading below which a clause is missing that a reference leads
        to, -1 if none is: of 2.2(c) where 2.2 has (a) and (b), or is a clause that has none below.
        """
        *outer, last = reference.path
        places = [(where.heading, where.path[:at]) for at in range(len(where.path) + 1)]
        if outer:
            places = []
            for index in self._find_number(in_parts(tuple(outer))):
                path = self.places[index].path
                heading = index if self.places[index].level else self.above[index]
                if path and not last.isdigit() and (heading, path) not in self._label_kinds:
                    return heading
                places.append((heading, path))
        elif last.isdigit():
            return -1
        for heading, path in places:
            if _label_kind(last) in self._label_kinds.get((heading, path), ()):
                return heading
        return -1

    def _is_called(self, index: int, words: str) -> bool:
        """Return whether a heading has the word before its number that a reference has."""
        own = _WORD.match(own_number(self.places[index].words))
        word = _WORD.match(words)
        return bool(own and (not word or own[0][:3].lower() == word[0][:3].lower()))

    def _find_annex(self, path: Path, words: str) -> Sequence[int]:
        path = path if path in self._annexes else in_parts(path)
        for size in range(len(path), 0, -1):
            if found := self._annexes.get(path[:size]):
                if _WORD.match(words):
                    found = [index for index in found if self._is_called(index, words)] or found
                if size == len(path) or len(found) != 1:
                    return found
                return self._below.get((found[0], path[size:]), ())
        return ()

    def _nearest(self, path: Path, where: Where) -> Sequence[int]:
        """Return the clauses of that name that are nearest: below the clause in which the reference
        is, below those around that, below the heading.
        """
        for size in range(len(where.path), -1, -1):
            below = self._below.get((where.heading, (*where.path[:size], *path)), ())
            if found := [index for index in below if len(self.places[index].own) <= len(path)]:
                return found
        if len(path) == 1 and (last := self._last.get((where.heading, path[0]))):
            return last
        above = self.above[where.heading] if where.heading >= 0 else -1
        return self._below.get((above, path), ()) if above >= 0 else ()


def _label_kind(label: str) -> str:
    return "1" if label.isdigit() else "a"


# Laws have sections 100 and more, policies don't.
OF_LAWS = 100


def of_this_text(found: Sequence[tuple[str, Reference, int]]) -> list[bool]:
    """Return of each reference whether it is taken to lead to a place of the same text: not to a
    law or to another document.

    found: with the sentence and the section in which each is.
    """
    elsewhere = {
        (section, reference.kind, reference.path[0])
        for _, reference, section in found
        if reference.target is Target.OTHER
    }
    answers = []
    for sentence, reference, section in found:
        if reference.target is Target.UNSAID:
            is_elsewhere = (section, reference.kind, reference.path[0]) in elsewhere
            answers.append(not is_elsewhere and not _is_of_law(sentence, reference))
        else:
            answers.append(reference.target is not Target.OTHER)
    return answers


def _is_of_law(sentence: str, reference: Reference) -> bool:
    first = reference.path[0]
    if first.isdigit() and int(first) >= OF_LAWS:
        return True
    law = law_in(sentence)
    # "Section 7 is governed by the Arbitration Act": what names a law behind it is no part of it.
    is_free = reference.kind in ("section", "annex") and sentence[reference.start] != "§"
    return law is not None and (law < reference.start or not is_free)
