"""The redline: what changed from one Document to another, as a lawyer would mark it.

Pure: no Django, no database.

    blocks.py     the blocks that a reader sees, as values
    reading.py    from a Document to its blocks
    counting.py   which of their numbers only count positions
    sections.py   which section of the old text is which of the new
    pairs.py      which block of the old text is which of the new
    moves.py      which blocks were moved
    words.py      which words changed
    inline.py     words as HTML
    html.py       blocks as HTML, and the wall
    source.py     the edits of the source
    values.py     the Redline, its parts, and what is said of each
    alignment.py  the algorithms

A redline shows changes of what is read: line breaks in the source, the sign before a list item, the
style of quotes and the number before a heading make no difference. Beside that it keeps the edits
of the source itself, which lose nothing; `accept` and `reject` use them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.text.markdown.characters import without_controls
from policies.text.redline import moves as redline_moves
from policies.text.redline import reading, source
from policies.text.redline import sections as redline_sections
from policies.text.redline.blocks import plain_text
from policies.text.redline.html import Writer, stop_ids
from policies.text.redline.inline import Labels
from policies.text.redline.pairs import Pair, compared, pair_blocks
from policies.text.redline.source import Edit
from policies.text.redline.values import Part, Redline, State, Summary
from policies.text.redline.words import Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.text.document import Document, Section
    from policies.text.redline.blocks import Block, Tree
    from policies.text.redline.sections import Place

__all__ = ["Edit", "Labels", "Part", "Redline", "State", "Summary", "compare"]


def compare(old: Document, new: Document, labels: Labels | None = None) -> Redline:
    """Return the redline of two Documents. labels: words for screen readers; English if None."""
    return _Comparison(old, new, labels or Labels()).redline()


class _Comparison:
    """The work of `compare`, step by step."""

    def __init__(self, old: Document, new: Document, labels: Labels) -> None:
        self.old, self.new, self.labels = old, new, labels
        self.old_tree, self.new_tree = reading.read(old), reading.read(new)
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
        edits = source.edits(self.old.title, self.new.title)
        return _part(writer, "title", html, same=same, heading=self.new.title, heading_edits=edits)

    def _introduction_part(self, writer: Writer, html: str) -> Part:
        old, new = self.old.introduction, self.new.introduction
        return _part(
            writer, "introduction", html, same=old == new, body_edits=source.edits(old, new)
        )

    def _section(
        self, writer: Writer, place: Place, pair: Pair, heading: str, body: str, *, moved: bool
    ) -> Part:
        nothing = ("", "", "")
        old = nothing if place.old is None else _fields(self.old.sections[place.old])
        new = nothing if place.new is None else _fields(self.new.sections[place.new])
        edits = [source.edits(*both) for both in zip(old, new, strict=True)]
        states = {State.MOVED} if moved else set()
        if place.old is None or place.new is None:
            states.add(State.ADDED if place.old is None else State.REMOVED)
        elif _changes(body) or place in self.divided:
            states.add(State.CHANGED)
        if pair.hunks and place.old is not None and place.new is not None:
            states.add(State.RENAMED)
        if not states:
            # What changed in a footnote is shown, and counted, with the footnotes.
            same = list(map(source.without_notes, old)) == list(map(source.without_notes, new))
            states.add(State.UNCHANGED if same else State.FORMATTING)
        html = heading + body
        return Part(
            "section",
            (new if place.new is not None else old)[1],
            plain_text(pair.block),
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
    return reading.leaf("", {}, [Run(without_controls(document.title))])


def _fields(section: Section) -> tuple[str, str, str]:
    return section.heading, section.anchor, section.body


def _ids(tree: Tree) -> frozenset[str]:
    """Return every id in a text."""
    blocks = [*tree.introduction, *tree.notes]
    for heading, body in tree.sections:
        blocks += [heading, *body]
    return frozenset(anchor for block in blocks for anchor in block.ids())
