"""Words replaced in a section's Markdown, where they were found in what readers see of it."""

import re
from collections.abc import Iterator, Sequence

from policies.text.quotations import Span


def replaced(
    sources: Sequence[str], shown: str, span: Span, replacement: str
) -> tuple[str, ...] | None:
    """Return Markdown texts with words replaced in one of them; None if it can't be said where.

    sources: what makes up a section, in its order. shown: its words as readers see them. span: of
    the words there. They must be in the Markdown as often as readers see them: with bold type or
    a link inside them they are not, and in a link's address they would be once too often.
    """
    words = " ".join(shown[slice(*span)].split())
    seen = list(_occurrences(shown, words))
    places = [
        (index, at)
        for index, source in enumerate(sources)
        for at in _occurrences(" ".join(source.split()), words, not_after="\\")
    ]
    if span[0] not in seen or len(places) != len(seen):
        return None
    index, at = places[seen.index(span[0])]
    source = sources[index]
    start, end = _in_lines(source, (at, at + len(words)))
    changed = source[:start] + replacement + source[end:]
    return (*sources[:index], changed, *sources[index + 1 :])


def _occurrences(line: str, words: str, *, not_after: str = "\n") -> Iterator[int]:
    """Yield where words begin on a line, but not after a certain character.

    Not by a pattern: words that repeat themselves would be compared again from each place.
    """
    at = line.find(words)
    while at >= 0:
        is_one = line[max(0, at - 1) : at] != not_after
        if is_one:
            yield at
        at = line.find(words, at + (len(words) if is_one else 1))


def _in_lines(text: str, span: Span) -> Span:
    """Return the span in a text of one in the same text on one line, with single spaces."""
    start, end = span
    at = begins = 0
    for word in re.finditer(r"\S+", text):
        after = at + len(word[0])
        if at <= start < after:
            begins = word.start() + start - at
        if end <= after:
            return begins, word.start() + end - at
        at = after + 1
    raise ValueError("This span is not in the text.")
