"""The redline: what changed from one Document to another, as a lawyer would mark it.

Pure: no Django, no database.

    blocks.py     a Document as the blocks that a reader sees
    counting.py   which of their numbers only count positions
    sections.py   which section of the old text is which of the new
    pairs.py      which block of the old text is which of the new
    moves.py      which blocks were moved
    words.py      which words changed
    inline.py     words as HTML
    html.py       blocks as HTML, and the wall
    alignment.py  the algorithms

A redline shows changes of what is read: line breaks in the source, the sign before a list item, the
style of quotes and the number before a heading make no difference. Beside that it keeps the edits
of the source itself, which lose nothing; `accept` and `reject` use them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from policies.documents import Document, Section
from policies.redline import alignment
from policies.redline import blocks as redline_blocks
from policies.redline import moves as redline_moves
from policies.redline import sections as redline_sections
from policies.redline.html import Writer, stop_ids
from policies.redline.inline import Labels
from policies.redline.pairs import Pair, compared, pair_blocks
from policies.redline.words import Run
from policies.rendering.step import without_controls

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policies.redline.blocks import Block, Tree
    from policies.redline.sections import Place

__all__ = ["Edit", "Labels", "Part", "Redline", "State", "Summary", "compare"]


class Edit(NamedTuple):
    """A stretch of the source: kept (old == new), or replaced ("" on the side without text)."""

    old: str
    new: str


class State(StrEnum):
    """What happened to a part: at most one of the first five, and perhaps moved and renamed."""

    UNCHANGED = "unchanged"
    FORMATTING = "formatting"  # the source differs, but no word that is read
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class Part:
    """A section, the title, the introduction or the footnotes, with its changes marked.

    kind: "title", "introduction", "section" or "notes". anchor, heading (plain text): the new ones,
    or those of a removed section. html: safe; the title's is inline. changes: the ids in it to jump
    to. old_position, new_position: 1 for the first section; None where the text has no such
    section. heading_edits, anchor_edits, body_edits: the edits of the source.
    """

    kind: str
    anchor: str
    heading: str
    states: frozenset[State]
    html: str
    changes: tuple[str, ...]
    old_position: int | None
    new_position: int | None
    heading_edits: tuple[Edit, ...] = ()
    anchor_edits: tuple[Edit, ...] = ()
    body_edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """How many sections were changed, added and so on, and how many changes there are.

    A section may be changed, moved and renamed at once.
    """

    changed: int
    added: int
    removed: int
    moved: int
    renamed: int
    formatting: int
    unchanged: int
    title_changed: bool
    introduction_changed: bool
    notes_changed: bool
    changes: int


@dataclass(frozen=True, slots=True)
class Redline:
    """Two Documents, shown as one. sections: in the new order, removed ones where they stood."""

    title: Part
    introduction: Part
    sections: tuple[Part, ...]
    notes: Part | None

    def accept(self) -> Document:
        """Return the new Document exactly, which proves that nothing of it is lost."""
        return self._document(new=True)

    def reject(self) -> Document:
        """Return the old Document exactly, as `accept` returns the new one."""
        return self._document(new=False)

    def _document(self, *, new: bool) -> Document:
        placed = [(part.new_position if new else part.old_position, part) for part in self.sections]
        in_order = sorted(
            ((place, part) for place, part in placed if place is not None), key=itemgetter(0)
        )
        return Document(
            _side(self.title.heading_edits, new=new),
            _side(self.introduction.body_edits, new=new),
            tuple(
                Section(
                    _side(part.heading_edits, new=new),
                    _side(part.anchor_edits, new=new),
                    _side(part.body_edits, new=new),
                )
                for _, part in in_order
            ),
        )

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts below the title, in reading order."""
        return (self.introduction, *self.sections, *([self.notes] if self.notes else []))

    @property
    def html(self) -> str:
        """The HTML of everything below the title."""
        return "".join(part.html for part in self.parts)

    @property
    def changes(self) -> tuple[str, ...]:
        """The ids to jump to, from the first change to the last."""
        return tuple(change for part in (self.title, *self.parts) for change in part.changes)

    @property
    def summary(self) -> Summary:
        """The numbers that the top of the page shows."""
        count = Counter(state for part in self.sections for state in part.states)
        return Summary(
            changed=count[State.CHANGED],
            added=count[State.ADDED],
            removed=count[State.REMOVED],
            moved=count[State.MOVED],
            renamed=count[State.RENAMED],
            formatting=count[State.FORMATTING],
            unchanged=count[State.UNCHANGED],
            title_changed=State.CHANGED in self.title.states,
            introduction_changed=State.CHANGED in self.introduction.states,
            notes_changed=self.notes is not None and State.CHANGED in self.notes.states,
            changes=len(self.changes),
        )


def compare(old: Document, new: Document, labels: Labels | None = None) -> Redline:
    """Return the redline of two Documents. labels: words for screen readers; English if None."""
    return _Comparison(old, new, labels or Labels()).redline()


class _Comparison:
    """The work of `compare`, step by step."""

    def __init__(self, old: Document, new: Document, labels: Labels) -> None:
        self.old, self.new, self.labels = old, new, labels
        self.old_tree, self.new_tree = redline_blocks.read(old), redline_blocks.read(new)
        self.places = redline_sections.pair_sections(self.old_tree.sections, self.new_tree.sections)
        self.divided: set[Place] = set()
        self.headings: dict[Place, Pair] = {}

    def redline(self) -> Redline:
        """Pair everything, find out what was moved, and write the HTML."""
        title = compared(Pair((_title(self.old),), (_title(self.new),)))
        introduction = pair_blocks(self.old_tree.introduction, self.new_tree.introduction)
        self.headings = {place: self._heading(place) for place in self.places}
        bodies = self._bodies()
        notes = pair_blocks(self.old_tree.notes, self.new_tree.notes)
        moved = redline_sections.moved(self.places)
        everything = [*introduction, *(pair for body in bodies.values() for pair in body), *notes]
        writer = Writer(self.labels, _ids(self.new_tree), redline_moves.find(everything))
        title_html = writer.pair(title)
        introduction_html = writer.pairs(introduction)
        sections = [
            (
                place,
                self.headings[place],
                writer.heading_of_section(self.headings[place], moved=place in moved),
                writer.pairs(bodies[place]),
            )
            for place in self.places
        ]
        notes_html = writer.notes(notes) if notes else ""
        # Links between changes can only be written now that the last change is known.
        return Redline(
            title=self._title_part(writer, title_html),
            introduction=self._introduction_part(writer, introduction_html),
            sections=tuple(
                self._section(writer, *written, moved=written[0] in moved) for written in sections
            ),
            notes=_part(writer, "notes", notes_html, same=True) if notes else None,
        )

    # --- Pairing ---

    def _heading(self, place: Place) -> Pair:
        old = () if place.old is None else (self.old_tree.sections[place.old][0],)
        new = () if place.new is None else (self.new_tree.sections[place.new][0],)
        return compared(Pair(old, new))

    def _bodies(self) -> dict[Place, list[Pair]]:
        """Pair the blocks of each section; divided or joined sections are paired as one."""
        bodies: dict[Place, list[Pair]] = {}
        for group in redline_sections.groups(
            self.places, self.old_tree.sections, self.new_tree.sections
        ):
            self.divided |= set(group) if len(group) > 1 else set()
            bodies |= self._paired(group)
        return bodies

    def _paired(self, group: Sequence[Place]) -> dict[Place, list[Pair]]:
        """Pair the blocks of sections as if no headings stood between them, then divide again."""
        old: list[Block] = []
        new: list[Block] = []
        beginning: dict[int, Place] = {}
        for place in group:
            for index, sections, blocks in (
                (place.old, self.old_tree.sections, old),
                (place.new, self.new_tree.sections, new),
            ):
                if index is None:
                    continue
                heading, body = sections[index]
                if place is not group[0]:
                    blocks.append(heading)
                    beginning[id(heading)] = place
                blocks += body
        bodies: dict[Place, list[Pair]] = {place: [] for place in group}
        now = group[0]
        for pair in pair_blocks(old, new):
            begins = [beginning[id(b)] for b in (*pair.old, *pair.new) if id(b) in beginning]
            if begins:
                # A partner, if it has one, is a heading of another level in the other text.
                now = begins[0]
                self.headings[now] = pair
            else:
                bodies[now].append(pair)
        return bodies

    # --- Parts ---

    def _title_part(self, writer: Writer, html: str) -> Part:
        same = self.old.title == self.new.title
        edits = _edits(self.old.title, self.new.title)
        return _part(writer, "title", html, same=same, heading=self.new.title, heading_edits=edits)

    def _introduction_part(self, writer: Writer, html: str) -> Part:
        old, new = self.old.introduction, self.new.introduction
        return _part(writer, "introduction", html, same=old == new, body_edits=_edits(old, new))

    def _section(
        self, writer: Writer, place: Place, pair: Pair, heading: str, body: str, *, moved: bool
    ) -> Part:
        nothing = ("", "", "")
        old = nothing if place.old is None else _fields(self.old.sections[place.old])
        new = nothing if place.new is None else _fields(self.new.sections[place.new])
        edits = [_edits(*both) for both in zip(old, new, strict=True)]
        states = {State.MOVED} if moved else set()
        if place.old is None or place.new is None:
            states.add(State.ADDED if place.old is None else State.REMOVED)
        elif _changes(body) or place in self.divided:
            states.add(State.CHANGED)
        if pair.hunks and place.old is not None and place.new is not None:
            states.add(State.RENAMED)
        if not states:
            # What changed in a footnote is shown, and counted, with the footnotes.
            same = [_NOTES.sub("", text) for text in old] == [_NOTES.sub("", text) for text in new]
            states.add(State.UNCHANGED if same else State.FORMATTING)
        html = heading + body
        return Part(
            "section",
            (new if place.new is not None else old)[1],
            redline_blocks.plain_text(pair.block),
            frozenset(states),
            writer.finished(html),
            _changes(html),
            None if place.old is None else place.old + 1,
            None if place.new is None else place.new + 1,
            *edits,
        )


def _part(
    writer: Writer,
    kind: str,
    html: str,
    *,
    same: bool,
    heading: str = "",
    heading_edits: tuple[Edit, ...] = (),
    body_edits: tuple[Edit, ...] = (),
) -> Part:
    changes = _changes(html)
    state = State.CHANGED if changes else State.UNCHANGED if same else State.FORMATTING
    return Part(
        kind,
        "",
        heading,
        frozenset({state}),
        writer.finished(html),
        changes,
        None,
        None,
        heading_edits=heading_edits,
        body_edits=body_edits,
    )


def _changes(html: str) -> tuple[str, ...]:
    return tuple(stop_ids(html))


def _title(document: Document) -> Block:
    return redline_blocks.leaf("", {}, [Run(without_controls(document.title))])


def _fields(section: Section) -> tuple[str, str, str]:
    return section.heading, section.anchor, section.body


def _ids(tree: Tree) -> frozenset[str]:
    """Return every id in a text."""
    blocks = [*tree.introduction, *tree.notes]
    for heading, body in tree.sections:
        blocks += [heading, *body]
    return frozenset(anchor for block in blocks for anchor in block.ids())


# Definitions of footnotes: written in a section, shown at the end of the page.
_NOTES = re.compile(
    r"^[ ]{0,3}\[\^[^\]\n]+\]:.*(?:\n(?:[ \t]*\n)*(?:[ ]{4}|\t).*)*\n*", re.MULTILINE
)

# --- The source -------------------------------------------------------------------------------

_PIECES = re.compile(r"\S+\s*|\s+")


def _edits(old: str, new: str) -> tuple[Edit, ...]:
    """Return the edits of the source: line by line, and word by word where lines changed."""
    if old == new:
        return (Edit(old, new),) if new else ()
    edits: list[Edit] = []
    for lines in _compared(old.splitlines(keepends=True), new.splitlines(keepends=True)):
        if lines.old == lines.new:
            edits.append(lines)
        else:
            edits += _compared(_PIECES.findall(lines.old), _PIECES.findall(lines.new))
    return tuple(edits)


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[Edit]:
    i = j = 0
    for hunk in [*alignment.hunks(old, new), None]:
        kept = "".join(new[j : hunk.new_start if hunk else len(new)])
        if kept:
            yield Edit(kept, kept)
        if hunk:
            i, j = hunk.old_end, hunk.new_end
            yield Edit(
                "".join(old[hunk.old_start : i]),
                "".join(new[hunk.new_start : j]),
            )


def _side(edits: Sequence[Edit], *, new: bool) -> str:
    return "".join([edit.new if new else edit.old for edit in edits])
