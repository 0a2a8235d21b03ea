"""Words that somebody has quoted from a text, and where they are after it was edited.

A quotation has the words with some of the text around them, as the TextQuoteSelector of the W3C's
Web Annotation Data Model has. Words are found only if they are there exactly, and only where it is
clear that they are the ones that were quoted: a comment must not turn up at other words.

Texts are on one line, as quoted_html.readable returns them. All costs are linear.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, TypeAlias

# Characters.
MAX_QUOTED: Final = 1_000
CONTEXT: Final = 64
# The same words often come again in a list or a table: what is around them then has to say more.
MAX_CONTEXT: Final = 512
# So many characters, on both sides of words, say that these were quoted. One side is not enough:
# the row before one that was deleted has on its right what that one had.
_NEXT = 8
# On both sides together, where the same words come more than once, or in another section.
_CERTAIN = 24
# Words of this length hardly come twice by chance, unless they did.
_LONG = 60
# Of this length, what comes once in a section hardly went while another came.
_SENTENCE = 40
# Of words that come more often, nobody could say which are meant.
MAX_OCCURRENCES: Final = 1_000

# Where words begin and end in a text.
Span: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Quotation:
    """exact: the words; prefix, suffix: the text before and after them.

    nth, of: of how many that were the same in its text they were which, from 1.
    """

    exact: str
    prefix: str = ""
    suffix: str = ""
    nth: int = 1
    of: int = 1

    @property
    def cuts(self) -> tuple[bool, bool]:
        """Whether the words begin, and whether they end, within a word."""
        start = len(self.prefix)
        return _cuts_of(self.prefix + self.exact + self.suffix, (start, start + len(self.exact)))

    @classmethod
    def of_values(cls, values: Mapping[str, Any]) -> "Quotation":
        """Return one from `values`, among which others may be."""
        return cls(**{name: values[name] for name in cls.__slots__})

    @property
    def values(self) -> dict[str, Any]:
        return asdict(self)


class NotQuotable(ValueError):
    """Words that can't be quoted. The message says why, and what to do."""


def quote(text: str, words: str, *, prefix: str = "", suffix: str = "") -> Quotation | None:
    """Return the quotation of words in a text, as `quote_among` does."""
    found = quote_among([text], words, prefix=prefix, suffix=suffix)
    return found[1] if found else None


def quote_among(
    texts: Sequence[str], words: str, *, prefix: str = "", suffix: str = ""
) -> tuple[int, Quotation] | None:
    """Return the index of the text that has the words, and their quotation; None if none has them.

    White space does not count: a browser and a person who copies words have their own. prefix,
    suffix: what is around them, as far as it is known. Raises NotQuotable: the words come more than
    once, and what is around them does not say which are meant.
    """
    wanted, before, after = map(_without_spaces, (words, prefix, suffix))
    best = 0
    places: list[tuple[int, Span]] = []
    for index, text in enumerate(map(_without_spaces, texts)):
        for span in _occurrences(text, wanted, (True, True)):
            likeness = sum(_likeness_around(text, span, before, after))
            if likeness > best:
                best, places = likeness, []
            if likeness == best:
                places.append((index, span))
    if len(places) > len(dict(places)):
        raise NotQuotable(
            "These words are there more than once. Copy a few more of the words around them."
        )
    if len(places) > 1:
        raise NotQuotable(
            "These words are in more than one section. Choose the section that you mean, or copy a "
            "few more of the words around them."
        )
    if not places:
        return None
    [(index, span)] = places
    return index, _quotation(texts[index], _spaced(texts[index], *span))


def find_among(
    texts: Sequence[str], quotation: Quotation, home: int | None
) -> tuple[int, Span] | None:
    """Return the index of the text that has the words of a quotation, and where in it they are.

    home: the index of the text that they were quoted from, None if it is not there any more. If
    they aren't there either, they may have been moved.
    """
    if home is not None and (
        span := _as_it_was(texts[home], quotation) or _in_its_order(texts[home], quotation)
    ):
        return home, span
    for index, text in enumerate(texts):
        if span := _as_it_was(text, quotation):
            return index, span
    return _by_what_is_around(texts, quotation)


def _as_it_was(text: str, quotation: Quotation) -> Span | None:
    """Return where the words are with all that was around them."""
    at = text.find(quotation.prefix + quotation.exact + quotation.suffix)
    if at < 0:
        return None
    start = at + len(quotation.prefix)
    return start, start + len(quotation.exact)


def _in_its_order(text: str, quotation: Quotation) -> Span | None:
    """Return where the words are if there are as many that are the same as there were.

    One may have gone and another have come, so something around them has to be as it was, too.
    """
    found = list(_occurrences(text, quotation.exact, quotation.cuts))
    if len(found) != quotation.of:
        return None
    span = found[quotation.nth - 1]
    likeness = sum(_likeness_around(text, span, quotation.prefix, quotation.suffix))
    needed = _NEXT if quotation.of == 1 else _CERTAIN
    # At an end: a heading, say, below which a paragraph was added.
    is_sure = len(quotation.exact) >= _SENTENCE or _is_at_an_end(text, span, quotation)
    if quotation.of == 1 and is_sure:
        return span
    return span if likeness >= min(needed, len(quotation.prefix + quotation.suffix)) else None


def _is_at_an_end(text: str, span: Span, quotation: Quotation) -> bool:
    """Return whether the text begins, or ends, as it did: with these words and those before or
    after them.
    """
    before, after = text[: span[0]], text[span[1] :]
    return (before == quotation.prefix and len(before) < CONTEXT) or (
        after == quotation.suffix and len(after) < CONTEXT
    )


def _by_what_is_around(texts: Sequence[str], quotation: Quotation) -> tuple[int, Span] | None:
    """Return the one place at which what is around the words says that these were quoted."""
    places: list[tuple[int, Span]] = []
    for index, text in enumerate(texts):
        spans = _occurrences(text, quotation.exact, quotation.cuts)
        places += [(index, span) for span in spans]
    if len(places) == 1 and quotation.of == 1 and len(quotation.exact) >= _LONG:
        return places[0]
    before, after = len(quotation.prefix), len(quotation.suffix)
    likeness: list[int] = []
    for index, span in places:
        same_before, same_after = _likeness_around(
            texts[index], span, quotation.prefix, quotation.suffix
        )
        is_next = same_before >= min(_NEXT, before) and same_after >= min(_NEXT, after)
        same = same_before + same_after
        likeness.append(same if is_next and same >= min(_CERTAIN, before + after) else 0)
    best = max(likeness, default=0)
    return places[likeness.index(best)] if best and likeness.count(best) == 1 else None


def _quotation(text: str, span: Span) -> Quotation:
    """Return the quotation of a place, with as much around it as makes it the only one."""
    start, end = span
    exact = text[start:end]
    around = CONTEXT
    while True:
        prefix, suffix = text[max(0, start - around) : start], text[end : end + around]
        whole = prefix + exact + suffix
        if around >= MAX_CONTEXT or text.find(whole, text.find(whole) + 1) < 0:
            break
        around *= 2
    same = [at for at, _ in _occurrences(text, exact, _cuts_of(text, span))]
    # One that overlaps with the one before it is not counted.
    nth = sum(at <= start for at in same) or 1
    return Quotation(exact, prefix, suffix, nth, max(len(same), 1))


def _occurrences(text: str, words: str, cuts: tuple[bool, bool]) -> Iterator[Span]:
    """Yield where words are. cuts: whether they may begin, and end, within a word."""
    at = text.find(words) if words else -1
    for _ in range(MAX_OCCURRENCES):
        if at < 0:
            return
        span = at, at + len(words)
        if all(may or not cut for may, cut in zip(cuts, _cuts_of(text, span), strict=True)):
            yield span
        at = text.find(words, span[1])


def _cuts_of(text: str, span: Span) -> tuple[bool, bool]:
    """Return whether a place begins, and whether it ends, within a word."""
    start, end = span
    return text[max(0, start - 1) : start + 1].isalnum() and start > 0, (
        text[end - 1 : end + 1].isalnum() and end < len(text)
    )


def _likeness_around(text: str, span: Span, prefix: str, suffix: str) -> tuple[int, int]:
    """Return how many characters next to a place are as they should be, before and after it."""
    before = text[max(0, span[0] - len(prefix)) : span[0]]
    after = text[span[1] : span[1] + len(suffix)]
    return _common_length(before[::-1], prefix[::-1]), _common_length(after, suffix)


def _common_length(text: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning: by halves, since
    they may be a thousand, at each of thousands of places.
    """
    same, most = 0, min(len(text), len(other))
    while same < most:
        middle = (same + most + 1) // 2
        same, most = (middle, most) if text[:middle] == other[:middle] else (same, middle - 1)
    return same


def _without_spaces(text: str) -> str:
    return "".join(text.split())


def unspaced(text: str, span: Span) -> Span:
    """Return a span of a text on one line, counted without white space."""
    start = span[0] - text.count(" ", 0, span[0])
    return start, start + (span[1] - span[0]) - text.count(" ", *span)


def _spaced(text: str, start: int, end: int) -> Span:
    """Return the span in a text of one in the same text without white space."""
    places = [index for index, sign in enumerate(text) if not sign.isspace()]
    return places[start], places[end - 1] + 1


# --- Words replaced in Markdown -------------------------------------------------------------------


def replaced(
    sources: Sequence[str], shown: str, span: Span, replacement: str
) -> tuple[str, ...] | None:
    """Return Markdown texts with words replaced in one of them; None if it can't be said where.

    sources: what makes up a section, in its order. shown: its words as readers see them. span: of
    the words there. They must be in the Markdown as often as readers see them: with bold type or
    a link inside them they are not, and in a link's address they would be once too often.
    """
    words = " ".join(shown[slice(*span)].split())
    seen = list(_starts(shown, words))
    places: list[tuple[int, int]] = []
    for index, source in enumerate(sources):
        starts = _starts(" ".join(source.split()), words, not_after="\\")
        places += [(index, at) for at in starts]
    if span[0] not in seen or len(places) != len(seen):
        return None
    index, at = places[seen.index(span[0])]
    source = sources[index]
    line = " ".join(source.split())
    start, end = _spaced(source, *unspaced(line, (at, at + len(words))))
    changed = source[:start] + replacement + source[end:]
    return (*sources[:index], changed, *sources[index + 1 :])


def _starts(line: str, words: str, *, not_after: str = "\n") -> Iterator[int]:
    """Yield where words begin on a line, but not after a certain character.

    Not by a pattern: words that repeat themselves would be compared again from each place.
    """
    at = line.find(words)
    while at >= 0:
        is_one = line[max(0, at - 1) : at] != not_after
        if is_one:
            yield at
        at = line.find(words, at + (len(words) if is_one else 1))
