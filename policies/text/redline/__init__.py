"""The redline: what changed from one Document to another, as a lawyer would mark it.

    parsing.py             from a Document to its blocks, and which numbers only give a position
    blocks.py              the blocks that a reader sees
    tokens.py              the words in them
    alignment.py           what two sequences have in common, in order
    matching.py            which item of the old text is which of the new: how, and all thresholds
    outlines.py            which section, heading or clause of the old text is which of the new
    section_pairing.py     two texts, paired: which section is which, and what is in both
    block_pairing.py       which block of the old text is which of the new
    word_diff.py           which words changed
    moved_blocks.py        which blocks were moved
    block_html.py          blocks as HTML, and the last sanitiser
    changed_paragraphs.py  paragraphs in which words changed, as HTML
    inline_html.py         words as HTML
    single_changes.py      changes that can be rejected one by one
    source_changes.py      finds them in the source
    three_way.py           the merge of two texts that were made of the same one
    merging.py             puts an edited copy into the words of the text, and merges it
    proposals.py           the changes of a text that came back, beside the draft

A redline shows changes of what is read: line breaks in the source, the sign before a list item, the
style of quotes and the number before a heading make no difference. `changes_between` gives single
changes of the source, which lose nothing, and each of which can be rejected.
"""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from policies.text.document import Document, Section, has_clauses
from policies.text.redline import moved_blocks, parsing
from policies.text.redline.block_html import Writer, stop_ids
from policies.text.redline.inline_html import Labels
from policies.text.redline.merging import NOTE
from policies.text.redline.proposals import ConflictOf, Proposals, proposals
from policies.text.redline.section_pairing import PairedSection, PairedTexts
from policies.text.redline.single_changes import Change, Changes, ComparedPart, Kind, Stretch
from policies.text.redline.source_changes import changes_between, paragraphs_between
from policies.text.redline.three_way import Merged, merge
from policies.text.short_text import one_line


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
class RedlinePart:
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

    @property
    def counted_as(self) -> str:
        """The name of the count in Summary that has it."""
        return "_".join(state for state in State if state in self.states)


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

    title: RedlinePart
    introduction: RedlinePart
    sections: tuple[RedlinePart, ...]
    notes: RedlinePart | None
    new: Document

    @property
    def parts(self) -> tuple[RedlinePart, ...]:
        """The parts below the title, in reading order."""
        return (self.introduction, *self.sections, *([self.notes] if self.notes else []))

    @property
    def html(self) -> str:
        """The HTML of everything below the title."""
        return "".join(part.html for part in self.parts)

    @property
    def changes(self) -> tuple[str, ...]:
        """The ids to jump to, from the first change to the last."""
        return sum((part.changes for part in self.parts), self.title.changes)

    @property
    def summary(self) -> Summary:
        return Summary(
            State.CHANGED in self.title.states,
            State.CHANGED in self.introduction.states,
            self.notes is not None and State.CHANGED in self.notes.states,
            len(self.changes),
            **Counter(section.counted_as for section in self.sections),
        )


def compare(old: Document, new: Document, labels: Labels | None = None) -> Redline:
    """Return the redline of two Documents. labels: words for screen readers; English if None."""
    # (a) has been there before, if only as the first word of a paragraph.
    clauses = has_clauses(old) or has_clauses(new)
    texts = PairedTexts.of(parsing.read(old, clauses=clauses), parsing.read(new, clauses=clauses))
    pairs = [*texts.introduction]
    for section in texts.sections:
        pairs += section.pairs
    moves = moved_blocks.find_moves([*pairs, *texts.notes], texts.old_tree)
    writer = Writer(labels or Labels(), texts.new_ids, moves)
    title = writer.pair(texts.title)
    introduction = writer.pairs(texts.introduction)
    sections = [
        (
            writer.heading_of_section(section.heading, moved=section.is_moved),
            writer.pairs(section.body),
        )
        for section in texts.sections
    ]
    notes = writer.notes(texts.notes) if texts.notes else ""
    same_introduction = old.introduction == new.introduction
    # Links between changes can only be written now that the last change is known.
    return Redline(
        _part(writer, "title", title, same=old.title == new.title, heading=new.title),
        _part(writer, "introduction", introduction, same=same_introduction),
        tuple(
            _section_part(writer, section, html, old, new)
            for section, html in zip(texts.sections, sections, strict=True)
        ),
        _part(writer, "notes", notes) if notes else None,
        new,
    )


def paired(old: Document, new: Document) -> PairedTexts:
    """Return the blocks of two Documents, paired: what a redline of another format is made of.

    Where both are the same, references in them are links, as on the page. Each text has its own
    notation, so that a list of one may be plain paragraphs in the other.
    """
    references = old == new and new.clauses
    return PairedTexts.of(
        parsing.read(old, clauses=old.clauses, references=references),
        parsing.read(new, clauses=new.clauses, references=references),
    )


def _section_part(
    writer: Writer, section: PairedSection, html: tuple[str, str], old: Document, new: Document
) -> RedlinePart:
    """html: of its heading and of its body."""
    before = None if section.old is None else old.sections[section.old]
    after = None if section.new is None else new.sections[section.new]
    shown = after or before
    assert shown is not None  # noqa: S101  for the type checker
    states = {State.MOVED} if section.is_moved else set()
    if before is None or after is None:
        states.add(State.REMOVED if before else State.ADDED)
    elif stop_ids(html[1]) or section.is_divided:
        states.add(State.CHANGED)
    if section.heading.is_reworded and before and after:
        states.add(State.RENAMED)
    if not states and before and after:
        # What changed in a footnote is shown, and counted, with the footnotes.
        is_same = _without_notes(before) == _without_notes(after)
        states.add(State.UNCHANGED if is_same else State.FORMATTING)
    return RedlinePart(
        "section",
        writer.finished("".join(html)),
        stop_ids("".join(html)),
        frozenset(states),
        shown.anchor,
        one_line("".join(run.text for run in section.heading.block.runs)),
        None if section.old is None else section.old + 1,
        None if section.new is None else section.new + 1,
    )


def _without_notes(section: Section) -> tuple[str, str, str]:
    """Footnotes are written in a section, and shown at the end of the page."""
    return section.heading, section.anchor, NOTE.sub("", section.body)


def _part(
    writer: Writer, kind: str, html: str, *, same: bool = True, heading: str = ""
) -> RedlinePart:
    """Return a part other than a section. same: whether its source is."""
    changes = stop_ids(html)
    state = State.CHANGED if changes else State.UNCHANGED if same else State.FORMATTING
    return RedlinePart(kind, writer.finished(html), changes, frozenset({state}), heading=heading)
