"""The numbers and letters by which readers find parts of a text: 4.1, (b), IV., Annex A."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from policies.text.findings.references import Path
from policies.text.markdown.headings import own_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from policies.text.findings.references import Reference
    from policies.text.findings.sentences import Sentence, Text


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
    headings = sum(it.kind == "heading" for it in text.sentences)
    return Labels(frozenset(inner | outer), frozenset(outer), frozenset(annexes), headings)


_TOKEN = re.compile(r"\d{1,3}[A-Za-z]?|\b[IVXLC]{1,7}\b|\b[A-Z]\b")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def own_number_of(heading: str) -> Path:
    """Return the number that an author wrote before a heading, in parts."""
    found = _WITH_LETTER.match(heading)
    number = found[0] if found else own_number(heading)
    return in_parts(tuple(token.lower() for token in _TOKEN.findall(number)))


_WITH_LETTER = re.compile(r"\d{1,3}[A-Z][.):]\s")


def in_parts(path: Path) -> Path:
    """Return a number with "15b" as 15 and b, and a Roman number as digits."""
    first = path[0] if path else ""
    if first and set(first) <= set(_ROMAN) and (len(first) > 1 or first in "ivx"):
        return (str(_value(first)), *path[1:])
    if found := re.fullmatch(r"(\d+)([a-z])", first):
        return (found[1], found[2], *path[1:])
    return path


def ordinal(label: str) -> int:
    """Return the place of an item in a list by its label: 2 of "2", "b" and "ii"."""
    if label.isdigit():
        return int(label)
    letter = ord(label[0]) - ord("a") + 1
    return min(letter, _value(label)) if set(label) <= set("ivx") else letter


def _value(roman: str) -> int:
    values = [_ROMAN[sign] for sign in roman]
    less = sum(2 * one for one, two in pairwise(values) if one < two)
    return sum(values) - less
