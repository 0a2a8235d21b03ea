"""The numbers of headings and references, in parts: ("4", "2", "b") of "4.2(b)". Pure."""

import re

from policies.text.markdown import roman
from policies.text.markdown.headings import own_number
from policies.text.references.recognition import Path

_TOKEN = re.compile(r"\d{1,3}[A-Za-z]?|\b[IVXLC]{1,7}\b|\b[A-Z]\b")


def own_number_of(heading: str) -> Path:
    """Return the number that an author wrote before a heading, in parts."""
    found = _WITH_LETTER.match(heading)
    number = found[0] if found else own_number(heading)
    return in_parts(tuple(token.lower() for token in _TOKEN.findall(number)))


_WITH_LETTER = re.compile(r"\d{1,3}[A-Z][.):]\s")


def in_parts(path: Path) -> Path:
    """Return a number with "15b" as 15 and b, and a Roman number as digits."""
    first = path[0] if path else ""
    if first and set(first) <= set("ivxlc") and (len(first) > 1 or first in "ivx"):
        return (str(roman.value(first)), *path[1:])
    if found := re.fullmatch(r"(\d+)([a-z])", first):
        return (found[1], found[2], *path[1:])
    return path


def ordinal(label: str) -> int:
    """Return the place of an item in a list by its label: 2 of "2", "b" and "ii"."""
    if label.isdigit():
        return int(label)
    letter = ord(label[0]) - ord("a") + 1
    return min(letter, roman.value(label)) if set(label) <= set("ivx") else letter
