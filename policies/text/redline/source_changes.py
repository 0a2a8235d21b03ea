"""Finds the single changes between two Documents.

A change is of the source, so that what is rejected comes back to the letter. A paragraph of the
source is what has an empty line before and behind it. Words in it change one by one, but those that
need each other, such as the two signs around bold words, change together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from policies.text.document import Document, Section, part_digest
from policies.text.markdown.labels import signs_before
from policies.text.redline import section_pairing
from policies.text.redline.alignment import Hunk
from policies.text.redline.block_pairing import pair_blocks
from policies.text.redline.blocks import Block
from policies.text.redline.matching import MOVED_CHARACTERS, Matcher
from policies.text.redline.parsing import leaf
from policies.text.redline.single_changes import (
    BETWEEN,
    Change,
    Changes,
    Kind,
    Paragraph,
    Place,
    Stretch,
)
from policies.text.redline.tokens import PARAGRAPH, POSITION, Run, Word, words
from policies.text.redline.word_diff import changes


def changes_between(old: Document, new: Document) -> Changes:
    """Return the single changes that make the new Document of the old one."""
    return _Comparison().changes(old, new)


def paragraphs_between(old: str, new: str) -> tuple[Paragraph, ...]:
    """Return the paragraphs of two texts of one part, with what changed in them."""
    return tuple(_Comparison().paragraphs(old, new))


@dataclass
class _Comparison:
    """Finds changes. listed: those found so far, by id."""

    listed: dict[str, Change] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    place: str = ""
    heading: str = ""

    def changes(self, old: Document, new: Document) -> Changes:
        self._enter("title")
        title = Place("title", self._words(old.title, new.title))
        self._enter("introduction")
        paragraphs = self.paragraphs(old.introduction, new.introduction)
        introduction = Place("introduction", paragraphs=tuple(paragraphs))
        olds, news = ([*map(outlined, it.sections)] for it in (old, new))
        pairs = section_pairing.pair_sections(olds, news)
        moved = section_pairing.moved(pairs)
        sections = [
            self._section(
                None if pair.old is None else old.sections[pair.old],
                None if pair.new is None else new.sections[pair.new],
                Place("", old=pair.old, new=pair.new),
                is_moved=pair in moved,
            )
            for pair in pairs
        ]
        self._enter("notation")
        numbering = self._whole(Kind.NOTATION, old.numbering, new.numbering)
        marks = ["clauses" if it.clauses else "" for it in (old, new)]
        clauses = self._whole(Kind.NOTATION, *marks)
        places = self._with_moves([introduction, *sections])
        return Changes(
            title,
            places[0],
            tuple(places[1:]),
            Place("notation", (numbering,)),
            clauses,
            tuple(self.listed.values()),
        )

    def _section(
        self, old: Section | None, new: Section | None, place: Place, *, is_moved: bool
    ) -> Place:
        """Return a section. place: with its indexes."""
        if old is None or new is None:
            return self._single_section(old, new, place)
        self._enter(f"#{old.anchor}", new.heading)
        return replace(
            place,
            name=self.place,
            move=self._add(Kind.MOVED, old.heading, new.heading) if is_moved else "",
            anchor=self._whole(Kind.ANCHOR, old.anchor, new.anchor),
            line=self._words(old.heading, new.heading),
            paragraphs=tuple(self.paragraphs(old.body, new.body)),
        )

    def _single_section(self, old: Section | None, new: Section | None, place: Place) -> Place:
        one = old or new
        assert one is not None  # noqa: S101  for the type checker: a pair has a section
        self._enter(f"#{one.anchor}", one.heading)
        text = f"## {one.heading}\n\n{one.body}".rstrip()
        change = self._add(Kind.REMOVED, text, "") if old else self._add(Kind.ADDED, "", text)
        return replace(
            place,
            name=self.place,
            change=change,
            line=(_single(one.heading, change, was_there=old is not None),),
            anchor=_single(one.anchor, change, was_there=old is not None),
            paragraphs=tuple(
                Paragraph(
                    (_single(it, change, was_there=old is not None),), change, old is not None
                )
                for it in _cut(one.body)
            ),
        )

    def _enter(self, place: str, heading: str = "") -> None:
        self.place, self.heading = place, heading

    def paragraphs(self, old: str, new: str) -> Iterator[Paragraph]:
        if old == new:
            yield from (Paragraph((Stretch(it, it),)) for it in _cut(new))
            return
        olds, news = _cut(old), _cut(new)
        blocks = [*map(_paragraph, (*olds, *news))]
        texts = {id(block): text for block, text in zip(blocks, (*olds, *news), strict=True)}
        for pair in pair_blocks(blocks[: len(olds)], blocks[len(olds) :]):
            before, after = ([texts[id(it)] for it in side] for side in (pair.old, pair.new))
            if before and after:
                yield Paragraph(self._words(BETWEEN.join(before), BETWEEN.join(after)))
                continue
            for text in before:
                change = self._add(Kind.REMOVED, text, "")
                yield Paragraph((Stretch(text, "", change),), change)
            for text in after:
                change = self._add(Kind.ADDED, "", text)
                yield Paragraph((Stretch("", text, change),), change, was_there=False)

    def _words(self, old: str, new: str) -> tuple[Stretch, ...]:
        """Return the stretches of a paragraph or a line that both texts have."""
        if old == new:
            return (Stretch(old, new),) if new else ()
        olds, news = _pieces(old), _pieces(new)
        found: list[Stretch] = []
        together: list[int] = []
        i = j = 0
        for hunk in (*changes(olds, news), Hunk(len(olds), len(olds), len(news), len(news))):
            found += self._kept(olds[i : hunk.old_start], news[j : hunk.new_start])
            space, hunk = _with_space(olds, news, hunk)
            found += [Stretch(space, space)] if space else []
            i, j = hunk.old_end, hunk.new_end
            before, after = _joined(olds[hunk.old_start : i]), _joined(news[hunk.new_start : j])
            if BETWEEN in before + after and olds[i : i + 1] != news[j : j + 1]:
                # The space before the first word of a paragraph differs, too.
                before, after = before + olds[i].text, after + news[j].text
                i, j = i + 1, j + 1
            # The first word had no space before it, or has none now: that goes with the change.
            elif hunk.old_end == 0 and j < len(news):
                after += _taken_space(news, j)
            elif hunk.new_end == 0 and i < len(olds):
                before += _taken_space(olds, i)
            if before or after:
                together += [len(found)] if _needs_others(before, after) else []
                found.append(Stretch(before, after))
        return self._listed(found, together)

    def _listed(self, found: list[Stretch], together: Sequence[int]) -> tuple[Stretch, ...]:
        """List the changes in stretches. together: the indexes of those that are one change."""
        olds, news = ([found[at][side].strip() for at in together] for side in (0, 1))
        joined = [" … ".join(filter(None, it)) for it in (olds, news)]
        if together and not any(map(str.isalnum, "".join(joined))):  # only how words look
            between = found[together[0] : together[-1] + 1]
            joined = ["".join(it[side] for it in between).strip() for side in (0, 1)]
        one = self._add(Kind.WORDS, *joined) if together else ""
        for at, (old, new, change) in enumerate(found):
            if change or old == new:
                continue
            if at in together:
                change = one
            elif (old + new).strip():
                change = self._add(Kind.WORDS, old, new)
            else:
                change = self._group(Kind.LAYOUT, old, new)
            found[at] = Stretch(old, new, change)
        return tuple(found)

    def _kept(self, olds: Sequence[Word], news: Sequence[Word]) -> Iterator[Stretch]:
        """Yield what was kept: the same words, perhaps with other spaces or another number."""
        old, new = _joined(olds), _joined(news)
        if old == new:
            if new:
                yield Stretch(old, new)
            return
        for one, two in zip(olds, news, strict=True):
            kind = Kind.NUMBERS if one.key == POSITION else Kind.LAYOUT
            same = one.text == two.text
            change = "" if same else self._group(kind, one.text, two.text)
            yield Stretch(one.text, two.text, change)

    def _with_moves(self, places: Sequence[Place]) -> list[Place]:
        """Make one change of a paragraph that was removed in one place and added in another."""
        long = [it for it in self.listed.values() if len(it.old + it.new) >= MOVED_CHARACTERS]
        kinds = Kind.REMOVED, Kind.ADDED
        removed, added = ([it for it in long if it.kind is kind] for kind in kinds)
        matcher = Matcher(removed, added)
        matcher.by_key(lambda it: it.old or it.new)
        for one, two in matcher:
            self.listed[two.id] = replace(two, kind=Kind.MOVED, old=one.old)
            del self.listed[one.id]
        became = {one.id: two.id for one, two in matcher}
        return [_with_ids(place, became) for place in places] if became else [*places]

    def _whole(self, kind: Kind, old: str, new: str) -> Stretch:
        return Stretch(old, new, self._add(kind, old, new) if old != new else "")

    def _add(self, kind: Kind, old: str, new: str) -> str:
        """List a change; return its id."""
        values = [self.place, kind, old, new]
        self.seen[values_digest := part_digest(*values)] += 1
        return self._list(part_digest(values_digest, self.seen[values_digest]), kind, old, new)

    def _group(self, kind: Kind, old: str, new: str) -> str:
        """Return the id of the one change of a kind in a place."""
        return self._list(part_digest(self.place, kind), kind, old, new)

    def _list(self, change: str, kind: Kind, old: str, new: str) -> str:
        self.listed.setdefault(change, Change(change, kind, self.place, self.heading, old, new))
        return change


def _single(text: str, change: str, *, was_there: bool) -> Stretch:
    return Stretch(text, "", change) if was_there else Stretch("", text, change)


def _cut(text: str) -> list[str]:
    return text.split(BETWEEN) if text else []


def _paragraph(text: str) -> Block:
    return leaf("p", {}, [Run(text)])


def outlined(section: Section) -> section_pairing.Section:
    """Return a section as `pair_sections` takes it, its source being its words."""
    heading = leaf("h2", {"id": section.anchor}, [Run(section.heading)])
    return heading, [*map(_paragraph, _cut(section.body))]


def _pieces(text: str) -> list[Word]:
    """Return the words of a source, each with the white space before it; together they are all of
    it. A line break before an item, a row or a paragraph is a word of its own.
    """
    found: list[Word] = []
    for number, paragraph in enumerate(text.split(BETWEEN)):
        if number:
            found.append(Word(PARAGRAPH, BETWEEN))
        for index, line in enumerate(paragraph.split("\n")):
            indent = len(line) - len(line.lstrip(" \t"))
            begins = line[indent:]
            labels = signs_before(begins)
            before = "\n" if index else ""
            if before and (labels or begins[:1] in _SIGNS):
                found.append(Word(PARAGRAPH, before))
                before = ""
            found += _pieces_of_line(line, before, _label_end(begins, labels, indent))
    return found


_SIGNS = {"#", ">", "|"}  # with which a heading, a quotation and a row begin


def _with_space(olds: list[Word], news: list[Word], hunk: Hunk) -> tuple[str, Hunk]:
    """Return the white space with which both sides of a hunk begin, and the hunk without it.

    Where one side is empty, it belongs to the words behind: "a **b**" became "a b".
    """
    i, end, j, to = hunk
    if i == len(olds) or j == len(news):
        return "", hunk
    space = _space(olds[i].text) if _space(olds[i].text) == _space(news[j].text) else ""
    is_one_sided = i == end or j == to
    behind = [it.text for it in (*olds[end : end + 1], *news[to : to + 1])]
    if is_one_sided and not (space and len(behind) == 2 and behind[0] != behind[1]):
        return "", hunk
    olds[i], news[j] = (it._replace(text=it.text[len(space) :]) for it in (olds[i], news[j]))
    return space, hunk


def _taken_space(words: list[Word], at: int) -> str:
    """Take the white space before a word off it, and return it."""
    space = _space(words[at].text)
    words[at] = words[at]._replace(text=words[at].text[len(space) :])
    return space


def _space(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _label_end(line: str, markers: Sequence[tuple[int, int]], indent: int) -> int:
    """Return where the label of a clause ends, 0 if a line begins with none."""
    start, end = markers[-1] if markers else (0, 0)
    return 0 if line[start:end] in {"", "-", "*", "+"} else indent + end


def _pieces_of_line(line: str, before: str, label: int) -> Iterator[Word]:
    at = 0
    for word in words([Run(line)], number=label):
        end = line.index(word.text, at) + len(word.text)
        yield Word(word.key, before + line[at:end])
        before, at = "", end
    if rest := before + line[at:]:
        yield Word("", rest)


def _joined(pieces: Sequence[Word]) -> str:
    return "".join([piece.text for piece in pieces])


def _needs_others(old: str, new: str) -> bool:
    """Return whether words that are replaced are one side of something, such as bold words."""
    if old.count("|") != new.count("|") and "\n" not in old + new:
        return True  # cells
    sides = [_RUN.sub(r"\1", it) for it in (old, new)]
    return any(
        side.count(opening) != side.count(closing) or side.count(sign) % 2
        for side in sides
        for opening, closing in ("()", "[]", "<>")
        for sign in "*_~`"
    )


_RUN = re.compile(r"([*_~`])\1+")


def _with_ids(place: Place, became: Mapping[str, str]) -> Place:
    """Return a place in which single paragraphs belong to other changes."""
    paragraphs = (
        it
        if it.change not in became
        else Paragraph((Stretch(*it.stretches[0][:2], became[it.change]),), became[it.change])
        for it in place.paragraphs
    )
    return replace(place, paragraphs=tuple(paragraphs))
