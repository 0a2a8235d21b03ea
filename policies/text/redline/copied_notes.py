"""The footnotes of a copy of a text, as the text has them.

A trip through another format gives footnotes other labels, and puts them all at the end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from policies.text.redline import alignment

_NOTE = re.compile(
    r"^[ ]{0,3}\[\^([^\]\s]+)\]:(.*(?:\n(?:[ \t]*\n)*(?:[ ]{4}|\t).*)*)\n*", re.MULTILINE
)
_MARK = re.compile(r"\[\^((?:[^\[\]\s]|\[(?!\^))+)\]")


@dataclass(slots=True)
class Notes:
    """parts: the text without notes. notes: by label, in the order of their marks. places: of the
    parts that have a note, the index. marked: of those that first refer to it.
    """

    parts: list[str]
    notes: dict[str, str] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    marked: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, parts: Sequence[str]) -> Notes:
        found = cls([_NOTE.sub("", it) for it in parts])
        written: dict[str, str] = {}
        for index, part in enumerate(parts):
            for note in _NOTE.finditer(part):
                found.places.setdefault(note[1], index)
                written.setdefault(note[1], note[2].strip())
        for index, part in enumerate([*found.parts, *written.values()]):
            for label in _MARK.findall(part):
                found.marked.setdefault(label, min(index, len(parts) - 1))
        found.notes = {it: written[it] for it in found.marked if it in written}
        return found

    def written(self, labels: Mapping[str, str], places: Mapping[str, int]) -> list[str]:
        """Return the parts with other labels. places: where notes go, by their new labels."""

        def renamed(text: str) -> str:
            return _MARK.sub(lambda it: f"[^{labels.get(it[1], it[1])}]", text)

        parts = [[renamed(it).rstrip()] for it in self.parts]
        for label, text in self.notes.items():
            name = labels.get(label, label)
            parts[places.get(name, self.marked[label])].append(f"[^{name}]: {renamed(text)}")
        return ["\n\n".join(filter(None, it)) for it in parts]


def as_in(
    base: Sequence[str], copy: Sequence[str], edited: Sequence[str], partners: Sequence[int | None]
) -> tuple[list[str], list[str]]:
    """Return the parts of a copy, and of the copy after it was edited, with base's footnotes.

    partners: for each part of the edited copy, the index of the one in the copy.
    """
    own, old, new = map(Notes.of, (base, copy, edited))
    if not new.notes or len(own.notes) != len(old.notes):
        return [*copy], [*edited]
    of_old = dict(zip(old.notes, own.notes, strict=True))
    pairs = dict(_pairs([*old.notes.values()], [*new.notes.values()]))
    labels, taken = [*old.notes], {*own.notes}
    of_new: dict[str, str] = {}
    for index, label in enumerate(new.notes):
        if index in pairs:
            of_new[label] = of_old[labels[pairs[index]]]
            continue
        free = (f"note-{number}" for number in range(1, len(taken) + 2))
        of_new[label] = next(it for it in free if it not in taken)
        taken.add(of_new[label])
    now = {old_part: index for index, old_part in enumerate(partners) if old_part is not None}
    places = {label: now[place] for label, place in own.places.items() if place in now}
    return old.written(of_old, own.places), new.written(of_new, places)


def _pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return which of the new notes, by index, is which of the old ones."""
    found: list[tuple[int, int]] = []
    i = j = 0
    for start, end, begin, stop in [*alignment.hunks(old, new), (len(old), 0, len(new), 0)]:
        found += zip(range(j, begin), range(i, start), strict=True)
        if end - start == stop - begin:
            found += zip(range(begin, stop), range(start, end), strict=True)
        i, j = end, stop
    return found
