"""The headings of a Word file that has no styles for them: short bold paragraphs of one look. Pure.

They are given a level of the outline, as a style would. Words in bold that begin a paragraph, and
single bold lines, are no headings; nor is anything in a file in which headings have styles.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple
from xml.etree.ElementTree import Element

from policies.text.importing.word.lists import Lists
from policies.text.importing.word.names import child, value, words_of
from policies.text.importing.word.styles import Styles

NOTE = "bold line became a heading; where it is none, remove the # before it in the draft"

MAX_HEADING = 100  # characters
_MADE = "made-heading"  # an attribute of the level that a paragraph is given here
_NUMBER = re.compile(
    r"((?i:article|section|clause|part|artikel|abschnitt|teil)[ ]|§[ ]?)?"
    r"(?:(\d{1,3})|[IVXLC]+(?![^\W_])|[A-Z](?![^\W_]))([.):]|)(?!\S)"
)
_NO_HEADING = re.compile(r"[\"“„‚«(]|.*[.,;:!_…]\Z", re.DOTALL)
_OUTSIDE = frozenset({"w:sectPr", "w:del", "w:moveFrom"})


class _Row(NamedTuple):
    """A paragraph with words, or a table.

    look: what headings of one kind have in common, None for other text: how they are numbered, or
    else how large and where their words are.
    """

    paragraph: Element
    look: tuple[str, ...] | None
    size: str


def is_made(properties: Element | None) -> bool:
    """Return whether a paragraph became a heading here."""
    level = child(properties, "w:outlineLvl")
    return level is not None and level.get(_MADE) is not None


def mark(root: Element, styles: Styles, lists: Lists, *, is_ours: bool) -> None:
    """Give levels to the title and the headings of sections, if no style does.

    is_ours: then each of these has a bookmark.
    """
    found = list[_Row]()
    has_title = False
    for paragraph in _of_body(root):
        if not words_of(paragraph):
            continue
        role = styles.role(child(paragraph, "w:pPr"))
        if role.startswith("H") and (found or has_title or role != "H1"):
            return
        has_title = has_title or role == "H1"
        if not role:
            row = _row(paragraph, styles, lists)
            is_known = not is_ours or child(paragraph, "w:bookmarkStart") is not None
            found.append(row if is_known else row._replace(look=None))
    titles = [row for row in found[:1] if row.look and not row.look[0]]
    if has_title or is_ours:
        titles = []
    sections = _sections(found[len(titles) :])
    for row in sections:
        _give_level(row.paragraph, "1")
    for row in titles if sections else ():
        _give_level(row.paragraph, "0")


def _of_body(parent: Iterable[Element]) -> Iterator[Element]:
    for node in parent:
        if node.tag in ("w:p", "w:tbl"):
            yield node
        elif node.tag not in _OUTSIDE:
            yield from _of_body(node)


def _row(paragraph: Element, styles: Styles, lists: Lists) -> _Row:
    text = words_of(paragraph)
    if paragraph.tag == "w:tbl":
        return _Row(paragraph, None, "")
    properties = child(paragraph, "w:pPr")
    of_paragraph = styles.of_paragraph(properties)
    runs = [run for run in paragraph.iter("w:r") if words_of(run)]
    looks = [child(run, "w:rPr") for run in runs]
    size = value(looks[0], "w:sz") or "" if looks else ""
    is_bold = all("b" in styles.switches(look, of_paragraph) for look in looks)
    if not is_bold or not looks or len(text) > MAX_HEADING:
        return _Row(paragraph, None, size)
    if numbered := lists.place_of(properties):
        return _Row(paragraph, None if numbered[0] == "bullet" else numbered, size)
    number = _NUMBER.match(text)
    if number and any(number.groups()):
        form = "1" if number[2] else "a"
        return _Row(paragraph, ("typed", (number[1] or "").lower(), form, number[3]), size)
    if text[0].isdigit() or _NO_HEADING.match(text):
        return _Row(paragraph, None, size)
    place = value(properties, "w:jc") or ""
    return _Row(paragraph, ("", size, place, value(looks[0], "w:u") or ""), size)


def _sections(rows: Sequence[_Row]) -> list[_Row]:
    """Return the headings of sections: those with numbers, or else the largest, that come first."""
    of_text = Counter(row.size for row in rows if row.look is None)
    usual = of_text.most_common(1)[0][0] if of_text else ""
    by_look = defaultdict[tuple[str, ...], list[_Row]](list)
    for row, following in zip_longest(rows, rows[1:]):
        is_above_text = following is not None and following.look != row.look
        if row.look is not None and (row.look[0] or is_above_text):
            by_look[row.look].append(row)
    found = list[list[_Row]]()
    for look, alike in by_look.items():
        is_marked = bool(look[0]) or _points(look[1]) > _points(usual)
        if len(alike) >= (2 if is_marked else 3):
            found.append(alike)
    found.sort(key=_rank)
    return found[0] if found and len(found[0]) * 2 <= len(rows) else []


def _rank(alike: Sequence[_Row]) -> tuple[bool, int]:
    look = alike[0].look or ("",)
    return not look[0], 0 if look[0] else -_points(alike[0].size)


def _points(size: str) -> int:
    return int(size) if size.isdecimal() else 0


def _give_level(paragraph: Element, level: str) -> None:
    properties = child(paragraph, "w:pPr")
    if properties is None:
        properties = Element("w:pPr")
        paragraph.insert(0, properties)
    properties.insert(0, Element("w:outlineLvl", {"w:val": level, _MADE: ""}))
