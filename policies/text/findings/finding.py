"""What a finding is, and how one is made."""

import hashlib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from policies.text.findings.sentences import Link, Place, Sentence
from policies.text.short_text import in_short, one_line


class Level(StrEnum):
    """What a finding means for publication, the most serious first."""

    BLOCKS = "blocks"  # it must be fixed before publication
    ACKNOWLEDGE = "acknowledge"  # it must be fixed or justified before publication
    ADVICE = "advice"

    @property
    def rank(self) -> int:
        """0 for the most serious."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a lawyer should look at.

    rule: a stable slug. anchor: the section's, "" for title and introduction. place: where that is,
    for people. excerpt: what it is about, plain text on one line of at most 200 characters, or "".
    reason: what is wrong. advice: what to do. key: SHA-256 hex digits that stay the same as long as
    the sentence is unchanged, wherever it moves.
    """

    rule: str
    level: Level
    anchor: str
    place: str
    excerpt: str
    reason: str
    advice: str
    key: str


class Match(NamedTuple):
    """What a rule about words found in a sentence.

    start: where in the prose. what: the words themselves. message: what they are: “TODO” <message>.
    """

    level: Level
    start: int
    what: str
    message: str


class LocatedFinding(NamedTuple):
    """A finding, and its position in reading order: the index of its place, of its sentence."""

    at: tuple[int, int]
    finding: Finding


_LAST = 1 << 30  # comes after every place: the document as a whole


def make(
    rule: str,
    level: Level,
    place: Place | None,
    about: str,
    *,
    reason: str,
    advice: str,
    sentence: int = 0,
    around: int = 0,
) -> LocatedFinding:
    """Make a finding. place: None for the document as a whole. about: all of what it is about.

    sentence: the index of the one that it comes with; 0: it comes before all others of its place.
    around: a position in `about` that the excerpt must show.
    """
    anchor, name = (place.anchor, place.name) if place else ("", "Whole document")
    normal = one_line(unicodedata.normalize("NFC", about))
    key = hashlib.sha256(f"{rule}\n{normal}".encode("utf-8", "replace")).hexdigest()
    finding = Finding(rule, level, anchor, name, excerpt(about, around), reason, advice, key)
    return LocatedFinding((place.index if place else _LAST, sentence), finding)


def about_sentence(
    sentence: Sentence, rule: str, level: Level, *, reason: str, advice: str, around: int = 0
) -> LocatedFinding:
    """Make a finding about a sentence. around: a position in it that the excerpt must show."""
    place, text, index = sentence.place, sentence.text, sentence.index
    return make(
        rule, level, place, text, reason=reason, advice=advice, sentence=index, around=around
    )


def about_link(link: Link, rule: str, level: Level, *, reason: str, advice: str) -> LocatedFinding:
    about = f"{link.text} ({link.target})"
    return make(
        rule, level, link.place, about, reason=reason, advice=advice, sentence=link.sentence
    )


def excerpt(text: str, around: int = 0) -> str:
    """Return a text on one line; of a longer one, the 200 characters around a position."""
    line = one_line(text)
    if len(line) <= _LONGEST_EXCERPT:
        return line
    start = max(0, min(around - 60, len(line) - _LONGEST_EXCERPT + 1))
    if start:
        start = line.find(" ", start, start + 30) + 1 or start
    room = _LONGEST_EXCERPT - bool(start)
    piece = in_short(line[start:], room)
    return f"…{piece}" if start else piece


_LONGEST_EXCERPT = 200
