"""Delimiters of emphasis in a paragraph: written where Markdown reads them as such.

Pure. Markdown sees no emphasis within words, beside white space, or at the end of an address.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Delimiter:
    sign: str
    opens: bool
    partner: Delimiter = field(init=False)
    dropped: bool = False


def pair(sign: str) -> tuple[Delimiter, Delimiter]:
    """Return the two ends of an emphasis. sign: "**", "~~" or "_"."""
    opening, closing = Delimiter(sign, opens=True), Delimiter(sign, opens=False)
    opening.partner, closing.partner = closing, opening
    return opening, closing


def resolve(row: list[str | Delimiter]) -> list[str]:
    """Return the row with its marks written, or left out where they would be seen as text.

    row: pieces of Markdown and the marks between them, which are changed. Dropped is the emphasis
    that CommonMark would not see (6.2, "flanking"); `*` takes the place of `_` where that fails.
    """
    for index, mark in enumerate(row):
        if not isinstance(mark, Delimiter) or not mark.opens or mark.dropped:
            continue
        partner = mark.partner
        end = row.index(partner, index + 1)
        before, first = _near(row, index, -1), _near(row, index, 1)
        last, after = _near(row, end, -1), _near(row, end, 1)
        is_struck = mark.sign == "~~"  # better a space too many than words that look as if in force
        opens = _takes_effect(row, index, first, before)
        if is_struck and not opens:
            mark.sign, before, opens = " ~~", " ", not first.isspace()
        closes = _takes_effect(row, end, last, after)
        if is_struck and not closes:
            partner.sign, after, closes = "~~ ", " ", not last.isspace()
        flanks = opens and closes
        if mark.sign == "_" and (before.isalnum() or after.isalnum()):
            mark.sign = partner.sign = "*"
            flanks = flanks and "*" not in (before, first, last, after)
        if not flanks or mark.sign.strip()[0] in (before, after):  # two side by side would be one
            mark.dropped = partner.dropped = True
    return [_sign(one) for one in row]


def _sign(one: str | Delimiter) -> str:
    if isinstance(one, Delimiter):
        return "" if one.dropped else one.sign
    return one


def _takes_effect(row: list[str | Delimiter], index: int, inner: str, outer: str) -> bool:
    """Return whether a mark between two characters is seen as one, not as a part of an address."""
    if outer.isspace():
        return not inner.isspace()
    if inner.isspace() or (_is_punctuation(inner) and not _is_punctuation(outer)):
        return False
    text = "".join(_sign(one) for one in row[max(index - 9, 0) : index])
    return not re.search(r"https?://\S*\Z", text)


def _near(row: list[str | Delimiter], index: int, step: int) -> str:
    index += step
    while 0 <= index < len(row):
        if text := _sign(row[index]):
            return text[0] if step > 0 else text[-1]
        index += step
    return " "


def _is_punctuation(char: str) -> bool:
    return unicodedata.category(char)[0] in "PS"
