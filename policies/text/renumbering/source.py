"""Where the words of a reference are in Markdown. Pure."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from policies.text.findings.reference_targets import Found
from policies.text.findings.sentences import Text


class Edit(NamedTuple):
    """New words for the characters from start to end in the Markdown of a part."""

    part: int
    start: int
    end: int
    words: str


# How many characters around a reference are looked for with it. It is only taken to be found if
# they are there as often as in the text that is read.
_AROUND = (40, 16, 0)
_SPACE = re.compile(r"\s+")


def place_of(found: Found, text: Text, markdown: str) -> tuple[int, int] | None:
    """Return where a reference begins and ends in the Markdown of its part, None if unknown."""
    start = found.reference.start
    for around in _AROUND:
        before = found.sentence.text[max(0, start - around) : start]
        before = before.partition(" ")[2] if start > around else before  # whole words
        pattern = _pattern(before, found.words)
        of_text = [
            (sentence.index, match.start("words"))
            for sentence in text.sentences
            if sentence.kind != "section"
            for match in pattern.finditer(sentence.text)
        ]
        in_source = [match.span("words") for match in pattern.finditer(markdown)]
        here = (found.sentence.index, start)
        if len(of_text) == len(in_source) and here in of_text:
            return in_source[of_text.index(here)]
    return None


def _pattern(before: str, words: str) -> re.Pattern[str]:
    """Return a pattern of words as they may be written in Markdown: with line breaks, escapes."""
    before, words = (r"\s+".join(map(_escaped, _SPACE.split(it))) for it in (before, words))
    return re.compile(rf"(?<!\w){before}(?P<words>{words})(?!\w)")


def _escaped(words: str) -> str:
    return "".join(sign if sign.isalnum() else rf"\\?{re.escape(sign)}" for sign in words)


def edited(markdown: str, edits: Iterable[Edit]) -> str:
    """Return Markdown with the edits, of which no two overlap."""
    for edit in sorted(edits, key=lambda it: -it.start):
        markdown = markdown[: edit.start] + edit.words + markdown[edit.end :]
    return markdown
