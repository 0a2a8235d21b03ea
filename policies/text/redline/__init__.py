"""The redline: what changed from one Document to another, as a lawyer would mark it.

    parsing.py             from a Document to its blocks, and which numbers only give a position
    blocks.py              the blocks that a reader sees
    tokens.py              the words in them
    alignment.py           what two sequences have in common, in order
    matching.py            which item of the old text is which of the new: how, and all thresholds
    outlines.py            which section, heading or clause of the old text is which of the new
    section_pairing.py     the sections of both texts in one order, those that were divided together
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

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from enum import StrEnum

from policies.text.document import Document, has_clauses
from policies.text.markdown.characters import without_controls
from policies.text.redline import moved_blocks, parsing, section_pairing
from policies.text.redline.block_html import Writer, stop_ids
from policies.text.redline.block_pairing import BlockPair, compared, pair_blocks
from policies.text.redline.blocks import Block, Tree
from policies.text.redline.inline_html import Labels
from policies.text.redline.proposals import ConflictOf, Proposals, proposals
from policies.text.redline.section_pairing import PairedTexts, SectionPair, in_both_orders
from policies.text.redline.single_changes import Change, Changes, Kind, Place, Stretch
from policies.text.redline.source_changes import changes_between, paragraphs_between
from policies.text.redline.three_way import Merged, merge
from policies.text.redline.tokens import Run
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


def compare(old: Document, new: Document, labels: Labels | None = None) -> Redline:
    """Return the redline of two Documents. labels: words for screen readers; English if None."""
    return _Comparison(old, new).redline(labels or Labels())


def paired(old: Document, new: Document) -> PairedTexts:
    """Return the blocks of two Documents, paired: what a redline of another format is made of.

    Where both are the same, references in them are links, as on the page. Each text has its own
    notation, so that a list of one may be plain paragraphs in the other.
    """
    references = old == new and new.clauses
    own_clauses = (old.clauses, new.clauses)
    return _Comparison(old, new, references=references, clauses=own_clauses).texts()


class _Comparison:
    """The work of `compare` and `paired`. Each section is called by its pair of indexes.

    divided: the sections that are parts of one in the other text. clauses: whether each text is
    read with them; by default, both are if one has any, or labels of any.
    """

    def __init__(
        self,
        old: Document,
        new: Document,
        *,
        references: bool = False,
        clauses: tuple[bool, bool] | None = None,
    ) -> None:
        self.old, self.new = old, new
        # (a) has been there before, if only as the first word of a paragraph.
        in_old, in_new = clauses or (has_clauses(old) or has_clauses(new),) * 2
        self.old_tree = parsing.read(old, clauses=in_old, references=references)
        self.new_tree = parsing.read(new, clauses=in_new, references=references)
        self.sections = section_pairing.pair_sections(
            self.old_tree.sections, self.new_tree.sections
        )
        self.divided: set[SectionPair] = set()
        self.headings: dict[SectionPair, BlockPair] = {}
        self.bodies: dict[SectionPair, list[BlockPair]] = {}
        self.title = compared(BlockPair((_title(old),), (_title(new),)))
        self.introduction = pair_blocks(self.old_tree.introduction, self.new_tree.introduction)
        self.groups = section_pairing.groups(
            self.sections, self.old_tree.sections, self.new_tree.sections
        )
        self._pair_sections()
        self.notes = pair_blocks(self.old_tree.notes, self.new_tree.notes)

    def texts(self) -> PairedTexts:
        """Return everything paired."""
        moved = section_pairing.moved(self.sections)
        trees = (self.old_tree, self.new_tree)
        sections = in_both_orders(self.groups, self.headings, self.bodies, trees, moved)
        ids = _ids(self.new_tree)
        return PairedTexts(*trees, self.title, self.introduction, sections, self.notes, ids)

    def redline(self, labels: Labels) -> Redline:
        """Find out what was moved, and write the HTML."""
        old, new, introduction, notes = self.old, self.new, self.introduction, self.notes
        moved = section_pairing.moved(self.sections)
        pairs = [*introduction]
        for section in self.sections:
            pairs += [self.headings[section], *self.bodies[section]]
        moves = moved_blocks.find([*pairs, *notes], self.old_tree)
        writer = Writer(labels, _ids(self.new_tree), moves)
        title_html = writer.pair(self.title)
        introduction_html = writer.pairs(introduction)
        sections_html = [
            (
                writer.heading_of_section(self.headings[section], moved=section in moved),
                writer.pairs(self.bodies[section]),
            )
            for section in self.sections
        ]
        notes_html = writer.notes(notes) if notes else ""
        same_introduction = old.introduction == new.introduction
        # Links between changes can only be written now that the last change is known.
        return Redline(
            _part(writer, "title", title_html, same=old.title == new.title, heading=new.title),
            _part(writer, "introduction", introduction_html, same=same_introduction),
            tuple(
                self._section_part(writer, section, html, moved=section in moved)
                for section, html in zip(self.sections, sections_html, strict=True)
            ),
            _part(writer, "notes", notes_html) if notes else None,
            old,
            new,
        )

    def _pair_sections(self) -> None:
        """Pair the blocks of each section; divided or joined sections are paired as one."""
        olds, news = self.old_tree.sections, self.new_tree.sections
        for section in self.sections:
            old = () if section.old is None else (olds[section.old][0],)
            new = () if section.new is None else (news[section.new][0],)
            self.headings[section] = compared(BlockPair(old, new))
            self.bodies[section] = []
        for group in self.groups:
            if len(group) > 1:
                self.divided |= set(group)
            self._pair_group(group)

    def _pair_group(self, group: Sequence[SectionPair]) -> None:
        """Pair the blocks of sections as if they had no headings, then divide them again."""
        old: list[Block] = []
        new: list[Block] = []
        beginning: dict[int, SectionPair] = {}
        for section in group:
            for index, sections, blocks in (
                (section.old, self.old_tree.sections, old),
                (section.new, self.new_tree.sections, new),
            ):
                if index is None:
                    continue
                heading, body = sections[index]
                if section is not group[0]:
                    blocks.append(heading)
                    beginning[id(heading)] = section
                blocks += body
        now = group[0]
        for pair in pair_blocks(old, new):
            begins = [beginning[id(b)] for b in (*pair.old, *pair.new) if id(b) in beginning]
            if begins:
                # A partner, if it has one, is a heading of another level in the other text.
                now = begins[0]
                self.headings[now] = pair
            else:
                self.bodies[now].append(pair)

    def _section_part(
        self, writer: Writer, section: SectionPair, html: tuple[str, str], *, moved: bool
    ) -> Part:
        """Return a section's part. html: of its heading and of its body."""
        heading = self.headings[section]
        old = ("", "", "") if section.old is None else astuple(self.old.sections[section.old])
        new = ("", "", "") if section.new is None else astuple(self.new.sections[section.new])
        in_both = section.old is not None and section.new is not None
        states = {State.MOVED} if moved else set()
        if not in_both:
            states.add(State.ADDED if section.old is None else State.REMOVED)
        elif stop_ids(html[1]) or section in self.divided:
            states.add(State.CHANGED)
        if heading.is_reworded and in_both:
            states.add(State.RENAMED)
        if not states:
            # What changed in a footnote is shown, and counted, with the footnotes.
            before, after = ([_NOTES.sub("", it) for it in fields] for fields in (old, new))
            states.add(State.UNCHANGED if before == after else State.FORMATTING)
        return Part(
            "section",
            writer.finished("".join(html)),
            stop_ids("".join(html)),
            frozenset(states),
            old[1] if section.new is None else new[1],
            one_line("".join(run.text for run in heading.block.runs)),
            None if section.old is None else section.old + 1,
            None if section.new is None else section.new + 1,
        )


# Definitions of footnotes: written in a section, shown at the end of the page.
_NOTES = re.compile(
    r"^[ ]{0,3}\[\^[^\]\n]+\]:.*(?:\n(?:[ \t]*\n)*(?:[ ]{4}|\t).*)*\n*", re.MULTILINE
)


def _part(writer: Writer, kind: str, html: str, *, same: bool = True, heading: str = "") -> Part:
    """Return a part other than a section. same: whether its source is."""
    changes = stop_ids(html)
    state = State.CHANGED if changes else State.UNCHANGED if same else State.FORMATTING
    return Part(kind, writer.finished(html), changes, frozenset({state}), heading=heading)


def _title(document: Document) -> Block:
    return parsing.leaf("", {}, [Run(without_controls(document.title))])


def _ids(tree: Tree) -> frozenset[str]:
    return frozenset(anchor for block in tree.blocks() for anchor in block.ids())
