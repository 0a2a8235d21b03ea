"""Puts the edits of a copy of a text, which may be spelled otherwise, into the text itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from urllib.parse import unquote, urlsplit

from policies.text.document import Document, Section, body, notation, read_any_style
from policies.text.likeness import features, shared
from policies.text.markdown import headings
from policies.text.markdown.frontmatter import Split
from policies.text.redline import alignment, section_pairing
from policies.text.redline.alignment import Hunk
from policies.text.redline.source_changes import outlined
from policies.text.redline.three_way import segments
from policies.text.rendering import render


def with_edits(base: Document, copy: Document, edited: Document) -> Document:
    """Return `base` with what differs between a copy of it and the copy after it was edited.

    The copy may be spelled otherwise, and have lost something: that is no edit. Where base and the
    edits differ from the copy in the same words, the line is that of the edited copy. Numbering is
    that of the base: it is a property of the copy's file, which may be gone.
    """
    edited = _with_addresses(copy, edited)
    if copy == edited:
        return base
    if len(base.sections) != len(copy.sections):
        return _as_one_text(base, copy, edited)
    olds, news = ([*map(outlined, it.sections)] for it in (copy, edited))
    partners = {it.new: it.old for it in section_pairing.pair_sections(olds, news)}
    found = [partners[index] for index in range(len(edited.sections))]
    bodies = [[it.introduction, *(one.body for one in it.sections)] for it in (base, copy, edited)]
    places = [0, *(None if it is None else it + 1 for it in found)]
    bodies[1:] = _with_own_notes(bodies[0], bodies[1], bodies[2], places)
    anchors = headings.Anchors([it.anchor for it in base.sections])
    sections = []
    for index, (section, before) in enumerate(zip(edited.sections, found, strict=True), start=1):
        if before is None:
            anchor = anchors.unique(section.anchor)
            sections.append(Section(section.heading, anchor, bodies[2][index]))
            continue
        mine, theirs = base.sections[before], copy.sections[before]
        heading = _line(mine.heading, theirs.heading, section.heading)
        text = _with_edits(mine.body, bodies[1][before + 1], bodies[2][index])
        sections.append(Section(heading, mine.anchor, text))
    return Document(
        _line(base.title, copy.title, edited.title),
        _with_edits(*(it[0] for it in bodies)),
        tuple(sections),
        clauses=base.clauses if copy.clauses == edited.clauses else edited.clauses,
        numbering=base.numbering,
    )


def _with_addresses(copy: Document, edited: Document) -> Document:
    """Return a text with the addresses of a copy where they are the same: LibreOffice writes
    "https://a.org/" for "https://a.org".
    """
    parts = (copy.introduction, *(section.body for section in copy.sections))
    known = {_normal(address): address for part in parts for address in _ADDRESS.findall(part)}

    def respelled(text: str) -> str:
        return _ADDRESS.sub(lambda link: known.get(_normal(link[0]), link[0]), text)

    sections = (replace(section, body=respelled(section.body)) for section in edited.sections)
    return replace(edited, introduction=respelled(edited.introduction), sections=tuple(sections))


# Behind the words of a link, as the import writes it.
_ADDRESS = re.compile(r"(?<=\]\()[a-z]+://[^()\s]*(?:\([^()\s]*\)[^()\s]*)*", re.IGNORECASE)


def _normal(address: str) -> tuple[str, ...]:
    """Return what is the same of two addresses that lead to the same place (RFC 3986, 6.2)."""
    try:
        scheme, host, *more = urlsplit(address)
    except ValueError:
        return (address,)
    path, *others = map(unquote, more)
    return scheme, host.lower(), path or "/", *others


def _as_one_text(base: Document, copy: Document, edited: Document) -> Document:
    """Do it where the copy is divided into other sections. Raises DocumentError."""
    clauses = (base if copy.clauses == edited.clauses else edited).clauses
    values = notation(replace(base, clauses=clauses))
    title = _line(base.title, copy.title, edited.title)
    text = _with_edits(*map(body, (base, copy, edited)))
    return read_any_style(Split({**values, "title": title}, "", text))[0]


# How much two footnotes share that are the same one, edited; how many are looked at for it.
_ALIKE, _MOST_ADDED = 0.5, 10

# A line of the source with the empty ones behind it.
_LINES = re.compile(r"[^\n]+(?:\n[ \t]*(?=\n|\Z))*\n?")
_WORDS = re.compile(r"\s+|[^\W_]+|[^\w\s]|_")


def _line(base: str, copy: str, edited: str) -> str:
    """Return a line with its edits, spelled as in base as far as it then says the same."""
    pieces, is_clear = _three_way(*map(_WORDS.findall, (base, copy, edited)))
    found = "".join(pieces)
    return found if is_clear or _meaning(found) == _meaning(edited) else edited


def _meaning(line: str) -> list[tuple[str, frozenset[str]]]:
    """Return the letters and signs of a line, each with how it is emphasised."""
    found: list[tuple[str, frozenset[str]]] = []
    emphasis = frozenset[str]()
    for mark in _TAG_OR_SIGN.finditer(render(line).html):
        if mark[2]:
            emphasis = emphasis - {mark[2]} if mark[1] else emphasis | {mark[2]}
        elif mark[3]:
            found.append((mark[3], emphasis))
    return found


_TAG_OR_SIGN = re.compile(r"<(/?)(em|strong|s)>|<[^>]*>|(&\w+;|\S)")


def _with_edits(base: str, copy: str, edited: str) -> str:
    if copy == edited:
        return base
    texts = (base, *(_OF_HEADINGS.sub(r"\1", _with_signs(base, it)) for it in (copy, edited)))
    # The last line has an empty one behind it, too: it may be the last in one of the texts only.
    lines = (_LINES.findall(f"{it}\n\n") for it in texts)
    return "".join(_three_way(*lines, by_line=True)[0]).rstrip("\n")


_SIGN = re.compile(r"^([ ]*)[-*+][ ]+(?=\S)(?![-* ]+$)", re.MULTILINE)  # no rule is one


def _with_signs(base: str, text: str) -> str:
    """Return a text whose items have the signs of base's: another one would begin a new list."""
    usual = {len(it[1]) // 4: it[0] for it in reversed([*_SIGN.finditer(base)])}
    return _SIGN.sub(lambda it: usual.get(len(it[1]) // 4, it[0]), text)


# Anchors that headings get by themselves, but for those of sections.
_OF_HEADINGS = re.compile(r"^(?!## )(.*\S)[ ]\{#[^{}\s]*\}$", re.MULTILINE)


def _three_way(
    base: Sequence[str], copy: Sequence[str], edited: Sequence[str], *, by_line: bool = False
) -> tuple[list[str], bool]:
    """Return the pieces of base with the edits, and whether base and these differ from the copy in
    other pieces; where they do so in the same ones, the edits count.

    by_line: then the pieces are merged by their words.
    """
    out: list[str] = []
    is_clear = True
    meet = _overlap if by_line else partial(_touch, copy)
    for theirs, mine, new in segments(copy, base, edited, key=_key, meet=meet):
        if new in (theirs, mine):
            out += mine
        elif mine == theirs:
            out += new
        elif by_line:
            out.append(_line(*map("".join, (mine, theirs, new))))
        else:
            out += new
            is_clear = False
    return out, is_clear


def _overlap(end: int, hunks: Sequence[Hunk], following: Hunk) -> bool:
    """Return whether a hunk is about the same lines as those before it, or adds some in the same
    place. What is only next to them is kept apart.
    """
    return following.old_start < end or hunks[0][:2] == following[:2]


def _touch(words: Sequence[str], end: int, hunks: Sequence[Hunk], following: Hunk) -> bool:
    """Return the same of words and signs, which belong together where they touch: but for spaces
    and the marks of emphasis.
    """
    spans = words[hunks[0].old_start : end], words[slice(*following[:2])]
    is_apart = any(not "".join(span).strip().strip("*_") for span in spans if span)
    is_next = following.old_start == end and not is_apart
    return is_next or _overlap(end, hunks, following)


def _key(piece: str) -> str:
    """Return what of a piece stays the same, however it is marked up."""
    if piece == "_":
        return "*"
    return "".join(_LETTERS.findall(_MARKUP.sub("", piece))) or "".join(piece.split())


_MARKUP = re.compile(
    r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:[ ]\"[^\"]*\")?\)|\{#[^{}\s]*\}|\[\^[^\[\]\s]*\]"
)
_LETTERS = re.compile(r"[^\W_]+")


_NOTE = re.compile(
    r"^[ ]{0,3}\[\^([^\]\s]+)\]:(.*(?:\n(?:[ \t]*\n)*(?:[ ]{4}|\t).*)*)\n*", re.MULTILINE
)
_MARK = re.compile(r"\[\^((?:[^\[\]\s]|\[(?!\^))+)\]")


@dataclass(slots=True)
class _Notes:
    """The footnotes of a text.

    parts: the text without notes. notes: by label, in the order of their marks. places: of the
    parts that have a note, the index. marked: of those that first refer to it.
    """

    parts: list[str]
    notes: dict[str, str] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    marked: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, parts: Sequence[str]) -> _Notes:
        found = cls([_NOTE.sub("", it) for it in parts])
        written: dict[str, str] = {}
        for index, part in enumerate(parts):
            for note in _NOTE.finditer(part):
                found.places.setdefault(note[1], index)
                written.setdefault(note[1], note[2].strip())
        for index, part in enumerate([*found.parts, *written.values()]):
            for label in _MARK.findall(part):
                found.marked.setdefault(label, min(index, len(parts) - 1))
        found.notes = {it: written[it] for it in found.marked if it in written}
        return found

    def written(self, labels: Mapping[str, str], places: Mapping[str, int]) -> list[str]:
        """Return the parts with other labels. places: where notes go, by their new labels, in the
        order in which they are written; others follow.
        """

        def renamed(text: str) -> str:
            return _MARK.sub(lambda it: f"[^{labels.get(it[1], it[1])}]", text)

        parts = [[renamed(it).rstrip()] for it in self.parts]
        names = {labels.get(it, it): it for it in self.notes}
        for name in dict.fromkeys([*places, *names]):
            if label := names.get(name):
                place = places.get(name, self.marked[label])
                parts[place].append(f"[^{name}]: {renamed(self.notes[label])}")
        return ["\n\n".join(filter(None, it)) for it in parts]


def _with_own_notes(
    base: Sequence[str], copy: Sequence[str], edited: Sequence[str], partners: Sequence[int | None]
) -> tuple[list[str], list[str]]:
    """Return the parts of a copy, and of the copy after it was edited, with base's footnotes: a
    trip through another format gives them other labels, and puts them all at the end.

    partners: for each part of the edited copy, the index of the one in the copy.
    """
    own, old, new = map(_Notes.of, (base, copy, edited))
    if not new.notes or len(own.notes) != len(old.notes):
        return [*copy], [*edited]
    of_old = dict(zip(old.notes, own.notes, strict=True))
    pairs = dict(_paired_notes([*old.notes.values()], [*new.notes.values()]))
    labels, taken = [*old.notes], {*own.notes}
    of_new: dict[str, str] = {}
    for index, label in enumerate(new.notes):
        if index in pairs:
            of_new[label] = of_old[labels[pairs[index]]]
            continue
        free = (f"note-{number}" for number in range(1, len(taken) + 2))
        of_new[label] = next(it for it in free if it not in taken)
        taken.add(of_new[label])
    now = {old_part: index for index, old_part in enumerate(partners) if old_part is not None}
    places = {label: now[place] for label, place in own.places.items() if place in now}
    return old.written(of_old, own.places), new.written(of_new, places)


def _paired_notes(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return which of the new notes, by index, is which of the old ones."""
    found: list[tuple[int, int]] = []
    turns = alignment.in_turn(alignment.hunks(old, new), len(old), len(new))
    for part in chain.from_iterable(turns):
        if part.old_end - part.old_start == part.new_end - part.new_start:
            found += zip(range(*part[2:]), range(*part[:2]), strict=True)
        else:
            found += _alike(old, new, part)
    return found


def _alike(
    old: Sequence[str], new: Sequence[str], hunk: alignment.Hunk
) -> Iterator[tuple[int, int]]:
    """Yield the same where some were added or removed among others that were edited."""
    at = hunk.new_start
    for index in range(hunk.old_start, hunk.old_end):
        own = features(old[index])
        ahead = range(at, min(hunk.new_end, at + _MOST_ADDED))
        alike = (it for it in ahead if shared(own, features(new[it])) >= _ALIKE)
        if (found := next(alike, None)) is not None:
            yield found, index
            at = found + 1
