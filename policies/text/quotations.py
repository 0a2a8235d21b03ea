"""Words that somebody has quoted from a text, and where they are after it was edited.

A quotation has the words with some of the text around them, as the TextQuoteSelector of the W3C's
Web Annotation Data Model has. Words are found only if they are there exactly, and only where it is
clear that they are the ones that were quoted: a comment must not turn up at other words.

Texts are on one line, as quoted_html.readable returns them. All costs are linear.
"""

from collections.abc import Iterator, Sequence
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
# Words of this length hardly come twice by chance.
_LONG = 60
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
    def values(self) -> dict[str, Any]:
        return asdict(self)


class NotQuotable(ValueError):
    """Words that can't be quoted. The message says why, and what to do."""


def quote(text: str, words: str, *, prefix: str = "", suffix: str = "") -> Quotation | None:
    """Return the quotation of words in a text, None if they are not there.

    White space does not count: a browser and a person who copies words have their own. prefix,
    suffix: what is around them, as far as it is known. Raises NotQuotable: the words come more than
    once, and what is around them does not say which are meant.
    """
    inked = _inked(text)
    wanted, before, after = (_inked(it) for it in (words, prefix, suffix))
    found = list(_occurrences(inked, wanted))
    if not found:
        return None
    alike = [sum(_around(inked, (at, at + len(wanted)), before, after)) for at in found]
    best = max(alike)
    if alike.count(best) > 1:
        raise NotQuotable(
            "These words are there more than once. Copy a few more of the words around them."
        )
    at = found[alike.index(best)]
    return _quotation(text, _spaced(text, at, at + len(wanted)))


def find(text: str, quotation: Quotation) -> Span | None:
    """Return where the words of a quotation are in the text that they were quoted from, edited
    since; None if they are gone.
    """
    if span := _as_it_was(text, quotation):
        return span
    found = list(_occurrences(text, quotation.exact))
    if len(found) == quotation.of:  # none of them has come or gone
        at = found[quotation.nth - 1]
        return at, at + len(quotation.exact)
    return _by_what_is_around(text, found, quotation)


def find_among(
    texts: Sequence[str], quotation: Quotation, home: int | None
) -> tuple[int, Span] | None:
    """Return the index of the text that has the words of a quotation, and where in it they are.

    home: the index of the text that they were quoted from, None if it is not there any more. If
    they aren't there either, they may have been moved.
    """
    others = [index for index in range(len(texts)) if index != home]
    if home is not None and (span := find(texts[home], quotation)):
        return home, span
    for search in (_as_it_was, _elsewhere):
        for index in others:
            if span := search(texts[index], quotation):
                return index, span
    return None


def _as_it_was(text: str, quotation: Quotation) -> Span | None:
    """Return where the words are with all that was around them."""
    at = text.find(quotation.prefix + quotation.exact + quotation.suffix)
    if at < 0:
        return None
    start = at + len(quotation.prefix)
    return start, start + len(quotation.exact)


def _elsewhere(text: str, quotation: Quotation) -> Span | None:
    return _by_what_is_around(text, list(_occurrences(text, quotation.exact)), quotation)


def _by_what_is_around(text: str, found: list[int], quotation: Quotation) -> Span | None:
    """Return the one place at which what is around the words says that these were quoted.

    found: where the words are.
    """
    length = len(quotation.exact)
    if len(found) == 1 and length >= _LONG:
        return found[0], found[0] + length
    around = [_around(text, (at, at + length), quotation.prefix, quotation.suffix) for at in found]
    needed = min(_NEXT, len(quotation.prefix)), min(_NEXT, len(quotation.suffix))
    alike = [
        before + after if before >= needed[0] and after >= needed[1] else 0
        for before, after in around
    ]
    best = max(alike, default=0)
    if not best or alike.count(best) > 1:
        return None
    at = found[alike.index(best)]
    return at, at + length


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
    same = list(_occurrences(text, exact))
    # One that overlaps with the one before it is not counted.
    nth = sum(at <= start for at in same) or 1
    return Quotation(exact, prefix, suffix, nth, max(len(same), 1))


def _occurrences(text: str, words: str) -> Iterator[int]:
    at = text.find(words) if words else -1
    for _ in range(MAX_OCCURRENCES):
        if at < 0:
            return
        yield at
        at = text.find(words, at + len(words))


def _around(text: str, span: Span, prefix: str, suffix: str) -> tuple[int, int]:
    """Return how many characters next to a place are as they should be, before and after it."""
    before = text[max(0, span[0] - len(prefix)) : span[0]]
    after = text[span[1] : span[1] + len(suffix)]
    return _same(before[::-1], prefix[::-1]), _same(after, suffix)


def _same(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    if one == other:
        return len(one)
    for length, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return length
    return min(len(one), len(other))


def _inked(text: str) -> str:
    """Return a text without white space."""
    return "".join(text.split())


def _spaced(text: str, start: int, end: int) -> Span:
    """Return the span in a text of one in the same text without white space."""
    places = [index for index, sign in enumerate(text) if not sign.isspace()]
    return places[start], places[end - 1] + 1
