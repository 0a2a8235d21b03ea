"""The references of a part of a text, and the labels that it has: 4.1, (b), IV., Annex A."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from policies.text.references.recognition import Reference, references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from policies.text.reading.parts import Part
    from policies.text.reading.sentences import Sentence, Text


class Referring(NamedTuple):
    """A sentence with references."""

    sentence: Sentence
    references: list[Reference]


class Searched(NamedTuple):
    """What a part refers to, what it can be referred to by, and references that are links."""

    referring: list[Referring]
    labels: Labels
    linked: set[str]


def searched(text: Text, language: str) -> Searched:
    referring = [
        Referring(sentence, found)
        for sentence in text.sentences
        if (found := references(sentence.prose, language))
    ]
    linked = {
        link.text[it.start : it.end]
        for link in text.links
        for it in references(link.text, language)
    }
    return Searched(referring, labels(text, referring), linked)


def to_be_followed(part: Part, language: str) -> Iterator[tuple[Referring, list[Reference]]]:
    """Yield the references of a part, without links, of which it is known where they lead, and
    without labels.
    """
    known = part.fact(searched, language)
    for it in known.referring:
        words = it.sentence.prose
        if it.sentence.kind not in ("title", "section", "heading"):
            yield (
                it,
                [
                    one
                    for one in it.references
                    if words[one.start : one.end] not in known.linked
                    and not (one.start == 0 and _AFTER_LABEL.match(words, one.end))
                ],
            )


# "Clause 7 (Docking clause)" at the start of a line is that clause.
_AFTER_LABEL = re.compile(r"\s?(?:[.:(–-]|\Z)")


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


def labels(text: Text, referring: Iterable[Referring]) -> Labels:
    """Return the labels in a part. referring: its sentences with references, which are none."""
    inner: set[str] = set()
    outer: set[str] = set()
    annexes: set[str] = set()
    covered = {
        (sentence.index, at)
        for sentence, references in referring
        for reference in references
        for at in range(reference.start, reference.end)
    }
    for sentence in text.sentences:
        words = sentence.prose
        if (found := _AT_START.match(words)) and sentence.kind != "section":
            outer.add(found["label"].lower())
        for found in _INSIDE.finditer(words) if _MAY_BE_INSIDE.search(words) else ():
            if (sentence.index, found.start()) not in covered:
                (outer if found["dotted"] else inner).add(
                    (found["label"] or found["dotted"]).lower()
                )
        if _MAY_BE_ANNEX.search(words):
            annexes |= {found["label"].lower().strip(".") for found in _ANNEX.finditer(words)}
    for _, mark in text.marks:  # the labels of clauses are not among the words
        for number in filter(None, (mark.own, mark.path)):
            (outer if number[0].isdigit() else inner).add(".".join(number))
    headings = sum(it.kind == "heading" for it in text.sentences)
    return Labels(frozenset(inner | outer), frozenset(outer), frozenset(annexes), headings)
