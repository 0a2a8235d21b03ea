"""Which heading or clause of a text a reference leads to. Pure.

A number counts as its readers see it: written before a heading or a clause, or given by the page.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from typing import NamedTuple

from policies.text.markdown.clauses import Path as ClausePath
from policies.text.markdown.headings import own_number
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


class Mark(NamedTuple):
    """A heading or a clause, as a place that references lead to.

    level: of a heading, 2 to 6; 0 of a clause. words: of a heading. number: the one that the page
    gives to it, in parts, () for none. path, own, is_absolute: of a clause, see
    markdown.clauses.Path.
    """

    level: int = 0
    words: str = ""
    number: Path = ()
    path: Path = ()
    own: Path = ()
    is_absolute: bool = False

    @classmethod
    def of(cls, path: ClausePath) -> Mark:
        return cls(path=path.numbers, own=path.own, is_absolute=path.is_absolute)


class Where(NamedTuple):
    """Where a reference is. heading: the index of the mark that it is under, -1 for none.

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

    def __init__(self, marks: Iterable[Mark]) -> None:
        self.marks = tuple(marks)
        self.numbers: list[Set[Path]] = []
        self._headings: dict[Path, list[int]] = defaultdict(list)
        self._clauses: dict[Path, list[int]] = defaultdict(list)
        self._annexes: dict[Path, list[int]] = defaultdict(list)
        self._below: dict[tuple[int, Path], list[int]] = defaultdict(list)
        self._last: dict[tuple[int, str], list[int]] = defaultdict(list)
        # What labels the clauses at a place have.
        self._sorts: dict[tuple[int, Path], set[str]] = defaultdict(set)
        self.above: list[int] = []  # of each mark: the heading above it, -1 for none
        self._read()

    def _read(self) -> None:
        opened: list[int] = []
        for index, mark in enumerate(self.marks):
            if mark.level:
                while opened and self.marks[opened[-1]].level >= mark.level:
                    opened.pop()
            above = opened[-1] if opened else -1
            self.above.append(above)
            numbers = self.numbers[above] if opened else frozenset[Path]()
            if mark.level:
                opened.append(index)
                self.numbers.append(self._heading(index, mark, numbers))
            else:
                self.numbers.append(self._clause(index, mark, above, numbers))

    def _heading(self, index: int, mark: Mark, above: Set[Path]) -> Set[Path]:
        """Return the numbers of a heading; one without any has those of the heading above it."""
        own = own_number_of(mark.words)
        if own and _ANNEX.match(mark.words):
            self._annexes[own].append(index)
            own = ()
            above = frozenset()
        numbers: set[Path] = {mark.number} if mark.number else set()
        if own and (len(own) > 1 or mark.level == 2 or not above):
            numbers.add(own)
        elif own:
            numbers |= {own, *((*one, *own) for one in above)}
        for number in numbers:
            self._headings[number].append(index)
        return numbers or above

    def _clause(self, index: int, mark: Mark, heading: int, above: Set[Path]) -> Set[Path]:
        self._below[heading, mark.path].append(index)
        if len(mark.own) == 1:
            self._last[heading, mark.own[0]].append(index)
            self._sorts[heading, mark.path[:-1]].add(_sort(mark.own[0]))
        numbers = set() if mark.is_absolute else {(*one, *mark.path) for one in above}
        if mark.path[0].isdigit():
            numbers.add(mark.path)
        for number in numbers:
            self._clauses[number].append(index)
        return numbers

    def find(self, reference: Reference, words: str, where: Where) -> Sequence[int]:
        """Return the indexes of the marks that a reference may lead to: one if it is clear.

        words: the reference as it is written. where: it is.
        """
        path = reference.path
        if reference.kind == "annex":
            return self._annex(path, words)
        is_inner = path[0].isalpha() and re.search(rf"\(\s?{path[0]}\b", words, re.IGNORECASE)
        if reference.kind == "paragraph" or is_inner:
            near = self._near(path, where)
            if near or not path[0].isdigit() or _INNER_ONLY.match(words):
                return near
        found = self._numbered(in_parts(path), reference)
        if reference.kind == "paragraph":  # nobody calls a section so that the page has numbered
            return [it for it in found if len(self.marks[it].number) != 1]
        if reference.kind == "article":
            outer = self._headings.get(path[:1], ())
            return found if any(self._is_called(it, words) for it in outer) else ()
        return found

    def _numbered(self, path: Path, reference: Reference | None = None) -> Sequence[int]:
        """Return the highest headings with a number; if there are none, the clauses.

        reference: that has the number. If others that it has lead to headings, and not all do, all
        lead to clauses, or none.
        """
        headings = self._headings.get(path, ())
        level = min((self.marks[it].level for it in headings), default=0)
        highest = [it for it in headings if self.marks[it].level == level]
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
        sections = [{self.above[it] for it in self._clauses[number]} for number in numbers]
        common = set.intersection(*sections)
        return [it for it in clauses if self.above[it] in common] or clauses

    def missing_below(self, reference: Reference, where: Where) -> int:
        """Return the index of the heading below which a clause is missing that a reference leads
        to, -1 if none is: of 2.2(c) where 2.2 has (a) and (b), or is a clause that has none below.
        """
        *outer, last = reference.path
        places = [(where.heading, where.path[:at]) for at in range(len(where.path) + 1)]
        if outer:
            found = self._numbered(in_parts(tuple(outer)))
            places = [
                (it if self.marks[it].level else self.above[it], self.marks[it].path)
                for it in found
            ]
            for heading, path in places:
                if path and not last.isdigit() and (heading, path) not in self._sorts:
                    return heading
        elif last.isdigit():
            places = []
        return next((it[0] for it in places if _sort(last) in self._sorts.get(it, ())), -1)

    def _is_called(self, index: int, words: str) -> bool:
        """Return whether a heading has the word before its number that a reference has."""
        own = _WORD.match(own_number(self.marks[index].words))
        word = _WORD.match(words)
        return bool(own and (not word or own[0][:3].lower() == word[0][:3].lower()))

    def _annex(self, path: Path, words: str) -> Sequence[int]:
        path = path if path in self._annexes else in_parts(path)
        for size in range(len(path), 0, -1):
            if found := self._annexes.get(path[:size]):
                if _WORD.match(words):
                    found = [it for it in found if self._is_called(it, words)] or found
                if size == len(path) or len(found) != 1:
                    return found
                return self._below.get((found[0], path[size:]), ())
        return ()

    def _near(self, path: Path, where: Where) -> Sequence[int]:
        """Return the clauses of that name that are nearest: below the clause in which the reference
        is, below those around that, below the heading.
        """
        for size in range(len(where.path), -1, -1):
            below = self._below.get((where.heading, (*where.path[:size], *path)), ())
            if found := [it for it in below if len(self.marks[it].own) <= len(path)]:
                return found
        if len(path) == 1 and (last := self._last.get((where.heading, path[0]))):
            return last
        above = self.above[where.heading] if where.heading >= 0 else -1
        return self._below.get((above, path), ()) if above >= 0 else ()


def _sort(label: str) -> str:
    return "1" if label.isdigit() else "a"


# Laws have sections 100 and more, policies don't.
OF_LAWS = 100


def of_this_text(found: Sequence[tuple[str, Reference, int]]) -> list[bool]:
    """Return of each reference whether it is taken to lead to a place of the same text: not to a
    law or to another document.

    found: with the sentence and the section in which each is.
    """
    elsewhere = {
        (section, it.kind, it.path[0]) for _, it, section in found if it.target is Target.OTHER
    }
    return [
        _is_own(sentence, it, is_elsewhere=(section, it.kind, it.path[0]) in elsewhere)
        for sentence, it, section in found
    ]


def _is_own(sentence: str, reference: Reference, *, is_elsewhere: bool) -> bool:
    if reference.target is not Target.UNSAID:
        return reference.target is not Target.OTHER
    first = reference.path[0]
    is_large = first.isdigit() and int(first) >= OF_LAWS
    law = law_in(sentence)
    # "Section 7 is governed by the Arbitration Act": what names a law behind it is no part of it.
    is_free = reference.kind in ("section", "annex") and sentence[reference.start] != "§"
    is_law = law is not None and (law < reference.start or not is_free)
    return not (is_elsewhere or is_large or is_law)
