"""From Documents to Word files: one text, or a redline of two as tracked changes.

    elements.py     elements of WordprocessingML
    spans.py        words, by the texts that have them
    words.py        words as runs, links and bookmarks
    numbering.py    labels as Word's own numbers
    body.py         blocks as paragraphs and tables
    footnotes.py    footnotes
    package.py      the file around them, with styles.xml

Needs python-docx (the extra `word`): nothing here may be loaded without it. See
docs/adr/0033-word-files.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from policies.text.document import Document, digest, notation
from policies.text.redline import PairedTexts, paired
from policies.text.rendering.sections import is_numbered
from policies.text.word_export import package
from policies.text.word_export.body import Body, numbered_headings
from policies.text.word_export.footnotes import Footnotes
from policies.text.word_export.numbering import Numbers
from policies.text.word_export.words import Bookmarks, Changes, Words

__all__ = ["Facts", "write", "write_redline"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says beside its text.

    header: on each page, such as "Privacy policy · Version 3". language: a BCP 47 tag. base: the
    address of the page, which addresses in the text may be relative to. at: with a time zone; the
    time of the file and of its changes. author: of the file and its changes. properties: by name;
    the digests and the notation of the texts are added.
    """

    header: str
    language: str
    base: str
    at: datetime
    author: str
    is_rtl: bool = False
    properties: Mapping[str, str] = field(default_factory=dict)


def write(document: Document, facts: Facts) -> bytes:
    """Return a text as .docx: the same bytes for the same text and facts."""
    return write_redline(document, document, facts)


def write_redline(old: Document, new: Document, facts: Facts) -> bytes:
    """Return the changes between two texts as tracked changes in a .docx.

    All of them accepted give what `write` writes of the new text, all rejected that of the old.
    """
    texts = paired(old, new)
    file = package.empty_file(facts.language, is_rtl=facts.is_rtl)
    notes_part = package.footnotes_part(file)
    changes = Changes(facts.author, facts.at)
    bookmarks = Bookmarks(texts.new_ids)
    numbered, levels = _numbered(old, new, texts)
    notes = Footnotes([*texts.notes])
    numbers = Numbers()
    words = Words(file.part, facts.base, changes, bookmarks, notes.refer)
    body = Body(words, numbers, numbered)
    notes.body = Body(
        Words(notes_part, facts.base, changes, bookmarks, notes.refer_in_note), numbers, numbered
    )
    body.title(texts.title)
    body.pairs(texts.introduction)
    for section in texts.sections:
        body.pairs([section.heading])
        body.pairs(section.body)
    body.pairs(notes.not_referred_to())
    body.end()
    for element in body.out:
        file.element.body.sectPr.addprevious(element)
    package.add_numbering(file, numbers.elements(levels))
    package.fill_footnotes(file, notes_part, notes.written)
    package.add_margins(file, facts.header)
    package.add_properties(
        file,
        title=new.title,
        subject=facts.header,
        author=facts.author,
        language=facts.language,
        at=facts.at,
    )
    package.add_custom_properties(file, {**facts.properties, **_properties(old, new)})
    return package.packed(file, facts.at)


def _properties(old: Document, new: Document) -> dict[str, str]:
    values = {"PolicyDigest": digest(new)}
    if old != new:
        values["PolicyOldDigest"] = digest(old)
    return values | {f"Policy{name.title()}": str(value) for name, value in notation(new).items()}


def _numbered(old: Document, new: Document, texts: PairedTexts) -> tuple[dict[int, int], int]:
    """Return the levels of numbered headings, by id(), and how many levels are numbered."""
    found: dict[int, int] = {}
    for document, tree in ((old, texts.old_tree), (new, texts.new_tree)):
        headings = ["".join(run.text for run in it.runs) for it, _ in tree.sections]
        if headings and is_numbered(headings, document.numbering):
            deep = document.numbering == "headings"
            found |= numbered_headings(tree.sections, deep=deep)
    return found, max(found.values(), default=-1) + 1
