"""What a finding is, and how one is made."""

import hashlib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from policies.text.reading.sentences import Link, Place, Sentence
from policies.text.short_text import in_short, one_line


class Level(StrEnum):
    """What a finding means for publication, the most serious first."""

    BLOCKS = "blocks"  # it must be fixed before publication, or overruled
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
    the sentence is unchanged, wherever it moves. group: the same of like findings: those that the
    same rule found by the same words.
    """

    rule: str
    level: Level
    anchor: str
    place: str
    excerpt: str
    reason: str
    advice: str
    key: str
    group: str


class Match(NamedTuple):
    """What a rule about words found in a sentence.

    rule: its name. start: where in the prose. what: the words themselves. message: what they are:
    “TBC” <message>. readers: whether it is for readers to fill in where it is in a form. is_order:
    whether it says what is to be done, which nobody does in an example.
    """

    rule: str
    level: Level
    start: int
    what: str
    message: str
    readers: bool = False
    is_order: bool = False

    @property
    def end(self) -> int:
        return self.start + len(self.what)


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
    words: str = "",
    sentence: int = 0,
    around: int = 0,
) -> LocatedFinding:
    """Make a finding. place: None for the document as a whole. about: all of what it is about.

    words: those by which it was found; "": all of `about`. Findings of one rule with the same
    words, in whatever case, are like each other. sentence: the index of the one that it comes with;
    0: it comes before all others of its place. around: a position in `about` that the excerpt must
    show.
    """
    anchor, name = (place.anchor, place.name) if place else ("", "Whole document")
    shown, key = excerpt(about, around), _digest(rule, about)
    group = _digest(rule, (words or about).casefold())
    finding = Finding(rule, level, anchor, name, shown, reason, advice, key, group)
    return LocatedFinding((place.index if place else _LAST, sentence), finding)


def _digest(rule: str, words: str) -> str:
    normal = one_line(unicodedata.normalize("NFC", words))
    return hashlib.sha256(f"{rule}\n{normal}".encode("utf-8", "replace")).hexdigest()


def about_sentence(
    sentence: Sentence,
    rule: str,
    level: Level,
    *,
    reason: str,
    advice: str,
    words: str = "",
    around: int = 0,
) -> LocatedFinding:
    """Make a finding about a sentence. words: as for `make`; "": the reason, which may quote them.

    around: a position in the sentence that the excerpt must show.
    """
    return make(
        rule,
        level,
        sentence.place,
        sentence.text,
        reason=reason,
        advice=advice,
        words=words or reason,
        sentence=sentence.index,
        around=around,
    )


def about_link(link: Link, rule: str, level: Level, *, reason: str, advice: str) -> LocatedFinding:
    return make(
        rule,
        level,
        link.place,
        f"{link.text} ({link.target})",
        reason=reason,
        advice=advice,
        words=link.target,
        sentence=link.sentence,
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
