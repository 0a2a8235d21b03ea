"""The numbers and letters by which readers find parts of a text: 4.1, (b), IV., Annex A."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from policies.text.findings.sentences import Sentence, Text
    from policies.text.references.recognition import Reference


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


def labels(text: Text, referring: Iterable[tuple[Sentence, Sequence[Reference]]]) -> Labels:
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
