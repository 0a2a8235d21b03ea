"""Merges two texts that were made of the same one: the changes of both.

A paragraph that both changed, in different ways, is a conflict, as are paragraphs that both added
in the same place. Whose text stays there, ours or theirs, is up to the caller. Of a list, in which
no paragraph ends, that is so only where they are in conflict item by item.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple, TypeAlias, TypeVar

from policies.text.document import Document, Section
from policies.text.markdown.labels import label_of
from policies.text.redline import alignment
from policies.text.redline.single_changes import BETWEEN

Item = TypeVar("Item", bound=Hashable)
Value = TypeVar("Value")


class Conflict(NamedTuple):
    """What two texts changed in different ways; "" for a text that has nothing there.

    place: as Change.place, or "order" for that of the sections.
    """

    place: str
    base: str
    ours: str
    theirs: str


class Merged(NamedTuple):
    document: Document
    conflicts: tuple[Conflict, ...]


def merged(base: str, one: str, two: str) -> str | None:
    """Return the paragraphs with the changes of both; None if they are in conflict."""
    merging = _Merging()
    text = merging.text("", base, one, two)
    return None if merging.conflicts else text


def merge(
    base: Document, ours: Document, theirs: Document, *, takes_theirs: bool = False
) -> Merged:
    """Return the text with the changes of both. takes_theirs: where they are in conflict.

    Sections are the same if their anchors are. Raises DocumentError if it is no Document.
    """
    merging = _Merging(takes_theirs)
    return Merged(merging.document(base, ours, theirs), tuple(merging.conflicts))


@dataclass
class _Merging:
    takes_theirs: bool = False
    conflicts: list[Conflict] = field(default_factory=list)

    def document(self, base: Document, ours: Document, theirs: Document) -> Document:
        three = (base, ours, theirs)
        return Document(
            self._value("title", *(it.title for it in three)),
            self.text("introduction", *(it.introduction for it in three)),
            tuple(self._sections(*({it.anchor: it for it in one.sections} for one in three))),
            clauses=self._value("notation", *(it.clauses for it in three)),
            numbering=self._value("notation", *(it.numbering for it in three)),
        )

    def text(self, place: str, base: str, ours: str, theirs: str) -> str:
        if ours == theirs or theirs == base:
            return ours
        paragraphs: list[str] = []
        for three in segments(base.split(BETWEEN), ours.split(BETWEEN), theirs.split(BETWEEN)):
            paragraphs += _merged_list(*three) or self._value(place, *three)
        return BETWEEN.join(paragraphs)

    def _value(self, place: str, base: Value, ours: Value, theirs: Value) -> Value:
        if ours == theirs or theirs == base:
            return ours
        if ours != base:
            self.conflicts.append(Conflict(place, *map(_source, (base, ours, theirs))))
            return theirs if self.takes_theirs else ours
        return theirs

    def _sections(
        self, base: dict[str, Section], ours: dict[str, Section], theirs: dict[str, Section]
    ) -> Iterator[Section]:
        three = (base, ours, theirs)
        orders = [[it for it in one if all(it in other for other in three)] for one in three]
        order = self._value("order", *orders)
        first, second = (ours, theirs) if order == orders[1] else (theirs, ours)
        for anchor in alignment.interleaved([*first], second):
            if section := self._section(anchor, *(it.get(anchor) for it in three)):
                yield section

    def _section(
        self, anchor: str, base: Section | None, ours: Section | None, theirs: Section | None
    ) -> Section | None:
        place = f"#{anchor}"
        if base is None or ours is None or theirs is None:
            return self._value(place, base, ours, theirs)
        heading = self._value(place, base.heading, ours.heading, theirs.heading)
        return Section(heading, anchor, self.text(place, base.body, ours.body, theirs.body))


def _merged_list(*three: list[str]) -> list[str]:
    """Return the list that paragraphs are, with the changes of both; [] if that is none."""
    merging = _Merging()
    items = [_items(it) for it in three]
    merged = [merging._value("", *it) for it in segments(*items)] if all(items) else []
    return [] if merging.conflicts or not merged else ["\n".join(chain.from_iterable(merged))]


def _items(paragraphs: list[str]) -> list[str]:
    """Return the items of a list, nested ones apart; [] if paragraphs are anything else."""
    items: list[str] = []
    for line in paragraphs[0].split("\n") if len(paragraphs) == 1 else ():
        if label_of(line.lstrip(" ")):
            items.append(line)
        elif not items:
            return []
        else:
            items[-1] += f"\n{line}"
    return items


def meet(end: int, hunks: Sequence[alignment.Hunk], following: alignment.Hunk) -> bool:
    """Return whether a hunk is about the same items as those before it, which end at `end`.

    So is one that adds items next to them, if it isn't clear which come first: they add some, too.
    """
    if following.old_start != end:
        return following.old_start < end
    is_addition = any(it.old_start == it.old_end for it in (*hunks, following))
    return is_addition and _adds(following) and any(map(_adds, hunks))


Meets: TypeAlias = Callable[[int, Sequence[alignment.Hunk], alignment.Hunk], bool]


def segments(
    base: Sequence[Item],
    ours: Sequence[Item],
    theirs: Sequence[Item],
    *,
    key: Callable[[Item], Hashable] = lambda it: it,
    meet: Meets = meet,
) -> Iterator[tuple[list[Item], list[Item], list[Item]]]:
    """Yield the three in parts: what they all have, or what one or two of them changed.

    key: what items are paired by, even if they differ. meet: see there.
    """
    sides = (ours, theirs)
    edits = deque(
        sorted((hunk, side) for side, it in enumerate(sides) for hunk in _hunks(base, it, key))
    )
    at, ahead = 0, [0, 0]  # as far as the base is yielded, and by how much each side is ahead of it
    while edits:
        start = end = edits[0][0].old_start
        yield ([*base[at:start]],) * 3
        before, together = ahead[:], list[alignment.Hunk]()
        while edits and (not together or meet(end, together, edits[0][0])):
            hunk, side = edits.popleft()
            together.append(hunk)
            end = max(end, hunk.old_end)
            ahead[side] = hunk.new_end - hunk.old_end
        changed = [[*it[start + before[n] : end + ahead[n]]] for n, it in enumerate(sides)]
        yield [*base[start:end]], changed[0], changed[1]
        at = end
    yield ([*base[at:]],) * 3


def _hunks(
    base: Sequence[Item], text: Sequence[Item], key: Callable[[Item], Hashable]
) -> Iterator[alignment.Hunk]:
    """Yield what differs; one by one where each item was replaced by another."""
    found = alignment.hunks([*map(key, base)], [*map(key, text)])
    for equal, hunk in alignment.in_turn(found, len(base), len(text)):
        singles = [*zip(range(*equal[:2]), range(*equal[2:]), strict=True)]
        if not _adds(hunk):
            singles += zip(range(*hunk[:2]), range(*hunk[2:]), strict=True)
        yield from (alignment.Hunk(k, k + 1, m, m + 1) for k, m in singles if base[k] != text[m])
        if _adds(hunk):
            yield hunk


def _adds(hunk: alignment.Hunk) -> bool:
    return hunk.new_end - hunk.new_start != hunk.old_end - hunk.old_start


def _source(value: object) -> str:
    """Return what a conflict shows of one side."""
    match value:
        case Section():
            return f"## {value.heading}\n\n{value.body}".rstrip()
        case list():
            return BETWEEN.join(value)
    return str(value or "")
