"""The Redline, its parts, and what happened to each."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from policies.text.document import Document, Section
from policies.text.redline.source_edits import Edit, side_of


class State(StrEnum):
    """What happened to a part: one of the first five, or moved or renamed, or several of these."""

    UNCHANGED = "unchanged"
    FORMATTING = "formatting"  # the source differs, but not the words that are read
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class Part:
    """A section, the title, the introduction or the footnotes, with its changes marked.

    kind: "title", "introduction", "section" or "notes". html: safe; the title's is inline. changes:
    the ids in it to jump to. anchor, heading (plain text): the new ones, or those of a removed
    section. old_position, new_position: 1 for the first section; None where the text has no such
    section. heading_edits, anchor_edits, body_edits: the edits of the source.
    """

    kind: str
    html: str
    changes: tuple[str, ...]
    states: frozenset[State]
    anchor: str = ""
    heading: str = ""
    old_position: int | None = None
    new_position: int | None = None
    heading_edits: tuple[Edit, ...] = ()
    anchor_edits: tuple[Edit, ...] = ()
    body_edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """How many sections were changed, added and so on; changes: how many there are to jump to.

    Each section is counted once: one that was changed and moved under `changed_moved` alone.
    """

    changed: int
    changed_moved: int
    changed_renamed: int
    changed_moved_renamed: int
    added: int
    removed: int
    moved: int
    moved_renamed: int
    renamed: int
    formatting: int
    unchanged: int
    title_changed: bool
    introduction_changed: bool
    notes_changed: bool
    changes: int


@dataclass(frozen=True, slots=True)
class Redline:
    """Two Documents, shown as one. sections: in the new order, removed ones where they were."""

    title: Part
    introduction: Part
    sections: tuple[Part, ...]
    notes: Part | None
    notations: tuple[Mapping[str, Any], Mapping[str, Any]] = ({}, {})  # of the old text, of the new

    @property
    def numbering(self) -> str:
        """The new Document's."""
        return str(self.notations[True].get("numbering", ""))

    def accept(self) -> Document:
        """Return the new Document exactly, made from the edits."""
        return self._document(new=True)

    def reject(self) -> Document:
        """Return the old Document exactly, made from the edits."""
        return self._document(new=False)

    def _document(self, *, new: bool) -> Document:
        by_position = {
            part.new_position if new else part.old_position: part for part in self.sections
        }
        sections = [by_position[n] for n in range(1, len(by_position) + 1) if n in by_position]
        return Document(
            side_of(self.title.heading_edits, new=new),
            side_of(self.introduction.body_edits, new=new),
            tuple(
                Section(
                    side_of(part.heading_edits, new=new),
                    side_of(part.anchor_edits, new=new),
                    side_of(part.body_edits, new=new),
                )
                for part in sections
            ),
            **self.notations[new],
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
        counts = Counter(part.states for part in self.sections)

        def count(*states: State) -> int:
            return counts[frozenset(states)]

        return Summary(
            changed=count(State.CHANGED),
            changed_moved=count(State.CHANGED, State.MOVED),
            changed_renamed=count(State.CHANGED, State.RENAMED),
            changed_moved_renamed=count(State.CHANGED, State.MOVED, State.RENAMED),
            added=count(State.ADDED),
            removed=count(State.REMOVED),
            moved=count(State.MOVED),
            moved_renamed=count(State.MOVED, State.RENAMED),
            renamed=count(State.RENAMED),
            formatting=count(State.FORMATTING),
            unchanged=count(State.UNCHANGED),
            title_changed=State.CHANGED in self.title.states,
            introduction_changed=State.CHANGED in self.introduction.states,
            notes_changed=self.notes is not None and State.CHANGED in self.notes.states,
            changes=len(self.changes),
        )
