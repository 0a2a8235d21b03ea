"""The dates that a text states for itself near its beginning: "Last updated: 3 March 2024". Pure.

Recognised in the languages of the site. Nothing is guessed: 03/04/2024, or a month without a day,
is a date that is not clear.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from policies.text.document import Document
from policies.text.limits import is_supported_year

# Where such a date is looked for: lines with text from the beginning, and characters of each.
FIRST_LINES = 12
LINE = 500

# Words before the date of the last update, and before the date from which a text has effect, in
# English, German, French, Spanish and Arabic. Single words count at the beginning of a line only.
UPDATED = (
    *(r"last (?:updated|revised|modified|changed|amended)", r"(?:updated|revised|amended) on"),
    r"date of (?:the )?last (?:update|revision|change|modification)",
    r"last (?:update|revision|change|modification)",
    r"(?:zuletzt|letztmals) (?:aktualisiert|geändert|überarbeitet)",
    r"letzte (?:aktualisierung|änderung|überarbeitung)",
    *(r"dernière (?:mise à jour|modification|révision)", r"mise? à jour le"),
    r"(?:fecha de )?(?:la )?última (?:actualización|modificación|revisión)",
    *("actualizado el", "آخر تحديث", "تاريخ آخر تحديث", "تم التحديث في"),
    *("^updated", "^revised", "^stand", "^fassung vom", "^mise à jour", "^actualización"),
)
EFFECTIVE = (
    *("effective date", "date of effect", "effective (?:as of|as from|from|since|on)"),
    *("in (?:effect|force) (?:since|from|as of)", "is effective", "are effective"),
    *("gültig (?:ab|seit)", "wirksam (?:ab|seit)", "in kraft (?:seit|ab|getreten am)"),
    *("date d['’]entrée en vigueur", "date d['’]effet"),
    "en vigueur (?:depuis|à compter du|à partir du|le)",
    *("fecha de entrada en vigor", "en vigor desde", "vigente desde", "fecha de vigencia"),
    *("تاريخ السريان", "ساري المفعول من", "^effective"),
)
MONTHS = (
    "january february march april may june july august september october november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "jänner feber",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
)


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


def _labels(labels: tuple[str, ...]) -> str:
    anywhere = "|".join(it for it in labels if it[0] != "^")
    at_start = "|".join(it[1:] for it in labels if it[0] == "^")
    return rf"\b(?:{anywhere})\b|^(?:{at_start})\b"


_LABEL = re.compile(
    rf"(?P<updated>{_labels(UPDATED)})|(?P<effective>{_labels(EFFECTIVE)})", re.IGNORECASE
)
# Between a label and its date: punctuation and up to three short words.
_LINK = re.compile(
    r"[\s:.–—-]*(?:(?:on|as|of|from|since|the|am|vom|ab|dem|den|le|el|du|في)\s+){0,3}"
)
_WEEKDAY = re.compile(r"[^\W\d]{2,12},\s*")
_YEAR = r"(?P<year>\d{4})\b"
_NAME = r"(?P<name>[^\W\d]{3,12})\.?"
_DATES = (
    r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})\b",
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?,? (?:of |de )?{_NAME},? (?:de |del )?{_YEAR}",
    rf"{_NAME} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? {_YEAR}",
    rf"(?P<day>\d{{1,2}})\. ?(?P<month>\d{{1,2}})\. ?{_YEAR}",
)
# Whether the first number is the day depends on the country, unless one is greater than 12.
_SLASHES = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4})\b")
# What can only be meant as a date, even if it is not clear which: a year, or 3/4/24.
_MEANT_AS_DATE = re.compile(r"\b[12]\d{3}\b|\b\d{1,2}([/.-])\d{1,2}\1\d{2}\b")


def _in_line(line: str) -> Iterator[StatedDate]:
    labels = list(_LABEL.finditer(line))
    ends = [label.start() for label in labels[1:]] + [len(line)]
    for label, end in zip(labels, ends, strict=False):
        link = _LINK.match(line, label.end())
        rest = line[link.end() if link else label.end() : end]
        day = day_in(rest)
        if day and not is_supported_year(day):
            day = None
        if day or _MEANT_AS_DATE.search(rest[:40]):
            words = line[label.start() : end].strip(" |,;")
            yield StatedDate(words, day, is_effective=label["effective"] is not None)


def day_in(text: str, *, alone: bool = False) -> date | None:
    """Return the date that a text begins with; None if there is none or it is not clear.

    alone: the text must be nothing but the date.
    """
    match = re.fullmatch if alone else re.match
    weekday = _WEEKDAY.match(text)
    text = text[weekday.end() :] if weekday else text
    for pattern in _DATES:
        if found := match(pattern, text):
            parts = found.groupdict()
            month = _month(parts["name"]) if "name" in parts else int(parts["month"])
            return _date(int(parts["year"]), month, int(parts["day"]))
    if found := match(_SLASHES, text):
        one, other, year = int(found[1]), int(found[3]), int(found[4])
        days = {_date(year, other, one), _date(year, one, other)} - {None}
        return days.pop() if len(days) == 1 else None
    return None


def _month(name: str) -> int:
    """Return the number of a month by its name or an abbreviation of it; 0 if it is none."""
    numbered = (pair for months in MONTHS for pair in enumerate(months.split(), 1))
    numbers = {number for number, month in numbered if month.startswith(name.lower())}
    return numbers.pop() if len(numbers) == 1 else 0


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
