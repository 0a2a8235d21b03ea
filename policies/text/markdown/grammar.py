"""The Markdown that policies are written in: CommonMark, GitHub's tables, and what policies need.

Pure: no Django. Read by markdown-it-py, because policies come from GitHub and must keep their
meaning, and because Python-Markdown's own grammar takes quadratic time on hostile input. On top of
CommonMark come tables, strikethrough, footnotes, definition lists, ids in braces, bare anchors and
the template tags of site generators, which stay text.

`parse_blocks` and WordParser are for texts that are kept: in them raw HTML is text like any other,
but for the line break `<br>`. Only `tree` calls them. `with_html` reads files that somebody brings,
`words_only` the words of one line.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, html_block
from markdown_it.rules_block.table import escapedSplit
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, html_inline
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_def

from policies.text.markdown.attribute_lists import (
    RENDERED,
    RENDERED_AT_END,
    RENDERED_BARE_ANCHOR,
    rendered_id,
)
from policies.text.markdown.characters import TextSearch
from policies.text.markdown.limits import (
    MAX_NESTING,
    RenderingRefused,
    max_elements,
    too_many_elements,
)
from policies.text.markdown.list_rule import CLAUSES, in_note, read_list

# The attribute that carries an author's id until the renderer has checked it and made it unique.
WANTED_ID = "wanted-id"

_CLOSING_HASHES = re.compile(r"(?<=[ \t])#+\Z")
_TEMPLATE_ENDS = {"{{": "}}", "{%": "%}", "{#": "#}"}
_TAG = re.compile(r"</?([A-Za-z][\w:.-]*)")
_LINE_BREAK = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)
_REST_OF_URL = re.compile(r"://[^\s<>\[\]()\"'`{}\\^|&]+")


class ReadBlocks(NamedTuple):
    """What `parse_blocks` returns.

    links: the "href" and "title" that the text defines by each label. notes: the labels of its
    footnotes.
    """

    tokens: list[Token]
    links: dict[str, dict[str, Any]]
    notes: tuple[str, ...]


def parse_blocks(text: str, *, clauses: bool = False) -> ReadBlocks:
    """Return the tokens of a text's blocks, their words still unread, and what it defines.

    clauses: whether the items of lists keep their labels, in the attribute `list_rule.LABEL`, and
    whether (a), iv. and 2.1 are such labels.

    An id in braces is the attribute WANTED_ID of the token that opens its element. Raises
    RenderingRefused for blocks that are nested too deeply, and for more of them than can be
    rendered, before it has read them all.
    """
    links: dict[str, dict[str, Any]] = {}
    notes: dict[str, int] = {}
    around = {"references": links, "footnotes": {"refs": notes}, CLAUSES: clauses}
    return ReadBlocks(_blocks_of_policies().parse(text, around), links, tuple(notes))


class WordParser:
    """Reads the words of blocks. links, notes: what the whole text defines, as in ReadBlocks.

    used: the labels of the links that were asked for.
    """

    def __init__(self, links: Mapping[str, Mapping[str, str]], notes: Iterable[str]) -> None:
        self._links = _Links(links)
        refs = dict.fromkeys(notes, -1)  # none has its number yet
        self._around = {"references": self._links, "footnotes": {"refs": refs}}

    @property
    def used(self) -> frozenset[str]:
        return frozenset(self._links.used)

    def parse(self, markdown: str) -> list[Token]:
        """Return the tokens of a block's words.

        An id in braces is the attribute WANTED_ID of a token `attributes` after what it is of; a
        bare anchor is a token `anchor`. Addresses are as they were written.
        """
        [words] = _words_of_policies().parseInline(markdown, self._around)
        return words.children or []


class _Links(Mapping[str, Mapping[str, str]]):
    """The definitions of links, which remember the labels that a link asked for."""

    def __init__(self, links: Mapping[str, Mapping[str, str]]) -> None:
        self._links = links
        self.used: set[str] = set()

    def __getitem__(self, label: str) -> Mapping[str, str]:
        self.used.add(label)
        return self._links[label]

    def __iter__(self) -> Iterator[str]:
        return iter(self._links)

    def __len__(self) -> int:
        return len(self._links)


@cache  # a text is read section by section; the parser keeps nothing of what it has read
def _blocks_of_policies() -> MarkdownIt:
    grammar = _base({"html": False, "maxNesting": MAX_NESTING})
    grammar.block.ruler.before("table", "depth", _depth)
    grammar.core.ruler.before("block", "count", _count)
    grammar.core.ruler.after("block", "ids", _take_ids_at_end)
    grammar.core.ruler.disable("inline")
    return grammar


@cache
def _words_of_policies() -> MarkdownIt:
    grammar = _base({"html": False, "maxNesting": MAX_NESTING})
    grammar.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
    grammar.inline.ruler.before("escape", "extras", _extras)
    return grammar


def with_html(known: Container[str]) -> MarkdownIt:
    """Return a parser of Markdown that may hold HTML. known: the names of tags that are HTML; any
    other, such as <company name>, is text in angle brackets.
    """
    grammar = _base({})
    block = _if_known(html_block, lambda state, line, *_: _start(state, line), known)
    inline = _if_known(html_inline, lambda state, *_: state.pos, known)
    grammar.block.ruler.at("html_block", block, {"alt": _ENDED_BY_HTML})
    grammar.inline.ruler.at("html_inline", inline)
    # Not Jinja's comments: "{#" may begin an id.
    ends = {start: end for start, end in _TEMPLATE_ENDS.items() if start != "{#"}
    grammar.inline.ruler.before("escape", "template", partial(_template, ends=ends))
    return grammar


@cache
def words_only() -> MarkdownIt:
    """Return a parser of one line, for its words."""
    return MarkdownIt("commonmark").enable("strikethrough")


# The blocks that end where a note, a list or HTML begins, as in the rules that these replace.
_ENDED_BY_A_NOTE = ["paragraph", "reference"]
_ENDED_BY_A_LIST = _ENDED_BY_HTML = ["paragraph", "reference", "blockquote"]


def _base(options: dict[str, Any]) -> MarkdownIt:
    grammar = MarkdownIt("commonmark", options)
    grammar.enable(["table", "strikethrough"])
    grammar.use(footnote_plugin, inline=False, move_to_end=False)
    grammar.block.ruler.at("footnote_def", in_note(footnote_def), {"alt": _ENDED_BY_A_NOTE})
    grammar.use(deflist_plugin)
    # Which addresses are allowed is decided where a refusal can be reported.
    grammar.validateLink = lambda url: True  # type: ignore[method-assign]
    grammar.normalizeLink = lambda url: url  # type: ignore[method-assign]
    grammar.core.ruler.after("block", "cells", _keep_excess_cells)
    grammar.block.ruler.at("list", read_list, {"alt": _ENDED_BY_A_LIST})
    return grammar


def _start(state: StateBlock, line: int) -> int:
    return state.bMarks[line] + state.tShift[line]


def _if_known(
    rule: Callable[..., bool], place: Callable[..., int], known: Container[str]
) -> Callable[..., bool]:
    """Return a rule for tags that leaves those with other names to the other rules."""

    def checked(state: StateBlock | StateInline, *where: Any) -> bool:
        found = _TAG.match(state.src, place(state, *where))
        return (found is None or found[1].lower() in known) and rule(state, *where)

    return checked


def _depth(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:
    """Refuse deep nesting, which the parser would otherwise skip in silence."""
    if not silent and state.level >= MAX_NESTING - 2:
        raise RenderingRefused(
            f"Line {line + 1}: quotes and lists are nested too deeply. Remove some of the levels."
        )
    return False


# An item without empty lines around it is one element, and its paragraph none.
_MOST_TOKENS_OF_AN_ELEMENT = 5


class _Counted(list["Token"]):
    """The tokens of a text's blocks, which are refused where there are too many."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def append(self, token: Token) -> None:
        if len(self) >= self._most:
            placed = next(before.map for before in reversed(self) if before.map)
            raise too_many_elements(placed[0] + 1)
        super().append(token)


def _count(state: StateCore) -> None:
    state.tokens = _Counted(_MOST_TOKENS_OF_AN_ELEMENT * max_elements(len(state.src)))


def _extras(state: StateInline, silent: bool) -> bool:
    return any(rule(state, silent) for rule in _EXTRAS.get(state.src[state.pos], ()))


def _template(state: StateInline, silent: bool, ends: Mapping[str, str] = _TEMPLATE_ENDS) -> bool:
    """Keep a Liquid, Jinja or Hugo tag as it is, whatever Markdown would see in it."""
    end = ends.get(state.src[state.pos : state.pos + 2])
    if end is None:
        return False
    texts: dict[str, TextSearch] = state.env.setdefault("search", {})
    search = texts.setdefault(state.src, TextSearch(state.src))
    close = search.place(end, state.pos + 2) + 2
    if close > state.posMax:
        return False
    if not silent:
        state.append_pending(state.src[state.pos : close])
    state.pos = close
    return True


def _attributes(state: StateInline, silent: bool) -> bool:
    is_behind = state.pos > 0 and state.src[state.pos - 1] in "*_)]`~>"
    return is_behind and _take_id(state, silent, RENDERED, "attributes", "")


def _bare_anchor(state: StateInline, silent: bool) -> bool:
    return _take_id(state, silent, RENDERED_BARE_ANCHOR, "anchor", "span")


def _take_id(
    state: StateInline, silent: bool, pattern: re.Pattern[str], kind: str, tag: str
) -> bool:
    match = pattern.match(state.src, state.pos, state.posMax)
    anchor = rendered_id(match)
    if match is None or not anchor:
        return False
    if not silent:
        state.push(kind, tag, 0).attrs = {WANTED_ID: anchor}
    state.pos = match.end()
    return True


def _line_break(state: StateInline, silent: bool) -> bool:
    """Read `<br>`, the one tag that Markdown has no sign for inside a table."""
    match = _LINE_BREAK.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("hardbreak", "br", 0)
    state.pos = match.end()
    return True


def _address(state: StateInline, silent: bool) -> bool:
    """Keep a bare web address whole: `_` and `*` in it are no emphasis."""
    if not state.src.endswith(("http", "https"), 0, state.pos):
        return False
    match = _REST_OF_URL.match(state.src, state.pos, state.posMax)
    rest = match[0].rstrip("*_~.,:;!?") if match else ""
    if len(rest) <= len("://"):
        return False
    if not silent:
        state.append_pending(rest)
    state.pos += len(rest)
    return True


_EXTRAS: dict[str, Sequence[Callable[[StateInline, bool], bool]]] = {
    "{": (_template, _attributes),
    "[": (_bare_anchor,),
    "<": (_line_break,),
    ":": (_address,),
}


def _take_ids_at_end(state: StateCore) -> None:
    """Take `{#id}` from the end of a block's text and give the id to the block.

    A heading's may follow its last word directly, as Hugo has it; any other needs white space
    before it, or it belongs to the inline element that it follows.
    """
    for index, token in enumerate(state.tokens):
        if token.type == "fence" and (anchor := rendered_id(RENDERED_AT_END.search(token.info))):
            token.attrs[WANTED_ID] = anchor
        if token.type != "inline" or not token.content.rstrip().endswith("}"):
            continue
        match = RENDERED_AT_END.search(token.content)
        anchor = rendered_id(match)
        if match is None or not anchor:
            continue
        opener = state.tokens[index - 1]
        is_heading = opener.type == "heading_open"
        before = token.content[: match.start()]
        words = before.rstrip()
        if words and words == before and not is_heading:
            continue
        token.content = _CLOSING_HASHES.sub("", words).rstrip(" \t") if is_heading else words
        opener.attrs[WANTED_ID] = anchor


def _keep_excess_cells(state: StateCore) -> None:
    """Put the words of cells beyond a table's last column into its last cell.

    GitHub drops them; a policy's words are not ours to drop.
    """
    lines = state.src.split("\n")
    row: Token | None = None
    cells: list[Token] = []
    for token in state.tokens:
        if token.type == "tr_open":
            row, cells = token, []
        elif token.type == "inline" and row:
            cells.append(token)
        elif token.type == "tr_close" and row and row.map:
            # The table may be in a block quotation.
            texts = [text.strip() for text in escapedSplit(lines[row.map[0]].lstrip("> \t"))]
            excess = list(filter(None, texts[len(cells) + (texts[0] == "") :]))
            if cells and excess:
                cells[-1].content = " | ".join([cells[-1].content, *excess])
            row = None
