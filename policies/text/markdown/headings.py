"""What a heading's words give: a readable anchor, and the number that its author wrote in it; and
which of those numbers only count.

Pure; used by document (which names sections) and rendering (which names sub-headings). The values
that a table of contents is made of are here, so that a process can show one without loading what
renders Markdown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from policies.text.numerals import roman_value


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the contents: a heading of level 2 with its sub-headings, or one of level 3.

    number: "1.", or "" where the headings carry their own. text: plain, without the number.
    """

    level: int
    anchor: str
    number: str
    text: str
    children: tuple[Entry, ...] = ()

    @property
    def label(self) -> str:
        """The heading as readers see it, in one line: "2. Your account"."""
        return f"{self.number} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class Clause:
    """What a clause is recognised by in another version.

    labels: those above it and its own, as written. words: its own words, as likeness.sketch gives
    them. is_given: whether an author wrote its anchor, which is then its name.
    """

    labels: tuple[str, ...]
    words: str
    is_given: bool


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place that links can lead to. heading: the one that it is or is under, "" for none."""

    id: str
    heading: str
    clause: Clause | None = None


# Ids that begin so belong to the page around a document (contents list, notices) and to
# footnotes; no section may take one.
RESERVED_PREFIXES = ("site:", "fn:", "fnref:")

# Characters that would end an id in `{#id}`, or make it something else.
NOT_IN_ANCHORS = '{ } " < > `'
_ANCHOR = re.compile(r"""[^\s{}"<>`]*[^\s{}"<>`#]""")

_OWN_NUMBER = re.compile(
    r"""
    (?:
        (?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,7}|[A-Z])[.):]   # 1.  2.3.  IV.  A)
      | \d{1,3}(?:\.\d{1,3})*(?=\s+[-–—]\s)                 # 1 - Scope
      | \d{1,3}(?:\.\d{1,3})+                               # 2.3 Scope
      | \(\d{1,3}\)                                          # (1) Scope
      | (?i:Section|Article|Clause|Chapter|Part|Artikel|Abschnitt|Kapitel|Teil|Chapitre|Partie
          |Artículo|Sección|Cláusula|Capítulo|Articolo|Artigo|المادة|البند|القسم|الفصل)
        \s+(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,7})\b[.:]?
      | (?i:Art|Sec|Sect|Cl)\.\s*\d{1,3}(?:\.\d{1,3})*\b[.:]?  # Art. 1 Scope
      | (?i:Annexe?|Schedule|Appendix|Exhibit|Attachment|Anlage|Anhang|Anexo|Allegato|Bijlage)
        \s+(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,7}|[A-Z])\b[.:]?
      | §\s*\d{1,3}[.:]?
      | 第[0-9一二三四五六七八九十百]+[条條章節节]
    )
    (?:\s*[-–—]\s+|\s+|$)
    """,
    re.VERBOSE,
)


def slug(text: str) -> str:
    """Return the anchor of a heading's words: "Your rights & choices" → "your-rights-choices".

    Letters, digits and marks of every script stay, so that headings in any language get a
    readable anchor. A text without any of them gives "section".
    """
    kept = ""
    for char in unicodedata.normalize("NFC", text).lower():
        if unicodedata.category(char)[0] in "LMN":
            kept += char
        elif char in " -_\t":
            kept += " "
    return "-".join(kept.split()) or "section"


def is_anchor(text: str) -> bool:
    """Return whether `text` can be written as `{#text}`, reserved prefixes aside."""
    return bool(_ANCHOR.fullmatch(text))


class Anchors:
    """The anchors of one text, none of them twice; a thousand of one name take linear time, too."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._last: dict[str, int] = {}

    def unique(self, wanted: str) -> str:
        """Take `wanted`, or else the first of wanted-1, wanted-2 … that is free, and return it."""
        anchor = wanted
        while anchor in self._taken:
            self._last[wanted] = self._last.get(wanted, 0) + 1
            anchor = f"{wanted}-{self._last[wanted]}"
        self._taken.add(anchor)
        return anchor


def own_number(heading: str) -> str:
    """Return the number that an author wrote before a heading ("3. ", "Article 4 – "), or "".

    What is returned is the whole prefix, white space and dash included, so that
    ``heading[len(own_number(heading)):]`` is the heading without it.
    """
    match = _OWN_NUMBER.match(heading)
    return match[0] if match else ""


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


def counting_numbers(headings: Sequence[str]) -> list[str]:
    """Return for each of the headings of one level its number if that only counts, or "".

    "3. Scope" becomes "4. Scope" when a section is inserted before it. "Article 6 GDPR", "§ 5 TMG"
    and "30. June" name something; with another number they would name something else.

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
    for index, (number, heading) in enumerate(zip(numbers, headings, strict=True)):
        if index not in explained and _says_something(number, heading):
            numbers[index] = ""
    return numbers


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
    found: set[int] = set()
    for place, (index, value) in enumerate(zip(indexes, values, strict=True), start=1):
        if value & {place, index + 1}:
            found.add(index)
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
