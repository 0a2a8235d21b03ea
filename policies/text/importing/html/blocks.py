"""The blocks of HTML, as Markdown.

Pure. Headings, paragraphs, lists, definition lists, tables, quotations and code have their
Markdown; of every other element, the content takes its place.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from bs4.element import Comment, NavigableString, PageElement, Tag

from policies.text.importing.html import lists, tables
from policies.text.importing.html.elements import BLOCKS, HEADINGS, LISTS, SILENT
from policies.text.importing.html.inline import InlineReader, source_of
from policies.text.importing.html.lists import (
    MARKDOWN_LISTS,
    NO_BLOCK,
    PARTED,
    Block,
    indented,
    together,
)
from policies.text.importing.html.tree import TooComplex, break_lines, new_tag
from policies.text.importing.inline_markdown import PLAIN, Span, join, paragraphs, write
from policies.text.markdown import attribute_lists
from policies.text.markdown.import_notes import IN_DIGITS, LABEL_AS_TEXT
from policies.text.markdown.labels import sign_of
from policies.text.markdown.limits import MAX_NESTING
from policies.text.markdown.tree import has_labels

_ONE_LINE = Span(" ")
# Elements with blocks inside, of which the blocks stay.
_BECOMING_TEXT = (
    *("details", "dialog", "form", "fieldset", "select", "button", "object", "video"),
    *("audio", "canvas", "svg", "applet"),
)
_TYPED_LABEL = re.compile(r"((?:\[\]\{#[^\s{}]+\})*)(\S{2,10})([ \xa0]+)(?=\S)")
_TEXT_BLOCKS = ("p", "dl", "table", "pre", "blockquote", *LISTS)


@dataclass(slots=True)
class Blocks:
    """Writes blocks. pending: anchors that belong before the next words. clauses: whether lists in
    it have labels that only a text with clauses shows.
    """

    inline: InlineReader
    pending: list[str] = field(default_factory=list)
    nested: int = 0
    clauses: bool = False
    _with_blocks: set[int] = field(default_factory=set)

    @contextmanager
    def _inside(self) -> Iterator[None]:
        """Count one more list, quotation or the like around the content that is written.

        Raises TooComplex for too many: each line begins with a sign or indent for all of them.
        """
        if self.nested >= MAX_NESTING:
            raise TooComplex(
                f"More than {MAX_NESTING} lists and quotations are nested. Remove some of "
                "the levels."
            )
        self.nested += 1
        try:
            yield
        finally:
            self.nested -= 1

    def document(self, root: Tag) -> str:
        for tag in root.find_all(BLOCKS):
            for parent in tag.parents:
                if id(parent) in self._with_blocks:
                    break
                self._with_blocks.add(id(parent))
        found = (tag for tag in root.find_all(LISTS) if tag.find_parent(("td", "th")) is None)
        self.clauses = any(
            lists.has_own_labels(tag, self.inline.labels(tag).by_item) for tag in found
        )
        blocks = self._blocks(root.children, self.inline.style(root, PLAIN))
        if self.pending:
            blocks.append(Block("p", write(self._take_pending())))
        text = together(blocks) + "\n"
        if PARTED not in text:
            return text
        return text.replace(PARTED, "." if self.clauses or has_labels(text) else ")")

    def _blocks(self, nodes: Iterable[PageElement], style: Span) -> list[Block]:
        """Return the blocks of nodes; runs of inline nodes are paragraphs."""
        out: list[Block] = []
        run: list[PageElement] = []
        searched: Block | None = None  # once, however many headings without words follow
        for node in nodes:
            if self._is_block(node):
                out += self._paragraphs(run, style)
                run = []
                if node.name in HEADINGS and out and out[-1] is not searched:
                    out[-1] = searched = self._without_anchors_at_end(out[-1])
                out += self._block(node, style, out[-1] if out else NO_BLOCK)
            else:
                run.append(node)
        return out + self._paragraphs(run, style)

    def _without_anchors_at_end(self, block: Block) -> Block:
        """Give the anchors right before a heading to the heading: old HTML has them there."""
        found = re.search(r"(?:\[\]\{#[^\s{}]+\})+\Z", block.text)
        if block.kind != "p" or not found:
            return block
        self.pending += re.findall(r"\{#([^\s{}]+)\}", found[0])
        return Block("p", block.text[: found.start()].rstrip())

    def _is_block(self, node: PageElement) -> TypeGuard[Tag]:
        return isinstance(node, Tag) and (node.name in BLOCKS or id(node) in self._with_blocks)

    def _take_pending(self) -> list[Span]:
        """Return the anchors that belong here, which no longer wait."""
        marks = [Span(anchor=anchor) for anchor in self.pending]
        self.pending.clear()
        return marks

    def _paragraphs(self, run: Sequence[PageElement], style: Span) -> list[Block]:
        if all(isinstance(node, NavigableString) and not node.strip() for node in run):
            if any(isinstance(node, Comment) for node in run):
                self.inline.spans(run, style)
            return []
        blocks: list[Block] = []
        for part in paragraphs(join(self.inline.spans(run, style))):
            blocks += self._paragraph(part)
        return blocks

    def _paragraph(self, spans: Sequence[Span]) -> list[Block]:
        """Return a paragraph; spans without words are none, and leave their anchors to the next."""
        if all(span.is_empty or span.is_break for span in spans):
            self.pending += [span.anchor for span in spans if span.anchor]
            return []
        text = write([*self._take_pending(), *spans])
        return [Block("p", _with_label_first(text))]

    def _line(self, nodes: Iterable[PageElement], style: Span = PLAIN) -> list[Span]:
        spans = self.inline.spans(nodes, style, between=_ONE_LINE)
        return join(_ONE_LINE if span.is_break else span for span in spans)

    def _block(self, tag: Tag, style: Span, before: Block) -> list[Block]:
        if tag.name in SILENT:
            self.inline.spans([tag])
            return []
        if tag.name in HEADINGS:
            self.pending = self.inline.anchors(tag) + self.pending
            return self._heading(tag, style)
        self.pending += self.inline.anchors(tag)
        if tag.name in LISTS:
            return self._list(tag, style, before)
        if tag.name == "hr":
            return [Block("hr", "***")]  # never "---", which could be an underline or front matter
        own: Mapping[str, Callable[[Tag, Span], list[Block]]] = {
            "a": self._linked,
            "blockquote": self._quotation,
            "dl": self._definitions,
            "footnote-text": self._footnote,
            "pre": self._code,
            "table": self._table,
        } | dict.fromkeys(("summary", "legend", "figcaption", "caption"), self._caption)
        return own.get(tag.name, self._container)(tag, style)

    def _container(self, tag: Tag, style: Span) -> list[Block]:
        if tag.name in _BECOMING_TEXT:
            what = source_of(tag) or tag.get_text()
            self.inline.notes.add(f"<{tag.name}> became text", what, tag)
        elif tag.name not in BLOCKS:
            self.inline.note_looks(tag)
        return self._blocks(tag.children, self.inline.style(tag, style))

    def _list(self, tag: Tag, style: Span, before: Block) -> list[Block]:
        style = self.inline.style(tag, style)
        form, labels = self.inline.labels(tag)
        items = lists.items_of(tag)
        if not self.nested and items and all(map(lists.starts_with_heading, items)):
            return self._sections(items, style, labels)
        if not labels and form != lists.BULLET:
            return self._contents(items, style)
        if form == lists.UNKNOWN:
            self.inline.notes.add(IN_DIGITS, tag.get_text(), tag)
        self.clauses = self.clauses or lists.has_own_labels(tag, labels)
        texts = {item for item, label in labels.items() if label and not sign_of(label)}
        if self.clauses:
            texts |= lists.items_that_count_up(labels, before.number)
        made = lists.ListWriter(self.clauses, before)
        with self._inside():
            for item in items:
                label = labels.get(id(item), "") if labels else "-"
                is_text = id(item) in texts
                if is_text and (words := lists.put_before_words(item, f"{label} ")):
                    self.inline.notes.add(LABEL_AS_TEXT, f"{label} {words}", item)
                inside = self._content(item, style)
                is_list = bool(inside) and inside[0].kind in MARKDOWN_LISTS
                goes_on = is_list and not lists.is_item(item) and bool(made.rows)
                made.add("" if is_text or goes_on else label, inside, apart=is_text)
        return made.close()

    def _sections(
        self, items: Sequence[PageElement], style: Span, labels: Mapping[int, str]
    ) -> list[Block]:
        """Return a list whose items all begin with a heading as a row of sections."""
        for item in items:
            label = labels.get(id(item))
            if label and lists.is_item(item) and (heading := item.find(HEADINGS)) is not None:
                heading.insert(0, NavigableString(f"{label} "))
        return self._contents(items, style)

    def _contents(self, items: Iterable[PageElement], style: Span) -> list[Block]:
        return [block for item in items for block in self._content(item, style)]

    def _content(self, part: PageElement, style: Span) -> list[Block]:
        """Return the blocks in an item or a definition; of other parts of a list, their own."""
        if isinstance(part, Tag) and part.name in ("li", "dd"):
            self.pending += self.inline.anchors(part)
            return self._blocks(part.children, self.inline.style(part, style))
        return self._blocks([part], style)

    def _definitions(self, tag: Tag, style: Span) -> list[Block]:
        style = self.inline.style(tag, style)
        out: list[Block] = []
        terms: list[str] = []
        texts: list[list[Block]] = []
        for part in lists.definition_parts(tag):
            if isinstance(part, Tag) and part.name == "dt":
                if texts:
                    out += lists.definition(terms, texts)
                    terms, texts = [], []
                self.pending += self.inline.anchors(part)
                own = self.inline.style(part, style)
                words = [*self._take_pending(), *self._line(part.children, own)]
                terms.append(write(words, break_mark=" "))
                continue
            with self._inside():
                inside = self._content(part, style)
            if inside:
                texts.append(inside)
        return out + lists.definition(terms, texts)

    def _caption(self, tag: Tag, style: Span) -> list[Block]:
        spans = self._line(tag.children, self.inline.style(tag, style))
        return self._paragraph(spans if tag.name == "figcaption" else _bold(spans))

    def _linked(self, tag: Tag, style: Span) -> list[Block]:
        """Return the blocks inside a link; each run of words in them becomes a link of its own."""
        if not tag.has_attr("href"):
            return self._container(tag, style)
        address = str(tag["href"])
        for text in list(tag.find_all(string=True)):
            hidden = isinstance(text, Comment) or text.find_parent(SILENT) is not None
            if text.strip() and not hidden and text.find_parent("a") is tag:
                text.wrap(new_tag(tag, "a", href=address))
        del tag["href"]
        return self._blocks(tag.children, self.inline.style(tag, style))

    def _heading(self, tag: Tag, style: Span) -> list[Block]:
        words, rest = self._without_text(tag)
        own = self.inline.style(tag, style)
        looks = replace(PLAIN, strike=own.strike)  # bold and italic only say that it is a heading
        return self._heading_of(tag, self._line(words, looks)) + self._blocks(rest, own)

    def _without_text(self, tag: Tag) -> tuple[list[PageElement], list[PageElement]]:
        """Divide a heading that was never closed into its words and the text that it swallowed."""
        nodes = list(tag.children)
        first = next((at for at, node in enumerate(nodes) if self._is_block(node)), None)
        if first is None or (len(tag.get_text()) < 200 and not tag.find(_TEXT_BLOCKS)):
            return nodes, []
        lead = any(str(node).strip() for node in nodes[:first])
        end = first if lead else first + 1
        return nodes[:end], nodes[end:]

    def _heading_of(self, tag: Tag, spans: list[Span]) -> list[Block]:
        anchors = [*self.pending, *(span.anchor for span in spans if span.anchor)]
        words = [span for span in spans if not span.anchor]
        if all(span.is_empty for span in words):
            self.pending = anchors
            return []
        self.pending.clear()
        if self.nested:
            self.inline.notes.add(
                "heading inside a list or quotation became bold", tag.get_text(), tag
            )
            self.pending = anchors
            return self._paragraph(_bold(words))
        text = write(words, break_mark=" ", line_starts=False)
        if self.inline.keep_ids and (given := attribute_lists.AT_END.search(text)):
            anchors = attribute_lists.ids(given[1]) + anchors
            text = text[: given.start()].rstrip()
        text = re.sub(r"(?:\A|(?<= ))(#+)\Z", r"\\\1", text)
        return [Block("h", attribute_lists.heading(int(tag.name[1]), text, anchors))]

    def _table(self, tag: Tag, style: Span) -> list[Block]:
        if tables.is_layout(tag):
            self.inline.notes.add("table used for layout became text", tag.get_text(), tag)
            style = self.inline.style(tag, style)
            blocks: list[Block] = []
            for cell in tag.find_all(["caption", "td", "th"]):
                if cell.find_parent("table") is tag:
                    self.pending += self.inline.anchors(cell)
                    row = cell.find_parent("tr")
                    around = self.inline.style(row, style) if row else style
                    blocks += self._blocks(cell.children, self.inline.style(cell, around))
            return blocks
        caption = tag.find("caption", recursive=False)
        out = self._caption(caption, style) if caption else []
        marks = self._take_pending()
        text = tables.write_table(tag, self.inline, style, marks)
        if not text:
            self.pending = [mark.anchor for mark in marks]
            return out
        return [*out, Block("table", text)]

    def _quotation(self, tag: Tag, style: Span) -> list[Block]:
        with self._inside():
            inside = self._blocks(tag.children, self.inline.style(tag, style))
        quoted = "\n".join(f"> {line}".rstrip(" ") for line in together(inside).split("\n"))
        return [Block("quote", quoted)] if inside else []

    def _code(self, tag: Tag, style: Span) -> list[Block]:
        own = self.inline.style(tag, style)
        if tag.find(["a", "img"]) or tag.find(BLOCKS) or self._has_struck_words(tag, own):
            break_lines(tag)
            return self._blocks(tag.children, own)
        for br in tag.find_all("br"):
            br.replace_with("\n")
        text = tag.get_text().replace("\r\n", "\n").replace("\r", "\n").rstrip()
        text = re.sub(r"\A(?:[ \t]*\n)+", "", text)
        if not text:
            return []
        for inside in tag.find_all(id=True):
            self.pending += self.inline.anchors(inside)
        out = [Block("p", write(self._take_pending()))] if self.pending else []
        longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
        inner = tag.find("code")
        classes = [name for named in (tag, inner) if named for name in named.get("class") or ()]
        language = re.search(r"\blang(?:uage)?-([\w+#.-]+)", " ".join(classes))
        fence = "`" * (longest + 1)
        return [*out, Block("pre", f"{fence}{language[1] if language else ''}\n{text}\n{fence}")]

    def _has_struck_words(self, tag: Tag, style: Span) -> bool:
        """Return whether words are struck out, which no block of code could say."""
        inside = [inner for inner in tag.find_all(True) if inner.get_text()]
        return style.strike or any(self.inline.style(inner, PLAIN).strike for inner in inside)

    def _footnote(self, tag: Tag, style: Span) -> list[Block]:
        with self._inside():
            inside = self._blocks(tag.children, self.inline.style(tag, PLAIN))
        text = indented(together(inside), 4)
        return [Block("footnote", f"[^{tag.get('label')}]: {text}")]


def _with_label_first(text: str) -> str:
    """Return a paragraph whose label, such as (a), was typed, so that it begins a clause: the label
    goes before anchors, and has plain spaces behind it.
    """
    found = _TYPED_LABEL.match(text)
    if found is None or not (found[1] or "\xa0" in found[3]):
        return text
    label, words = found[2], text[found.end() :]
    needed = sign_of(label, words)
    is_label = bool(needed) and has_labels(f"{needed}{words[:50]}")
    if not is_label or len(needed) > len(label) + len(found[3]):
        return text  # "A.\xa0Russell" is a name
    words = found[1] + words
    return sign_of(label, words) + words


def _bold(spans: Iterable[Span]) -> list[Span]:
    return [span if span.raw else replace(span, bold=True) for span in spans]
