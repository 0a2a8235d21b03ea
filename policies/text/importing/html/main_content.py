"""Where a page of HTML keeps its text.

Pure. From a whole page, the policy's text is chosen. What is certainly no text (menus, scripts, the
page's own list of contents, what is hidden) is left out with a note; in doubt, a part stays.
"""

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from policies.text.importing.html import elements
from policies.text.importing.html.elements import HEADINGS, SILENT
from policies.text.markdown.import_notes import CONTENTS, HIDDEN, NoteCollector


def title(tree: BeautifulSoup, root: Tag) -> str:
    """Return what a page is called outside of its text: by an H1, or by <title>; or ""."""
    outside = [tag for tag in tree.find_all("h1") if root not in tag.parents]
    for found in (*outside, tree.find("title")):
        words = " ".join(found.get_text().split()) if found else ""
        if words:
            return words
    return ""


def text_root(tree: BeautifulSoup, notes: NoteCollector) -> Tag:
    """Return the element that holds the text, with the page around it taken off."""
    body = tree.body
    if body is None:  # frameset
        return tree
    for base in tree.find_all("base", href=True):
        notes.add("base of all addresses dropped", str(base["href"]), base)
    _drop_hidden(body, notes)
    for nav in body.find_all(["nav", "div", "ul"]):
        if (nav.name == "nav" or nav.get("role") == "navigation") and nav.parent is not None:
            _drop_menu(nav, notes)
    for footer in body.find_all("footer"):
        if not footer.find_parent(["main", "article", "section"]) and _is_menu(footer):
            _drop(footer, "the page's footer dropped", notes)
    for heading in body.find_all(HEADINGS):
        _drop_self_links(heading)
    root = _largest(body)
    named = root.select_one("p.title, p.Title, p.MsoTitle")  # what a word processor marks as title
    before = named.find_previous(HEADINGS) if named else None
    if named and (before is None or root not in before.parents) and _count(named):
        named.name = "h1"
    _note_outside(body, root, notes)
    return root


def _largest(body: Tag) -> Tag:
    """Return the only <main>, or <article>, if it has half of the words; or else the body."""
    words = _count(body)
    mains = body.select("main, [role=main]")
    articles = [tag for tag in body.find_all("article") if not tag.find_parent("article")]
    for candidates in (mains, articles):
        if len(candidates) == 1 and _count(candidates[0]) * 2 >= words:
            return candidates[0]
    return body


def _count(tag: Tag) -> int:
    return sum(len(str(text).split()) for text in _texts(tag))


def _texts(tag: Tag) -> list[NavigableString]:
    return [
        text
        for text in tag.find_all(string=True)
        if type(text) is NavigableString
        and text.strip()
        and (text.parent is None or text.parent.name not in SILENT)
    ]


def _note_outside(body: Tag, root: Tag, notes: NoteCollector) -> None:
    if root is body:
        return
    inside = {id(text) for text in _texts(root)}
    if outside := " ".join(str(text) for text in _texts(body) if id(text) not in inside):
        notes.add("the page around the text dropped", outside, body)


def _drop_hidden(body: Tag, notes: NoteCollector) -> None:
    for tag in body.find_all(True):
        if not tag.decomposed and elements.is_hidden(tag):
            if _count(tag):
                notes.add(HIDDEN, tag.get_text(" "), tag)
            tag.decompose()


def _drop_menu(nav: Tag, notes: NoteCollector) -> None:
    links = nav.find_all("a", href=True)
    own = bool(links) and all(str(link["href"]).startswith("#") for link in links)
    if own and _is_menu(nav):
        _drop(nav, CONTENTS, notes)
    elif not links or _is_menu(nav):
        _drop(nav, "menu dropped", notes)


def _is_menu(tag: Tag) -> bool:
    """Return whether half of the words are in links, controls or headings: no text of a policy."""
    linked = sum(_count(link) for link in tag.find_all(["a", "button", "select", *HEADINGS]))
    return linked * 2 >= _count(tag)


def _drop(tag: Tag, kind: str, notes: NoteCollector) -> None:
    if _count(tag):
        notes.add(kind, tag.get_text(" "), tag)
    tag.extract()


_SIGNS = {"", "#", "¶", "§", "🔗", "link", "permalink", "anchor"}


def _drop_self_links(heading: Tag) -> None:
    """Remove the signs by which a heading links to itself, unless they are its only words."""
    signs = [
        link
        for link in heading.select("a[href^='#']")
        if link.get_text().strip().lower() in _SIGNS
        and not link.get("id")
        and not link.get("name")
        and not link.find("img", alt=True)
    ]
    words, *shown = ("".join(part.get_text().split()) for part in (heading, *signs))
    if len(words) > sum(map(len, shown)):
        for link in signs:
            link.extract()
