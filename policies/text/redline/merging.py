"""Merges two texts that were made of the same one."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from policies.text.document import Document, Section
from policies.text.markdown import headings
from policies.text.redline import alignment, section_pairing
from policies.text.redline.alignment import Hunk
from policies.text.redline.single_changes import BETWEEN
from policies.text.redline.source_changes import outlined


def merged(base: str, one: str, two: str) -> str | None:
    """Return the text with the changes of both; None if they changed the same paragraph.

    So did two that added something in the same place.
    """
    paragraphs = base.split(BETWEEN)
    edits = []
    for text in {one, two}:
        changed = text.split(BETWEEN)
        for start, end, begin, stop in alignment.hunks(paragraphs, changed):
            edits.append((start, end, changed[begin:stop]))
    edits.sort(key=lambda edit: edit[:2])
    for (start, end, _), (following, next_end, _) in pairwise(edits):
        touching = following == end and (start == end or following == next_end)
        if following < end or touching:
            return None
    for start, end, changed in reversed(edits):
        paragraphs[start:end] = changed
    return BETWEEN.join(paragraphs)


def with_edits(base: Document, copy: Document, edited: Document) -> Document:
    """Return `base` with what differs between a copy of it and the copy after it was edited.

    The copy may be spelled otherwise, and have lost something: that is no edit. Where base and the
    edits differ from the copy in the same words, the line is that of the edited copy.
    """
    olds, news = ([*map(outlined, it.sections)] for it in (copy, edited))
    own = dict(enumerate(base.sections))
    if len(base.sections) != len(copy.sections):
        bases = [*map(outlined, base.sections)]
        pairs = section_pairing.pair_sections(bases, olds)
        own = {new: base.sections[old] for old, new in pairs if old is not None and new is not None}
    partners = {it.new: it.old for it in section_pairing.pair_sections(olds, news)}
    anchors = headings.Anchors([it.anchor for it in base.sections])
    sections = []
    for index, section in enumerate(edited.sections):
        before = partners[index]
        if before is None or before not in own:
            sections.append(replace(section, anchor=anchors.unique(section.anchor)))
            continue
        mine, theirs = own[before], copy.sections[before]
        heading = _line(mine.heading, theirs.heading, section.heading)
        body = _with_edits(mine.body, theirs.body, section.body)
        sections.append(Section(heading, mine.anchor, body))
    return Document(
        _line(base.title, copy.title, edited.title),
        _with_edits(base.introduction, copy.introduction, edited.introduction),
        tuple(sections),
        clauses=base.clauses if copy.clauses == edited.clauses else edited.clauses,
        numbering=base.numbering if copy.numbering == edited.numbering else edited.numbering,
    )


_LINES = re.compile(r"\n+|[^\n]+")
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


def _line(base: str, copy: str, edited: str) -> str:
    found = _three_way(*map(_WORDS.findall, (base, copy, edited)))
    return edited if found is None else "".join(found)


def _with_edits(base: str, copy: str, edited: str) -> str:
    if copy == edited:
        return base
    return "".join(_three_way(*map(_LINES.findall, (base, copy, edited)), by_line=True) or ())


def _three_way(
    base: Sequence[str], copy: Sequence[str], edited: Sequence[str], *, by_line: bool = False
) -> list[str] | None:
    """Return the pieces of base with the edits; None where both differ from the same pieces.

    by_line: then the pieces are merged by their words.
    """
    out: list[str] = []
    at = 0
    for start, end, (i, j), (k, m) in _regions(copy, base, edited):
        out += copy[at:start]
        at = end
        theirs, mine, new = copy[start:end], base[i:j], edited[k:m]
        if new in (theirs, mine):
            out += mine
        elif mine == theirs:
            out += new
        elif by_line:
            out.append(_line(*map("".join, (mine, theirs, new))))
        else:
            return None
    return [*out, *copy[at:]]


_Region = tuple[int, int, tuple[int, int], tuple[int, int]]


def _regions(copy: Sequence[str], *others: Sequence[str]) -> list[_Region]:
    """Return where any of the others differs from the copy, and the places of that in the others:
    places that touch are one, where something was only added.
    """
    found: list[tuple[int, int]] = []
    hunks = [alignment.hunks(copy, other) for other in others]
    for start, end in sorted((it.old_start, it.old_end) for own in hunks for it in own):
        last = found[-1] if found else (-1, -1)
        touches = start == last[1] and (start == end or last[0] == last[1])
        if start < last[1] or touches:
            found[-1] = (last[0], max(last[1], end))
        else:
            found.append((start, end))
    places = [_places(own, found) for own in hunks]
    return [(*span, one, two) for span, one, two in zip(found, *places, strict=True)]


def _places(hunks: Sequence[Hunk], spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return where spans of a text are in another one, each hunk being in one of them."""
    found, shift, waiting = [], 0, list(reversed(hunks))
    for start, end in spans:
        begin = start + shift
        while waiting and waiting[-1].old_end <= end:
            hunk = waiting.pop()
            shift = hunk.new_end - hunk.old_end
        found.append((begin, end + shift))
    return found
