"""The markers of a list's items in HTML: numbers, letters, Roman numerals. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bs4.element import Tag

from policies.text.importing.html.elements import css_of
from policies.text.numerals import written

# Markers that are no numbers: a bullet, or nothing; and those in a form that is not known here.
BULLET, NOTHING, UNKNOWN = "•", "none", "?"
# By the names that CSS has for them.
FORMS = {
    "decimal-leading-zero": "01",
    "decimal": "1",
    "lower-alpha": "a",
    "lower-latin": "a",
    "upper-alpha": "A",
    "upper-latin": "A",
    "lower-roman": "i",
    "upper-roman": "I",
    "lower-greek": "α",
    **dict.fromkeys(("disc", "circle", "square"), BULLET),
    "none": NOTHING,
    UNKNOWN: UNKNOWN,
}
# The attribute of an item that holds its marker, where a word processor has written it.
LABEL = "label"
_STYLE = re.compile(r"(?<![\w-])list-style(?:-type)?:([^;]*)")
_NAMED = re.compile("|".join(map(re.escape, FORMS)))
# What a style says beside the form, and words that leave the form as it is.
_NO_FORM = re.compile(r"inside|outside|inherit|initial|unset|revert|url\([^()]*\)|!important")
_INTEGER = re.compile(r"\s*[+-]?\d{1,8}\s*")


def form_of(tag: Tag) -> str:
    """Return what a list or an item says that its markers are made of.

    "1", "a", "A", "i" or "I", as in the attribute `type`, "01", "α", BULLET, NOTHING or UNKNOWN; ""
    if it says nothing.
    """
    if given := _STYLE.findall(css_of(tag)):
        found = _NAMED.search(given[-1])
        return FORMS[found[0]] if found else UNKNOWN if _NO_FORM.sub("", given[-1]) else ""
    kind = str(tag.get("type") or "")
    return kind if kind in FORMS.values() else FORMS.get(kind.lower(), "")


class Labels(NamedTuple):
    """What the markers of a list are made of (form_of), and of each item, by id(), its label as
    readers see it, such as "2." or "(a)"; "" for an item that shows none.

    A list with bullets has no labels.
    """

    form: str
    by_item: dict[int, str]


def labels(holder: Tag) -> Labels:
    """Return the labels of a list. Google Docs gives their form in the items only."""
    items = holder.find_all("li", recursive=False)
    forms = [form_of(item) for item in items]
    form = form_of(holder) or ("1" if holder.name == "ol" else BULLET)
    form = next((own for own in forms if own not in ("", NOTHING)), form)
    if any(item.has_attr(LABEL) for item in items):
        form = "1"
    if form in (BULLET, NOTHING):
        return Labels(form, {})
    numbers = _numbers(holder, items)
    rows = zip(items, forms, numbers, strict=True)
    return Labels(form, {id(item): _label(item, own or form, number) for item, own, number in rows})


def _label(item: Tag, form: str, number: int) -> str:
    counted = "" if form == NOTHING else f"{marker(number, form)}."
    return str(item.get(LABEL) or counted)


def count_up(shown: Sequence[str]) -> bool:
    """Return whether labels are those of any list of Markdown: 1. 2. 3., wherever they begin."""
    first = int(shown[0][:-1]) if shown and re.fullmatch(r"\d{1,9}\.", shown[0]) else 0
    return all(label == f"{number}." for number, label in enumerate(shown, first))


def _numbers(holder: Tag, items: Sequence[Tag]) -> Iterator[int]:
    """Yield the number of each item of a list (HTML, 4.4.5)."""
    down = holder.has_attr("reversed")
    start = _integer(holder.get("start"))
    number = start if start is not None else len(items) if down else 1
    for item in items:
        given = _integer(item.get("value"))
        number = number if given is None else given
        yield number
        number += -1 if down else 1


def marker(number: int, form: str) -> str:
    """Return a number as browsers write it: in digits where the form is not known."""
    return written(number, form) or str(number)


def _integer(value: object) -> int | None:
    text = str(value if value is not None else "")
    return int(text) if _INTEGER.fullmatch(text) else None
