"""What laws and app stores require of a privacy policy, and where it covers it: checklist.toml.

Looks for the words that English policies use. Found means that a section mentions the subject, not
that what it says is enough: that is for a lawyer. Drafting notes and placeholders don't count.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from policies.text.document import Document
from policies.text.expressions import filled, vocabulary_in
from policies.text.findings.context import findings_of_part
from policies.text.findings.finding import Level
from policies.text.reading.parts import Part, read_parts
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
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    words = vocabulary_in(table)

    def pattern(alternatives: list[str]) -> re.Pattern[str]:
        return re.compile(filled(alternatives, words), re.IGNORECASE)

    known: dict[str, _Searched] = {}
    checklists: dict[str, Checklist] = {}
    for entry in table["checklist"]:
        requirements: list[_Searched] = []
        for line in entry["requirement"]:
            law, what = line["law"], line["what"]
            if "like" in line:
                requirements.append(replace(known[line["like"]], law=law, what=what))
                continue
            known[what] = _Searched(law, what, pattern(line["found"]), pattern(line["about"]))
            requirements.append(known[what])
        by_default = entry.get("by_default", False)
        checklists[entry["id"]] = Checklist(entry["name"], by_default, tuple(requirements))
    return checklists


# The date of the last update, for which CCPA § 1798.130(a)(5) asks as well, is on every page.
CHECKLISTS: Mapping[str, Checklist] = _read(Path(__file__).with_suffix(".toml"))


def checklist(document: Document, which: Collection[str] | None = None) -> list[Requirement]:
    """Return what checklists ask for, in the order of the file.

    which: ids in CHECKLISTS; None: those that apply by default. Raises nothing; an id that is not
    known asks for nothing. In a text that is not in English, little will be found.
    """
    parts = read_parts(document)[1:]
    headings = [part.fact(_headings) for part in parts]
    unfinished = [_unfinished_sentences(part) for part in parts]
    requirements = []
    for name, applied in CHECKLISTS.items():
        if not (applied.by_default if which is None else name in which):
            continue
        searches = zip(parts, unfinished, strict=True)
        counts = [part.fact(_counts, name, sentences) for part, sentences in searches]
        for index, searched in enumerate(applied.requirements):
            ranked: list[tuple[bool, int, int]] = []
            for at, (heading, count) in enumerate(zip(headings, counts, strict=True)):
                if count[index]:
                    is_about = bool(searched.about.search(heading))
                    ranked.append((not is_about, -min(count[index], _MANY), at))
            anchors = tuple(parts[at].place.anchor for *_, at in sorted(ranked))
            requirements.append(Requirement(searched.law, searched.what, anchors))
    return requirements


def _headings(text: Text) -> str:
    headings = (sentence for sentence in text.sentences if sentence.kind in ("section", "heading"))
    return " ".join(heading.text for heading in headings)


def _unfinished_sentences(part: Part) -> frozenset[int]:
    return frozenset(
        at[1]
        for at, finding in part.fact(findings_of_part)
        if finding.rule in _UNFINISHED and finding.level is not Level.ADVICE
    )


def _counts(text: Text, name: str, unfinished: frozenset[int]) -> list[int]:
    """Return how many sentences of a part mention each requirement of a checklist.

    unfinished: the indexes of those that don't count.
    """
    requirements = CHECKLISTS[name].requirements
    counts = [0] * len(requirements)
    for sentence in text.sentences:
        if sentence.kind == "section" or sentence.index in unfinished:
            continue
        for index, requirement in enumerate(requirements):
            if requirement.found.search(sentence.text[:_LONGEST]):
                counts[index] += 1
    return counts


# The rules that find words which are still to be written.
_UNFINISHED = frozenset({"placeholder", "drafting-note"})
# Characters of a sentence that are searched; a longer one is hardly a sentence.
_LONGEST = 2_000
# Sections that mention something at least this often are equally good: else the longest would win.
_MANY = 3
