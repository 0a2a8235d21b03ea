"""HTML as the tree that a browser would make: within limits, with notes on what was lost. Pure."""

import re
from typing import Any

from bs4 import BeautifulSoup
from bs4.builder._html5lib import HTML5TreeBuilder, TreeBuilderForHtml5lib
from bs4.element import Comment, NavigableString, PageElement, Tag
from html5lib.constants import tableInsertModeElements

from policies.text.document import DocumentError
from policies.text.importing.html.elements import ELEMENTS
from policies.text.markdown import limits
from policies.text.markdown.import_notes import NoteCollector
from policies.text.short_text import in_short

# Browsers stop at 512 themselves. What policies hold stays under 40.
MAX_OPEN = 200
# Pieces of text and elements that are in a table, but in none of its cells.
MAX_MISPLACED = 1_000
TOO_MANY_ELEMENTS = "It has too many elements. Import it in parts."


class TooComplex(DocumentError):
    """HTML that can't be read in reasonable time; the message says why and what to do."""


def max_elements(characters: int) -> int:
    """Return how many elements HTML may have: as many as Markdown of so many characters, but no
    more than the longest text that can be kept.
    """
    return limits.max_elements(min(characters, limits.MAX_CHARACTERS))


def max_signs(characters: int) -> int:
    """Return how often "<", and how often "&", may occur in HTML: an element has two tags, and
    beside it may be a comment. Each takes html5lib as long as forty letters.
    """
    return 3 * max_elements(characters)


class _TreeBuilder(TreeBuilderForHtml5lib):
    """html5lib's tree builder, which stops before the tree is too large. Raises TooComplex.

    Its cost grows with the square of the depth, and elements that were left open are opened again
    in each paragraph. left: how many more elements may come. _text: the last piece of text; _more:
    what comes after it, which is kept apart because Beautiful Soup copies a text that grows.
    """

    left = 0
    misplaced = 0
    last_comment: Any = None
    _text: NavigableString | None = None
    _more: list[str] = []

    def getDocument(self) -> Any:  # noqa: N802  html5lib's name
        self._finish_text()
        return super().getDocument()

    def insertElementNormal(self, token: dict[str, Any]) -> Any:  # noqa: N802  html5lib's name
        if len(self.openElements) > MAX_OPEN:
            raise TooComplex(
                f"More than {MAX_OPEN} of its elements are nested. Close those that were left open."
            )
        self.left -= 1
        if self.left < 0:
            raise TooComplex(TOO_MANY_ELEMENTS)
        self._finish_text()
        return super().insertElementNormal(token)  # type: ignore[no-untyped-call]

    def insertElementTable(self, token: dict[str, Any]) -> Any:  # noqa: N802  html5lib's name
        if self.openElements[-1].name in tableInsertModeElements:
            self._put_before_a_table()
        return super().insertElementTable(token)  # type: ignore[no-untyped-call]

    def insertText(self, data: str, parent: Any = None) -> None:  # noqa: N802  html5lib's name
        if self.insertFromTable and self.openElements[-1].name in tableInsertModeElements:
            self._put_before_a_table()
            self._finish_text()
            super().insertText(data, parent)
            return
        contents = (parent or self.openElements[-1]).tag.contents
        if self._text is not None and contents and contents[-1] is self._text:
            self._more.append(data)
            return
        self._finish_text()
        super().insertText(data, parent)
        self._text = contents[-1] if type(contents[-1]) is NavigableString else None

    def insertComment(self, token: dict[str, Any], parent: Any = None) -> None:  # noqa: N802
        self._finish_text()
        super().insertComment(token, parent)
        comment = (parent or self.openElements[-1]).tag.contents[-1]
        parser: Any = self.parser
        comment.sourceline = parser.tokenizer.stream.position()[0] - comment.count("\n")
        self.last_comment = comment

    def _finish_text(self) -> None:
        """Put the last text together from its pieces."""
        if self._text is not None and self._more:
            self._text.replace_with(NavigableString("".join([self._text, *self._more])))
        self._text = None
        self._more = []

    def _put_before_a_table(self) -> None:
        """Count a piece that is in a table outside of its cells. Raises TooComplex.

        Each is put before the table, as in a browser, which takes longer with each.
        """
        self.misplaced += 1
        if self.misplaced > MAX_MISPLACED:
            raise TooComplex(
                f"More than {MAX_MISPLACED:,} pieces are in a table, outside of its cells. Put "
                "them into cells, or remove the table."
            )


class _Builder(HTML5TreeBuilder):
    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def create_treebuilder(self, namespaceHTMLElements: bool) -> TreeBuilderForHtml5lib:  # noqa: N803
        self.underlying_builder = _TreeBuilder(
            namespaceHTMLElements, self.soup, store_line_numbers=self.store_line_numbers
        )
        self.underlying_builder.left = self._most
        return self.underlying_builder


class _Tag(Tag):
    """An element that looks for a child from the place where it found the last one.

    Beautiful Soup looks for each child before it takes it out or puts another beside it, and begins
    at the first. html5lib adds to the end, and the steps after it go from child to child.
    """

    _place = 0

    def index(self, element: PageElement) -> int:
        contents, start = self.contents, self._place
        for distance in range(len(contents) + start):
            for place in (start + distance, start - distance):
                if 0 <= place < len(contents) and contents[place] is element:
                    self._place = place
                    return place
        raise ValueError("The element is not a child of this one.")


# Characters of one tag outside of quotes. Those of word processors have some hundreds.
MAX_TAG = 10_000
# Possessive quantifiers: backtracking would remember a hundred bytes for each character.
_TAG = re.compile(r"""</?[A-Za-z](?:[^"'>]++|"[^"]*+"|'[^']*+')*+""")
_QUOTED = re.compile(r"""\"[^"]*"|'[^']*'""")


def soup(html: str, *, at_end: str = "") -> BeautifulSoup:
    """Return the tree that a browser would make of a page or a fragment. Raises TooComplex.

    at_end: HTML that is added to it.
    """
    if max(map(html.count, "<&")) > (most := max_signs(len(html))):
        raise TooComplex(f"It has more than {most:,} tags or entities. Import it in parts.")
    for tag in _TAG.finditer(html):
        # Of thousands of attributes, each takes longer to read.
        if len(tag[0]) > MAX_TAG and len(_QUOTED.sub("", tag[0])) > MAX_TAG:
            raise TooComplex(f"One of its tags has more than {MAX_TAG:,} characters. Remove it.")
    if "<" not in html:
        html = f"<body>{html}"  # says the same, and is not taken for the name of a file
    builder = _Builder(max_elements(len(html)))
    return BeautifulSoup(html + at_end, builder=builder, element_classes={Tag: _Tag})


def new_tag(near: Tag, name: str, **attributes: str) -> Tag:
    return Tag(name=name, attrs=attributes, sourceline=near.sourceline)


def break_lines(tag: Tag) -> None:
    """Turn the line breaks of preformatted text that can't be a code block into <br>."""
    for text in list(tag.find_all(string=True)):
        first, *others = str(text).split("\n")
        if isinstance(text, Comment) or not others:
            continue
        pieces: list[Tag | NavigableString] = [NavigableString(first)]
        for line in others:
            pieces += [new_tag(tag, "br"), NavigableString(line)]
        text.replace_with(*pieces)  # all at once: each place that is looked for takes its time


# A comment at the end of a file, which is not in its tree if something before it is never closed.
_END = "the end of the file"
_WITHOUT_TAGS = "title|textarea|script|style|iframe|noframes|noembed|xmp"
_CLOSED_OR_OPEN = re.compile(
    rf"<!--.*?-->|<({_WITHOUT_TAGS})\b.*?</\1|(?!<(?:{_WITHOUT_TAGS})\b){_TAG.pattern}>"
    r"|(?P<open><[A-Za-z/!?])",
    re.DOTALL | re.IGNORECASE,
)


def page(html: str) -> BeautifulSoup:
    """Return the tree of a page or a fragment, as `soup`.

    Raises DocumentError, too, for a quotation, tag, comment or element that is never closed and so
    swallows text.
    """
    tree = soup(html, at_end=f"<!--{_END}-->")
    builder: Any = tree.builder
    end = builder.underlying_builder.last_comment
    if end != _END:
        found = _CLOSED_OR_OPEN.finditer(html)
        start = next((match.start() for match in found if match["open"]), 0)
        raise DocumentError(
            f"“{in_short(html[start:])}” is never closed, so everything after it would be lost. "
            "Close it, or remove it."
        )
    end.extract()
    return tree


def note_what_tags_hide(root: Tag, notes: NoteCollector) -> None:
    """Note words that are hidden inside tags.

    Such as a placeholder that looks like a tag, and text that a missing quotation mark, or a
    missing end of a tag, has made a part of one.
    """
    for tag in root.find_all(True):
        # A word processor's, a custom element, or of MathML or SVG.
        is_foreign = "-" in tag.name or ":" in tag.name
        if not (tag.name in ELEMENTS or is_foreign or tag.find_parent(["math", "svg"])):
            notes.add("unknown tag dropped", f"<{tag.name}>", tag)
        for name, value in tag.attrs.items():
            is_meant = name.startswith(("data-", "aria-", "on")) or name == "srcdoc"
            if isinstance(value, str) and not is_meant and _TAG_INSIDE.search(value):
                notes.add("words inside a tag dropped", value, tag)
        if any("<" in name for name in tag.attrs):  # its own end is missing
            notes.add("words inside a tag dropped", " ".join(tag.attrs), tag)


_TAG_INSIDE = re.compile(r"</?[A-Za-z][^<>]*>|>[^<>]*</?[A-Za-z]")
