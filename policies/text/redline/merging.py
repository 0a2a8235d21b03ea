"""Puts the edits of a copy of a text, which may be spelled otherwise, into the text itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from policies.text.document import Document, Section, body, notation, read_any_style
from policies.text.likeness import features, shared
from policies.text.markdown import headings
from policies.text.markdown.frontmatter import Split
from policies.text.markdown.labels import label_of
from policies.text.markdown.outline import with_links
from policies.text.redline import alignment, section_pairing
from policies.text.redline.alignment import Hunk
from policies.text.redline.matching import in_reading_order
from policies.text.redline.single_changes import BETWEEN
from policies.text.redline.source_changes import outlined
from policies.text.redline.three_way import Division, Merging
from policies.text.rendering import render


def with_edits(base: Document, copy: Document, edited: Document) -> Document:
    """Return `base` with what differs between a copy of it and the copy after it was edited.

    The copy may be spelled otherwise, and have lost something: that is no edit. Where base and the
    edits differ from the copy in the same words, the line is that of the edited copy. Numbering is
    that of the base: it is a property of the copy's file, which may be gone. Raises DocumentError.
    """
    edited = _with_addresses(copy, edited)
    if copy == edited:
        return base
    merging = Merging(takes_theirs=True, bodies=(_LINES, _WORDS), lines=(_WORDS,))
    if len(base.sections) != len(copy.sections):
        return _as_one_text(merging, base, copy, edited)
    pairs = section_pairing.pair_sections(outlined(copy), outlined(edited))
    partners = {pair.new: pair.old for pair in pairs}
    kept = [partners[index] for index in range(len(edited.sections))]
    places = [0, *(None if before is None else before + 1 for before in kept)]
    of_copy, of_edited = _with_own_notes(_bodies(base), _bodies(copy), _bodies(edited), places)
    of_edited = [
        text if place is None else _with_empty_lines(of_copy[place], text)
        for text, place in zip(of_edited, places, strict=True)
    ]
    copy = _as_in_base(base, copy, of_copy, range(len(copy.sections)))
    edited = _as_in_base(base, edited, of_edited, kept)
    return merging.document(copy, base, edited)


def _bodies(text: Document) -> list[str]:
    return [text.introduction, *(section.body for section in text.sections)]


def _with_empty_lines(copy: str, edited: str) -> str:
    """Return an edited copy with the empty lines of the copy behind lines that both have: all items
    of a list have some as long as one of them has two paragraphs.
    """
    olds, news = map(_LINES.split, (copy, edited))
    partners: dict[int, int] = {}
    for equal in alignment.matches([*map(_key, olds)], [*map(_key, news)]):
        partners |= {equal.new + at: equal.old + at for at in range(equal.length)}
    for new, old in partners.items():
        following = [*olds[old + 1 : old + 2], *news[new + 1 : new + 2]]
        is_in_list = len(following) == 2 and all(
            line.startswith(" ") or label_of(line) for line in following
        )
        if partners.get(new + 1) == old + 1 or (is_in_list and "\n\n" in olds[old]):
            news[new] = news[new].rstrip() + olds[old][len(olds[old].rstrip()) :]
    return "".join(news).rstrip("\n")


def _as_in_base(
    base: Document, text: Document, bodies: Sequence[str], partners: Sequence[int | None]
) -> Document:
    """Return a copy with these bodies, and otherwise spelled as the base is. partners: for each of
    its sections, the index of the one in the base.
    """
    anchors = headings.Anchors(section.anchor for section in base.sections)
    sections: list[Section] = []
    renamed: dict[str, str] = {}
    for section, body_, partner in zip(text.sections, bodies[1:], partners, strict=True):
        if partner is None:
            anchor = anchors.unique(section.anchor)
        else:
            anchor = base.sections[partner].anchor
            body_ = _with_signs(base.sections[partner].body, body_)
        renamed[section.anchor] = anchor
        sections.append(Section(section.heading, anchor, body_))
    introduction = with_links(_with_signs(base.introduction, bodies[0]), renamed)
    linked = (replace(section, body=with_links(section.body, renamed)) for section in sections)
    return replace(
        text, introduction=introduction, sections=tuple(linked), numbering=base.numbering
    )


def _as_one_text(merging: Merging, base: Document, copy: Document, edited: Document) -> Document:
    """Do it where the copy is divided into other sections. Raises DocumentError."""
    clauses = (base if copy.clauses == edited.clauses else edited).clauses
    title = merging.line("title", [copy.title, base.title, edited.title])
    own, old, new = map(body, (base, copy, edited))
    text = merging.body("", [_with_signs(own, old), own, _with_signs(own, new)])
    values = {**notation(replace(base, clauses=clauses)), "title": title}
    return read_any_style(Split(values, "", text), keeps_numbers=True)[0]


def _with_addresses(copy: Document, edited: Document) -> Document:
    """Return a text with the addresses of a copy where they are the same: LibreOffice writes
    "https://a.org/" for "https://a.org".
    """
    known = {_normal(address): address for address in _ADDRESS.findall(BETWEEN.join(_bodies(copy)))}

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


def _is_same(line: str, other: str) -> bool:
    return _meaning(line) == _meaning(other)


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


# The sign of an item, before its words or in a line of its own. No rule is one.
_SIGN = re.compile(r"^([ ]*)([-*+])(?:([ ]+)(?=\S)(?![-* ]+$)|[ ]*$)", re.MULTILINE)


def _with_signs(base: str, text: str) -> str:
    """Return a text whose items have the signs of base's, of which another one would begin a new
    list, and whose inner headings have no anchors.
    """
    usual = {
        len(item[1]) // 4: f"{item[1]}{item[2]}{item[3] or ' '}"
        for item in reversed([*_SIGN.finditer(base)])
    }
    text = _SIGN.sub(lambda item: usual.get(len(item[1]) // 4, item[0]), text)
    return _OF_HEADINGS.sub(r"\1", text)


# Anchors that headings get by themselves, but for those of sections.
_OF_HEADINGS = re.compile(r"^(?!## )(.*\S)[ ]\{#[^{}\s]*\}$", re.MULTILINE)


def _overlap(_parts: Sequence[str], end: int, hunks: Sequence[Hunk], following: Hunk) -> bool:
    """Return whether a hunk is about the same lines as those before it, or adds some in the same
    place. What is only next to them is kept apart.
    """
    return following.old_start < end or hunks[0][:2] == following[:2]


def _touch(words: Sequence[str], end: int, hunks: Sequence[Hunk], following: Hunk) -> bool:
    """Return the same of words and signs, which belong together where they touch: but for spaces,
    the marks of emphasis, and what one text adds at the start, such as the colon of a definition.
    """
    spans = words[hunks[0].old_start : end], words[slice(*following[:2])]
    is_apart = any(not "".join(span).strip().strip("*_") for span in spans if span)
    is_next = following.old_start == end > 0 and not is_apart
    return is_next or _overlap(words, end, hunks, following)


def _key(part: str) -> str:
    """Return what stays the same of a line or a word, however it is marked up."""
    if part == "_":
        return "*"
    signs = "".join(part.split()) or "\n" * ("\n" in part)  # a line ends where one ends
    return "".join(_LETTERS.findall(_MARKUP.sub("", part))) or signs


_MARKUP = re.compile(
    r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:[ ]\"[^\"]*\")?\)|\{#[^{}\s]*\}|\[\^[^\[\]\s]*\]"
)
_LETTERS = re.compile(r"[^\W_]+")

# A line of the source with the empty ones behind it, and its item's sign before it, if that has a
# line of its own. The last one has an empty line, too: it may be the last in one of the texts only.
_LINE = re.compile(r"(?:[ ]*(?:[-*+]|\d+[.)])[ ]*\n)*[^\n]+(?:\n[ \t]*(?=\n|\Z))*\n?")
_WORD = re.compile(r"\n[ ]*(?:>[ ]*)+|\s+|[^\W_]+|[^\w\s]|_")
_LINES = Division(lambda text: _LINE.findall(f"{text}\n\n"), key=_key, meet=_overlap)
_WORDS = Division(_WORD.findall, key=_key, meet=_touch, is_same=_is_same)


# The definition of a footnote: its label, and its text.
NOTE = re.compile(
    r"^[ ]{0,3}\[\^([^\]\s]+)\]:(.*(?:\n(?:[ \t]*\n)*(?:[ ]{4}|\t).*)*)\n*", re.MULTILINE
)
_MARK = re.compile(r"\[\^((?:[^\[\]\s]|\[(?!\^))+)\]")


@dataclass(slots=True)
class _Notes:
    """parts: of a text, without notes. notes: by label, in the order of their marks. places: of the
    parts that have a note, the index. marked: of those that first refer to it.
    """

    parts: list[str]
    notes: dict[str, str] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    marked: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, parts: Sequence[str]) -> _Notes:
        found = cls([NOTE.sub("", part) for part in parts])
        written: dict[str, str] = {}
        for index, part in enumerate(parts):
            for note in NOTE.finditer(part):
                found.places.setdefault(note[1], index)
                written.setdefault(note[1], note[2].strip())
        for index, part in enumerate([*found.parts, *written.values()]):
            for label in _MARK.findall(part):
                found.marked.setdefault(label, min(index, len(parts) - 1))
        found.notes = {label: written[label] for label in found.marked if label in written}
        return found

    def written(self, labels: Mapping[str, str], places: Mapping[str, int]) -> list[str]:
        """Return the parts with other labels. places: where notes go, by their new labels, in the
        order in which they are written; others follow.
        """

        def renamed(text: str) -> str:
            return _MARK.sub(lambda mark: f"[^{labels.get(mark[1], mark[1])}]", text)

        parts = [renamed(part).rstrip() for part in self.parts]
        names = {labels.get(label, label): label for label in self.notes}
        for name in dict.fromkeys([*places, *names]):
            if label := names.get(name):
                place = places.get(name, self.marked[label])
                note = f"[^{name}]: {renamed(self.notes[label])}"
                parts[place] = f"{parts[place]}{BETWEEN}{note}" if parts[place] else note
        return parts


def _with_own_notes(
    base: list[str], copy: list[str], edited: list[str], partners: Sequence[int | None]
) -> tuple[list[str], list[str]]:
    """Return the parts of a copy, and of the copy after it was edited, with base's footnotes: a
    trip through another format gives them other labels, and puts them all at the end.

    partners: for each part of the edited copy, the index of the one in the copy.
    """
    own, old, new = map(_Notes.of, (base, copy, edited))
    if not new.notes or len(own.notes) != len(old.notes):
        return copy, edited
    of_old = dict(zip(old.notes, own.notes, strict=True))
    labels, names = [*own.notes], [*new.notes]
    added = headings.Anchors([*labels, "note"])
    of_new = {
        names[j]: added.unique("note") if i is None else labels[i]
        for i, j in _matched_notes([*old.notes.values()], [*new.notes.values()])
        if j is not None
    }
    now = {old_part: index for index, old_part in enumerate(partners) if old_part is not None}
    places = {label: now[place] for label, place in own.places.items() if place in now}
    return old.written(of_old, own.places), new.written(of_new, places)


def _matched_notes(
    old: Sequence[str], new: Sequence[str]
) -> Iterator[tuple[int | None, int | None]]:
    """Yield which note is which: of those that differ, as many as can be, the most alike."""

    def likeness(before: str, after: str) -> float:
        return 1 + shared(features(before), features(after))

    return in_reading_order(
        old, new, key=str, likeness=likeness, features=features, replaces=lambda _old, _new: True
    )
