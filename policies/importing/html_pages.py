"""Where a page of HTML keeps its text, and its footnotes.

Pure. Of a whole page the policy's text is chosen; what is certainly not text (menus, scripts, the
page's own list of contents) is left out and told; in doubt a part stays.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup
from bs4.builder._html5lib import HTML5TreeBuilder, TreeBuilderForHtml5lib
from bs4.element import NavigableString, Tag
from html5lib.constants import tableInsertModeElements

from policies.importing.html_names import ELEMENTS, HEADINGS, SILENT
from policies.markup.headings import RESERVED_PREFIXES
from policies.rendering import limits

if TYPE_CHECKING:
    from bs4.element import PageElement

    from policies.importing.remarks import Remarks


# Browsers stop at 512 themselves. What policies hold stays under 40.
MAX_OPEN = 200
# Pieces of text and elements that stand in a table, but in none of its cells.
MAX_MISPLACED = 1_000


class TooMuch(ValueError):
    """HTML that can't be read in any reasonable time: too deep, too many elements, or too much in
    one tag.
    """


def max_elements(characters: int) -> int:
    """Return how many elements HTML of so many characters may have: no more than the longest text
    that can be kept, and no more than its Markdown could have if it were as long.
    """
    return limits.max_elements(min(characters, limits.MAX_CHARACTERS))


class _Tree(TreeBuilderForHtml5lib):
    """html5lib's tree, which stops while it is small: its cost grows with the square of depth, and
    what is left open is opened again in each paragraph.
    """

    left = 0
    misplaced = 0
    _parser: Any = None
    # What html5lib found wrong: where, its name for it, and what that is about.
    errors: list[tuple[tuple[int, int], str, dict[str, Any]]]

    @property
    def parser(self) -> Any:
        return self._parser

    @parser.setter
    def parser(self, parser: Any) -> None:
        """Keep the errors of the parser, which Beautiful Soup gives up when it has the tree."""
        if parser is None and self._parser is not None:
            self.errors = self._parser.errors
        self._parser = parser

    def insertElementNormal(self, token: dict[str, Any]) -> Any:  # noqa: N802  html5lib's name
        if len(self.openElements) > MAX_OPEN:
            raise TooMuch(
                f"More than {MAX_OPEN} of its elements stand in each other. Close those that were "
                "left open."
            )
        self.left -= 1
        if self.left < 0:
            raise TooMuch("It has too many elements. Take it over in parts.")
        return super().insertElementNormal(token)  # type: ignore[no-untyped-call]

    def insertElementTable(self, token: dict[str, Any]) -> Any:  # noqa: N802  html5lib's name
        if self.openElements[-1].name in tableInsertModeElements:
            self._put_before_a_table()
        return super().insertElementTable(token)  # type: ignore[no-untyped-call]

    def insertText(self, data: str, parent: Any = None) -> None:  # noqa: N802  html5lib's name
        if self.insertFromTable and self.openElements[-1].name in tableInsertModeElements:
            self._put_before_a_table()
        super().insertText(data, parent)

    def _put_before_a_table(self) -> None:
        """Count what stands in a table outside of its cells: a browser puts each before the table,
        which takes longer with each.
        """
        self.misplaced += 1
        if self.misplaced > MAX_MISPLACED:
            raise TooMuch(
                f"More than {MAX_MISPLACED:,} pieces stand in a table, outside of its cells. Put "
                "them into cells, or take the table off."
            )


class _Builder(HTML5TreeBuilder):
    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def create_treebuilder(self, namespaceHTMLElements: bool) -> TreeBuilderForHtml5lib:  # noqa: N803
        self.underlying_builder = _Tree(
            namespaceHTMLElements, self.soup, store_line_numbers=self.store_line_numbers
        )
        self.underlying_builder.left = self._most
        return self.underlying_builder


class _Tag(Tag):
    """An element that finds its last child at once: html5lib hands over text in pieces, and
    Beautiful Soup looks for the piece before each of them.
    """

    def index(self, element: PageElement) -> int:
        if self.contents and self.contents[-1] is element:
            return len(self.contents) - 1
        return super().index(element)


# Characters of one tag outside of quotes. Those of word processors have some hundreds.
MAX_TAG = 10_000
# Possessive: what may be tried another way is remembered, a hundred bytes for each character.
_TAG = re.compile(r"""<[A-Za-z](?:[^"'>]++|"[^"]*+"|'[^']*+')*+""")
_QUOTED = re.compile(r"""\"[^"]*"|'[^']*'""")


def _refuse_long_tags(html: str) -> None:
    """Raise TooMuch for a tag with thousands of attributes, each of which takes longer to read."""
    for tag in _TAG.finditer(html):
        if len(tag[0]) > MAX_TAG and len(_QUOTED.sub("", tag[0])) > MAX_TAG:
            raise TooMuch(f"One of its tags has more than {MAX_TAG:,} characters. Take it out.")


def soup(html: str) -> BeautifulSoup:
    """Return the tree that a browser would make of a page or a fragment. Raises TooMuch."""
    _refuse_long_tags(html)
    if "<" not in html:
        html = f"<body>{html}"  # says the same, and Beautiful Soup takes it for no file's name
    builder = _Builder(max_elements(len(html)))
    return BeautifulSoup(html, builder=builder, element_classes={Tag: _Tag})


# What is lost with the end of a file: html5lib's names of what was open there, and how it opens.
_OPEN_AT_END = {
    "eof-in-attribute-value-double-quote": '"',
    "eof-in-attribute-value-single-quote": "'",
    **dict.fromkeys(
        [
            *("eof-in-tag-name", "expected-attribute-name-but-got-eof", "eof-in-attribute-name"),
            *("expected-end-of-tag-but-got-eof", "expected-attribute-value-but-got-eof"),
            "eof-in-attribute-value-no-quotes",
        ],
        "<",
    ),
    **dict.fromkeys(
        [
            *("eof-in-comment", "eof-in-comment-end-dash", "eof-in-comment-double-dash"),
            *("eof-in-comment-end-space-state", "eof-in-comment-end-bang-state"),
        ],
        "<!--",
    ),
    "eof-in-script-in-script": "<script",
    "expected-named-closing-tag-but-got-eof": "<{name}",
}


def unclosed(tree: BeautifulSoup, html: str) -> str:
    """Return a quotation, a tag, a comment or an element that nothing closes, with all that it
    takes with it; "" if there is none. html: what the tree was made of.
    """
    builder: Any = tree.builder
    for _, code, values in builder.underlying_builder.errors:
        if opening := _OPEN_AT_END.get(code):
            start = html.lower().rfind(opening.format(**values))
            return html[max(start, 0) :]
    return ""


def tell_what_tags_hide(root: Tag, remarks: Remarks) -> None:
    """Remark on words that stand in tags: names that no element has, such as those of what is to be
    filled in, and what a missing quotation mark, or end of a tag, has made a part of it.
    """
    for tag in root.find_all(True):
        if not (tag.name in ELEMENTS or _is_foreign(tag)):
            remarks.tell("unknown tag dropped", f"<{tag.name}>", tag)
        for name, value in tag.attrs.items():
            is_meant = name.startswith(("data-", "aria-", "on")) or name == "srcdoc"
            if isinstance(value, str) and not is_meant and _TAG_INSIDE.search(value):
                remarks.tell("words inside a tag dropped", value, tag)
        if any("<" in name for name in tag.attrs):  # the tag before it has no end
            remarks.tell("words inside a tag dropped", " ".join(tag.attrs), tag)


_TAG_INSIDE = re.compile(r"</?[A-Za-z][^<>]*>|>[^<>]*</?[A-Za-z]")


def _is_foreign(tag: Tag) -> bool:
    """Tell whether a tag is of a word processor, of a script, or of another language."""
    return "-" in tag.name or ":" in tag.name or bool(tag.find_parent(["math", "svg"]))


def title(tree: BeautifulSoup, root: Tag) -> str:
    """Return what a page is called outside of its text: by an H1, or by <title>; or ""."""
    outside = [tag for tag in tree.find_all("h1") if root not in tag.parents]
    for found in (*outside, tree.find("title")):
        words = " ".join(found.get_text().split()) if found else ""
        if words:
            return words
    return ""


def text_root(tree: BeautifulSoup, remarks: Remarks) -> Tag:
    """Return the element that holds the text, with the page around it taken off."""
    body = tree.body
    if body is None:  # frameset
        return tree
    for nav in body.find_all(["nav", "div", "ul"]):
        if (nav.name == "nav" or nav.get("role") == "navigation") and nav.parent is not None:
            _drop_menu(nav, remarks)
    for footer in body.find_all("footer"):
        if not footer.find_parent(["main", "article", "section"]) and _is_menu(footer):
            _drop(footer, "the page's footer dropped", remarks)
    for heading in body.find_all(HEADINGS):
        _drop_self_links(heading)
    root = _largest(body)
    _name_title(root)
    _tell_outside(body, root, remarks)
    return root


def _name_title(root: Tag) -> None:
    """Make an H1 of the paragraph that a word processor marks as the title."""
    found = root.select_one("p.title, p.Title, p.MsoTitle")
    before = found.find_previous(HEADINGS) if found else None
    if found and (before is None or root not in before.parents) and _count(found):
        found.name = "h1"


def _largest(body: Tag) -> Tag:
    """Return the one <main> or <article> that holds most of the words, or else the body."""
    words = _count(body)
    mains = body.select("main, [role=main]")
    articles = [tag for tag in body.find_all("article") if not tag.find_parent("article")]
    for candidates in (mains, articles):
        if len(candidates) == 1 and _count(candidates[0]) * 2 >= words:
            return candidates[0]
    return body


def _letters(tag: Tag) -> int:
    return len("".join(tag.get_text().split()))


def _count(tag: Tag) -> int:
    return sum(len(str(text).split()) for text in _texts(tag))


def _texts(tag: Tag) -> list[NavigableString]:
    return [
        text
        for text in tag.find_all(string=True)
        if type(text) is NavigableString and text.strip() and not _is_silent(text.parent)
    ]


def _is_silent(tag: Tag | None) -> bool:
    return tag is not None and tag.name in SILENT


def _tell_outside(body: Tag, root: Tag, remarks: Remarks) -> None:
    """Remark on the words that stand in the page but not in its text."""
    if root is body:
        return
    inside = {id(text) for text in _texts(root)}
    outside = " ".join(str(text) for text in _texts(body) if id(text) not in inside)
    if outside.strip():
        remarks.tell("the page around the text dropped", outside, body)


def _drop_menu(nav: Tag, remarks: Remarks) -> None:
    links = nav.find_all("a", href=True)
    own = bool(links) and all(str(link["href"]).startswith("#") for link in links)
    if own and _is_menu(nav):
        _drop(nav, "contents list left to the page", remarks)
    elif not links or _is_menu(nav):
        _drop(nav, "menu dropped", remarks)


def _is_menu(tag: Tag) -> bool:
    """Tell whether most words are those of links, headings and list labels: no text of a policy."""
    words = _count(tag)
    linked = sum(_count(link) for link in tag.find_all(["a", "button", "select", *HEADINGS]))
    return linked * 2 >= words


def _drop(tag: Tag, kind: str, remarks: Remarks) -> None:
    if _count(tag):
        remarks.tell(kind, tag.get_text(" "), tag)
    tag.extract()


_SIGNS = {"", "#", "¶", "§", "🔗", "link", "permalink", "anchor"}


def _drop_self_links(heading: Tag) -> None:
    """Take out the signs beside a heading by which it is linked to; not its only words."""
    signs = [
        link
        for link in heading.select("a[href^='#']")
        if link.get_text().strip().lower() in _SIGNS
        and not link.get("id")
        and not link.get("name")
        and not link.find("img", alt=True)
    ]
    if _letters(heading) > sum(map(_letters, signs)):
        for link in signs:
            link.extract()


# --- Footnotes ----------------------------------------------------------------------------------


def mark_footnotes(root: Tag) -> None:
    """Turn pairs of links that point at each other, a mark and its note, into footnotes.

    That is the form in which Pandoc, kramdown, GitHub, Python-Markdown and word processors write
    them. Marks become <footnote-mark>, notes <footnote-text>, with the same label.
    """
    by_id = {str(tag["id"]): tag for tag in root.find_all(id=True)}
    for anchor in root.find_all("a", attrs={"name": True}):
        by_id.setdefault(str(anchor["name"]), anchor)
    labels: dict[int, str] = {}
    used: set[str] = set()
    for link in root.find_all("a", href=re.compile(r"^#.")):
        words = link.get_text().strip().strip("[]()")
        note = _note(link, by_id) if link.has_attr("href") and link.parent else None
        if note is None or not re.fullmatch(r"\w{1,4}|[*†‡§¶]{1,3}", words):
            continue
        label = labels.get(id(note))
        if label is None:
            label = words if re.fullmatch(r"\w+", words) and words not in used else None
            number = len(labels) + 1
            while label is None or label in used:
                label, number = f"note-{number}", number + 1
            used.add(label)
            labels[id(note)] = label
            _become_note(note, label, link)
        _become_mark(link, label)
    for container in root.find_all(["ol", "ul"]):
        items = container.find_all(recursive=False)
        if items and all(item.name == "footnote-text" for item in items):
            _unwrap(container)


def _note(link: Tag, by_id: dict[str, Tag]) -> Tag | None:
    """Return the block that a mark's link points at, if a link in it leads back to the mark."""
    target = by_id.get(str(link["href"])[1:])
    if target is None or target.find_parent("footnote-text") is not None:
        return None
    note = target if target.name in ("li", "p", "div", "aside", "footnote-text") else None
    note = note or target.find_parent(["li", "p"])
    if note is None or note in link.parents:
        return None
    return note if _backlinks(note, link) or note.name == "footnote-text" else None


def _backlinks(note: Tag, link: Tag) -> list[Tag]:
    places = {str(link.get("id") or ""), str(link.get("name") or "")}
    for parent in list(link.parents)[:2]:
        if parent.name in ("sup", "span"):
            places.add(str(parent.get("id") or ""))
    places.discard("")
    return [back for back in note.find_all("a", href=True) if str(back["href"])[1:] in places]


def _become_mark(link: Tag, label: str) -> None:
    sup = link.parent
    if sup is not None and sup.name == "sup" and sup.get_text().strip() == link.get_text().strip():
        sup.name = "span"
    inner = link.find("sup")
    if isinstance(inner, Tag):
        inner.unwrap()
    link.clear()
    link.name = "footnote-mark"
    link["label"] = label
    del link["href"]
    if link.get("name") and not link.get("id"):
        link["id"] = link["name"]
    for tag in (link, sup):
        _drop_reserved_id(tag)


def _become_note(note: Tag, label: str, link: Tag) -> None:
    backs = _backlinks(note, link)
    back_names = {str(back["href"]) for back in backs}
    for back in note.find_all("a", href=True):
        words = back.get_text().strip()
        leads_back = str(back["href"]) in back_names or "backref" in str(back.get("class") or "")
        if leads_back or words in ("↩", "↩︎", "↑", "^"):
            if back.get("id") or back.get("name"):
                back.name, back.string = "span", ""
                back["id"] = back.get("id") or back.get("name") or ""
                del back["href"]
            else:
                back.extract()
    note.name = "footnote-text"
    note["label"] = label
    _drop_reserved_id(note)


def _drop_reserved_id(tag: Tag | None) -> None:
    """Take away an id that the page gives to footnotes itself."""
    if tag is not None and str(tag.get("id") or "").startswith(RESERVED_PREFIXES):
        del tag["id"]


def _unwrap(container: Tag) -> None:
    """Free the notes of their list, and the list's box of its rule and its role."""
    box = container.parent
    if box is not None and re.search("footnote", f"{box.get('class')} {box.get('id')}"):
        for rule in box.find_all("hr", recursive=False):
            rule.extract()
    container.name = "div"
