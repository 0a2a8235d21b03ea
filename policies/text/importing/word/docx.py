"""From a Word file to a Document, with notes on what that can't hold.

Pure: bytes in, values out. The file is opened within limits (package); what it means is read (body)
and becomes elements of HTML (writing), from which Markdown is made as from any other HTML.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from bs4.element import Tag

from policies.text.document import NUMBERINGS, Document, DocumentError, read_any_style
from policies.text.importing import conversion
from policies.text.importing.html.tree import max_elements
from policies.text.importing.metadata import ImportRefused, title_from
from policies.text.importing.word import bold_headings
from policies.text.importing.word.body import Body
from policies.text.importing.word.inline import IMAGES, ParagraphReader
from policies.text.importing.word.lists import Lists
from policies.text.importing.word.names import OUR_MARK, OUR_STYLES, words_of
from policies.text.importing.word.package import (
    TOO_DEEP,
    Package,
    Relation,
    Unreadable,
    open_package,
)
from policies.text.importing.word.styles import Styles
from policies.text.importing.word.writing import Page, Places
from policies.text.markdown import frontmatter
from policies.text.markdown.import_notes import ImportNote
from policies.text.markdown.limits import RenderingRefused
from policies.text.short_text import counted

__all__ = ["COMMENT", "TRACKED", "WordText", "properties_of", "read"]

# Paragraphs, words that look different, links and elements of HTML of which one element of the page
# is made, at most.
_PARTS_OF_AN_ELEMENT = 4

# Kinds of notes on what only a file that came back is read for.
COMMENT = "comment dropped"
TRACKED = "tracked changes taken as accepted"


@dataclass(frozen=True, slots=True)
class WordText:
    """The text of a Word file. properties: the custom ones, by name. inline: what was read."""

    document: Document
    notes: tuple[ImportNote, ...]
    properties: Mapping[str, str]
    package: Package
    inline: ParagraphReader


def read(name: str, data: bytes, *, keeps_numbers: bool = False) -> WordText:
    """Read a Word file, its tracked changes accepted. It has no front matter, and no lines that
    notes could name. keeps_numbers: as in document.read_any_style. Raises ImportRefused.
    """
    try:
        package = open_package(data)
        own = properties_of(package)
        root, inline, count = _read(package, is_ours=OUR_MARK in own)
        numbering = own.get("PolicyNumbering", "")
        document, found = document_of(name, root, count, numbering, keeps_numbers=keeps_numbers)
    except RecursionError as error:
        raise ImportRefused(name, 1, TOO_DEEP) from error
    except (Unreadable, DocumentError, RenderingRefused) as error:
        raise ImportRefused(name, 1, str(error)) from error
    return WordText(document, (*inline.notes, *found), own, package, inline)


def document_of(
    name: str, root: Tag, lines: int, numbering: str, *, keeps_numbers: bool
) -> tuple[Document, tuple[ImportNote, ...]]:
    """Return the text that a page of elements is, and notes. Raises ImportRefused, TooComplex,
    DocumentError.
    """
    found = conversion.from_fragment(root, lines=lines)
    if not found.markdown.strip():
        raise ImportRefused(name, 1, "The file has no text.")
    values: dict[str, object] = {
        "clauses": found.clauses or None,
        "numbering": numbering if numbering in NUMBERINGS else "",
    }
    split = frontmatter.Split(values, "", found.markdown)
    document, more_notes = read_any_style(split, title_from(name), keeps_numbers=keeps_numbers)
    of_html = [replace(note, line=None, paragraph=note.line) for note in found.notes]
    without_lines = [replace(note, line=None) for note in more_notes]
    return document, (*of_html, *without_lines)


def _read(package: Package, *, is_ours: bool) -> tuple[Tag, ParagraphReader, int]:
    """Return the text as HTML, what was read beside it, and the number of paragraphs."""
    root = package.part(package.document)
    if root is None or root.tag != "w:document":
        raise Unreadable(
            "The file contains no Word document. Open it in Word and save it as .docx."
        )
    styles = Styles.read(_only(package, "styles"))
    is_ours = is_ours or styles.paragraph.keys() >= OUR_STYLES
    notes = _notes(package)
    inline = ParagraphReader(styles, frozenset(notes))
    lists = Lists.read(_only(package, "numbering"), styles, indents_mean=is_ours)
    bold_headings.mark(root, styles, lists, is_ours=is_ours)
    page = Page(_PARTS_OF_AN_ELEMENT * max_elements(package.characters))
    body = Body(inline, lists, page, numbers_itself=is_ours)
    body.part(root, package.relations(package.document))
    at = 0
    for reference in inline.changes.references:  # it grows: a note may refer to another
        if not reference.is_gone:
            at += 1
            page.home = page.root
            page.home = page.add(page.new("footnote-text", label=str(at)))
            body.part(*notes[reference.note], reference.by)
        elif reference.note in notes:
            inline.changes.lose_note(notes[reference.note][0], reference.by)
    formats = sum(node.tag.endswith("PrChange") for node in root.iter())
    if count := inline.changes.count or formats:
        inline.notes.collected.insert(0, ImportNote(TRACKED, counted(count, "change")))
    _note_margins(package, inline)
    _note_comments(package, inline)
    if any(name.lower().endswith("vbaproject.bin") for name in package.names):
        inline.notes.add("macros dropped")
    for target in dict.fromkeys(package.outside()):
        inline.notes.add("link to another file dropped", target)
    Places(is_ours).settle(page.paragraphs(), inline.notes)
    page.write()
    return page.root, inline, body.paragraphs


def _notes(package: Package) -> dict[tuple[str, str], tuple[Element, dict[str, Relation]]]:
    """Return footnotes and endnotes by kind and id, each with the relations of its part."""
    found: dict[tuple[str, str], tuple[Element, dict[str, Relation]]] = {}
    for kind in ("footnote", "endnote"):
        for name, part in package.related(f"{kind}s"):
            for note in part:
                if note.tag == f"w:{kind}" and note.get("w:type", "normal") == "normal":
                    found[kind, note.get("w:id", "")] = note, package.relations(name)
    return found


def properties_of(package: Package) -> dict[str, str]:
    """Return the custom properties of a file, by name. Raises Unreadable."""
    root = package.part("docProps/custom.xml")
    found = root if root is not None else ()
    return {entry.get("name", ""): "".join(entry.itertext()) for entry in found}


def _only(package: Package, kind: str) -> Element | None:
    return next((root for _, root in package.related(kind)), None)


def _note_margins(package: Package, inline: ParagraphReader) -> None:
    """Note what page headers and footers hold, if it is not just page numbers."""
    inline.notes.paragraph = None
    for kind in ("header", "footer"):
        for _, root in package.related(kind):
            text = words_of(root)
            if re.search(r"[^\W\d_]{2}", re.sub(r"\b(?:page|seite|of|von)\b", "", text.lower())):
                inline.notes.add(f"page {kind} dropped", text)
            for drawn in root.iter("v:textpath"):
                inline.notes.add("watermark dropped", drawn.get("string", ""))
            if any(node.tag in IMAGES for node in root.iter()):
                inline.notes.add(f"image in a page {kind} dropped", text)


def _note_comments(package: Package, inline: ParagraphReader) -> None:
    for comment in package.entries("comments"):
        author = comment.get("w:author", "").strip()
        about = inline.comments.get(comment.get("w:id", ""))
        inline.notes.paragraph = about.paragraph if about else None
        inline.notes.add(COMMENT, ": ".join(filter(None, (author, words_of(comment)))))
    inline.notes.paragraph = None
