"""The markers of a list's items in HTML: numbers, letters, Roman numerals. Pure."""

import re
import string
from collections.abc import Iterator

from bs4.element import Tag

from policies.text.importing.html.inline_styles import css_of

_ALPHABETS = {
    "a": string.ascii_lowercase,
    "A": string.ascii_uppercase,
    "α": "αβγδεζηθικλμνξοπρστυφχψω",
}
_FORMS = {
    "lower-alpha": "a",
    "lower-latin": "a",
    "upper-alpha": "A",
    "upper-latin": "A",
    "lower-roman": "i",
    "upper-roman": "I",
    "lower-greek": "α",
}
_STYLE = re.compile(r"(?<![\w-])list-style(?:-type)?:([^;]*)")
_NAMED = re.compile("|".join(_FORMS))
_INTEGER = re.compile(r"\s*[+-]?\d{1,8}\s*")
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


def form_of(tag: Tag) -> str:
    """Return what a list or an item says that its markers are made of.

    "a", "A", "i" or "I", as in the attribute `type`, or "α"; "" for numbers, or if it says nothing.
    """
    if given := _STYLE.findall(css_of(tag)):
        found = _NAMED.search(given[-1])
        return _FORMS[found[0]] if found else ""
    kind = str(tag.get("type") or "")
    return kind if kind in _FORMS.values() else ""


def form_of_list(tag: Tag) -> str:
    """Return what the markers of a list are made of; Google Docs says it of the items only."""
    forms = (form_of(item) for item in tag.find_all("li", recursive=False))
    return next(filter(None, forms), "") or form_of(tag)


def number_given(item: Tag) -> int | None:
    """Return the number that an item gives itself, None if it counts on."""
    return _integer(item.get("value"))


def first_number(tag: Tag) -> int:
    first = tag.find("li", recursive=False)
    given = number_given(first) if first else None
    start = _integer(tag.get("start")) if given is None else given
    return 1 if start is None else max(start, 0)


def jumps(tag: Tag) -> bool:
    items = tag.find_all("li", recursive=False)
    return any(
        number_given(item) not in (None, number)
        for number, item in enumerate(items, first_number(tag))
    )


def numbers(holder: Tag) -> Iterator[tuple[Tag, int]]:
    """Yield the items of a list that counts up, each with its number."""
    number = first_number(holder)
    for item in holder.find_all("li", recursive=False):
        given = number_given(item)
        number = number if given is None else given
        yield item, number
        number += 1


def marker(number: int, form: str) -> str:
    """Return a number as browsers write it in a form: digits, letters or Roman numerals."""
    if form in ("i", "I") and 1 <= number < 4000:
        return roman(number) if form == "i" else roman(number).upper()
    alphabet = _ALPHABETS.get(form)
    if not alphabet or number < 1:
        return str(number)
    letters = ""
    while number:
        number, at = divmod(number - 1, len(alphabet))
        letters = alphabet[at] + letters
    return letters


def roman(number: int) -> str:
    """Return a number from 1 to 3,999 in Roman numerals, in lower case."""
    numeral = ""
    for size, letters in _ROMAN:
        numeral += letters * (number // size)
        number %= size
    return numeral


def _integer(value: object) -> int | None:
    text = str(value if value is not None else "")
    return int(text) if _INTEGER.fullmatch(text) else None
