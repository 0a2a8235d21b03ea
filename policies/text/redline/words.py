"""The words of a paragraph as a lawyer compares them, and what changed between two of them.

Pure. Words, numbers, dates and addresses are whole; punctuation stands apart; scripts that are
written without spaces are compared by the character. White space, the style of quotes and how a
character is encoded make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from policies.text.markdown.scripts import KATAKANA, UNSPACED
from policies.text.redline import alignment
from policies.text.redline.alignment import Hunk

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(eq=False, slots=True)
class Mark:
    """An inline element around words: a link, emphasis. Equal only to itself."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def look(self) -> tuple[str, str]:
        """What a reader notices of it: the element and, of a link, where it leads."""
        return self.tag, self.attributes.get("href", "")


class Atom(NamedTuple):
    """Something inline that is not text: an image, the number of a footnote, a place to link to."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    href: str = ""


class Run(NamedTuple):
    """A stretch of a paragraph with the marks around it, outermost first."""

    text: str
    marks: tuple[Mark, ...] = ()
    atom: Atom | None = None


class Word(NamedTuple):
    """What is compared: key decides what is equal; text is what is shown.

    space: the white space before it ("<br>" as BREAK). places: ids of empty elements before it.
    """

    key: str
    text: str
    space: str = ""
    marks: tuple[Mark, ...] = ()
    atom: Atom | None = None
    places: tuple[str, ...] = ()

    @property
    def look(self) -> tuple[tuple[str, str], ...]:
        """What a reader notices of the marks around it."""
        if not self.marks:
            return ()
        return tuple(sorted(mark.look for mark in self.marks if mark.tag != "span"))


BREAK = "\v"  # a line break that was asked for; no text holds the control character
PARAGRAPH = "\x00paragraph"  # the key of the place where a paragraph ends
COUNT = "\x00count"  # the key of a number that only counts, such as a clause's own
_STRUCK = "\x00struck "  # before the key of a word that is struck out: it says the opposite
_NOTE = "\x00note"  # the key of every footnote's number: they count themselves

_SAME = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″＂", '"'),
        **dict.fromkeys("‘’‚‛‹›′", "'"),
        "…": "...",
        "\u2010": "-",
        "\u2011": "-",
        **dict.fromkeys("\u00ad\u200b\u2060\ufeff"),
    }
)


def same(text: str) -> str:
    """Return the text with one form for characters that look alike on paper; white space stays."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text).translate(_SAME)


# What ends a word: punctuation and signs of ASCII, Latin-1 and other scripts. Not characters that
# nobody sees: a soft hyphen stands inside a word.
_SIGNS = (
    r"!-/:-@\[-`{-~\u00a1-\u00a9\u00ab\u00ac\u00ae-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u055a-\u055f"
    r"\u05be\u05c0\u05c3\u05f3\u05f4\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965"
    r"\u2000-\u200a\u200e-\u205f\u2061-\u206f\u20a0-\u20cf\u2190-\u2bff\u3000-\u3004\u3008-\u303f\u30fb"
    r"\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
)
_LETTER = rf"[^\s\v{_SIGNS}{UNSPACED}{KATAKANA}]"
_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u102b-\u103e\u17b4-\u17d3\u3099\u309a"
# The white space before a word, then the word, which is "" at the end of a text.
_SPACE = r"([\s\v]*)"
_ADDRESS = (
    r"(?:https?://|www\.)[^\s\v<>\"“”«»]*[^\s\v<>\"“”«».,;:!?)\]'’]"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
)
_WORD = (
    rf"[€$£¥₹]?\d+(?:[.,:/\-–]\d+)*(?:%|{_LETTER}+)?"
    rf"|{_LETTER}+(?:['’\u2010\u2011-]{_LETTER}+)*"
    rf"|[{KATAKANA}]+"
    rf"|[{UNSPACED}][{_MARKS}]*"
    r"|\.{2,}|."
)
_TOKEN = re.compile(rf"{_SPACE}({_WORD}|\Z)", re.DOTALL)
_TOKEN_OR_ADDRESS = re.compile(rf"{_SPACE}({_ADDRESS}|{_WORD}|\Z)", re.DOTALL)


def _tokens(text: str) -> re.Pattern[str]:
    """Return the pattern of a text's words: with addresses, which takes long, only if needed."""
    return _TOKEN_OR_ADDRESS if "@" in text or "://" in text or "www." in text else _TOKEN


def plain(runs: Sequence[Run]) -> str:
    """Return the words of runs as one line, in the form that is compared."""
    parts = [run.text if run.atom is None else _atom_key(run.atom) for run in runs]
    return " ".join(same("".join(parts)).split())


def _atom_key(atom: Atom) -> str:
    if atom.tag == "img":
        return f" \x00img:{atom.attributes.get('src', '')} "
    return "" if atom.tag == "span" else _NOTE


def words(runs: Sequence[Run], *, number: int = 0) -> list[Word]:
    """Return the words of runs.

    number: how many characters at the beginning are a number that only counts, such as "3.1. ";
    they become one word that equals any other such number.
    """
    found: list[Word] = []
    space = ""
    places: tuple[str, ...] = ()
    for run in runs:
        if run.atom is not None:
            if run.atom.tag == "span":
                places += (run.atom.attributes["id"],)
                continue
            found.append(Word(_atom_key(run.atom).strip(), "", space, run.marks, run.atom, places))
            space, places = "", ()
            continue
        start = 0
        if number and not found and run.text[:number].strip():
            start = number
            counted = run.text[:number].rstrip()
            found.append(Word(COUNT, counted.lstrip(), space, run.marks))
            space = run.text[len(counted) : number]
        struck = _STRUCK if any(mark.tag == "s" for mark in run.marks) else ""
        for before, text in _tokens(run.text).findall(run.text, start):
            space += before
            key = text if text.isascii() else same(text)
            if key:  # or else nobody sees it
                found.append(Word(struck + key, text, space, run.marks, None, places))
                space, places = "", ()
    if places and found:
        found[-1] = found[-1]._replace(places=found[-1].places + places)
    return found


# --- What changed --------------------------------------------------------------------------------


def changes(old: Sequence[Word], new: Sequence[Word]) -> list[Hunk]:
    """Return what changed as a reader would say it: no confetti, and cut where sentences begin."""
    olds, news = [word.key for word in old], [word.key for word in new]
    found = _hunks(olds, news)
    if not found:
        return []
    old_sums, new_sums = _sums(olds), _sums(news)
    found = _slid(found, olds, news)
    found = _without_islands(found, old_sums, new_sums)
    found = _without_islands(_with_brackets(found, olds, news), old_sums, new_sums)
    if _share_little(found, old_sums, new_sums):
        found = [_between_ends(found, old_sums, new_sums)]
    return found


def _hunks(olds: Sequence[str], news: Sequence[str]) -> list[Hunk]:
    """Return what differs; a long word is kept rather than an "and" or a comma.

    Long words stand twice in what is compared, so that keeping one counts for two.
    """
    start = 0
    shorter = min(len(olds), len(news))
    while start < shorter and olds[start] == news[start]:
        start += 1
    end = 0
    while end < shorter - start and olds[-1 - end] == news[-1 - end]:
        end += 1
    old_keys, old_indexes = _doubled(olds, start, len(olds) - end)
    new_keys, new_indexes = _doubled(news, start, len(news) - end)
    found = [alignment.Match(0, 0, start)]
    for match in alignment.matches(old_keys, new_keys):
        for at in range(match.old, match.old + match.length):
            if not old_keys[at].startswith(_AGAIN):
                other = new_indexes[match.new + at - match.old]
                found.append(alignment.Match(old_indexes[at], other, 1))
    found.append(alignment.Match(len(olds) - end, len(news) - end, end))
    return list(alignment.gaps(found, len(olds), len(news)))


_AGAIN = "\x01"


def _doubled(keys: Sequence[str], start: int, end: int) -> tuple[list[str], list[int]]:
    """Return keys[start:end] with long ones twice, and the index in `keys` of each."""
    doubled: list[str] = []
    indexes: list[int] = []
    for index in range(start, end):
        key = keys[index]
        doubled.append(key)
        indexes.append(index)
        if len(key) > 3:
            doubled.append(_AGAIN + key)
            indexes.append(index)
    return doubled, indexes


@lru_cache(maxsize=8_192)
def _weight(key: str) -> float:
    """Return how much a word says, from 0 to 1: punctuation little, short words half."""
    if len(key) > 3:
        return 1.0
    if len(key) == 1:
        return 0.5 if key.isalnum() else 0.25
    return 1.0 if key[:1].isdigit() else 0.5


def _sums(keys: Sequence[str]) -> list[float]:
    return list(accumulate(map(_weight, keys), initial=0.0))


def _without_islands(
    found: Sequence[Hunk], old_sums: Sequence[float], new_sums: Sequence[float]
) -> list[Hunk]:
    """Join hunks if too little is kept between them to be worth reading."""
    kept: list[Hunk] = []
    for hunk in found:
        here = hunk
        while kept and _is_island(kept[-1], here, old_sums, new_sums):
            before = kept.pop()
            here = Hunk(before.old_start, here.old_end, before.new_start, here.new_end)
        kept.append(here)
    return kept


def _is_island(one: Hunk, two: Hunk, old_sums: Sequence[float], new_sums: Sequence[float]) -> bool:
    island = new_sums[two.new_start] - new_sums[one.new_end]
    deleted = [old_sums[hunk.old_end] - old_sums[hunk.old_start] for hunk in (one, two)]
    inserted = [new_sums[hunk.new_end] - new_sums[hunk.new_start] for hunk in (one, two)]
    least = min(max(deleted[0], inserted[0]), max(deleted[1], inserted[1]))
    if min(sum(deleted), sum(inserted)) < 1:
        # Words were only added, or only removed: what stands between them was kept.
        return island * 6 <= least
    return (island <= 0.5 and least >= 1) or island * 3 <= least


def _share_little(
    found: Sequence[Hunk], old_sums: Sequence[float], new_sums: Sequence[float]
) -> bool:
    """Return whether two texts are better read one after the other than woven together."""
    kept = old_sums[-1] - sum(old_sums[hunk.old_end] - old_sums[hunk.old_start] for hunk in found)
    shorter, longer = sorted((old_sums[-1], new_sums[-1]))
    return kept < 0.45 * shorter and kept < 0.3 * longer


def _between_ends(
    found: Sequence[Hunk], old_sums: Sequence[float], new_sums: Sequence[float]
) -> Hunk:
    """Return one hunk for all, without a beginning and an end that were kept and say enough."""
    first, last = found[0], found[-1]
    start = old_sums[first.old_start] >= _TELLING
    end = old_sums[-1] - old_sums[last.old_end] >= _TELLING
    return Hunk(
        first.old_start if start else 0,
        last.old_end if end else len(old_sums) - 1,
        first.new_start if start else 0,
        last.new_end if end else len(new_sums) - 1,
    )


def _with_brackets(found: Sequence[Hunk], olds: Sequence[str], news: Sequence[str]) -> list[Hunk]:
    """Extend each hunk to the bracket right beside it that closes, or opens, one inside it."""
    whole: list[Hunk] = []
    for i, end_i, j, end_j in found:
        before, after = olds[i - 1 : i], olds[end_i : end_i + 1]
        open_in = [_open_brackets(olds[i:end_i]), _open_brackets(news[j:end_j])]
        shut = after == [")"] and min(open_in) > 0
        opens = before == ["("] and max(open_in) < 0
        whole.append(Hunk(i - opens, end_i + shut, j - opens, end_j + shut))
    return whole


def _open_brackets(keys: Sequence[str]) -> int:
    return keys.count("(") - keys.count(")")


# How much a beginning or an end must say to be kept in a paragraph that was rewritten.
_TELLING = 3
_ENDS = frozenset(".;:!?。；：！？؟।")
_PAUSES = frozenset(",、，،)]\"'")
_OPENING = frozenset("([")


def _slid(found: Sequence[Hunk], olds: Sequence[str], news: Sequence[str]) -> list[Hunk]:
    """Move pure insertions and deletions to where they read best, among places that are as right.

    Between "a" and "and c" the words inserted are "b, " rather than ", b".
    """
    slid: list[Hunk] = []
    for hunk, after in pairwise([*found, Hunk(len(olds), len(olds), len(news), len(news))]):
        if hunk.old_start < hunk.old_end and hunk.new_start < hunk.new_end:
            slid.append(hunk)
            continue
        before = slid[-1] if slid else Hunk(0, 0, 0, 0)
        if hunk.old_start == hunk.old_end:
            keys, start, end = news, hunk.new_start, hunk.new_end
        else:
            keys, start, end = olds, hunk.old_start, hunk.old_end
        left = min(hunk.old_start - before.old_end, hunk.new_start - before.new_end)
        right = min(after.old_start - hunk.old_end, after.new_start - hunk.new_end)
        size = end - start
        first = last = start
        while first > start - left and keys[first - 1] == keys[first - 1 + size]:
            first -= 1
        while last < start + right and keys[last] == keys[last + size]:
            last += 1
        best = max((_reads(keys, at, at + size), at) for at in range(first, last + 1))[1]
        slid.append(Hunk(*(value + best - start for value in hunk)))
    return slid


def _reads(keys: Sequence[str], start: int, end: int) -> int:
    """Return how well a change of keys[start:end] reads: the higher, the better."""
    before = keys[start - 1] if start else PARAGRAPH
    after = keys[end] if end < len(keys) else PARAGRAPH
    first, last = keys[start], keys[end - 1]
    score = 0
    if before in _ENDS or before == PARAGRAPH:
        score += 4 if last in _ENDS or last == PARAGRAPH else 1
    if before in _PAUSES and last in _PAUSES:
        score += 2
    if first in _PAUSES:
        score += 1 if after in _ENDS or after in _PAUSES else -1
    if first in _ENDS or last in _OPENING:
        score -= 2
    if first in _OPENING and last in _PAUSES:
        score += 2
    return score
