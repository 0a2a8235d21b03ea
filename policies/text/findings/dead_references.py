"""The rule about references within a text that lead nowhere, such as "section 14" in a text of 13.

A number is taken to exist wherever a reader could find it: written before a heading or a paragraph,
shown by the page or by a list. References to laws and to other documents are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

from policies.text.findings.context import Context, located, rule
from policies.text.findings.finding import Level, LocatedFinding, about_sentence
from policies.text.reading.reference_targets import FoundReference, References, searched
from policies.text.references.recognition import Path, Reference, Target, law_in
from policies.text.references.targets import in_parts, ordinal, own_number_of
from policies.text.rendering.sections import is_numbered

if TYPE_CHECKING:
    from policies.text.reading.parts import Part
    from policies.text.reading.reference_targets import Labels
    from policies.text.reading.sentences import Sentence


@rule
def _references(context: Context) -> Iterator[LocatedFinding]:
    """References to a section, clause or annex of this text that it does not have."""
    parts, numbering = context.parts, context.document.numbering
    references = References(parts, context.language, numbering)
    numbers = _Numbers(parts, context.language, numbering)
    wrong: dict[tuple[int, int], dict[Reference, Level]] = {}
    for found in references.resolved():
        if found.reference.target is Target.ITSELF:
            continue
        level = numbers.level(found)
        if not level and context.document.clauses and _is_missing(found, references, numbers):
            level = Level.ADVICE
        if level:
            of_sentence = wrong.setdefault((found.part, found.sentence.index), {})
            of_sentence[found.reference] = level
    for (part, sentence), levels in wrong.items():
        yield from located(parts[part], [_about(parts[part].text.sentences[sentence], levels)])


def _is_missing(found: FoundReference, references: References, numbers: _Numbers) -> bool:
    """Return whether a reference leads to a clause that is missing among others."""
    if found.leads_to:
        return False
    below = references.targets.missing_below(found.reference, found.where)
    return below >= 0 and not numbers.has_label(found.reference.path, references.part_of(below))


def _about(sentence: Sentence, levels: dict[Reference, Level]) -> LocatedFinding:
    """levels: of its references that lead nowhere."""
    quoted = dict.fromkeys(f"“{sentence.prose[dead.start : dead.end]}”" for dead in levels)
    names = " and no ".join(list(quoted)[:_MOST_NAMED])
    return about_sentence(
        sentence,
        "dead-reference",
        min(levels.values(), key=attrgetter("rank")),
        reason=f"This document has no {names}.",
        advice="Correct the number, or name the document that it is in.",
        around=next(iter(levels)).start,
    )


# References that a finding names.
_MOST_NAMED = 5


# --- The numbers that a text has ------------------------------------------------------------------


class _Numbers:
    def __init__(self, parts: Sequence[Part], language: str, numbering: str) -> None:
        self._parts = parts
        self._language = language
        headings = [part.place.heading for part in parts[2:]]
        self._by_page = not headings or is_numbered(headings, numbering)
        self._own = [own_number_of(heading) for heading in headings]
        self._known: dict[str, bool] = {}

    @cached_property
    def _labels(self) -> list[Labels]:
        return [part.fact(searched, self._language).labels for part in self._parts]

    @cached_property
    def _all(self) -> frozenset[str]:
        """Every label that may be a section's, and each beginning of it: "4" of "4.1"."""
        labels: set[str] = set()
        for of_part in self._labels:
            labels |= of_part.outer
        labels |= {label.partition(".")[0] for label in labels}
        for path in self._own:
            labels |= {".".join(path[:size]) for size in range(1, len(path) + 1)}
        return frozenset(labels)

    @cached_property
    def _last(self) -> int:
        """The highest number of a section; 0 if its readers can't know them by numbers."""
        numbers = [int(label) for label in self._all if label.isdigit()]
        return max([len(self._own) if self._by_page else 0, *numbers])

    def level(self, found: FoundReference) -> Level | None:
        """Return how sure it is that a reference leads nowhere, None if it does not."""
        reference = found.reference
        if not self._may_have(found):
            return None
        if reference.kind == "annex":
            names = {reference.path[0], ".".join(reference.path)}
            is_there = any(names & labels.annexes for labels in self._labels)
            return None if is_there else Level.ADVICE
        path = in_parts(reference.path)
        if reference.kind == "paragraph" and reference.path[0].isalpha():
            return None if self._is_anywhere(reference.path[0]) else Level.ADVICE
        if not (self._by_page or self._last or self._letters):
            return None  # nobody sees which number a section has
        if not path[0].isdigit():
            is_missing = len(self._letters) >= _ENOUGH and path[0] not in self._all
            return Level.ADVICE if is_missing else None
        if not self._has(path[0]):
            is_sure = int(path[0]) > self._last >= _ENOUGH
            return Level.ACKNOWLEDGE if is_sure else Level.ADVICE
        if len(path) > 1 and not self._has_inner(path):
            return Level.ADVICE
        return None

    def has_label(self, path: Path, part: int) -> bool:
        """Return whether a part has the last label of a number, or the text all of it."""
        whole = {".".join(path), "".join(path)}
        return path[-1] in self._labels[part].inner or bool(whole & self._all)

    def _may_have(self, found: FoundReference) -> bool:
        """Return whether the text may have what is meant, and not a law that is named behind it."""
        reference, prose = found.reference, found.sentence.prose
        if reference.target is Target.THIS:
            return True
        is_article = reference.kind == "article" and not self._has_articles
        is_numbered = self._last > 0 or len(self._letters) >= _ENOUGH
        is_free = law_in(prose) is None or _SEE.search(
            prose, max(0, reference.start - 20), reference.start
        )
        return bool(is_numbered and is_free and not is_article)

    @cached_property
    def _letters(self) -> set[str]:
        """The letters of sections: A, B, C."""
        return {path[0] for path in self._own if path and len(path[0]) == 1 and path[0].isalpha()}

    @cached_property
    def _has_articles(self) -> bool:
        return any(_ARTICLE.match(part.place.heading) for part in self._parts)

    def _has(self, number: str) -> bool:
        """Return whether readers could take a part for this section."""
        with_letter = re.compile(rf"{number}[a-z]")
        if number in self._all or any(map(with_letter.match, self._all)):
            return True
        most = max(len(self._own), *(part.text.last_number for part in self._parts))
        return self._by_page and int(number) <= most

    def _has_inner(self, path: Path) -> bool:
        first, second = path[:2]
        names = {f"{first}.{second}", f"{first}{second}"}
        if any(label in names or label.startswith(f"{first}.{second}.") for label in self._all):
            third = path[2] if len(path) > 2 and path[2].isdigit() else ""
            is_there = f"{first}.{second}.{third}" in self._all
            return not third or is_there or self._has_item(third, self._region(first))
        return self._has_item(second, self._region(first))

    def _has_item(self, label: str, region: Iterable[int]) -> bool:
        """Return whether one of the parts has this label, or as many items or headings."""
        place = ordinal(label)
        return any(
            label in self._labels[at].inner
            or place <= max(self._parts[at].text.most_items, self._labels[at].headings)
            for at in region
        )

    def _is_anywhere(self, label: str) -> bool:
        """Return the same of the whole text. Kept: many references name one label."""
        if label not in self._known:
            self._known[label] = self._has_item(label, range(len(self._parts)))
        return self._known[label]

    def _region(self, number: str) -> list[int]:
        """Return the indexes of the parts that a section number covers; of all if it is no
        section's.
        """
        every = list(range(len(self._parts)))
        if self._by_page:
            return every[int(number) + 1 : int(number) + 2] or every
        region, inside = [], False
        for at, path in enumerate(self._own, start=2):
            inside = path[0] == number if path else inside
            if inside:
                region.append(at)
        return region or every


# A reader is sent to a section of the text itself.
_SEE = re.compile(
    r"(?:[Ss]ee|refer to|(?:described|explained|outlined|listed|set (?:out|forth)) in|[Ss]iehe) \Z"
)
# Of so few sections, the numbers may have been lost in a conversion.
_ENOUGH = 3
_ARTICLE = re.compile(r"(?:Art(?:icle|ikel)?|Part|Chapter|Teil)\.? \w", re.IGNORECASE)
