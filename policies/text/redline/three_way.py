"""Merges two texts that were made of the same one: the changes of both.

Texts are merged by sections, and within these part by part; where both changed a part in different
ways, by smaller parts, as far as there are any. What is left is a conflict, as is what both added
in the same place. Whose text stays there, ours or theirs, is up to the caller.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from policies.text.document import Document, DocumentError, Section, check_introduction
from policies.text.markdown.labels import label_of
from policies.text.redline import alignment
from policies.text.redline.alignment import Hunk
from policies.text.redline.single_changes import BETWEEN

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


def meet(_parts: Sequence[str], end: int, hunks: Sequence[Hunk], following: Hunk) -> bool:
    """Return whether a hunk is about the same parts of the base as those before it, which end at
    `end`.

    So is one that adds parts next to them, if it isn't clear which come first: they add some, too.
    """
    if following.old_start != end:
        return following.old_start < end
    is_addition = any(hunk.old_start == hunk.old_end for hunk in (*hunks, following))
    return is_addition and _adds(following) and any(map(_adds, hunks))


class Division(NamedTuple):
    """How a text is divided to be merged.

    split: into its parts, none if it can't be. key: what parts are matched by, even if they differ.
    meet: see there. is_same: whether a text in which theirs was taken in conflicts may stay, since
    it says the same as theirs.
    """

    split: Callable[[str], list[str]]
    between: str = ""
    key: Callable[[str], Hashable] = str
    meet: Callable[[Sequence[str], int, Sequence[Hunk], Hunk], bool] = meet
    is_same: Callable[[str, str], bool] = lambda _merged, _theirs: False


def _items(text: str) -> list[str]:
    """Return the items of a list, nested ones apart; [] if a text is anything else."""
    items: list[str] = []
    for line in text.split("\n") if BETWEEN not in text else ():
        if label_of(line.lstrip(" ")):
            items.append(line)
        elif not items:
            return []
        else:
            items[-1] += f"\n{line}"
    return items


# In a list no paragraph ends; it is merged by items if they are in no conflict at all.
PARAGRAPHS = (Division(lambda text: text.split(BETWEEN), BETWEEN), Division(_items, "\n"))


def merge(
    base: Document, ours: Document, theirs: Document, *, takes_theirs: bool = False
) -> Merged:
    """Return the text with the changes of both. takes_theirs: where they are in conflict.

    Sections are the same if their anchors are. Raises DocumentError if it is no Document.
    """
    merging = Merging(takes_theirs)
    return Merged(merging.document(base, ours, theirs), tuple(merging.conflicts))


@dataclass
class Merging:
    """bodies, lines: how texts are divided, and titles and headings: the largest parts first."""

    takes_theirs: bool = False
    bodies: Sequence[Division] = PARAGRAPHS
    lines: Sequence[Division] = ()
    conflicts: list[Conflict] = field(default_factory=list)

    def document(self, base: Document, ours: Document, theirs: Document) -> Document:
        three = (base, ours, theirs)
        return Document(
            self.line("title", [text.title for text in three]),
            self._whole_body("introduction", [text.introduction for text in three]),
            tuple(self._sections([_by_anchor(text) for text in three])),
            clauses=self._value("notation", [text.clauses for text in three]),
            numbering=self._value("notation", [text.numbering for text in three]),
        )

    def _value(self, place: str, three: Sequence[Value]) -> Value:
        base, ours, theirs = three
        if ours == theirs or theirs == base:
            return ours
        if ours != base:
            self.conflicts.append(Conflict(place, *map(_source, three)))
            return theirs if self.takes_theirs else ours
        return theirs

    def line(self, place: str, three: Sequence[str]) -> str:
        return "".join(self._parts(place, self.lines, "", [[line] for line in three]))

    def body(self, place: str, three: Sequence[str]) -> str:
        base, ours, theirs = three
        is_settled = ours == theirs or theirs == base
        return ours if is_settled else self._text(place, self.bodies, three)

    def _whole_body(self, place: str, three: Sequence[str]) -> str:
        """Return a body; theirs if the merged one has only one end of a block of code."""
        text = self.body(place, three)
        if self.takes_theirs:
            with suppress(DocumentError):
                return check_introduction(text)
            return three[2]
        return text

    def _text(self, place: str, divisions: Sequence[Division], three: Sequence[str]) -> str:
        largest, *smaller = divisions
        found: list[str] = []
        for segment in _segments([largest.split(text) for text in three], largest):
            found += self._parts(place, smaller, largest.between, segment)
        return largest.between.join(found)

    def _parts(
        self, place: str, smaller: Sequence[Division], between: str, three: Sequence[list[str]]
    ) -> list[str]:
        """Merge parts, by smaller ones where both texts changed them."""
        base, ours, theirs = three
        if smaller and base != ours != theirs != base:
            texts = [between.join(side) for side in three]
            if all(map(smaller[0].split, texts)):
                merging = Merging(takes_theirs=True)
                text = merging._text(place, smaller, texts)
                if not merging.conflicts or smaller[0].is_same(text, texts[2]):
                    return [text]
        return self._value(place, three)

    def _sections(self, three: Sequence[dict[str, Section]]) -> Iterator[Section]:
        known = set(three[0]).intersection(*three)
        orders = [[*filter(known.__contains__, side)] for side in three]
        _, ours, theirs = three
        if self._value("order", orders) == orders[1]:
            anchors = alignment.interleaved([*ours], theirs)
        else:
            anchors = alignment.interleaved([*theirs], ours)
        for anchor in anchors:
            if section := self._section(anchor, [side.get(anchor) for side in three]):
                yield section

    def _section(self, anchor: str, three: Sequence[Section | None]) -> Section | None:
        place = f"#{anchor}"
        sections = [section for section in three if section]
        if len(sections) < len(three):
            return self._value(place, three)
        heading = self.line(place, [section.heading for section in sections])
        body = self._whole_body(place, [section.body for section in sections])
        return Section(heading, anchor, body)


def _by_anchor(document: Document) -> dict[str, Section]:
    return {section.anchor: section for section in document.sections}


def _segments(three: Sequence[list[str]], division: Division) -> Iterator[list[list[str]]]:
    """Yield the three in segments: what they all have, or what one or two of them changed."""
    base, *sides = three
    edits: list[tuple[Hunk, int]] = []
    for side, own in enumerate(sides):
        edits += [(hunk, side) for hunk in _hunks(base, own, division)]
    edits.sort(reverse=True)  # the next one is the last
    at, ahead = 0, [0, 0]  # as far as the base is yielded, and by how much each side is ahead of it
    while edits:
        start = end = edits[-1][0].old_start
        yield [base[at:start]] * 3
        before, together = ahead[:], list[Hunk]()
        while edits and (not together or division.meet(base, end, together, edits[-1][0])):
            hunk, side = edits.pop()
            together.append(hunk)
            end = max(end, hunk.old_end)
            ahead[side] = hunk.new_end - hunk.old_end
        changed = [own[start + before[n] : end + ahead[n]] for n, own in enumerate(sides)]
        yield [base[start:end], *changed]
        at = end
    yield [base[at:]] * 3


def _hunks(base: list[str], text: list[str], division: Division) -> Iterator[Hunk]:
    """Yield what differs; one by one where each part was replaced by another."""
    found = alignment.hunks([*map(division.key, base)], [*map(division.key, text)])
    found = [_at_the_end(text, hunk) for hunk in found]
    for equal, hunk in alignment.in_turn(found, len(base), len(text)):
        singles = [*zip(range(*equal[:2]), range(*equal[2:]), strict=True)]
        if not _adds(hunk):
            singles += zip(range(*hunk[:2]), range(*hunk[2:]), strict=True)
        yield from (Hunk(i, i + 1, j, j + 1) for i, j in singles if base[i] != text[j])
        if _adds(hunk):
            yield hunk


def _at_the_end(text: Sequence[str], hunk: Hunk) -> Hunk:
    """Return an addition of words as one behind the word before it, if white space is around it:
    what the other text has before the next word stays there.
    """
    old_start, old_end, start, end = hunk
    if old_start == old_end and start > 1 and text[start - 2].isalnum():
        space = text[start - 1]
        if space.isspace() and space == text[end - 1]:
            return Hunk(old_start - 1, old_end - 1, start - 1, end - 1)
    return hunk


def _adds(hunk: Hunk) -> bool:
    return hunk.new_end - hunk.new_start != hunk.old_end - hunk.old_start


def _source(value: object) -> str:
    """Return what a conflict shows of one side."""
    match value:
        case Section():
            return f"## {value.heading}\n\n{value.body}".rstrip()
        case list():
            return BETWEEN.join(value)
    return str(value or "")
