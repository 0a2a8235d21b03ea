"""Which numbers before headings only count, and which of them say something.

"3. Scope" becomes "4. Scope" when a section is inserted before it. "Article 6 GDPR", "§ 5 TMG" and
"30. June" name something; with another number they would name something else. Pure.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from policies.text.markdown.headings import own_number
from policies.text.numerals import roman_value

_VALUE = re.compile(
    r"(?P<digits>\d{1,3})(?:\.(?P<more>\d{1,3}(?:\.\d{1,3})*))?|第(?P<han>[一二三四五六七八九十百]+)"
    r"|\b(?P<letters>[IVXLC]{1,7}|[A-Z])(?=[.:)\s–—-]*\Z)"
)
_HAN = {sign: value for value, sign in enumerate("一二三四五六七八九", 1)}
_LAWS = re.compile(r"[^\W\d_]{2,}|[§第]")
_MONTHS = re.compile(
    r"(?:jan(?:uary?|uari|vier)?|feb(?:ruary?|ruari)?|mar(?:ch|ts)|märz|maerz|maart|april|may|mai|"
    r"mei|maj|june?|juni|july?|juli|august(?:us)?|sept(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|"
    r"de[czs](?:ember)?)\b",
    re.IGNORECASE,
)
# More sections than most policies have.
_MANY = 20


def counting(headings: Sequence[str]) -> list[str]:
    """Return for each of the headings of one level its number if that only counts, or "".

    A number that may as well name a law or a day only counts if its place explains it: a 3 is the
    third, or comes after a 2, or all numbers of its kind begin at 1 and go up.
    """
    numbers = [own_number(heading) for heading in headings]
    alike: dict[str, list[int]] = {}
    for index, number in enumerate(numbers):
        if number:
            alike.setdefault(_VALUE.sub("#", number).casefold().strip(), []).append(index)
    explained: set[int] = set()
    for indexes in alike.values():
        explained |= _explained(indexes, [_values(numbers[index]) for index in indexes])
    return [
        number if index in explained or not _says_something(number, heading) else ""
        for index, (number, heading) in enumerate(zip(numbers, headings, strict=True))
    ]


def _says_something(number: str, heading: str) -> bool:
    """Return whether a number may be more than a count: "Article 6 GDPR", "30. June"."""
    if _LAWS.search(_VALUE.sub("", number, count=1)) or "第" in number:
        return True
    found = _VALUE.match(number)
    if found is None or not found["digits"] or found["more"]:
        return False
    return int(found["digits"]) > _MANY or bool(_MONTHS.match(heading[len(number) :]))


def _explained(indexes: Sequence[int], values: Sequence[set[int]]) -> set[int]:
    """Return which headings, with numbers of one kind, are where their number says."""
    found = {
        index
        for place, (index, value) in enumerate(zip(indexes, values, strict=True), start=1)
        if value & {place, index + 1}
    }
    for (index, before), (following, after) in pairwise(zip(indexes, values, strict=True)):
        if {value + 1 for value in before} & after:
            found |= {index, following}
    lows = [min(value, default=0) for value in values]
    rising = all(low < following for low, following in pairwise(lows))
    if lows[0] == 1 and rising and lows[-1] - lows[0] <= 2 * (len(lows) - 1):
        found.update(indexes)
    return found


def _values(number: str) -> set[int]:
    """Return what a number may mean: "C." is the third letter, and a hundred."""
    found = _VALUE.search(number)
    if found is None:
        return set()
    if found["digits"]:
        return {int((found["more"] or found["digits"]).split(".")[-1])}
    if found["han"]:
        return {_han(found["han"])}
    letters = found["letters"]
    values = {ord(letters) - ord("A") + 1} if len(letters) == 1 else set()
    if set(letters) <= set("IVXLC"):
        values.add(roman_value(letters))
    return values


def _han(signs: str) -> int:
    total = last = 0
    for sign in signs:
        if sign in _HAN:
            last = _HAN[sign]
        else:
            total += (last or 1) * (10 if sign == "十" else 100)
            last = 0
    return total + last
