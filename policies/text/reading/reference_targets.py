"""The references of a text, each with the headings and clauses to which it may lead."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from policies.text.reading.parts import Part
from policies.text.reading.referring import to_be_followed
from policies.text.reading.sentences import Sentence
from policies.text.references.recognition import Reference
from policies.text.references.targets import Mark, Targets, Where, of_this_text
from policies.text.rendering.sections import is_numbered, next_number


@dataclass(frozen=True, slots=True)
class Found:
    """A reference. part: the index of the one that it is in. inside: the mark that it is in, -1 for
    none. leads_to: the marks that it may mean.
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


class References:
    """The headings and clauses of a text, and its references to them.

    parts, numbering: of the text. first: of each part, the index of its first mark.
    """

    def __init__(self, parts: Sequence[Part], language: str, numbering: str = "") -> None:
        self.parts, self.language = parts, language
        headings = [part.place.heading for part in parts[2:]]
        self._is_numbered = is_numbered(headings, numbering)
        self._deep = range(3, 7) if numbering == "headings" else ()
        marks = [self._marks(index, part) for index, part in enumerate(parts)]
        self.first = [0, *accumulate(map(len, marks))]
        self._starts = [[at for at, _ in of_part] for of_part in marks]
        self.targets = Targets(mark for of_part in marks for _, mark in of_part)

    def _marks(self, index: int, part: Part) -> list[tuple[int, Mark]]:
        if index < 2:
            return list(part.text.marks)
        heading = Mark(2, part.place.heading)
        inner = [it for it in part.text.marks if it[1].level != heading.level]
        return list(self._numbered(index - 1, [(0, heading), *inner]))

    def _numbered(
        self, section: int, marks: Iterable[tuple[int, Mark]]
    ) -> Iterator[tuple[int, Mark]]:
        """Yield marks with the numbers that the page gives to their headings."""
        number, level = [section - 1], 1
        for at, mark in marks:
            if self._is_numbered and mark.level in (2, *self._deep):
                level = min(mark.level, level + 1)  # as the page closes gaps
                number = next_number(number, level)
                mark = mark._replace(number=tuple(map(str, number)))
            yield at, mark

    def found(self) -> Iterator[Found]:
        """Yield the references that are taken to lead to places of the text itself."""
        every = [
            (index, it.sentence, one)
            for index, part in enumerate(self.parts)
            for it, followed in to_be_followed(part, self.language)
            for one in followed
        ]
        own = of_this_text([(sentence.prose, it, index) for index, sentence, it in every])
        for is_own, (index, sentence, reference) in zip(own, every, strict=True):
            if is_own:
                yield self._found(index, sentence, reference)

    def part_of(self, mark: int) -> int:
        """Return the index of the part in which a heading or clause is."""
        return bisect_right(self.first, mark) - 1

    def mark_at(self, part: int, sentence: int) -> int:
        """Return the index of the heading or clause above a sentence of a part, -1 for none."""
        at = bisect_right(self._starts[part], sentence)
        return self.first[part] + at - 1 if at else -1

    def _found(self, index: int, sentence: Sentence, reference: Reference) -> Found:
        inside = self.mark_at(index, sentence.index)
        is_clause = inside >= 0 and not self.targets.marks[inside].level
        heading = self.targets.above[inside] if is_clause else inside
        where = Where(heading, self.parts[index].text.paths[sentence.index])
        words = sentence.prose[reference.start : reference.end]
        leads_to = tuple(self.targets.find(reference, words, where))
        return Found(index, sentence, reference, where, inside, leads_to)
