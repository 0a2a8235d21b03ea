"""What GDPR Articles 13–14 and CCPA § 1798.130 require of a privacy policy, and where it covers it.

Looks for the words that English policies use. Found means that a section mentions the subject, not
that what it says is enough: that is for a lawyer. Drafting notes and placeholders don't count.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from policies.text.document import Document
from policies.text.findings.context import of_part
from policies.text.findings.parts import parts
from policies.text.findings.sentences import Text


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of the checklist.

    law: its source, "GDPR Article 13(1)(a)". what: in words. anchors: the sections that mention it,
    the best first; "" is the introduction.
    """

    law: str
    what: str
    anchors: tuple[str, ...]


def _read(path: Path) -> list[tuple[str, str, re.Pattern[str], re.Pattern[str]]]:
    """Return the requirements of the file: law, what, and the patterns `found` and `about`."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    data, reach = table["words"]["data"], f"(?:{'|'.join(table['words']['reach'])})"

    def pattern(alternatives: list[str]) -> re.Pattern[str]:
        joined = "|".join(alternatives).replace("<data>", data).replace("<reach>", reach)
        return re.compile(joined, re.IGNORECASE)

    return [
        (it["law"], it["what"], pattern(it["found"]), pattern(it["about"]))
        for it in table["requirement"]
    ]


# The date of the last update, for which CCPA § 1798.130(a)(5) asks as well, is on every page.
_REQUIREMENTS = _read(Path(__file__).with_suffix(".toml"))


def checklist(document: Document) -> list[Requirement]:
    """Return what GDPR Articles 13–14 and CCPA § 1798.130 ask for, in the laws' order.

    Raises nothing. In a text that is not in English, little will be found.
    """
    read = parts(document)[1:]
    headings = [part.fact(_headings) for part in read]
    counts = [part.fact(_counts) for part in read]
    requirements = []
    for index, (law, what, _, about) in enumerate(_REQUIREMENTS):
        ranked = sorted(
            (not about.search(heading), -min(count[index], _MANY), place)
            for place, (heading, count) in enumerate(zip(headings, counts, strict=True))
            if count[index]
        )
        anchors = tuple(read[place].place.anchor for *_, place in ranked)
        requirements.append(Requirement(law, what, anchors))
    return requirements


def _headings(text: Text) -> str:
    return " ".join(it.text for it in text.sentences if it.kind in ("section", "heading"))


def _counts(text: Text) -> list[int]:
    """Return how many sentences of a part mention each requirement."""
    unfinished = {one.at[1] for one in of_part(text, "en") if one.finding.rule in _UNFINISHED}
    searched = [
        sentence.text[:_LONGEST]
        for sentence in text.sentences
        if sentence.kind != "section" and sentence.index not in unfinished
    ]
    return [sum(map(bool, map(found.search, searched))) for _, _, found, _ in _REQUIREMENTS]


# The rules that find words which are still to be written.
_UNFINISHED = frozenset({"placeholder", "drafting-note"})
# Characters of a sentence that are searched; a longer one is hardly a sentence.
_LONGEST = 2_000
# Sections that mention something at least this often are equally good: else the longest would win.
_MANY = 3
