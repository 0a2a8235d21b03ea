"""Numbers as headings, lists and clauses write them: in digits, letters or Roman numerals. Pure."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path

# A Roman numeral in small letters, of up to 399, as labels have them.
ROMAN = r"(?=[ivxlc])c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})"
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_SIGNS = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_FORMS: dict[str, dict[str, str]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text("utf-8")
)
_MOST_REPEATED = 30


def is_roman(letters: str) -> bool:
    """Return whether letters, all small or all capital, are a numeral of up to 399."""
    return bool(re.fullmatch(ROMAN, letters.lower()))


def roman_value(letters: str) -> int:
    """Return the number that is written, small or capital, also if nobody would write it so.

    Raises KeyError for letters that are no numerals.
    """
    values = [_VALUES[letter] for letter in letters.lower()]
    subtracted = [value for value, following in pairwise(values) if value < following]
    return sum(values) - 2 * sum(subtracted)


def roman(number: int) -> str:
    """Return a number from 1 to 3,999 in small letters."""
    numeral = ""
    for size, letters in _SIGNS:
        numeral += letters * (number // size)
        number %= size
    return numeral


def written(number: int, form: str) -> str:
    """Return a number in a form; "" if it can't be written in it here.

    form: "1", "a", "A", "i" or "I", as in HTML's attribute `type`; "01", "α", or a value of Word's
    w:numFmt. Numbers that a form has no signs for, such as 0, are in digits.
    """
    form = _FORMS["names"].get(form, form)
    if form.startswith(("upper", "russianUpper")):
        lower = form.replace("upper", "lower").replace("Upper", "Lower")
        return written(number, lower).upper()
    if form in ("A", "I"):
        return written(number, form.lower()).upper()
    if form == "01":
        return f"{number:02}"
    if form == "1" or number < 1:
        return str(number)
    if form == "i":
        return roman(number) if number < 4000 else str(number)
    if form == "ordinal":
        is_teen = number % 100 in (11, 12, 13)
        return f"{number}{'th' if is_teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
    if form in _FORMS["letters"]:
        return _in_letters(number, _FORMS["letters"][form])
    if signs := _FORMS["repeated"].get(form):
        again, at = divmod(number - 1, len(signs))
        return signs[at] * (again + 1) if again < _MOST_REPEATED else ""
    return dict(enumerate(_FORMS["one_by_one"].get(form, "").split(), 1)).get(number, "")


def _in_letters(number: int, alphabet: str) -> str:
    """Return a number, 1 or more: behind the last letter come two of the first."""
    letters = ""
    while number:
        number, at = divmod(number - 1, len(alphabet))
        letters = alphabet[at] + letters
    return letters
