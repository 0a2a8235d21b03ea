"""The text of a Word file as it is meant: roles instead of looks, numbers counted. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from xml.etree.ElementTree import Element

from policies.text.importing.word.fields import Fields
from policies.text.importing.word.inline import GONE, Inline, Piece, chosen
from policies.text.importing.word.lists import Lists, Numbered
from policies.text.importing.word.names import child, flat, is_on, number, value, words
from policies.text.importing.word.package import Relation, Unreadable
from policies.text.markdown.import_notes import CONTENTS, IN_DIGITS, LABEL_AS_TEXT

# Pieces of one paragraph that look different, cells of one row, rows of one table: a page can show
# fewer of them (markdown/limits).
MAX_PARTS = 5_000

# Words that are not in the part, but in a file inside or beside the Word file.
_ELSEWHERE = {"w:altChunk": "embedded file dropped", "w:subDoc": "linked document dropped"}

_WIDEST = 63  # columns, of which Word has no more
_ITEM = ("ul|ol", "li")  # of a list that is open, whichever it is
_COMMENTED = ("w:commentRangeStart", "w:commentRangeEnd")


@dataclass(slots=True)
class Paragraph:
    """path: its elements of HTML; the last is its own, those around it may be open already.

    number: its place among those of the file, from 1. label: of an item. parted: begins a list of
    its own.
    """

    path: tuple[str, ...]
    pieces: Sequence[Piece]
    number: int
    label: str = ""
    parted: bool = False

    @property
    def text(self) -> str:
        return "".join(it.text for it in self.pieces)


@dataclass(slots=True)
class Cell:
    """wide: in columns. goes_on: whether it is a part of the cell above it."""

    wide: int
    goes_on: bool = False
    blocks: "list[Paragraph | Table]" = field(default_factory=list)


@dataclass(slots=True)
class Row:
    is_head: bool
    cells: list[Cell] = field(default_factory=list)

    @property
    def paragraphs(self) -> list[Paragraph]:
        return paragraphs(block for cell in self.cells for block in cell.blocks)


@dataclass(slots=True)
class Table:
    """number: of the paragraph before it."""

    number: int
    rows: list[Row] = field(default_factory=list)


Block = Paragraph | Table


def paragraphs(blocks: Iterable[Block]) -> list[Paragraph]:
    """Return paragraphs, those in tables included."""
    found: list[Paragraph] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.append(block)
        else:
            found += (it for row in block.rows for it in row.paragraphs)
    return found


@dataclass(slots=True)
class Body:
    """Reads blocks. in_cell: how many tables are open. paragraphs: how many were read.

    numbers_itself: whether the numbers that Word gives to headings are those that a page gives.
    """

    inline: Inline
    lists: Lists
    numbers_itself: bool = False
    in_cell: int = 0
    paragraphs: int = 0

    def part(self, root: Iterable[Element], relations: dict[str, Relation]) -> list[Block]:
        """Return the blocks of a part, or of one note in it. relations: the part's own.

        Raises Unreadable for a field that never ends and so hides all that follows.
        """
        self.inline.relations = relations
        self.inline.fields = Fields()
        self.lists.close()
        out = self.blocks(root)
        self.inline.notes.collected += self.inline.fields.notes
        self._refuse_open_field()
        return out

    def _refuse_open_field(self) -> None:
        if self.inline.fields.hides:
            raise Unreadable(
                "A field in it (a link, a table of contents or the like) begins and does not end, "
                "so that the text behind it can't be separated from it. Open it in Word, delete "
                "the field, and save it again."
            )

    def blocks(self, nodes: Iterable[Element]) -> list[Block]:
        """Return paragraphs and tables. A paragraph whose end was deleted goes on in the next."""
        out: list[Block] = []
        waiting: list[Piece] = []
        for node in self._flat(nodes):
            if node.tag == "w:bookmarkStart":
                self.inline.bookmarks.append(node.get("w:name", ""))
            elif node.tag in _COMMENTED:
                self.inline.mark(node)
            elif node.tag == "w:tbl":
                out += self._paragraph(None, waiting)
                waiting = []
                self.lists.close()
                out += self._table(node)
                self.lists.close()
            else:
                self._count()
                content = self.inline.content(node)
                boxes, self.inline.boxes = self.inline.boxes, []
                ends = self.inline.changes.ends(node)
                self.inline.changes.close(node, self.paragraphs)
                if ends or any(not one.place for one in content):
                    waiting += content  # what was deleted as a whole takes its bookmarks along
                if ends:
                    self.inline.show("\n")
                    out += self._paragraph(child(node, "w:pPr"), waiting)
                    waiting = []
                out += self._boxed(boxes)
        return out + self._paragraph(None, waiting)

    def _count(self) -> None:
        self.paragraphs += 1
        self.inline.notes.paragraph = self.inline.fields.paragraph = self.paragraphs

    def _boxed(self, boxes: list[Element]) -> list[Block]:
        out: list[Block] = []
        kept = self.inline.fields
        for box in boxes:
            self.inline.notes.add("text box became paragraphs", words(box))
            self.inline.fields = Fields(kept.notes, self.paragraphs)
            out += self.blocks(box)
            self._refuse_open_field()
            self.inline.fields = kept
        return out

    def _flat(self, nodes: Iterable[Element]) -> Iterator[Element]:
        """Yield blocks, those inside wrappers included, but not Word's table of contents."""
        for node in nodes:
            if node.tag in ("w:p", "w:tbl", "w:bookmarkStart", *_COMMENTED):
                yield node
            elif node.tag == "w:sdt" and _is_contents(node):
                self.inline.notes.add(CONTENTS, words(node))
            elif node.tag == "mc:AlternateContent":
                yield from self._flat(chosen(node))
            elif node.tag in _ELSEWHERE:
                self.inline.notes.add(_ELSEWHERE[node.tag])
            elif node.tag in GONE:
                self.inline.changes.lose(node)
            elif node.tag not in ("w:sectPr", "w:sdtPr"):
                yield from self._flat(node)

    def _paragraph(self, properties: Element | None, content: list[Piece]) -> list[Block]:
        role = self.inline.styles.role(properties)
        shown = "".join(one.text for one in content)
        if role == "toc":
            if shown.strip():
                self.inline.notes.add(CONTENTS, shown)
            return []
        numbered = self.lists.count(properties)  # an empty paragraph counts, too
        if not shown.strip():
            if numbered and numbered.label:
                self.inline.notes.add("list item without words dropped", numbered.label)
            return [self._made(("p",), content)] if content else []
        if role.startswith("H") and not self.in_cell:
            self.lists.close()
            label = numbered.label if numbered and not self.numbers_itself else ""
            return [self._made((role.lower(),), content, label)]
        if numbered is None:
            if not role and (depth := self.lists.continued(properties)):
                return [self._made((*_ITEM * depth, "p"), content)]
            self.lists.close()
            return [self._made(("blockquote", "p") if role == "Q" else ("p",), content)]
        return [self._item(numbered, content, shown)]

    def _item(self, numbered: Numbered, content: list[Piece], shown: str) -> Paragraph:
        item = self.lists.place(numbered)
        if numbered.in_digits:
            self.inline.notes.add(IN_DIGITS, f"{numbered.label} {shown}")
        if numbered.kind == "text":
            self.inline.notes.add(LABEL_AS_TEXT, f"{numbered.label} {shown}")
            return self._made((*_ITEM * item.depth, "p"), content, numbered.label)
        made = self._made((*_ITEM * (item.depth - 1), numbered.kind, "li"), content)
        made.label, made.parted = numbered.label, item.parted
        return made

    def _made(self, path: tuple[str, ...], content: list[Piece], words: str = "") -> Paragraph:
        """Return a paragraph. words: put before its own."""
        pieces = [Piece(f"{words} "), *content] if words else content
        self._refuse_many(pieces)
        return Paragraph(path, pieces, self.paragraphs)

    def _refuse_many(self, parts: Sequence[object]) -> None:
        if len(parts) > MAX_PARTS:
            raise Unreadable(
                f"One paragraph, row or table in it has more than {MAX_PARTS:,} parts. Divide it, "
                "or remove formatting that changes within words."
            )

    def _table(self, table: Element) -> list[Block]:
        made = Table(self.paragraphs)
        for name in ("w:tblCaption", "w:tblDescription"):
            if about := value(table, "w:tblPr", name):
                self.inline.notes.add("description of a table dropped", about)
        rows = [row for row in flat(table, "w:tr") if self.inline.changes.keeps(row, "w:trPr")]
        self._refuse_many(rows)
        stack, self.lists.stack = self.lists.stack, []
        self.in_cell += 1
        made.rows = [self._row(row) for row in rows]
        self.in_cell -= 1
        self.lists.stack = stack
        if len(rows) > 1:
            self._head(table, made.rows)
        return [made] if rows else []

    def _row(self, row: Element) -> Row:
        header = child(row, "w:trPr", "w:tblHeader")
        made = Row(header is not None and is_on(header))
        if (before := number(value(row, "w:trPr", "w:gridBefore"))) > 0:
            made.cells.append(Cell(min(before, _WIDEST)))
        for cell in flat(row, "w:tc"):
            if not self.inline.changes.keeps(cell, "w:tcPr"):
                continue
            wide = number(value(cell, "w:tcPr", "w:gridSpan"), 1)
            goes_on = value(cell, "w:tcPr", "w:vMerge") in ("", "continue")
            stack, self.lists.stack = self.lists.stack, []
            made.cells.append(Cell(min(max(wide, 1), _WIDEST), goes_on, self.blocks(cell)))
            self.lists.stack = stack
        self._refuse_many(made.cells)
        return made

    def _head(self, table: Element, rows: Sequence[Row]) -> None:
        """Make the first row a header if it looks like one; take bold off header rows."""
        if not any(row.is_head for row in rows):
            found = [it for one in rows[0].paragraphs for it in one.pieces if it.text]
            bold = bool(found) and all("strong" in it.looks for it in found)
            rows[0].is_head = bold or self._styled_head(table)
        for row in takewhile(lambda it: it.is_head, rows):
            for one in row.paragraphs:
                one.pieces = [
                    it._replace(looks=tuple(look for look in it.looks if look != "strong"))
                    for it in one.pieces
                ]

    def _styled_head(self, table: Element) -> bool:
        look = child(table, "w:tblPr", "w:tblLook")
        if look is None:
            return False
        given = look.get("w:firstRow")
        first = given not in ("0", "false") if given else bool(_hex(look.get("w:val")) & 0x20)
        styles = self.inline.styles
        chain = styles.chain(styles.table, value(table, "w:tblPr", "w:tblStyle") or "")
        return first and any(
            one.tag == "w:tblStylePr" and one.get("w:type") == "firstRow" and len(one)
            for style in chain
            for one in style
        )


def _hex(text: str | None) -> int:
    try:
        return int(text or "0", 16)
    except ValueError:
        return 0


def _is_contents(sdt: Element) -> bool:
    gallery = value(sdt, "w:sdtPr", "w:docPartObj", "w:docPartGallery") or ""
    return gallery.lower() == "table of contents"
