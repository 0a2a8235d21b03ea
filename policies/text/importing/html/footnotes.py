"""Which links of a page of HTML are footnotes, whatever program wrote it. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, count, islice

from bs4.element import NavigableString, Tag

from policies.text.importing.html.elements import HEADINGS, css_of
from policies.text.importing.html.tables import is_layout
from policies.text.markdown.headings import RESERVED_PREFIXES

# What a mark may be: a number, perhaps with letters around it; a letter, or two Latin ones (two of
# Chinese or Japanese are a word); a Roman numeral; signs.
_MARK = re.compile(
    r"(?=.)(?:[^\W\d_]{0,2}\d{1,4}[^\W\d_]?|[^\W\d_]|[a-z]{2}"
    r"|c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})|[*†‡§¶]{1,3})",
    re.IGNORECASE,
)
# What programs call a mark, in its class, role or address.
_CALLED_MARK = re.compile(r"footnote|endnote|noteref|_ftn|_edn|#fn", re.IGNORECASE)
_WITHIN = re.compile("^#.")
# The box that Word and LibreOffice put around the paragraphs of one note: its style, its id.
_MSO_NOTE = re.compile(r"(?<![\w-])mso-element:(?:foot|end)note(?![\w-])")
_ID_OF_NOTE = re.compile(r"(?:ftn|edn|sdfootnote|sdendnote)\d+")
# Links to one mark, and what is before a mark in its block: more are not looked at.
_MOST = 100


def rename_our_elements(root: Tag) -> None:
    """Rename the elements of a stranger's HTML that have the names of ours, and remove our label
    of list items.
    """
    for item in root.find_all("li", label=True):
        del item["label"]
    for tag in root.find_all(["footnote-mark", "footnote-text"]):
        tag.name = "span"


def mark_footnotes(root: Tag, taken: Iterable[str] = ()) -> None:
    """Turn pairs of links that point at each other, a mark and its note, into footnotes.

    That is the form in which Pandoc, kramdown, GitHub, Python-Markdown and word processors write
    them. Marks become <footnote-mark>, notes <footnote-text>, with the same label, which is none of
    those that are taken.
    """
    known = _Links.of(root)
    labels: dict[int, str] = {}
    used = {*taken, *(str(tag["label"]) for tag in root.find_all("footnote-mark", label=True))}
    for link in root.find_all("a", href=_WITHIN):
        words = link.get_text().strip().strip("[]()")
        if not _MARK.fullmatch(words) or not link.has_attr("href") or not link.parent:
            continue
        note = _note(link, known)
        if note is None or _opens_a_block(link):
            continue
        if id(note) not in labels:
            names = [words] if re.fullmatch(r"\w+", words) else []
            numbered = (f"note-{number}" for number in count(len(labels) + 1))
            label = next(name for name in chain(names, numbered) if name not in used)
            used.add(label)
            labels[id(note)] = label
            _become_note(note, label, known.backlinks(note, link))
        _become_mark(link, labels[id(note)])
    _clear_boxes(root)


@dataclass(frozen=True, slots=True)
class _Links:
    """What links lead from and to, by id or name, so that no note is searched for each mark.

    targets: what may be a note or its beginning: nothing in the cells of a table, where Markdown
    has no place for a note. leading_to: name → the links to it. with_headings: ids of elements that
    have headings in them.
    """

    targets: dict[str, Tag]
    leading_to: dict[str, list[Tag]]
    with_headings: set[int]

    @classmethod
    def of(cls, root: Tag) -> _Links:
        grids = {id(table) for table in root.find_all("table") if not is_layout(table)}
        named = [(str(tag["id"]), tag) for tag in root.find_all(id=True)]
        named += [(str(tag["name"]), tag) for tag in root.find_all("a", attrs={"name": True})]
        holders = (parent for tag in root.find_all(HEADINGS) for parent in tag.parents)
        found = cls({}, defaultdict(list), set(map(id, holders)))
        for name, tag in named:
            if grids.isdisjoint(map(id, tag.parents)):
                found.targets.setdefault(name, tag)
        for link in root.find_all("a", href=_WITHIN):
            found.leading_to[str(link["href"])[1:]].append(link)
        return found

    def backlinks(self, note: Tag, link: Tag) -> list[Tag]:
        """Return the links in a note that lead back to its mark."""
        around = [parent for parent in list(link.parents)[:2] if parent.name in ("sup", "span")]
        named = (link.get("name"), *(tag.get("id") for tag in (link, *around)))
        places = {str(name) for name in named if name}
        links = chain.from_iterable(self.leading_to.get(place, [])[:_MOST] for place in places)
        return [back for back in links if back.has_attr("href") and _is_inside(back, note)]


def _is_inside(tag: Tag, around: Tag) -> bool:
    return any(parent is around for parent in tag.parents)


def _note(link: Tag, known: _Links) -> Tag | None:
    """Return the block that a mark's link points at, if a link in it leads back to the mark."""
    target = known.targets.get(str(link["href"])[1:])
    if target is None or target.find_parent("footnote-text") is not None:
        return None
    note = target if target.name in ("li", "p", "div", "aside", "footnote-text") else None
    note = note or target.find_parent(["li", "p"])
    if note is not None and note.parent is not None and _is_box_of_note(note.parent):
        note = note.parent
    if note is None or _is_inside(link, note):
        return None
    if note.name == "footnote-text":  # the note of another mark, too
        return note
    # What has a heading is a section, to which a list of contents links.
    has_heading = id(note) in known.with_headings
    return note if not has_heading and known.backlinks(note, link) else None


def _is_box_of_note(tag: Tag) -> bool:
    """Return whether a word processor put this element around all paragraphs of a note."""
    named = _ID_OF_NOTE.fullmatch(str(tag.get("id") or "")) is not None
    return tag.name == "div" and (named or _MSO_NOTE.search(css_of(tag)) is not None)


def _opens_a_block(link: Tag) -> bool:
    """Return whether a link comes first in an item or paragraph, like those in a list of contents.

    A mark comes after the words that its note is about.
    """
    block = link.find_parent(["li", "p"])
    if block is None or _is_called_mark(link):
        return False
    if block.parent is not None and block.parent.name in ("td", "th"):
        return False
    for text in islice(link.previous_elements, _MOST):
        if text is block:
            break
        is_prose = isinstance(text, NavigableString) and re.search(r"\w", text)
        if is_prose and text.find_parent("a", href=re.compile("^#")) is None:
            return False
    return True


def _is_called_mark(link: Tag) -> bool:
    if link.find_parent("sup") is not None or link.find("sup") is not None:
        return True
    says = (link.get(name) for name in ("class", "role", "href", "epub:type"))
    return _CALLED_MARK.search(" ".join(str(value or "") for value in says)) is not None


def _become_mark(link: Tag, label: str) -> None:
    sup = link.parent
    if sup is not None and sup.name == "sup" and sup.get_text().strip() == link.get_text().strip():
        sup.name = "span"
    if inner := link.find("sup"):
        inner.unwrap()
    link.clear()
    link.name = "footnote-mark"
    link["label"] = label
    del link["href"]
    if link.get("name") and not link.get("id"):
        link["id"] = link["name"]
    for tag in (link, sup):
        _drop_reserved_id(tag)


def _become_note(note: Tag, label: str, backlinks: Iterable[Tag]) -> None:
    back_names = {str(back["href"]) for back in backlinks}
    for back in note.find_all("a", href=True):
        words = back.get_text().strip()
        leads_back = str(back["href"]) in back_names or "backref" in str(back.get("class") or "")
        if leads_back or words in ("↩", "↩︎", "↑", "^"):
            if back.get("id") or back.get("name"):
                back.name, back.string = "span", ""
                back["id"] = back.get("id") or back.get("name") or ""
                del back["href"]
            else:
                back.extract()
    note.name = "footnote-text"
    note["label"] = label
    _drop_reserved_id(note)


def _drop_reserved_id(tag: Tag | None) -> None:
    """Remove an id with a prefix that is the page's own, such as for footnotes."""
    if tag is not None and str(tag.get("id") or "").startswith(RESERVED_PREFIXES):
        del tag["id"]


def _clear_boxes(root: Tag) -> None:
    """Make the lists around notes plain <div>s, and remove the rules before notes."""
    boxes: list[Tag] = []
    for container in root.find_all(["ol", "ul"]):
        items = container.find_all(recursive=False)
        if items and all(item.name == "footnote-text" for item in items):
            container.name = "div"
            box = container.parent
            if box is not None and re.search("footnote", f"{box.get('class')} {box.get('id')}"):
                boxes.append(box)
    for box in {id(note.parent): note.parent for note in root.find_all("footnote-text")}.values():
        parts = box.find_all(recursive=False) if box is not None else []
        if box is not None and all(part.name in ("footnote-text", "hr", "br") for part in parts):
            boxes.append(box)
    for rule in [rule for box in boxes for rule in box.find_all("hr", recursive=False)]:
        rule.extract()
