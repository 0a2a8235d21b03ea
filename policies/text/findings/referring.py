"""The references of a part of a text, and what it can be referred to by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from policies.text.findings.labels import Labels, labels
from policies.text.references.recognition import Reference, law_in, references

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.text.findings.parts import Part
    from policies.text.findings.sentences import Sentence, Text


class Referring(NamedTuple):
    """A sentence with references, and where it first names a law, None for nowhere."""

    sentence: Sentence
    references: list[Reference]
    law: int | None


class Searched(NamedTuple):
    """What a part refers to, what it can be referred to by, references that are links, and what
    the part calls the text: "terms" of "these Terms".
    """

    referring: list[Referring]
    labels: Labels
    linked: set[str]
    names: set[str]


def searched(text: Text, language: str) -> Searched:
    referring = [
        Referring(sentence, found, law_in(sentence.prose))
        for sentence in text.sentences
        if (found := references(sentence.prose, language))
    ]
    linked = {
        link.text[it.start : it.end]
        for link in text.links
        for it in references(link.text, language)
    }
    naming = [*(it.sentence for it in referring), *text.sentences[:_BEGINNING]]
    names = {name.casefold() for it in naming for name in _SELF.findall(it.prose)}
    return Searched(
        referring, labels(text, [(it.sentence, it.references) for it in referring]), linked, names
    )


# What a text calls itself, in its sentences with references and at the beginning of its parts.
_SELF = re.compile(
    r"\b(?:[Tt]his|[Tt]hese|[Dd]iese[rsmn]?) "
    r"([A-ZÄÖÜ][\w-]{2,30}(?: (?:of |and )?[A-Z][\w-]{2,30}){0,4})"
)
_BEGINNING = 5


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
