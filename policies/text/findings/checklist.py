"""What GDPR Articles 13–14 and CCPA § 1798.130 require of a privacy policy, and where it covers it.

Looks for the words that English policies use. Found means that a section mentions the subject, not
that what it says is enough: that is for a lawyer. Drafting notes and placeholders don't count.
"""

import re
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from policies.text.document import Document
from policies.text.findings.drafting_notes import drafting_note
from policies.text.findings.finding import Level
from policies.text.findings.placeholders import placeholder
from policies.text.findings.sentences import read


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
    text = read(document)
    headings: defaultdict[int, str] = defaultdict(str)
    searched: list[tuple[int, str]] = []
    for sentence in text.sentences:
        place = sentence.place.index
        if sentence.kind in ("section", "heading"):
            headings[place] += f" {sentence.text}"
        if place == 0 or sentence.kind == "section":
            continue
        unfinished = drafting_note(sentence), placeholder(sentence)
        if not any(match and match.level is not Level.ADVICE for match in unfinished):
            searched.append((place, sentence.text[:_LONGEST]))
    requirements = []
    for law, what, found, about in _REQUIREMENTS:
        count = Counter(place for place, text_there in searched if found.search(text_there))
        ranked = sorted(
            (not about.search(headings[place]), -min(times, _MANY), place)
            for place, times in count.items()
        )
        anchors = tuple(text.places[place].anchor for *_, place in ranked)
        requirements.append(Requirement(law, what, anchors))
    return requirements


# Characters of a sentence that are searched; a longer one is hardly a sentence.
_LONGEST = 2_000
# Sections that mention something at least this often are equally good: else the longest would win.
_MANY = 3
