"""The rule about references within a text that lead nowhere: "section 14" in a text of 13.

A number is taken to exist wherever a reader could find it: written before a heading or a paragraph,
shown by the page or by a list. References to laws and to other documents are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from policies.text.findings.context import Context, located, rule
from policies.text.findings.finding import Level, LocatedFinding, about_sentence
from policies.text.findings.reference_targets import References
from policies.text.findings.referring import searched, to_be_followed
from policies.text.references.recognition import Path, Reference, Target
from policies.text.references.targets import OF_LAWS, in_parts, ordinal, own_number_of
from policies.text.rendering.sections import is_numbered

if TYPE_CHECKING:
    from policies.text.findings.labels import Labels
    from policies.text.findings.parts import Part
    from policies.text.findings.referring import Referring
    from policies.text.findings.sentences import Sentence


@rule
def _dead_references(context: Context) -> Iterator[LocatedFinding]:
    """References to a section, clause or annex of this text that it does not have."""
    numbers = _Numbers(context.parts, context.language, context.document.numbering)
    missing = _missing_clauses(context, numbers) if context.document.clauses else set()
    for index, part in enumerate(context.parts):
        dead = []
        for it, followed in to_be_followed(part, context.language):
            levels = {one: level for one in followed if (level := numbers.level(it, one))}
            for one in followed:
                if (index, it.sentence.index, one) in missing:
                    levels.setdefault(one, Level.ADVICE)
            if levels:
                dead.append(_about(it.sentence, levels))
        yield from located(part, dead)


def _missing_clauses(context: Context, numbers: _Numbers) -> set[tuple[int, int, Reference]]:
    """Return the references to a clause that is missing among others, with part and sentence."""
    references = References.of(context)
    found = [
        (it, below)
        for it in references.found()
        if not it.leads_to
        and (below := references.targets.missing_below(it.reference, it.where)) >= 0
    ]
    return {
        (it.part, it.sentence.index, it.reference)
        for it, below in found
        if not numbers.has_label(it.reference.path, references.part_of(below))
    }


def _about(sentence: Sentence, levels: dict[Reference, Level]) -> LocatedFinding:
    """Return the finding about a sentence. levels: of its references that lead nowhere."""
    words = dict.fromkeys(sentence.prose[one.start : one.end] for one in levels)
    names = " and no ".join(f"“{it}”" for it in islice(words, _MOST_NAMED))
    return about_sentence(
        sentence,
        "dead-reference",
        min(levels.values(), key=list(Level).index),
        reason=f"This document has no {names}.",
        advice="Correct the number, or name the document that it is in.",
        around=next(iter(levels)).start,
    )


# References that a finding names.
_MOST_NAMED = 5


def _is_of_law(where: Referring, reference: Reference) -> bool:
    """Return whether a law is named before a reference, or right after it."""
    if where.law is None or where.law < reference.start:
        return where.law is not None
    return not _SEE.search(where.sentence.prose, max(0, reference.start - 20), reference.start)


# A reader is sent to a section of the text itself.
_SEE = re.compile(
    r"(?:[Ss]ee|refer to|(?:described|explained|outlined|listed|set (?:out|forth)) in|[Ss]iehe) \Z"
)
# --- The numbers that a text has ------------------------------------------------------------------


class _Numbers:
    """The numbers that a text has, as its readers see them."""

    def __init__(self, parts: Sequence[Part], language: str, numbering: str) -> None:
        self._parts = parts
        self._language = language
        headings = [part.place.heading for part in parts[2:]]
        self._by_page = not headings or is_numbered(headings, numbering)
        self._own = [own_number_of(heading) for heading in headings]
        self._known: dict[str, bool] = {}
        self._title = " ".join(it.text for it in parts[0].text.sentences).casefold()

    @cached_property
    def _labels(self) -> list[Labels]:
        return [part.fact(searched, self._language).labels for part in self._parts]

    @cached_property
    def _all(self) -> frozenset[str]:
        """Every label that may be a section's, and each beginning of it: "4" of "4.1"."""
        inner = {label for labels in self._labels for label in labels.outer}
        own = {".".join(path[: size + 1]) for path in self._own for size in range(len(path))}
        starts = {label.partition(".")[0] for label in inner if "." in label}
        return frozenset(inner | own | starts)

    @cached_property
    def _last(self) -> int:
        """The highest number of a section; 0 if its readers can't know them by numbers."""
        numbers = [int(it) for it in self._all if it.isdigit()]
        return max([len(self._own) if self._by_page else 0, *numbers])

    @cached_property
    def _elsewhere(self) -> set[tuple[str, str]]:
        """The numbers that the text also uses of laws and other documents: "section 75"."""
        return {
            (reference.kind, reference.path[0])
            for part in self._parts
            for it in part.fact(searched, self._language).referring
            for reference in it.references
            if reference.target is Target.OTHER
        }

    def level(self, where: Referring, reference: Reference) -> Level | None:
        """Return how sure it is that a reference leads nowhere, None if it does not."""
        if not self._is_own(where, reference):
            return None
        if reference.kind == "annex":
            return self._level_of_annex(reference)
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

    def _is_own(self, where: Referring, reference: Reference) -> bool:
        """Return whether a reference is taken to lead to this text."""
        if reference.target is not Target.UNSAID:
            name = reference.document.casefold()
            return reference.target is Target.THIS or bool(name and self._is_called(name))
        first = reference.path[0]
        is_law = (reference.kind, first) in self._elsewhere or _is_of_law(where, reference)
        is_large = first.isdigit() and int(first) >= OF_LAWS
        is_article = reference.kind == "article" and not self._has_articles
        is_numbered = self._last > 0 or len(self._letters) >= _ENOUGH
        return is_numbered and not (is_law or is_large or is_article)

    @cached_property
    def _letters(self) -> set[str]:
        """The letters of sections: A, B, C."""
        return {path[0] for path in self._own if path and len(path[0]) == 1 and path[0].isalpha()}

    def _is_called(self, name: str) -> bool:
        """Return whether the text has this name, by its title or in its words."""
        found = (part.fact(searched, self._language) for part in self._parts)
        return name in self._title or any(name in it.names for it in found)

    @cached_property
    def _has_articles(self) -> bool:
        return any(_ARTICLE.match(part.place.heading) for part in self._parts)

    def _has(self, number: str) -> bool:
        """Return whether readers could take a part for this section."""
        if number in self._all or any(re.match(rf"{number}[a-z]", it) for it in self._all):
            return True
        if self._by_page:
            most = max(len(self._own), *(part.text.last_number for part in self._parts))
            return int(number) <= most
        return self._is_skipped(int(number))

    def _is_skipped(self, number: int) -> bool:
        """Return whether a heading without a number is where this one would be: 7, –, 9."""
        before, is_skipped = 0, False
        for path in self._own:
            if path and path[0].isdigit():
                if is_skipped and before < number < int(path[0]):
                    return True
                before, is_skipped = int(path[0]), False
            else:
                is_skipped = True
        return False

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
        if self._by_page:
            at = int(number) + 1
            return [at] if at < len(self._parts) else list(range(len(self._parts)))
        region, inside = [], False
        for at, path in enumerate(self._own, start=2):
            inside = path[0] == number if path else inside
            if inside:
                region.append(at)
        return region or list(range(len(self._parts)))

    def _level_of_annex(self, reference: Reference) -> Level | None:
        annexes = {label for labels in self._labels for label in labels.annexes}
        if reference.path[0] in annexes or ".".join(reference.path) in annexes:
            return None
        return Level.ADVICE


# Of so few sections, the numbers may have been lost in a conversion.
_ENOUGH = 3
_ARTICLE = re.compile(r"(?:Art(?:icle|ikel)?|Part|Chapter|Teil)\.? \w", re.IGNORECASE)
