"""The text of a Word file as it is meant: roles instead of looks, numbers counted. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from xml.etree.ElementTree import Element

from bs4.element import Tag

from policies.text.importing.word import bold_headings
from policies.text.importing.word.changes import Tracked, removed_by
from policies.text.importing.word.fields import Fields
from policies.text.importing.word.inline import GONE, ParagraphReader, Piece
from policies.text.importing.word.lists import Lists, Numbered
from policies.text.importing.word.names import child, flat, is_on, number, value, words_of
from policies.text.importing.word.package import Relation, Unreadable
from policies.text.importing.word.writing import Page, Paragraph
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
class Body:
    """Reads blocks onto a page. in_cell: how many tables are open. paragraphs: how many were read.

    numbers_itself: whether the numbers that Word gives to headings are those that a page gives.
    """

    inline: ParagraphReader
    lists: Lists
    page: Page
    numbers_itself: bool = False
    in_cell: int = 0
    paragraphs: int = 0

    def part(
        self,
        root: Iterable[Element],
        relations: dict[str, Relation],
        added: Tracked | None = None,
    ) -> None:
        """Read the blocks of a part, or of one note in it. relations: the part's own. added: who
        added it as a whole.

        Raises Unreadable for a field that never ends and so hides all that follows.
        """
        self.inline.relations = relations
        self.inline.fields = Fields()
        self.lists.close()
        if added:
            self.inline.changes.enter(added)
        self._blocks(root)
        self.inline.changes.close()
        if added:
            self.inline.changes.leave()
        self.inline.notes.collected += self.inline.fields.notes.collected
        self._refuse_open_field()

    def _refuse_open_field(self) -> None:
        if self.inline.fields.hides:
            raise Unreadable(
                "A field in it (a link, a table of contents or the like) begins and does not end, "
                "so that the text behind it can't be separated from it. Open it in Word, delete "
                "the field, and save it again."
            )

    def _blocks(self, nodes: Iterable[Element]) -> None:
        """Read paragraphs and tables. A paragraph whose end was deleted goes on in the next."""
        waiting: list[Piece] = []
        for node in self._flat(nodes):
            if node.tag == "w:bookmarkStart":
                self.inline.bookmarks.append(node.get("w:name", ""))
            elif node.tag in _COMMENTED:
                self.inline.mark(node)
            elif node.tag == "w:tbl":
                self._paragraph(None, waiting)
                waiting = []
                self.lists.close()
                self._table(node)
                self.lists.close()
            else:
                self.paragraphs += 1
                self.inline.notes.paragraph = self.paragraphs
                self.inline.fields.notes.paragraph = self.paragraphs
                content = self.inline.content(node)
                self.page.spend(1 + len(content))
                boxes, self.inline.boxes = self.inline.boxes, []
                ends = self.inline.changes.end(node)
                if ends or any(not piece.place for piece in content):
                    waiting += content  # what was deleted as a whole takes its bookmarks along
                if ends:
                    self.inline.show("\n")
                    self._paragraph(child(node, "w:pPr"), waiting)
                    waiting = []
                self._boxed(boxes)
        self._paragraph(None, waiting)

    def _boxed(self, boxes: list[Element]) -> None:
        kept = self.inline.fields
        for box in boxes:
            self.inline.notes.add("text box became paragraphs", words_of(box))
            self.inline.fields = Fields(kept.notes)
            self._blocks(box)
            self._refuse_open_field()
            self.inline.fields = kept

    def _flat(self, nodes: Iterable[Element]) -> Iterator[Element]:
        """Yield blocks, those inside wrappers included, but not Word's table of contents."""
        for node in nodes:
            if node.tag in ("w:p", "w:tbl", "w:bookmarkStart", *_COMMENTED):
                yield node
            elif node.tag == "w:sdt" and _is_contents(node):
                self.inline.notes.add(CONTENTS, words_of(node))
            elif node.tag in _ELSEWHERE:
                self.inline.notes.add(_ELSEWHERE[node.tag])
            elif node.tag in GONE:
                self.inline.changes.lose(node)
            elif node.tag not in ("w:sectPr", "w:sdtPr"):
                yield from self._flat(node)

    def _paragraph(self, properties: Element | None, content: list[Piece]) -> None:
        role = self.inline.styles.role(properties)
        if role == "toc":
            if shown := "".join(piece.text for piece in content).strip():
                self.inline.notes.add(CONTENTS, shown)
            return
        numbered = self.lists.count(properties)  # an empty paragraph counts, too
        if role.startswith("H") and bold_headings.is_made(properties):
            self.inline.notes.add(bold_headings.NOTE, "".join(piece.text for piece in content))
        self.put(role, numbered, partial(self.lists.left, properties), content)

    def put(
        self, role: str, numbered: Numbered | None, left: Callable[[], int], content: list[Piece]
    ) -> None:
        """Put a paragraph onto the page. role: of its style. left: how far it is set in."""
        shown = "".join(piece.text for piece in content)
        if not shown.strip():
            if numbered and numbered.label:
                self.inline.notes.add("list item without words dropped", numbered.label)
            if places := [piece for piece in content if not piece.text]:
                self._add(("p",), places)
        elif role.startswith("H") and not self.in_cell:
            self.lists.close()
            label = numbered.label if numbered and not self.numbers_itself else ""
            self._add((role.lower(),), content, label)
        elif numbered:
            self._item(numbered, content, shown)
        elif not role and (depth := self.lists.continued(left())):
            self._add((*_ITEM * depth, "p"), content)
        else:
            self.lists.close()
            self._add(("blockquote", "p") if role == "Q" else ("p",), content)

    def _item(self, numbered: Numbered, content: list[Piece], shown: str) -> None:
        since = self.lists.place(numbered, len(self.page.placed))
        self._move_inside(self.page.placed[since:], numbered.depth)
        if numbered.in_digits:
            self.inline.notes.add(IN_DIGITS, f"{numbered.label} {shown}")
        if numbered.kind == "text":
            self.inline.notes.add(LABEL_AS_TEXT, f"{numbered.label} {shown}")
            self._add((*_ITEM * numbered.depth, "p"), content, numbered.label)
        else:
            made = self._add((*_ITEM * (numbered.depth - 1), numbered.kind, "li"), content)
            made.label, made.parted = numbered.label, numbered.parted

    @staticmethod
    def _move_inside(items: Sequence[tuple[Tag, Paragraph | Tag]], depth: int) -> None:
        """Put items into the lists that go on behind them, if they are not as deep as these."""
        paragraphs = [block for _, block in items if isinstance(block, Paragraph)]
        missing = depth - min((len(block.path) // 2 for block in paragraphs), default=depth)
        for block in paragraphs:
            block.path = (*_ITEM * missing, *block.path)

    def _add(self, path: tuple[str, ...], content: list[Piece], words: str = "") -> Paragraph:
        """Add a paragraph. words: put before its own."""
        pieces = [Piece(f"{words} "), *content] if words else content
        self._refuse_many(pieces)
        self.page.line = self.paragraphs
        return self.page.add(Paragraph(path, pieces, self.paragraphs))

    def _refuse_many(self, parts: Sequence[object]) -> None:
        if len(parts) > MAX_PARTS:
            raise Unreadable(
                f"One paragraph, row or table in it has more than {MAX_PARTS:,} parts. Divide it, "
                "or remove formatting that changes within words."
            )

    def _table(self, table: Element) -> None:
        for name in ("w:tblCaption", "w:tblDescription"):
            if about := value(table, "w:tblPr", name):
                self.inline.notes.add("description of a table dropped", about)
        rows = [(row, removed_by(row, "w:trPr")) for row in flat(table, "w:tr")]
        self._refuse_many([row for row, removed in rows if not removed])
        if all(removed for _, removed in rows):
            for row, removed in rows:
                self.inline.changes.remove(row, removed)
            return
        self.page.line = self.paragraphs
        made, home = self.page.add(self.page.new("table")), self.page.home
        above, is_head, part = dict[int, Tag](), True, made
        self.in_cell += 1
        for row, removed in rows:
            if removed:
                self.inline.changes.remove(row, removed)
                continue
            mark = child(row, "w:trPr", "w:tblHeader")
            is_head = is_head and mark is not None and is_on(mark)
            if part is made or (part.name == "thead" and not is_head):
                part = self.page.new("thead" if is_head else "tbody", made)
            part.append(self._row(row, above, "th" if is_head else "td"))
        self.in_cell -= 1
        self.page.home = home

    def _row(self, row: Element, above: dict[int, Tag], name: str) -> Tag:
        """Return a row of cells of this name. above: those that may go on in it, by column."""
        made, column = self.page.new("tr"), 0
        if (before := number(value(row, "w:trPr", "w:gridBefore"))) > 0:
            column = min(before, _WIDEST)
            above[0] = self._cell(made, name, column)
        for cell in flat(row, "w:tc"):
            if removed := removed_by(cell, "w:tcPr"):
                self.inline.changes.remove(cell, removed)
                continue
            wide = min(max(number(value(cell, "w:tcPr", "w:gridSpan"), 1), 1), _WIDEST)
            line = self.page.line
            goes_on = value(cell, "w:tcPr", "w:vMerge") in ("", "continue") and column in above
            if goes_on:
                own = above[column]
                own["rowspan"] = str(int(str(own.get("rowspan", "1"))) + 1)
                self.page.home = Tag(name="td")  # whatever a cell holds that goes on is not shown
            else:
                above[column] = self.page.home = self._cell(made, name, wide)
            self.lists.close()
            self._blocks(cell)
            self.page.line = line if goes_on else self.page.line
            column += wide
        self._refuse_many(made.contents)
        return made

    def _cell(self, row: Tag, name: str, wide: int) -> Tag:
        return self.page.new(name, row, **({"colspan": str(wide)} if wide > 1 else {}))


def _is_contents(sdt: Element) -> bool:
    gallery = value(sdt, "w:sdtPr", "w:docPartObj", "w:docPartGallery") or ""
    return gallery.lower() == "table of contents"
