"""What laws and app stores require of a privacy policy, and where it covers it: checklist.toml.

Looks for the words that English policies use. Found means that a section mentions the subject, not
that what it says is enough: that is for a lawyer. Drafting notes and placeholders don't count.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from policies.text.document import Document
from policies.text.expressions import filled, vocabulary_in
from policies.text.findings.context import of_part
from policies.text.findings.finding import Level
from policies.text.reading.parts import Part, parts
from policies.text.reading.sentences import Text


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of the checklist.

    law: its source, "GDPR Article 13(1)(a)". what: in words. anchors: the sections that mention it,
    the best first; "" is the introduction.
    """

    law: str
    what: str
    anchors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Searched:
    """A requirement as the file has it, with its patterns."""

    law: str
    what: str
    found: re.Pattern[str]
    about: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Checklist:
    """What one law, or one app store, asks for. name: for people. by_default: new policies have
    it.
    """

    name: str
    by_default: bool
    requirements: tuple[_Searched, ...]


def _read(path: Path) -> dict[str, Checklist]:
    """Return the checklists of the file by their ids."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    words = vocabulary_in(table)

    def pattern(alternatives: list[str]) -> re.Pattern[str]:
        return re.compile(filled(alternatives, words), re.IGNORECASE)

    known: dict[str, _Searched] = {}

    def searched(it: dict[str, Any]) -> _Searched:
        if other := known.get(it.get("like", "")):
            return replace(other, law=it["law"], what=it["what"])
        found = _Searched(it["law"], it["what"], pattern(it["found"]), pattern(it["about"]))
        known[found.what] = found
        return found

    return {
        one["id"]: Checklist(
            one["name"], one.get("by_default", False), tuple(map(searched, one["requirement"]))
        )
        for one in table["checklist"]
    }


# The date of the last update, for which CCPA § 1798.130(a)(5) asks as well, is on every page.
CHECKLISTS: Mapping[str, Checklist] = _read(Path(__file__).with_suffix(".toml"))


def checklist(document: Document, which: Collection[str] | None = None) -> list[Requirement]:
    """Return what checklists ask for, in the order of the file.

    which: ids in CHECKLISTS; None: those that apply by default. Raises nothing; an id that is not
    known asks for nothing. In a text that is not in English, little will be found.
    """
    read = parts(document)[1:]
    headings = [part.fact(_headings) for part in read]
    requirements = []
    for name, applied in CHECKLISTS.items():
        if not (applied.by_default if which is None else name in which):
            continue
        counts = [part.fact(_counts, name, _unfinished(part)) for part in read]
        for index, one in enumerate(applied.requirements):
            ranked = sorted(
                (not one.about.search(heading), -min(count[index], _MANY), place)
                for place, (heading, count) in enumerate(zip(headings, counts, strict=True))
                if count[index]
            )
            anchors = tuple(read[place].place.anchor for *_, place in ranked)
            requirements.append(Requirement(one.law, one.what, anchors))
    return requirements


def _headings(text: Text) -> str:
    return " ".join(it.text for it in text.sentences if it.kind in ("section", "heading"))


def _unfinished(part: Part) -> frozenset[int]:
    """Return the indexes of sentences with words that are still to be written."""
    return frozenset(
        one.at[1]
        for one in part.fact(of_part)
        if one.finding.rule in _UNFINISHED and one.finding.level is not Level.ADVICE
    )


def _counts(text: Text, name: str, unfinished: frozenset[int]) -> list[int]:
    """Return how many sentences of a part mention each requirement of a checklist.

    unfinished: the indexes of those that don't count.
    """
    searched = [
        sentence.text[:_LONGEST]
        for sentence in text.sentences
        if sentence.kind != "section" and sentence.index not in unfinished
    ]
    requirements = CHECKLISTS[name].requirements
    return [sum(map(bool, map(it.found.search, searched))) for it in requirements]


# The rules that find words which are still to be written.
_UNFINISHED = frozenset({"placeholder", "drafting-note"})
# Characters of a sentence that are searched; a longer one is hardly a sentence.
_LONGEST = 2_000
# Sections that mention something at least this often are equally good: else the longest would win.
_MANY = 3
