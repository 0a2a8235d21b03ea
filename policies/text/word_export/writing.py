"""A whole file: its paragraphs in their order, and what is around them."""

from __future__ import annotations

from collections.abc import Sequence

from policies.text.document import Document, digest, notation
from policies.text.importing.word.numbering import Numbers
from policies.text.redline import PairedTexts, paired
from policies.text.redline.blocks import Block, Side, Tree
from policies.text.redline.parsing import REFERENCE
from policies.text.rendering.sections import is_numbered
from policies.text.word_export import comments, package
from policies.text.word_export.body import Body
from policies.text.word_export.facts import Comment, Facts
from policies.text.word_export.footnotes import Footnotes
from policies.text.word_export.words import (
    Bookmarks,
    ChangeMarks,
    RunWriter,
    distinguish_from_moves,
)


def write(old: Document, new: Document, facts: Facts, remarks: Sequence[Comment] = ()) -> bytes:
    """Return the changes between two texts as .docx. remarks: comments on the new one."""
    texts = paired(old, new)
    file = package.empty_file(facts.language, is_rtl=facts.is_rtl)
    notes_part = package.footnotes_part(file)
    changes = ChangeMarks(facts.author, facts.at)
    linked, referred = _targets(texts.new_tree)
    linked_of = {Side.OLD: _targets(texts.old_tree)[0], Side.NEW: linked, Side.BOTH: linked}
    bookmarks = Bookmarks(texts.new_ids, linked_of, referred)
    numbered, levels = _numbered(old, new, texts)
    notes = Footnotes([*texts.notes])
    numbers = Numbers()
    words = RunWriter(file.part, facts.base, changes, bookmarks, notes.refer)
    body = Body(words, numbers, numbered)
    notes.body = Body(
        RunWriter(notes_part, facts.base, changes, bookmarks, notes.refer_in_note),
        numbers,
        numbered,
    )
    body.title(texts.title)
    body.pairs(texts.introduction)
    begins = {"": 0}
    for section in texts.in_both_orders():
        for heading in section.heading.new:
            begins.setdefault(heading.attributes.get("id", ""), len(body.out))
        if section.move:
            body.moved(section.pairs, section.move)
        else:
            body.pairs(section.pairs)
    body.pairs(notes.not_referred_to())
    body.end()
    distinguish_from_moves(body.out)
    section = file.element.body.sectPr  # looked for among all paragraphs each time
    for element in body.out:
        section.addprevious(element)
    ends = [*sorted(begins.values())[1:], len(body.out)]
    spans = zip(sorted(begins, key=begins.__getitem__), ends, strict=True)
    if facts.is_rtl:
        for root in (file.element.body, *notes.written):
            package.set_right_to_left(root)
    comments.add(file, remarks, {anchor: body.out[begins[anchor] : end] for anchor, end in spans})
    package.add_numbering(file, numbers.made, levels)
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


def _targets(tree: Tree) -> tuple[frozenset[str], frozenset[str]]:
    """Return the anchors to which links of the text lead, and references in it."""
    links, references = set[str](), set[str]()
    for run in tree.runs():
        for mark in run.marks:
            if mark.attributes.get("href", "").startswith("#"):
                is_reference = mark.attributes.get("class") == REFERENCE
                (references if is_reference else links).add(mark.attributes["href"][1:])
    return frozenset(links), frozenset(references)


def _properties(old: Document, new: Document) -> dict[str, str]:
    values = {"PolicyDigest": digest(new)}
    if old != new:
        values["PolicyOldDigest"] = digest(old)
    return values | {f"Policy{name.title()}": str(value) for name, value in notation(new).items()}


def _numbered(old: Document, new: Document, texts: PairedTexts) -> tuple[dict[int, int], int]:
    """Return the level of the number of each heading that has one, 0 for a section's, by id() of
    the heading, and how many levels are numbered.
    """
    found: dict[int, int] = {}
    for document, tree in ((old, texts.old_tree), (new, texts.new_tree)):
        words = [_text_of(heading) for heading, _ in tree.sections]
        if not (words and is_numbered(words, document.numbering)):
            continue
        for heading, body in tree.sections:
            found[id(heading)] = 0
            for block in body if document.numbering == "headings" else ():
                if block.kind == "heading":
                    found[id(block)] = max(int(block.tag[1]) - 2, 0)
    return found, max(found.values(), default=-1) + 1


def _text_of(block: Block) -> str:
    return "".join(run.text for run in block.runs)
