"""The Redline, its parts, and what happened to each."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from policies.text.document import Document
from policies.text.redline.source_changes import changes_between


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
    section.
    """

    kind: str
    html: str
    changes: tuple[str, ...]
    states: frozenset[State]
    anchor: str = ""
    heading: str = ""
    old_position: int | None = None
    new_position: int | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """How many sections were changed, added and so on; changes: how many there are to jump to.

    Each section is counted once: one that was changed and moved under `changed_moved` alone.
    """

    title_changed: bool
    introduction_changed: bool
    notes_changed: bool
    changes: int
    changed: int = 0
    changed_moved: int = 0
    changed_renamed: int = 0
    changed_moved_renamed: int = 0
    added: int = 0
    removed: int = 0
    moved: int = 0
    moved_renamed: int = 0
    renamed: int = 0
    formatting: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Redline:
    """Two Documents, shown as one. sections: in the new order, removed ones where they were."""

    title: Part
    introduction: Part
    sections: tuple[Part, ...]
    notes: Part | None
    old: Document
    new: Document

    def accept(self) -> Document:
        """Return the new Document, made from the changes of the source."""
        return changes_between(self.old, self.new).resolve(())

    def reject(self) -> Document:
        """Return the old Document, made from the changes of the source."""
        changes = changes_between(self.old, self.new)
        return changes.resolve(it.id for it in changes.listed)

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
        in_order = ("_".join(it for it in State if it in part.states) for part in self.sections)
        return Summary(
            State.CHANGED in self.title.states,
            State.CHANGED in self.introduction.states,
            self.notes is not None and State.CHANGED in self.notes.states,
            len(self.changes),
            **Counter(in_order),
        )
