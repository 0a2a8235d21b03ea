"""The Markdown that policies are written in, as an extension of Python-Markdown.

Pure: no Django. Python-Markdown drives: it takes text to a tree, runs tree processors over it and
serialises it. Its own grammar is set aside for CommonMark's with GitHub's tables and strikethrough,
read by markdown-it-py, because policies come from GitHub, because documents.py reads sections with
the same grammar, and because Python-Markdown's takes quadratic time on hostile input. On top come
footnotes, definition lists, ids in braces and bare anchors.

Raw HTML is not part of the dialect: it is text like any other, but for the line break `<br>`.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as etree
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown_it import MarkdownIt
from markdown_it.rules_block.table import escapedSplit
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

if TYPE_CHECKING:
    from markdown import Markdown
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

MAX_NESTING = 40

# The attribute of the tree that carries an author's id until the renderer has made sure of it.
WANTED_ID = "wanted-id"


class TooDeep(Exception):
    """Quotes or lists stand in each other deeper than MAX_NESTING. line: 1 for the first."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


_ATTRIBUTE = r"""(?:\#(?P<id{0}>[^\s{{}}\#"'<>`=]+)|\.[^\s{{}}\#"'<>`=.]+|[\w:-]+=(?:"[^"{{}}\n]*"|'[^'{{}}\n]*'|[^\s{{}}"'<>`=]+))"""
_ONE = r"""(?:[#.][^\s{}#"'<>`=]+|[A-Za-z][\w:-]*=(?:"[^"{}\n]*"|'[^'{}\n]*'|[^\s{}"'<>`=]+))"""
# {#id}, {: #id}, {#id .class key=value}: a list of attributes with an id in it. Without an id it
# is text, whatever it looks like.
_BRACES = rf"\{{:?[ \t]*(?P<attributes>(?:{_ONE}[ \t]+)*?{_ONE})[ \t]*\}}"
_ID_IN_BRACES = re.compile(_BRACES)
_ID_AT_END = re.compile(rf"(?:^|(?P<space>[ \t\n]+)|(?<=[^\\])){_BRACES}[ \t]*$")
_ID = re.compile(r"(?:^|[ \t])#([^\s]+)")
_CLOSING_HASHES = re.compile(r"[ \t]+#+[ \t]*$")
_TEMPLATE_ENDS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_LINE_BREAK = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)
_BARE_ANCHOR = re.compile(rf"\[\]{_BRACES}")
_REST_OF_URL = re.compile(r"://[^\s<>\[\]()\"'`{}\\^|&]+")


def id_in(attributes: str) -> str:
    """Return the id that a list of attributes such as `#scope .wide` names, or ""."""
    match = _ID.search(attributes)
    return match[1] if match else ""


def grammar() -> MarkdownIt:
    """Return a parser of the dialect."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING})
    parser.enable(["table", "strikethrough"])
    parser.use(footnote_plugin, inline=False, move_to_end=False)
    parser.use(deflist_plugin)
    # What an address may be is decided later, in one place, where a refusal can be told.
    parser.validateLink = lambda url: True  # type: ignore[method-assign, assignment]
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.normalizeLinkText = lambda url: url  # type: ignore[method-assign]
    parser.block.ruler.before("table", "depth", _depth, {"alt": []})
    parser.core.ruler.after("block", "ids", _take_ids_at_end)
    parser.core.ruler.after("block", "cells", _keep_excess_cells)
    parser.inline.ruler.before("escape", "template", _template)
    parser.inline.ruler.before("link", "anchor", _bare_anchor)
    parser.inline.ruler.before("escape", "attributes", _attributes)
    parser.inline.ruler.before("autolink", "break", _line_break)
    parser.inline.ruler.before("escape", "address", _address)
    return parser


# --- Rules ------------------------------------------------------------------------------------


def _depth(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:
    """Refuse what the parser would otherwise pass over in silence."""
    if not silent and state.level >= MAX_NESTING - 2:
        raise TooDeep(line + 1)
    return False


def _template(state: StateInline, silent: bool) -> bool:
    """Keep a Liquid, Jinja or Hugo tag as it stands, whatever Markdown would see in it."""
    end = _TEMPLATE_ENDS.get(state.src[state.pos : state.pos + 2])
    if end is None:
        return False
    if state.src.rfind(end) < state.pos + 2:
        return False
    close = state.src.find(end, state.pos + 2, state.posMax)
    if close < 0:
        return False
    close += 2
    if not silent:
        state.append_pending(state.src[state.pos : close])
    state.pos = close
    return True


def _bare_anchor(state: StateInline, silent: bool) -> bool:
    """Read `[]{#id}`: a place to link to, without words."""
    if not state.src.startswith("[]{", state.pos):
        return False
    match = _BARE_ANCHOR.match(state.src, state.pos, state.posMax)
    anchor = id_in(match["attributes"]) if match else ""
    if match is None or not anchor:
        return False
    if not silent:
        state.push("anchor", "span", 0).attrs = {WANTED_ID: anchor}
    state.pos = match.end()
    return True


def _attributes(state: StateInline, silent: bool) -> bool:
    """Read `{#id}` right behind an inline element and give the id to the element."""
    if state.src[state.pos] != "{" or state.pos == 0:
        return False
    if state.src[state.pos - 1] not in "*_)]`~>":
        return False
    match = _ID_IN_BRACES.match(state.src, state.pos, state.posMax)
    anchor = id_in(match["attributes"]) if match else ""
    if match is None or not anchor:
        return False
    if not silent:
        state.push("attributes", "", 0).attrs = {WANTED_ID: anchor}
    state.pos = match.end()
    return True


def _line_break(state: StateInline, silent: bool) -> bool:
    """Read `<br>`, the one tag that Markdown has no sign for inside a table."""
    if state.src[state.pos] != "<":
        return False
    match = _LINE_BREAK.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("hardbreak", "br", 0)
    state.pos = match.end()
    return True


def _address(state: StateInline, silent: bool) -> bool:
    """Keep a bare web address whole: `_` and `*` in it are no emphasis."""
    if state.src[state.pos] != ":" or not state.src[: state.pos].endswith(("http", "https")):
        return False
    match = _REST_OF_URL.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    rest = match[0].rstrip("*_~.,:;!?")
    if len(rest) < 3:
        return False
    if not silent:
        state.append_pending(rest)
    state.pos += len(rest)
    return True


def _take_ids_at_end(state: StateCore) -> None:
    """Take `{#id}` from the end of a block's text and give the id to the block."""
    tokens = state.tokens
    for index, token in enumerate(tokens):
        if token.type != "inline" or not token.content.rstrip().endswith("}"):
            continue
        match = _ID_AT_END.search(token.content)
        if match is None:
            continue
        anchor = id_in(match["attributes"])
        opener = tokens[index - 1]
        is_heading = opener.type == "heading_open"
        if not anchor or (not is_heading and match["space"] is None and match.start() > 0):
            continue
        token.content = token.content[: match.start()].rstrip()
        if is_heading:
            token.content = _CLOSING_HASHES.sub("", token.content)
        opener.attrs[WANTED_ID] = anchor


def _keep_excess_cells(state: StateCore) -> None:
    """Put the words of cells beyond a table's last column into its last cell.

    GitHub drops them; a policy's words are not ours to drop.
    """
    lines: list[str] = []
    columns = 0
    for index, token in enumerate(state.tokens):
        if token.type == "tr_open" and token.map:
            lines = lines or state.src.split("\n")
            cells = escapedSplit(lines[token.map[0]].strip())
            if cells and cells[-1] == "":
                cells.pop()
            inlines = []
            for following in state.tokens[index + 1 :]:
                if following.type == "tr_close":
                    break
                if following.type == "inline":
                    inlines.append(following)
            columns = len(inlines)
            if cells and cells[0].strip() in {"", ">"} and len(cells) > columns:
                cells.pop(0)
            excess = [cell.strip() for cell in cells[columns:]]
            if inlines and any(excess):
                inlines[-1].content = " | ".join([inlines[-1].content, *excess]).strip()


# --- Tree -------------------------------------------------------------------------------------


class TokenTree(BlockParser):
    """Builds Python-Markdown's tree from the tokens of the grammar.

    Texts in the tree are plain: no entity, no escape. The elements are those of
    sanitizing.TAGS, h1, and two that the renderer resolves: `note` (a footnote's definition, with
    its label) and `noteref` (a reference to it).
    """

    def parseDocument(self, lines: Iterable[str]) -> etree.ElementTree[etree.Element]:  # noqa: N802
        """Return the tree of a whole document."""
        self.root = etree.Element(self.md.doc_tag)
        self._fill(self.root, grammar().parse("\n".join(lines)))
        return etree.ElementTree(self.root)

    def _fill(self, root: etree.Element, tokens: Sequence[Token]) -> None:
        stack = [root]
        for token in tokens:
            if token.hidden:
                if WANTED_ID in token.attrs and token.nesting > 0:
                    stack[-1].set(WANTED_ID, str(token.attrs[WANTED_ID]))
                continue
            if token.type == "inline":
                self._fill_inline(stack[-1], token.children or [])
            elif token.nesting > 0:
                stack.append(etree.SubElement(stack[-1], *_element(token)))
            elif token.nesting < 0:
                stack.pop()
            elif token.type in {"fence", "code_block"}:
                code = etree.SubElement(etree.SubElement(stack[-1], "pre"), "code")
                code.text = token.content
            elif token.type == "hr":
                etree.SubElement(stack[-1], "hr")

    def _fill_inline(self, block: etree.Element, tokens: Sequence[Token]) -> None:
        stack = [block]
        for token in tokens:
            parent = stack[-1]
            if token.type == "text":
                _add_text(parent, token.content)
            elif token.type == "softbreak":
                _add_text(parent, "\n")
            elif token.type == "attributes":
                _set_id(parent, token)
            elif token.type == "code_inline":
                etree.SubElement(parent, "code").text = token.content
            elif token.type == "image":
                image = etree.SubElement(parent, *_element(token))
                image.set("alt", "".join(_words(token.children or [])))
            elif token.type == "footnote_ref":
                etree.SubElement(parent, "noteref", label=str(token.meta["label"]))
            elif token.nesting < 0:
                stack.pop()
            else:
                element = etree.SubElement(parent, *_element(token))
                if token.nesting > 0:
                    stack.append(element)


def _element(token: Token) -> tuple[str, dict[str, str]]:
    """Return the name and attributes of the element that a token opens."""
    if token.type == "footnote_reference_open":
        return "note", {"label": str(token.meta["label"])}
    attributes = {name: str(value) for name, value in token.attrs.items()}
    style = attributes.pop("style", "")
    if style:
        attributes["class"] = "align-" + style.removeprefix("text-align:")
    return ("del" if token.tag == "s" else token.tag), attributes


def _add_text(parent: etree.Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def _set_id(parent: etree.Element, token: Token) -> None:
    """Give an id to the element just before, or, where there is none, keep it as an anchor."""
    if len(parent) and not parent[-1].tail and WANTED_ID not in parent[-1].attrib:
        parent[-1].set(WANTED_ID, str(token.attrs[WANTED_ID]))
    else:
        etree.SubElement(parent, "span", {WANTED_ID: str(token.attrs[WANTED_ID])})


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.children:
            yield from _words(token.children)
        elif token.type in {"softbreak", "hardbreak"}:
            yield " "
        else:
            yield token.content


class PolicyDialect(Extension):
    """Swaps Python-Markdown's grammar for the dialect's."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Register the grammar; take out what belongs to the one it replaces."""
        md.parser = TokenTree(md)
        for registry in (md.preprocessors, md.treeprocessors, md.postprocessors, md.inlinePatterns):
            names: list[Any] = [item.name for item in list(registry._priority)]
            for name in names:
                registry.deregister(name)
