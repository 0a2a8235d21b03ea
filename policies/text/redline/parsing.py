"""A Document as the blocks that a reader sees: paragraphs, items, rows, each with its words.

Reads Markdown as rendering does, with the same grammar and the same steps up to the sanitizer, so
that a comparison sees only what is read, not how it was written.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Container, Iterable, Sequence

from policies.text import document as documents
from policies.text.document import Document
from policies.text.document_tree import of_document
from policies.text.markdown import headings
from policies.text.markdown.characters import without_controls
from policies.text.markdown.headings import counting_numbers
from policies.text.markdown.limits import RenderingRefused
from policies.text.redline.blocks import LEAVES, Block, Tree
from policies.text.redline.tokens import BREAK, LABEL, Atom, Mark, Run, compared_text
from policies.text.rendering.references import link_references
from policies.text.rendering.sanitizer import INLINE_TAGS
from policies.text.rendering.steps import STEPS
from policies.text.rendering.tree import RenderReport, build

_KINDS = {
    **dict.fromkeys(("p", ""), "text"),
    "h2": "section",
    **dict.fromkeys(("h3", "h4", "h5", "h6"), "heading"),
    "pre": "code",
    "dt": "term",
    **dict.fromkeys(("td", "th"), "cell"),
    "hr": "rule",
    **dict.fromkeys(("ul", "ol"), "list"),
    "li": "item",
    "dl": "terms",
    "dd": "meaning",
    "blockquote": "quote",
    "table": "table",
    "tr": "row",
    "div": "box",
}
_KINDS_OF_CLASSES = {"clauses": "list", "clause": "item"}


# The class, in these blocks only, of links that the page makes of references in the text.
REFERENCE = "reference"


def read(document: Document, *, clauses: bool, references: bool = False) -> Tree:
    """Return the blocks of a Document. One that can't be rendered is read as plain paragraphs.

    clauses: whether it has any, or is compared with a text that has. references: whether those to
    sections and clauses are links, as on the page.
    """
    try:
        trees = of_document(document, clauses=clauses)
        root = build(trees, len(documents.body(document)), clauses=clauses)
        report = RenderReport(numbering=document.numbering)
        for step in STEPS:
            step(root, report)
        if references:
            _link_references(root, report)
        blocks = _read_blocks(root)
        _name_clauses(
            blocks, {anchor for anchor, clause in report.clauses.items() if clause.is_given}
        )
        tree = _divide_at_headings(blocks, document) or _as_plain_paragraphs(document)
    except (RenderingRefused, RecursionError):
        tree = _as_plain_paragraphs(document)
    _mark_positions(tree)
    return tree


def _link_references(root: ET.Element, report: RenderReport) -> None:
    written = set(map(id, root.iter("a")))
    link_references(root, report)
    for link in root.iter("a"):
        if id(link) not in written:
            link.set("class", REFERENCE)


def _name_clauses(blocks: Iterable[Block], anchors: Container[str]) -> None:
    """anchors: those that the author gave to clauses."""
    for block in blocks:
        if (anchor := block.attributes.get("id", "")) in anchors:
            block.name = anchor
        _name_clauses(block.children, anchors)


def _divide_at_headings(blocks: list[Block], document: Document) -> Tree | None:
    """Divide blocks at the sections' headings; None if there are not as many as sections."""
    has_notes = blocks and blocks[-1].attributes.get("class") == "footnotes"
    notes = blocks.pop() if has_notes else None
    tree = Tree(_title(document), [], [], notes.children[-1:] if notes else [])
    anchors = {section.anchor for section in document.sections}
    for block in blocks:
        if block.kind == "section" and block.attributes.get("id") not in anchors:
            block.kind = "heading"  # of the introduction
        if block.kind == "section":
            tree.sections.append((block, []))
        elif tree.sections:
            tree.sections[-1][1].append(block)
        else:
            tree.introduction.append(block)
    return tree if len(tree.sections) == len(document.sections) else None


def _as_plain_paragraphs(document: Document) -> Tree:
    tree = Tree(_title(document), _paragraphs(document.introduction), [], [])
    for section in document.sections:
        heading = leaf("h2", {"id": section.anchor}, [Run(without_controls(section.heading))])
        tree.sections.append((heading, _paragraphs(section.body)))
    return tree


def _title(document: Document) -> Block:
    return leaf("", {}, [Run(without_controls(document.title))])


def _paragraphs(text: str) -> list[Block]:
    parts = re.split(r"\n[ \t]*\n", without_controls(text))
    return [leaf("p", {}, [Run(part)]) for part in parts if part.strip()]


def _read_blocks(parent: ET.Element) -> list[Block]:
    """Return the blocks in an element; loose words between them become blocks as well."""
    found: list[Block] = []
    loose = _Runs()
    loose.add_text(parent.text)
    for child in parent:
        if child.tag in INLINE_TAGS:
            loose.add_element(child, ())
        else:
            found += loose.block()
            loose = _Runs()
            found += _read_block(child)
        loose.add_text(child.tail)
    found += loose.block()
    last = 0
    for block in found:
        if block.start is not None:
            # Otherwise the number means something, as in "15. Januar".
            block.follows = block.start == last + 1
            last = block.start + len(block.children) - 1
    return found


def _read_block(element: ET.Element) -> list[Block]:
    tag = element.tag
    attributes = dict(element.attrib)
    if tag in {"thead", "tbody"} or attributes.get("class") == "table-scroll":
        inner: list[Block] = []
        for child in element:
            inner += _read_block(child)
        for block in inner:
            block.tag = tag if block.kind == "row" else block.tag
        return inner
    kind = _KINDS_OF_CLASSES.get(attributes.get("class", "")) or _KINDS.get(tag, "box")
    if kind in LEAVES:
        words = _Runs()
        if tag == "pre":
            code = element.find("code")
            words.add_text(code.text if code is not None else element.text)
        else:
            words.add_content(element, ())
        return [leaf(tag, attributes, words.runs, words.after)]
    children = _read_blocks(element)
    key = f"\x02{kind}\x02" + "\x03".join(child.key for child in children) + "\x02"
    return [Block(kind, tag, attributes, children, key=key)]


def leaf(
    tag: str, attributes: dict[str, str], runs: list[Run], after: Iterable[Atom] = ()
) -> Block:
    """Make a block that holds words. tag: its element, "" for none."""
    kind = _KINDS[tag]
    if kind != "code":
        runs = _trimmed(runs)
    text = compared_text(runs)
    number = _number_length(kind, runs, text)
    # A paragraph that became a heading matches it; a cell never matches words outside a table.
    counted = compared_text([Run("".join(run.text for run in runs[:2])[:number])])
    key = text.removeprefix(counted).lstrip()
    if kind in {"code", "term", "cell", "rule"}:
        key = f"{kind}\x02{key}"
    return Block(kind, tag, attributes, [], runs, list(after), number, key)


def _trimmed(runs: list[Run]) -> list[Run]:
    runs = [run for run in runs if run.atom or run.text]
    while runs and not runs[0].atom and not runs[0].text.strip():
        runs.pop(0)
    while runs and not runs[-1].atom and not runs[-1].text.strip():
        runs.pop()
    if runs:
        runs[0] = runs[0]._replace(text=runs[0].text.lstrip())
        runs[-1] = runs[-1]._replace(text=runs[-1].text.rstrip())
    return runs


# A clause's number in bold type, which is no label.
_CLAUSE_NUMBER = re.compile(
    r"\d{1,3}(?:\.\d{1,3})+[.)]?|\d{1,3}\)|\((?:[a-z]{1,2}|[ivxl]{1,5}|\d{1,2})\)"
    r"|(?:[a-z]|[ivxl]{1,5})\)"
)


def _number_length(kind: str, runs: list[Run], text: str) -> int:
    """Return how many characters before a heading or clause may be no more than its position."""
    if kind not in {"text", "heading", "section"} or not runs:
        return 0
    beginning = "".join(run.text for run in runs[:2])
    is_bold = kind == "text" and runs[0].marks and _CLAUSE_NUMBER.fullmatch(runs[0].text.strip())
    if is_bold or LABEL in runs[0].marks:
        return len(beginning) - len(beginning[len(runs[0].text) :].lstrip())
    return len(headings.own_number(beginning)) if text and kind != "text" else 0


class _Runs:
    """Collects the words of a block. after: links that the page adds to them."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.after: list[Atom] = []

    def block(self) -> list[Block]:
        """Return what was collected as a block, or nothing if there is nothing to see."""
        if any(run.atom or run.text.strip() for run in self.runs) or self.after:
            return [leaf("", {}, self.runs, self.after)]
        return []

    def add_text(self, text: str | None, marks: tuple[Mark, ...] = ()) -> None:
        if text:
            self.runs.append(Run(text, marks))

    def add_content(self, element: ET.Element, marks: tuple[Mark, ...]) -> None:
        self.add_text(element.text, marks)
        for child in element:
            self.add_element(child, marks)
            self.add_text(child.tail, marks)

    def add_element(self, element: ET.Element, marks: tuple[Mark, ...]) -> None:
        attributes = dict(element.attrib)
        role = attributes.get("class", "")
        if role == "number":
            return  # sections number themselves
        if role == "label":
            self.add_text(element.text, (*marks, LABEL))
        elif role == "heading-link":
            self.add_content(element, marks)
        elif role == "footnote-back":
            self.after.append(Atom("a", attributes, element.text or ""))
        elif element.tag == "br":
            self.add_text(BREAK, marks)
        elif element.tag == "img":
            self.runs.append(Run("", marks, Atom("img", attributes)))
        elif element.tag == "sup":
            link = element.find("a")
            href = link.get("href", "") if link is not None else ""
            number = "".join(element.itertext())
            self.runs.append(Run("", marks, Atom("sup", attributes, number, href)))
        elif element.tag == "span" and not len(element) and not element.text:
            if "id" in attributes:
                self.runs.append(Run("", marks, Atom("span", attributes)))
        else:
            tag = "s" if element.tag == "del" else element.tag
            self.add_content(element, (*marks, Mark(tag, attributes)))


def _mark_positions(tree: Tree) -> None:
    """Set `number` of each block. Parsing could only guess it: the blocks around it decide."""
    _mark_headings([heading for heading, _ in tree.sections])
    for body in (tree.introduction, *(body for _, body in tree.sections)):
        for siblings in _sibling_headings(body):
            _mark_headings(siblings)


def has_other_number(block: Block) -> bool:
    """Return whether a heading or a paragraph begins with a number that names something."""
    beginning = _beginning(block)
    if block.kind in {"heading", "section"}:
        return not block.number and bool(headings.own_number(beginning))
    return not block.number and beginning[:1].isdigit()


def _beginning(block: Block) -> str:
    return "".join(run.text for run in block.runs[:2])


def _sibling_headings(body: Iterable[Block]) -> list[list[Block]]:
    """Return the headings of a section in groups: those below the same heading."""
    found: list[list[Block]] = []
    opened: dict[str, list[Block]] = {}
    for block in body:
        if block.kind in {"heading", "section"}:
            opened = {tag: blocks for tag, blocks in opened.items() if tag <= block.tag}
            if block.tag not in opened:
                opened[block.tag] = []
                found.append(opened[block.tag])
            opened[block.tag].append(block)
    return found


def _mark_headings(blocks: Sequence[Block]) -> None:
    numbers = counting_numbers([_beginning(block) for block in blocks])
    for block, number in zip(blocks, numbers, strict=True):
        if block.number and not number:
            block.number = 0
            block.key = compared_text(block.runs)
