"""The dates that a text states for itself near its beginning: "Last updated: 3 March 2024". Pure.

Recognised in the languages of the site, by what dates.toml says. Nothing is guessed: 03/04/2024, or
a month without a day, is a date that is not clear.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from policies.text import expressions
from policies.text.document import Document
from policies.text.limits import is_supported_year

# Where such a date is looked for: lines with text from the beginning, and characters of each.
FIRST_LINES = 12
LINE = 500

_FORMS = expressions.read(Path(__file__).with_suffix(".toml"))
_DATES = [_FORMS.patterns[name] for name in ("year_first", "day_first", "month_first", "german")]


@dataclass(frozen=True, slots=True)
class StatedDate:
    """words: as the text has them, from the label on. day: None if it is not clear which is meant.
    is_effective: whether the text has effect from that day; else it was last updated then.
    """

    words: str
    day: date | None
    is_effective: bool


def stated_dates(document: Document) -> list[StatedDate]:
    """Return the dates that a text states in its first lines, in their order."""
    return [found for line in _first_lines(document) for found in _in_line(line)]


def _first_lines(document: Document) -> Iterator[str]:
    texts = [document.title, document.introduction]
    for section in document.sections[:FIRST_LINES]:
        texts += [section.heading, section.body]
    lines = (line[:LINE] for text in texts for line in text.split("\n") if line.strip())
    for line in islice(lines, FIRST_LINES):
        yield " ".join(re.sub(r"<[^>]*>|[*_`#>|()\\]", " ", line).split())


def _in_line(line: str) -> Iterator[StatedDate]:
    labels = list(_FORMS.patterns["label"].finditer(line))
    ends = [label.start() for label in labels[1:]] + [len(line)]
    for label, end in zip(labels, ends, strict=False):
        link = _FORMS.patterns["link"].match(line, label.end())
        rest = line[link.end() if link else label.end() : end]
        day = day_in(rest)
        if day and not is_supported_year(day):
            day = None
        if day or _FORMS.patterns["meant_as_date"].search(rest[:40]):
            words = line[label.start() : end].strip(" |,;")
            yield StatedDate(words, day, is_effective=label["effective"] is not None)


def day_in(text: str, *, alone: bool = False) -> date | None:
    """Return the date that a text begins with; None if there is none or it is not clear.

    alone: the text must be nothing but the date.
    """
    match = re.fullmatch if alone else re.match
    weekday = _FORMS.patterns["weekday"].match(text)
    text = text[weekday.end() :] if weekday else text
    for pattern in _DATES:
        if found := match(pattern, text):
            parts = found.groupdict()
            month = _month(parts["name"]) if "name" in parts else int(parts["month"])
            return _date(int(parts["year"]), month, int(parts["day"]))
    if found := match(_FORMS.patterns["slashes"], text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        days = {_date(year, second, first), _date(year, first, second)} - {None}
        return days.pop() if len(days) == 1 else None
    return None


def _month(name: str) -> int:
    """Return the number of a month by its name or an abbreviation of it; 0 if it is none."""
    numbers = set[int]()
    for number, names in _FORMS.vocabulary.items():
        if any(month.startswith(name.lower()) for month in names):
            numbers.add(int(number))
    return numbers.pop() if len(numbers) == 1 else 0


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
