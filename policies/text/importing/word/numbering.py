"""Word's own numbers for lists, so that each item has exactly the label of the text.

Word counts: an item names a numbering and a level in it. A list goes on in a numbering as long as
Word's count gives its labels, inside the one of the item around it (1., (a), 1.1); where it does
not, a new numbering begins with the label that is wanted. Each side of a redline is counted for
itself, as Word will when all changes are accepted, or all rejected.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from policies.text.numerals import is_roman, roman_value, written
from policies.text.redline.blocks import BULLET, SIDES, Side

LEVELS = 9
# The numberings that every file has: of headings, and of items without a label.
HEADINGS, BULLETS = 1, 2

_LAST = re.compile(r"(\d+|[A-Za-z]+)([).]*)\Z")


@dataclass(frozen=True, slots=True)
class Level:
    """form: a value of w:numFmt. pattern: "%2" is the number of the second level."""

    form: str
    pattern: str
    start: int


@dataclass(slots=True)
class Numbering:
    id: int
    levels: dict[int, Level] = field(default_factory=dict)
    counts: dict[Side, list[int | None]] = field(
        default_factory=lambda: {side: [None] * LEVELS for side in SIDES}
    )

    def label(self, level: int, side: Side) -> tuple[str, list[int | None]]:
        """Return the label of the next item at a level, and the counts after it."""
        own, counts = self.levels[level], self.counts[side]
        now = counts[level]
        count = own.start if now is None else now + 1
        after = [*counts[:level], count, *[None] * (LEVELS - level - 1)]
        return self.shown(level, after), after

    def shown(self, level: int, counts: Sequence[int | None]) -> str:
        """Return the label of an item at a level, with these counts."""

        def in_place(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            count = counts[at]
            return "" if count is None else written(count, self.levels[at].form)

        return re.sub(r"%([1-9])", in_place, self.levels[level].pattern)


class Numbers:
    """Gives items their numberings. made: those that it made for them."""

    def __init__(self) -> None:
        self.made: list[Numbering] = []
        self._open: list[Numbering | None] = [None] * LEVELS

    def assign(self, depth: int, labels: dict[Side, str], following: str = "") -> int:
        """Return the numbering of the next item, 0 if it has none in each text.

        depth: of its list, 0 for one in no other. labels: of each side that has the item.
        following: the label after it in its list, by which "i." is known to be a letter or not.
        """
        level = min(depth, LEVELS - 1)
        if not any(labels.values()):
            return 0
        if BULLET in labels.values():
            self._open[level:] = [None] * (LEVELS - level)  # what is inside it is in none yet
            return BULLETS
        outer = self._open[level - 1] if level else None
        for numbering in (outer, self._open[level]):
            if numbering and self._goes_on(numbering, level, labels, following):
                return numbering.id
        if len(set(labels.values())) > 1:
            return 0
        self.made.append(Numbering(BULLETS + 1 + len(self.made)))
        self._goes_on(self.made[-1], level, labels, following)
        return self.made[-1].id

    def _goes_on(
        self, numbering: Numbering, level: int, labels: dict[Side, str], following: str
    ) -> bool:
        """Count on in a numbering if that gives these labels, with a first one if it has none."""
        is_new = level not in numbering.levels
        if is_new:
            first, *others = set(labels.values())
            if others:
                return False
            numbering.levels[level] = _first_level(numbering, level, first, following, labels)
        found = {side: numbering.label(level, side) for side in labels}
        if any(found[side][0] != label for side, label in labels.items()):
            if is_new:
                del numbering.levels[level]
            return False
        for side, (_, after) in found.items():
            numbering.counts[side] = after
        self._open[level:] = [numbering, *[None] * (LEVELS - level - 1)]
        return True


def _first_level(
    numbering: Numbering, level: int, label: str, following: str, sides: Iterable[Side]
) -> Level:
    """Return a level whose first label is this one. following: the label after it."""
    found = _LAST.search(label)
    forms = _forms(found[1]) if found else []
    if not found or not forms:
        return Level("decimal", label, 1)  # words, to Word
    before, after = label[: found.start()], found[2]
    form, start = forms[0]
    for other, number in forms:
        if following == f"{before}{written(number + 1, other)}{after}":
            form, start = other, number
    if outer := numbering.levels.get(level - 1):
        shown = {numbering.shown(level - 1, numbering.counts[side]) for side in sides}
        if {f"{label.strip('().')}." for label in shown} == {before}:
            before = outer.pattern.strip("().") + "."
    return Level(form, f"{before}%{level + 1}{after}", start)


def _forms(text: str) -> list[tuple[str, int]]:
    """Return the forms in which Word writes a number like this, and its value; the likeliest first.

    The first of a list that is "i" or has several letters is rather a numeral than a letter.
    """
    if text.isdecimal():
        found = [("decimal", int(text))]
    else:
        case = "lower" if text.islower() else "upper"
        letters = 26 * (len(text) - 1) + ord(text[0].lower()) - ord("a") + 1
        found = [(f"{case}Letter", letters)]
        if is_roman(text):
            is_likely = text in "iI" or len(text) > 1
            found.insert(0 if is_likely else 1, (f"{case}Roman", roman_value(text)))
    return [(form, number) for form, number in found if written(number, form) == text]
