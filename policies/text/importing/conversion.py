"""From HTML, or Markdown with HTML in it, to Markdown of the dialect that policies are kept in.

Pure. Words, anchors, links, tables, lists and footnotes stay; what has no Markdown form keeps its
words and gets a note.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from itertools import chain
from typing import Any

from bs4.element import Tag
from markdown_it import MarkdownIt
from markdown_it.token import Token

from policies.text.importing.html import footnotes, main_content
from policies.text.importing.html import tree as html_tree
from policies.text.importing.html.blocks import Blocks
from policies.text.importing.html.elements import ELEMENTS
from policies.text.importing.html.inline import InlineReader
from policies.text.importing.html.tree import TooComplex
from policies.text.importing.html.word_processors import make_lists, mark_google_lists
from policies.text.markdown import grammar, normalizing
from policies.text.markdown.import_notes import ImportNote, NoteCollector
from policies.text.markdown.limits import check_lines
from policies.text.markdown.list_rule import CLAUSES
from policies.text.markdown.tree import blocks_of, has_labels, renumbered_items
from policies.text.short_text import in_short


@dataclass(frozen=True, slots=True)
class Converted:
    """The result of a conversion.

    title: what the page around the text is called, "" if it has no name. has_title: whether the
    Markdown has an H1, which goes before `title`. keeps_lines: whether its lines are the file's.
    clauses: whether it is a text with clauses, even if its labels are numbers. language: as the
    page states it, a tag, or "".
    """

    markdown: str
    title: str
    notes: tuple[ImportNote, ...]
    has_title: bool = False
    keeps_lines: bool = False
    clauses: bool = False
    language: str = ""


def from_html(html: str, *, first_line: int = 1) -> Converted:
    """Convert a page or a fragment of HTML.

    first_line: the number of its first line in its file. Raises TooComplex, and DocumentError for
    something that is never closed and so swallows text.
    """
    numbers = range(first_line, first_line + html.count("\n") + 1)
    return _convert(html, NoteCollector(numbers), keep_ids=False)


def from_fragment(root: Tag, *, lines: int = 0) -> Converted:
    """Convert what is below an element. lines: how many its elements have.

    Raises TooComplex, and RecursionError for elements that are nested too deeply.
    """
    notes = NoteCollector(range(1, lines + 1))
    writer = Blocks(InlineReader(notes))
    return Converted(writer.document(root), "", tuple(notes), clauses=writer.clauses)


def from_markdown(text: str, *, first_line: int = 1, clauses: bool | None = None) -> Converted:
    """Convert Markdown that may hold HTML; without any it stays as it is.

    clauses: whether the items of its lists have labels; None where that follows from them. Raises
    TooComplex, and RenderingRefused for too many lines.
    """
    check_lines(text)
    clauses = has_labels(text) if clauses is None else clauses
    notes: list[ImportNote] = []
    text = _without_comments(text, notes, first_line, clauses=clauses)
    if not clauses:  # else each label stays as it is written
        _note_renumbered(text, notes, first_line)
    if not _has_html(text, clauses=clauses):
        return Converted(text, "", tuple(notes), keeps_lines=True)
    rows = list(_blocks_apart(text))
    numbers = [number for number, row in enumerate(rows, first_line) for _ in row]
    normal = normalizing.normalize("\n".join(chain.from_iterable(rows)))
    notes += [
        replace(note, line=numbers[note.line - 1]) if note.line else note for note in normal.notes
    ]
    html, lines_of_html = _rendered(normal.text, clauses=clauses)
    of_file = [numbers[normal.numbers[line] - 1] for line in lines_of_html]
    found = _convert(html, NoteCollector(of_file), keep_ids=True)
    return replace(found, title="", has_title=False, notes=(*notes, *found.notes))


def _rendered(markdown: str, *, clauses: bool) -> tuple[str, list[int]]:
    """Return Markdown as HTML and, for each line of that, the 0-based line that it comes from."""
    environment: dict[str, Any] = {CLAUSES: clauses}
    tokens = _grammar().parse(markdown, environment)
    out: list[str] = []
    lines, line, begins = [0], 0, True
    for at, token in enumerate(tokens):
        if token.map and token.nesting >= 0:
            line = token.map[0]
            lines[-1] = line if begins else lines[-1]
        piece = _html_of_token(tokens, at, environment)
        out.append(piece)
        for _ in range(piece.count("\n")):
            line += token.type in ("inline", "html_block")
            lines.append(line)
        begins = piece.endswith("\n") or (begins and not piece)
    return "".join(out), lines


def _html_of_token(tokens: Sequence[Token], at: int, environment: Any) -> str:
    """Return the HTML of one token, as markdown-it's own renderer does of one after the other."""
    parser, token = _grammar(), tokens[at]
    renderer: Any = parser.renderer
    if token.type == "inline":
        return str(renderer.renderInline(token.children or [], parser.options, environment))
    rule = renderer.rules.get(token.type, renderer.renderToken)
    return str(rule(tokens, at, parser.options, environment))


def _convert(html: str, notes: NoteCollector, *, keep_ids: bool) -> Converted:
    """Convert HTML. keep_ids: whether it was made of Markdown, so that ids and our elements are."""
    try:
        tree = html_tree.page(html)
        inline = InlineReader(notes, keep_ids=keep_ids)
        if not keep_ids:
            footnotes.rename_our_elements(tree)
        is_google = "lst-kix_" in html
        if is_google:
            mark_google_lists(tree)
        if is_google or "mso-" in html:  # how the names of Word's own CSS properties begin
            make_lists(tree)
        for style in tree.find_all("style"):
            if _COUNTED.search(str(style.string)) and not is_google:
                notes.add("list labels written by a style sheet dropped", at=style)
        root = main_content.text_root(tree, notes)
        html_tree.note_what_tags_hide(root, notes)
        footnotes.mark_footnotes(root)
        inline.prepare(root)
        title = main_content.title(tree, root)
        writer = Blocks(inline)
        markdown = writer.document(root)
    except RecursionError as error:
        raise TooComplex("Its elements are nested too deeply.") from error
    has_title = root.find("h1") is not None
    language = str(tree.html.get("lang") or tree.html.get("xml:lang") or "") if tree.html else ""
    return Converted(
        markdown, title, tuple(notes), has_title, clauses=writer.clauses, language=language
    )


# Not possessive, (?:(?!-->).)*+: Python 3.11.2, that of Debian 12, finds no comment with it.
_COMMENT = re.compile(r"\s*(?:<!--(?:(?!-->).)*-->\s*)+\Z", re.DOTALL)
_COUNTED = re.compile(r"li:{1,2}before\s*\{[^}]*counter\(")
_HTML = ("html_block", "html_inline")
_LINE_BREAK = re.compile(r"\s*<br[ \t]*/?>\s*", re.IGNORECASE)


@cache
def _grammar() -> MarkdownIt:
    parser = grammar.with_html(ELEMENTS)
    for rule, element in (
        ("footnote_ref", '<footnote-mark label="{}"></footnote-mark>'),
        ("footnote_reference_open", '<footnote-text label="{}">'),
        ("footnote_reference_close", "</footnote-text>\n"),
        ("footnote_anchor", ""),
    ):
        parser.add_render_rule(rule, _footnote(element))
    return parser


@cache
def _grammar_of_blocks() -> MarkdownIt:
    return grammar.with_html(ELEMENTS).disable("inline")


def _footnote(element: str) -> Callable[..., str]:
    def written(renderer: object, tokens: Sequence[Token], index: int, *_: object) -> str:
        return element.format(escape(str(tokens[index].meta.get("label", ""))))

    return written


def _has_html(text: str, *, clauses: bool) -> bool:
    """Return whether a text has HTML outside of code, other than line breaks."""
    if not re.search(r"<[A-Za-z/!?]", text):
        return False
    for token in _grammar().parse(text, {CLAUSES: clauses}):
        for part in (token, *(token.children or [])):
            if part.type in _HTML and not _LINE_BREAK.fullmatch(part.content):
                return True
    return False


def _without_comments(text: str, notes: list[ImportNote], first: int, *, clauses: bool) -> str:
    """Return a text with empty lines for comments. first: the number of its first line."""
    lines = text.split("\n")
    tokens = _grammar_of_blocks().parse(text, {CLAUSES: clauses}) if "<!--" in text else []
    for token in tokens:
        if token.type == "html_block" and not token.level and _COMMENT.match(token.content):
            start, end = token.map or [0, 0]
            words = re.sub(r"<!--|-->", " ", token.content)
            notes.append(ImportNote("comment dropped", in_short(words), start + first))
            lines[start:end] = [""] * (end - start)
    return "\n".join(lines)


def _note_renumbered(text: str, notes: list[ImportNote], first: int) -> None:
    """Note list items that get another number than they have in the file."""
    blocks = blocks_of(_grammar_of_blocks().parse(text))
    for item, written, shown in renumbered_items(blocks):
        line = item.lines[0] + first
        notes.append(ImportNote("number in a list changed", f"{written} → {shown}", line))


_MARKDOWN_INSIDE = re.compile(
    r"<(?!(?:span|a|em|strong)\b)(\w+)([^<>]*?)\s+markdown=[\"']?(?:1|block|span)[\"']?([^<>]*)>"
)
_END = re.compile(r"\s*</(?:div|section|article|details|main|aside)>\s*")
_AROUND = re.compile(r"<(/?)(?:div|section|article|table|ul|ol|dl|details|main)\b")
_INDENTED_TAG = re.compile(r"[ \t]{4,}(?=</?(\w+)[\s>/])")


def _blocks_apart(text: str) -> Iterator[list[str]]:
    """Yield for each line of a text the lines that it becomes, so that CommonMark reads what is
    meant by kramdown's markdown="1", for which it wants an empty line, and by indented tags, which
    it takes for code after one.
    """
    inside, fence = 0, ""
    for line in text.split("\n"):
        mark = re.match(r" {0,3}(`{3,}|~{3,})", line)
        if mark and (not fence or line.strip().startswith(fence)):
            fence = "" if fence else mark[1]
        if fence:
            yield [line]
            continue
        indented = _INDENTED_TAG.match(line)
        if inside > 0 and indented and indented[1].lower() in ELEMENTS:
            line = line.lstrip(" \t")
        inside += sum(-1 if end else 1 for end in _AROUND.findall(line))
        if found := _MARKDOWN_INSIDE.search(line):
            tag = _MARKDOWN_INSIDE.sub(r"<\1\2\3>", line[: found.end()])
            yield [tag, "", line[found.end() :]]
        elif _END.fullmatch(line):
            yield ["", line.strip()]
        else:
            yield [line]
