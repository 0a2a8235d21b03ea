"""The words of a paragraph, divided as a lawyer would compare them.

Words, numbers, dates and addresses are whole; punctuation is divided off; scripts that are written
without spaces are compared by the character. White space, the style of quotes and how a character
is encoded make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from policies.text.markdown.characters import KATAKANA, UNSPACED

# What a reader notices of the marks around a word: each one's element and, of a link, its address.
Look = tuple[tuple[str, str], ...]


@dataclass(eq=False, slots=True)
class Mark:
    """An inline element around words: a link, emphasis. Equal only to itself."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def look(self) -> tuple[str, str]:
        """What a reader notices of it: the element and, of a link, where it leads."""
        return self.tag, self.attributes.get("href", "")


# The label of a clause; without its link, which leads elsewhere when the clause is renumbered.
LABEL = Mark("span", {"class": "label"})


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

    def looks_like(self, other: Run) -> bool:
        """Return whether it has the same words, white space aside, and marks that look the same."""
        if self.text != other.text and self.text.split() != other.text.split():
            return False
        return [mark.look for mark in self.marks] == [mark.look for mark in other.marks]


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
    def look(self) -> Look:
        """The marks around it, in any order, without those that only hold an id."""
        return tuple(sorted(mark.look for mark in self.marks if mark.tag != "span"))


_word = tuple.__new__  # in half the time that Word() takes

BREAK = "\v"  # a line break that was asked for; no text holds the control character
PARAGRAPH = "\x00paragraph"  # the key of the place where a paragraph ends
POSITION = "\x00count"  # the key of a number that only gives a position, such as a clause's own
_STRUCK = "\x00struck "  # before the key of a word that is struck out, which means the opposite
_NOTE = "\x00note"  # the key of every footnote's number: they count themselves

_ALIKE = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″＂", '"'),
        **dict.fromkeys("‘’‚‛‹›′", "'"),
        "…": "...",
        **dict.fromkeys("\u2010\u2011", "-"),
        **dict.fromkeys("\u00ad\u200b\u2060\ufeff"),
    }
)


def normalized(text: str) -> str:
    """Return the text with one form for characters that look alike on paper; white space stays."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text).translate(_ALIKE)


# What ends a word: punctuation and signs of ASCII, Latin-1 and other scripts. Not characters that
# nobody sees: a soft hyphen is part of a word.
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


def compared_text(runs: Sequence[Run]) -> str:
    """Return the words of runs as one line, in the form that is compared."""
    parts = [run.text if run.atom is None else _atom_key(run.atom) for run in runs]
    return " ".join(normalized("".join(parts)).split())


def _atom_key(atom: Atom) -> str:
    if atom.tag == "img":
        return f" \x00img:{atom.attributes.get('src', '')} "
    return "" if atom.tag == "span" else _NOTE


def split_words(runs: Sequence[Run], *, number: int = 0) -> list[Word]:
    """Return the words of runs.

    number: how many characters at the beginning are a number that only gives a position, "3.1. ";
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
            found.append(Word(POSITION, counted.lstrip(), space, run.marks))
            space = run.text[len(counted) : number]
        struck = _STRUCK if any(mark.tag == "s" for mark in run.marks) else ""
        # To look for addresses takes long.
        with_addresses = "@" in run.text or "://" in run.text or "www." in run.text
        tokens = _TOKEN_OR_ADDRESS if with_addresses else _TOKEN
        for before, text in tokens.findall(run.text, start):
            space += before
            key = text if text.isascii() else normalized(text)
            if key:  # or else nobody sees it
                key = struck + key if struck else key
                found.append(_word(Word, (key, text, space, run.marks, None, places)))
                space, places = "", ()
    if places and found:
        found[-1] = found[-1]._replace(places=found[-1].places + places)
    return found


def on_one_line(text: str) -> str:
    """Return words as a reader sees them: a line break of the source is a space."""
    if "\n" not in text and "\r" not in text:
        return text
    first, *lines = text.replace("\r", "\n").split("\n")
    *between, last = lines
    inner = [first.rstrip(" \t"), *(line.strip(" \t") for line in between), last.lstrip(" \t")]
    return " ".join(inner)
