"""Roman numerals. Pure."""

import re
from itertools import pairwise

# One, in small letters; of up to 399, as labels have them.
LABEL = r"(?=[ivxlc])c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})"
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_SIGNS = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


def is_label(letters: str) -> bool:
    """Return whether letters, all small or all capital, are a numeral of up to 399."""
    return bool(re.fullmatch(LABEL, letters.lower()))


def value(letters: str) -> int:
    """Return the number that is written, small or capital, also if nobody would write it so.

    Raises KeyError for letters that are no numerals.
    """
    values = [_VALUES[letter] for letter in letters.lower()]
    return sum(values) - sum(2 * one for one, two in pairwise(values) if one < two)


def written(number: int) -> str:
    """Return a number from 1 to 3,999 in small letters."""
    numeral = ""
    for size, letters in _SIGNS:
        numeral += letters * (number // size)
        number %= size
    return numeral
