"""The references of a part of a text, and what it can be referred to by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from policies.text.findings.labels import Labels, labels
from policies.text.references.recognition import Reference, references

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.text.findings.parts import Part
    from policies.text.findings.sentences import Sentence, Text


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
