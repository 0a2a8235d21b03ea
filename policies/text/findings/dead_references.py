"""The rule about references within a text that lead nowhere: "section 14" in a text of 13.

A number is taken to exist wherever a reader could find it: written before a heading or a paragraph,
shown by the page or by a list. References to laws and to other documents are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from policies.text.findings.context import Context, located, rule
from policies.text.findings.finding import Level, LocatedFinding, about_sentence
from policies.text.references.numbers import own_path, split
from policies.text.references.recognition import Path, Reference, Target, law_in, references
from policies.text.rendering.sections import carry_numbers

if TYPE_CHECKING:
    from policies.text.findings.parts import Part
    from policies.text.findings.sentences import Sentence, Text


@rule
def _dead_references(context: Context) -> Iterator[LocatedFinding]:
    """References to a section, clause or annex of this text that it does not have."""
    numbers = Numbers(context.parts, context.language)
    for part in context.parts:
        dead = [
            about_dead(sentence, reference, level)
            for sentence, reference in part.fact(referring, context.language)
            if (level := numbers.level(sentence, reference))
        ]
        yield from located(part, dead)


def about_dead(sentence: Sentence, reference: Reference, level: Level) -> LocatedFinding:
    words = sentence.text[reference.start : reference.end]
    reason = f"This document has no “{words}”."
    advice = "Correct the number, or name the document that it is in."
    start = reference.start
    return about_sentence(
        sentence, "dead-reference", level, reason=reason, advice=advice, around=start
    )


def referring(text: Text, language: str) -> list[tuple[Sentence, Reference]]:
    """Return the references of a part, but for those that are links: where these lead is known."""
    linked = " ".join(link.text for link in text.links)
    return [
        (sentence, reference)
        for sentence in text.sentences
        if sentence.kind not in ("title", "section", "heading")
        for reference in references(sentence.prose, language)
        if sentence.prose[reference.start : reference.end] not in linked
        and not (reference.start == 0 and _AFTER_LABEL.match(sentence.prose, reference.end))
    ]


# "Clause 7 (Docking clause)" at the start of a line is that clause.
_AFTER_LABEL = re.compile(r"\s?(?:[.:(–-]|\Z)")

# --- The numbers that a text has ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Labels:
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
_ANNEX = re.compile(
    r"(?:\A\W{0,3}|[“\"]|\A\w{1,4}[.)] )"
    r"(?:Schedule|Annexe?|Appendix|Exhibit|Anlage|Anhang|Beilage)\s+(?P<label>[\w.-]{1,6})\b",
    re.IGNORECASE,
)


def _labels(text: Text, language: str) -> _Labels:
    inner: set[str] = set()
    outer: set[str] = set()
    annexes: set[str] = set()
    for sentence in text.sentences:
        words = sentence.prose
        spans = [(it.start, it.end) for it in references(words, language)]
        if (found := _AT_START.match(words)) and sentence.kind != "section":
            outer.add(found["label"].lower())
        for found in _INSIDE.finditer(words):
            if not any(start <= found.start() < end for start, end in spans):
                (outer if found["dotted"] else inner).add(
                    (found["label"] or found["dotted"]).lower()
                )
        annexes |= {found["label"].lower().strip(".") for found in _ANNEX.finditer(words)}
    for _, mark in text.marks:  # the labels of clauses are not among the words
        for number in filter(None, (mark.own, mark.path)):
            (outer if number[0].isdigit() else inner).add(".".join(number))
    headings = sum(it.kind == "heading" for it in text.sentences)
    return _Labels(frozenset(inner | outer), frozenset(outer), frozenset(annexes), headings)


class Numbers:
    """The numbers that a text has, as its readers see them."""

    def __init__(self, parts: Sequence[Part], language: str) -> None:
        self._parts = parts
        self._language = language
        headings = [part.place.heading for part in parts[2:]]
        self._by_page = not headings or not carry_numbers(headings)
        self._own = [own_path(heading) for heading in headings]
        self._title = " ".join(it.text for it in parts[0].text.sentences).casefold()

    @cached_property
    def _labels(self) -> list[_Labels]:
        return [part.fact(_labels, self._language) for part in self._parts]

    @cached_property
    def _all(self) -> frozenset[str]:
        """Every label that may be a section's, and each beginning of it: "4" of "4.1"."""
        inner = {label for labels in self._labels for label in labels.outer}
        own = {".".join(path[: size + 1]) for path in self._own for size in range(len(path))}
        starts = {label.partition(".")[0] for label in inner if "." in label}
        return frozenset(inner | own | starts)

    @property
    def _last(self) -> int:
        """The highest number of a section; 0 if its readers can't know them by numbers."""
        if self._by_page and self._own:
            return len(self._own)
        return max((int(it) for it in self._all if it.isdigit()), default=0)

    @cached_property
    def _elsewhere(self) -> set[tuple[str, str]]:
        """The numbers that the text also uses of laws and other documents: "section 75"."""
        return {
            (reference.kind, reference.path[0])
            for part in self._parts
            for _, reference in part.fact(referring, self._language)
            if reference.target is Target.OTHER
        }

    def level(self, sentence: Sentence, reference: Reference) -> Level | None:
        """Return how sure it is that a reference leads nowhere, None if it does not."""
        if not self._is_own(sentence, reference):
            return None
        if reference.kind == "annex":
            return self._level_of_annex(reference)
        path = split(reference.path)
        if not path[0].isdigit():
            return None
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

    def _is_own(self, sentence: Sentence, reference: Reference) -> bool:
        """Return whether a reference is taken to lead to this text."""
        if reference.target is not Target.UNSAID:
            is_named = reference.document and reference.document.casefold() in self._title
            return reference.target is Target.THIS or bool(is_named)
        first = reference.path[0]
        is_law = law_in(sentence.prose) is not None or (reference.kind, first) in self._elsewhere
        is_large = first.isdigit() and int(first) >= _OF_LAWS
        is_article = reference.kind == "article"
        return not (is_law or is_large or is_article) and self._last > 0

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
            return True
        region = self._region(first)
        if second in {label for at in region for label in self._labels[at].inner}:
            return True
        ordinal = int(second) if second.isdigit() else ord(second[0]) - ord("a") + 1
        return any(
            ordinal <= max(self._parts[at].text.most_items, self._labels[at].headings)
            for at in region
        )

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
# Laws have sections 100 and more, policies don't.
_OF_LAWS = 100
