"""Finds the single changes between two Documents.

A change is of the source, so that what is rejected comes back to the letter. A paragraph of the
source is what has an empty line before and behind it. Words in it change one by one, but those that
need each other, such as the two signs around bold words, change together.
"""

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
    ComparedPart,
    Kind,
    Paragraph,
    Stretch,
)
from policies.text.redline.tokens import LABEL, PARAGRAPH, POSITION, Run, Word, split_words
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
        title = ComparedPart("title", self._stretches_between(old.title, new.title))
        self._enter("introduction")
        paragraphs = self.paragraphs(old.introduction, new.introduction)
        parts = [ComparedPart("introduction", paragraphs=tuple(paragraphs))]
        pairs = section_pairing.pair_sections(outlined(old), outlined(new))
        moved = section_pairing.moved_sections(pairs)
        for pair in pairs:
            if pair.old is not None and pair.new is not None:
                sections = old.sections[pair.old], new.sections[pair.new]
                part = self._kept_section(*sections, is_moved=pair in moved)
            elif pair.old is not None:
                part = self._single_section(old.sections[pair.old], was_there=True)
            elif pair.new is not None:
                part = self._single_section(new.sections[pair.new], was_there=False)
            parts.append(replace(part, old=pair.old, new=pair.new))
        self._enter("notation")
        numbering = self._whole_stretch(Kind.NOTATION, old.numbering, new.numbering)
        clauses = self._whole_stretch(
            Kind.NOTATION, "clauses" if old.clauses else "", "clauses" if new.clauses else ""
        )
        introduction, *compared_sections = self._with_moves(parts)
        return Changes(
            title,
            introduction,
            tuple(compared_sections),
            ComparedPart("notation", (numbering,)),
            clauses,
            tuple(self.listed.values()),
        )

    def _kept_section(self, old: Section, new: Section, *, is_moved: bool) -> ComparedPart:
        self._enter(f"#{old.anchor}", new.heading)
        return ComparedPart(
            self.place,
            move=self._add_change(Kind.MOVED, old.heading, new.heading) if is_moved else "",
            anchor=self._whole_stretch(Kind.ANCHOR, old.anchor, new.anchor),
            line=self._stretches_between(old.heading, new.heading),
            paragraphs=tuple(self.paragraphs(old.body, new.body)),
        )

    def _single_section(self, section: Section, *, was_there: bool) -> ComparedPart:
        self._enter(f"#{section.anchor}", section.heading)
        text = f"## {section.heading}\n\n{section.body}".rstrip()
        change = self._add_single(text, was_there=was_there)
        paragraphs: list[Paragraph] = []
        for paragraph in _paragraphs_of(section.body):
            stretch = _single_stretch(paragraph, change, was_there=was_there)
            paragraphs.append(Paragraph((stretch,), change, was_there))
        return ComparedPart(
            self.place,
            (_single_stretch(section.heading, change, was_there=was_there),),
            _single_stretch(section.anchor, change, was_there=was_there),
            tuple(paragraphs),
            change=change,
        )

    def _enter(self, place: str, heading: str = "") -> None:
        self.place, self.heading = place, heading

    def paragraphs(self, old: str, new: str) -> Iterator[Paragraph]:
        if old == new:
            yield from (Paragraph((Stretch(text, text),)) for text in _paragraphs_of(new))
            return
        olds, news = _paragraph_blocks(old), _paragraph_blocks(new)
        texts: dict[int, str] = {}
        for blocks, source in ((olds, old), (news, new)):
            texts |= zip(map(id, blocks), _paragraphs_of(source), strict=True)
        for pair in pair_blocks(olds, news):
            before = [texts[id(block)] for block in pair.old]
            after = [texts[id(block)] for block in pair.new]
            if before and after:
                yield Paragraph(self._stretches_between(BETWEEN.join(before), BETWEEN.join(after)))
                continue
            was_there = bool(before)
            for text in before or after:
                change = self._add_single(text, was_there=was_there)
                stretch = _single_stretch(text, change, was_there=was_there)
                yield Paragraph((stretch,), change, was_there)

    def _stretches_between(self, old: str, new: str) -> tuple[Stretch, ...]:
        """Return the stretches of a paragraph or a line that both texts have."""
        if old == new:
            return (Stretch(old, new),) if new else ()
        olds, news = _source_words(old), _source_words(new)
        stretches: list[Stretch] = []
        together: list[int] = []
        i = j = 0
        for hunk in (*changes(olds, news), Hunk(len(olds), len(olds), len(news), len(news))):
            stretches += self._kept_stretches(olds[i : hunk.old_start], news[j : hunk.new_start])
            space, hunk = _without_common_space(olds, news, hunk)
            stretches += [Stretch(space, space)] if space else []
            i, j = hunk.old_end, hunk.new_end
            before = _joined(olds[hunk.old_start : i])
            after = _joined(news[hunk.new_start : j])
            if BETWEEN in before + after and olds[i : i + 1] != news[j : j + 1]:
                # The space before the first word of a paragraph differs, too.
                before, after = before + olds[i].text, after + news[j].text
                i, j = i + 1, j + 1
            # The first word had no space before it, or has none now: that goes with the change.
            elif hunk.old_end == 0 and j < len(news):
                after += _take_space(news, j)
            elif hunk.new_end == 0 and i < len(olds):
                before += _take_space(olds, i)
            if before or after:
                together += [len(stretches)] if _needs_others(before, after) else []
                stretches.append(Stretch(before, after))
        return self._with_changes(stretches, together)

    def _with_changes(
        self, stretches: list[Stretch], together: Sequence[int]
    ) -> tuple[Stretch, ...]:
        """List the changes in stretches. together: the indexes of those that are one change."""
        change_together = ""
        if together:
            olds = " … ".join(filter(None, [stretches[at].old.strip() for at in together]))
            news = " … ".join(filter(None, [stretches[at].new.strip() for at in together]))
            if not any(map(str.isalnum, olds + news)):  # only how words look
                between = stretches[together[0] : together[-1] + 1]
                olds = "".join(stretch.old for stretch in between).strip()
                news = "".join(stretch.new for stretch in between).strip()
            change_together = self._add_change(Kind.WORDS, olds, news)
        for at, (old, new, change) in enumerate(stretches):
            if change or old == new:
                continue
            if at in together:
                change = change_together
            elif (old + new).strip():
                change = self._add_change(Kind.WORDS, old, new)
            else:
                change = self._change_of_kind(Kind.LAYOUT, old, new)
            stretches[at] = Stretch(old, new, change)
        return tuple(stretches)

    def _kept_stretches(self, olds: Sequence[Word], news: Sequence[Word]) -> Iterator[Stretch]:
        """Yield what was kept: the same words, perhaps with other spaces or another number."""
        old, new = _joined(olds), _joined(news)
        if old == new:
            if new:
                yield Stretch(old, new)
            return
        for old_word, new_word in zip(olds, news, strict=True):
            old, new = old_word.text, new_word.text
            kind = Kind.NUMBERS if old_word.key == POSITION else Kind.LAYOUT
            yield Stretch(old, new, "" if old == new else self._change_of_kind(kind, old, new))

    def _with_moves(self, parts: list[ComparedPart]) -> list[ComparedPart]:
        """Make one change of a paragraph that was removed in one place and added in another."""
        single: dict[Kind, list[Change]] = {Kind.REMOVED: [], Kind.ADDED: []}
        for change in self.listed.values():
            if change.kind in single and len(change.old + change.new) >= MOVED_CHARACTERS:
                single[change.kind].append(change)
        matcher = Matcher(single[Kind.REMOVED], single[Kind.ADDED])
        matcher.by_key(lambda change: change.old or change.new)
        became: dict[str, str] = {}
        for removed, added in matcher:
            self.listed[added.id] = replace(added, kind=Kind.MOVED, old=removed.old)
            del self.listed[removed.id]
            became[removed.id] = added.id
        return [_with_ids(part, became) for part in parts] if became else parts

    def _whole_stretch(self, kind: Kind, old: str, new: str) -> Stretch:
        return Stretch(old, new, self._add_change(kind, old, new) if old != new else "")

    def _add_single(self, text: str, *, was_there: bool) -> str:
        old, new = (text, "") if was_there else ("", text)
        return self._add_change(Kind.REMOVED if was_there else Kind.ADDED, old, new)

    def _add_change(self, kind: Kind, old: str, new: str) -> str:
        """List a change; return its id."""
        values = [self.place, kind, old, new]
        self.seen[values_digest := part_digest(*values)] += 1
        return self._list_change(
            part_digest(values_digest, self.seen[values_digest]), kind, old, new
        )

    def _change_of_kind(self, kind: Kind, old: str, new: str) -> str:
        """Return the id of the one change of a kind in a place."""
        return self._list_change(part_digest(self.place, kind), kind, old, new)

    def _list_change(self, change: str, kind: Kind, old: str, new: str) -> str:
        self.listed.setdefault(change, Change(change, kind, self.place, self.heading, old, new))
        return change


def _single_stretch(text: str, change: str, *, was_there: bool) -> Stretch:
    return Stretch(text, "", change) if was_there else Stretch("", text, change)


def _paragraphs_of(text: str) -> list[str]:
    return text.split(BETWEEN) if text else []


def _paragraph_blocks(text: str) -> list[Block]:
    return [leaf("p", {}, _labelled(paragraph)) for paragraph in _paragraphs_of(text)]


def _labelled(paragraph: str) -> list[Run]:
    """Return a paragraph with its label, if it has one, apart: an item that counts anew is one."""
    indent = len(paragraph) - len(paragraph.lstrip(" "))
    begins = paragraph[indent:]
    end = _label_end(begins, signs_before(begins), indent)
    runs = [Run(paragraph[:end], (LABEL,)), Run(paragraph[end:])]
    return runs if end and runs[1].text.strip() else [Run(paragraph)]


def outlined(document: Document) -> list[section_pairing.Section]:
    """Return the sections as `pair_sections` takes them, their source being their words."""
    sections: list[section_pairing.Section] = []
    for section in document.sections:
        heading = leaf("h2", {"id": section.anchor}, [Run(section.heading)])
        sections.append((heading, _paragraph_blocks(section.body)))
    return sections


def _source_words(text: str) -> list[Word]:
    """Return the words of a source, each with the white space before it; together they are all of
    it. A line break before an item, a row or a paragraph is a word of its own.
    """
    words: list[Word] = []
    for number, paragraph in enumerate(text.split(BETWEEN)):
        if number:
            words.append(Word(PARAGRAPH, BETWEEN))
        for index, line in enumerate(paragraph.split("\n")):
            indent = len(line) - len(line.lstrip(" \t"))
            begins = line[indent:]
            labels = signs_before(begins)
            before = "\n" if index else ""
            if before and (labels or begins[:1] in _SIGNS):
                words.append(Word(PARAGRAPH, before))
                before = ""
            words += _words_of_line(line, before, _label_end(begins, labels, indent))
    return words


_SIGNS = {"#", ">", "|"}  # with which a heading, a quotation and a row begin


def _without_common_space(olds: list[Word], news: list[Word], hunk: Hunk) -> tuple[str, Hunk]:
    """Return the white space with which both sides of a hunk begin, and the hunk without it.

    Where one side is empty, it belongs to the words behind: "a **b**" became "a b".
    """
    i, end, j, to = hunk
    if i == len(olds) or j == len(news):
        return "", hunk
    space = _space(olds[i].text) if _space(olds[i].text) == _space(news[j].text) else ""
    is_one_sided = i == end or j == to
    behind = [word.text for word in (*olds[end : end + 1], *news[to : to + 1])]
    if is_one_sided and not (space and len(behind) == 2 and behind[0] != behind[1]):
        return "", hunk
    if space:
        _take_space(olds, i)
        _take_space(news, j)
    return space, hunk


def _take_space(words: list[Word], at: int) -> str:
    space = _space(words[at].text)
    words[at] = words[at]._replace(text=words[at].text[len(space) :])
    return space


def _space(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _label_end(line: str, markers: Sequence[tuple[int, int]], indent: int) -> int:
    """Return where the label of a clause ends, 0 if a line begins with none."""
    start, end = markers[-1] if markers else (0, 0)
    return 0 if line[start:end] in {"", "-", "*", "+"} else indent + end


def _words_of_line(line: str, before: str, label: int) -> Iterator[Word]:
    at = 0
    for word in split_words([Run(line)], number=label):
        end = line.index(word.text, at) + len(word.text)
        yield Word(word.key, before + line[at:end])
        before, at = "", end
    if rest := before + line[at:]:
        yield Word("", rest)


def _joined(words: Sequence[Word]) -> str:
    return "".join([word.text for word in words])


def _needs_others(old: str, new: str) -> bool:
    """Return whether words that are replaced are one side of something, such as bold words."""
    if old.count("|") != new.count("|") and "\n" not in old + new:
        return True  # cells
    return not (_is_whole(old) and _is_whole(new))


def _is_whole(source: str) -> bool:
    source = _RUN.sub(r"\1", source)
    pairs = (("(", ")"), ("[", "]"), ("<", ">"))
    are_closed = all(source.count(opening) == source.count(closing) for opening, closing in pairs)
    return are_closed and not any(source.count(sign) % 2 for sign in "*_~`")


_RUN = re.compile(r"([*_~`])\1+")


def _with_ids(part: ComparedPart, became: Mapping[str, str]) -> ComparedPart:
    """Return a part in which single paragraphs belong to other changes."""
    paragraphs: list[Paragraph] = []
    for paragraph in part.paragraphs:
        if change := became.get(paragraph.change):
            stretch = paragraph.stretches[0]._replace(change=change)
            paragraphs.append(Paragraph((stretch,), change))
        else:
            paragraphs.append(paragraph)
    return replace(part, paragraphs=tuple(paragraphs))
