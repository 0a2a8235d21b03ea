"""The text of a Word file as it is meant: roles instead of looks, numbers counted.

Pure. The result is WordprocessingML again, but of few elements and with these styles, from which
mammoth makes HTML (docx):

    H1 … H6, Q       headings, quotations
    U1 … U9, N1 … N9 items of bulleted and numbered lists, by depth
    T1 … T9          paragraphs in items

The attribute `number` of a paragraph is its place among those of the file, from 1.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from policies.text.importing.word.fields import Fields
from policies.text.importing.word.inline import GONE, Inline, chosen, run_of
from policies.text.importing.word.lists import Lists, Numbered
from policies.text.importing.word.names import child, flat, is_on, number, value, words
from policies.text.importing.word.package import Relation, Unreadable
from policies.text.markdown.import_notes import CONTENTS, IN_DIGITS, LABEL_AS_TEXT

# Words that are not in the part, but in a file inside or beside the Word file.
_ELSEWHERE = {"w:altChunk": "embedded file dropped", "w:subDoc": "linked document dropped"}

_COMMENTED = ("w:commentRangeStart", "w:commentRangeEnd")


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

    def part(self, root: Iterable[Element], relations: dict[str, Relation]) -> list[Element]:
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

    def blocks(self, nodes: Iterable[Element]) -> list[Element]:
        """Return paragraphs and tables. A paragraph whose end was deleted goes on in the next."""
        out: list[Element] = []
        waiting: list[Element] = []
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
                if ends or any(one.tag != "w:bookmarkStart" for one in content):
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

    def _boxed(self, boxes: list[Element]) -> list[Element]:
        out: list[Element] = []
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

    def _paragraph(self, properties: Element | None, content: list[Element]) -> list[Element]:
        role = self.inline.styles.role(properties)
        shown = "".join(text.text or "" for one in content for text in one.iter("w:t"))
        if role == "toc":
            if shown.strip():
                self.inline.notes.add(CONTENTS, shown)
            return []
        numbered = self.lists.count(properties)  # an empty paragraph counts, too
        if not shown.strip():
            if numbered and numbered.label:
                self.inline.notes.add("list item without words dropped", numbered.label)
            return [self._made("", content)] if content else []
        if role.startswith("H") and not self.in_cell:
            self.lists.close()
            label = numbered.label if numbered and not self.numbers_itself else ""
            return [self._made(role, [run_of(f"{label} "), *content] if label else content)]
        if numbered is None:
            if not role and (depth := self.lists.continued(properties)):
                return [self._made(f"T{depth}", content)]
            self.lists.close()
            return [self._made("Q" if role == "Q" else "", content)]
        return [self._item(numbered, content, shown)]

    def _item(self, numbered: Numbered, content: list[Element], shown: str) -> Element:
        item = self.lists.place(numbered)
        if numbered.in_digits:
            self.inline.notes.add(IN_DIGITS, f"{numbered.label} {shown}")
        if numbered.kind == "text":
            self.inline.notes.add(LABEL_AS_TEXT, f"{numbered.label} {shown}")
            style = f"T{item.depth}" if item.depth else ""
            return self._made(style, [run_of(f"{numbered.label} "), *content])
        if numbered.kind == "ul":
            return self._made(f"U{item.depth}", content)
        mark = f"{numbered.label.encode().hex()}-{'parted' if item.parted else 'on'}"
        first = Element("w:bookmarkStart", {"number": mark})
        return self._made(f"N{item.depth}", [first, *content])

    def _made(self, style: str, content: Iterable[Element]) -> Element:
        paragraph = Element("w:p", {"number": str(self.paragraphs)})
        if style:
            SubElement(SubElement(paragraph, "w:pPr"), "w:pStyle", {"w:val": style})
        paragraph.extend(content)
        return paragraph

    def _table(self, table: Element) -> list[Element]:
        out = Element("w:tbl")
        for name in ("w:tblCaption", "w:tblDescription"):
            if about := value(table, "w:tblPr", name):
                self.inline.notes.add("description of a table dropped", about)
        rows = [row for row in flat(table, "w:tr") if self.inline.changes.keeps(row, "w:trPr")]
        stack, self.lists.stack = self.lists.stack, []
        self.in_cell += 1
        for row in rows:
            self._row(row, SubElement(out, "w:tr"))
        self.in_cell -= 1
        self.lists.stack = stack
        if len(rows) > 1:
            self._head(table, out)
        return [out] if any(len(row) for row in out) else []

    def _row(self, row: Element, out: Element) -> None:
        properties = SubElement(out, "w:trPr")
        header = child(row, "w:trPr", "w:tblHeader")
        if header is not None and is_on(header):
            SubElement(properties, "w:tblHeader")
        if (before := number(value(row, "w:trPr", "w:gridBefore"))) > 0:
            _cell(out, before)
        for cell in flat(row, "w:tc"):
            if not self.inline.changes.keeps(cell, "w:tcPr"):
                continue
            made = _cell(out, number(value(cell, "w:tcPr", "w:gridSpan"), 1))
            if (merge := value(cell, "w:tcPr", "w:vMerge")) is not None:
                SubElement(made[0], "w:vMerge", {"w:val": merge or "continue"})
            stack, self.lists.stack = self.lists.stack, []
            made.extend(self.blocks(cell))
            self.lists.stack = stack

    def _head(self, table: Element, out: Element) -> None:
        """Make the first row a header if it looks like one; take bold off header rows."""
        if not any(child(row, "w:trPr", "w:tblHeader") is not None for row in out):
            runs = [run for run in out[0].iter("w:r") if child(run, "w:t") is not None]
            bold = bool(runs) and all(child(run, "w:rPr", "w:b") is not None for run in runs)
            if bold or self._styled_head(table):
                SubElement(out[0][0], "w:tblHeader")
        for row in out:
            if child(row, "w:trPr", "w:tblHeader") is None:
                break
            for looks in row.iter("w:rPr"):
                for bold_sign in [one for one in looks if one.tag == "w:b"]:
                    looks.remove(bold_sign)

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


def _cell(row: Element, wide: int) -> Element:
    made = SubElement(row, "w:tc")
    SubElement(SubElement(made, "w:tcPr"), "w:gridSpan", {"w:val": str(min(max(wide, 1), 63))})
    return made


def _hex(text: str | None) -> int:
    try:
        return int(text or "0", 16)
    except ValueError:
        return 0


def _is_contents(sdt: Element) -> bool:
    gallery = value(sdt, "w:sdtPr", "w:docPartObj", "w:docPartGallery") or ""
    return gallery.lower() == "table of contents"
