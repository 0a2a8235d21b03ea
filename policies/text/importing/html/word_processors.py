"""Lists that the HTML of word processors means, but does not mark up.

Pure. Word writes a list as <p class=MsoListParagraph style="mso-list:l0 level2 lfo1"> with the sign
in an element of its own. Word for the web writes each item as a list of its own, with its level.
Google Docs writes each level as a list of its own, with its level at the end of its class; CSS
counters (CSS Lists 3, section 4) write its labels:

    .lst-kix_1-1 > li:before {content: "(" counter(lst-ctn-kix_1-1, lower-latin) ") "}
    <ol class="lst-kix_1-1 start"><li>
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bs4.element import NavigableString, PageElement, Tag

from policies.text.importing.html import lists
from policies.text.importing.html.elements import HEADINGS
from policies.text.markdown.labels import number_of
from policies.text.short_text import one_line

_MAX_LEVEL = 9
_LEVEL = re.compile(r"mso-list:[^;]*?\blevel(\d)", re.IGNORECASE)
_GOOGLE_CLASS = re.compile(r"lst-(kix_[\w-]*-(\d))")
_GOOGLE_RULE = re.compile(
    r"\.lst-(kix_[\w-]+)\s*>\s*li:{1,2}before\s*\{\s*content\s*:([^}]{0,500})\}"
)
_GOOGLE_PIECE = re.compile(r'"([^"]*)"|counter\(\s*lst-ctn-([\w-]+)\s*(?:,\s*([\w-]+)\s*)?\)')
_BULLETS = ("o", "§", "ü", "q", "v", "à", "ø")  # as they look without the font for signs


@dataclass(frozen=True, slots=True)
class _Item:
    """An item of a list that is to be made. tag: what holds its words. label: "" for a bullet."""

    tag: Tag
    level: int
    label: str


def make_lists(root: Tag) -> None:
    """Make lists of paragraphs that look like lists."""
    _word_online(root)
    for tag in root.find_all(HEADINGS):
        if sign := _sign(tag):
            tag.insert(0, NavigableString(f"{sign} "))
    run: list[_Item] = []
    for item in filter(None, list(map(_item, root.find_all("p")))):
        if run and _next(run[-1].tag) is not item.tag:
            _write(run)
            run = []
        run.append(item)
    _write(run)


def _item(tag: Tag) -> _Item | None:
    style = str(tag.get("style") or "")
    found = _LEVEL.search(style)
    sign = _sign(tag) if found else ""
    if not found or not sign:
        return None  # a paragraph that goes on in an item has a level too, but no sign
    level = min(max(int(found[1]), 1), _MAX_LEVEL)
    is_bullet = not re.search(r"\w", sign) or sign.lower() in _BULLETS
    return _Item(tag, level, "" if is_bullet else sign)


def _sign(tag: Tag) -> str:
    """Remove the number or bullet that Word put before a paragraph, and return it."""
    for part in tag.find_all(style=re.compile(r"mso-list:\s*ignore", re.IGNORECASE)):
        sign = one_line(part.get_text())
        part.decompose()
        return sign
    return ""


def _next(tag: Tag) -> PageElement | None:
    siblings = tag.next_siblings
    return next((node for node in siblings if isinstance(node, Tag) or str(node).strip()), None)


def _write(run: Sequence[_Item]) -> None:
    if not run:
        return
    place = Tag(name="div")
    run[0].tag.insert_before(place)
    open_lists: list[tuple[_Item, Tag]] = []  # of each: its last item, its tag
    for item in run:
        while open_lists and open_lists[-1][0].level > item.level:
            open_lists.pop()
        name, holder = "ol" if item.label else "ul", None
        if open_lists and open_lists[-1][0].level == item.level:
            before, last = open_lists.pop()
            holder = last if last.name == name and _follows(before, item) else None
        if holder is None:
            holder = Tag(name=name, sourceline=item.tag.sourceline)
            (open_lists[-1][0].tag if open_lists else place).append(holder)
        item.tag.name = "li"
        if item.label:
            item.tag[lists.LABEL] = item.label
        holder.append(item.tag)
        open_lists.append((item, holder))
    place.unwrap()


def _follows(before: _Item, item: _Item) -> bool:
    """Return whether an item is in the list of another: not where its number is none further on."""
    last, own = number_of(before.label), number_of(item.label)
    return last < 0 or own in (-1, last + 1)


def _word_online(root: Tag) -> None:
    """Rewrite the lists of Word for the web, of one item each, as Word itself writes lists."""
    shown: dict[tuple[str, str], str] = {}  # of each list and level, the last number
    for box in root.select(".ListContainerWrapper"):
        for holder in box.find_all(["ul", "ol"]):
            items = holder.find_all("li", recursive=False)
            for place, item in enumerate(items):
                level = re.sub(r"\D", "", str(item.get("data-aria-level") or ""))[:1] or "1"
                sign = _sign_online(item, holder, (level, place), shown)
                _write_as_word(item, level, sign)
                for inner in item.find_all(["p", "div"]):
                    inner.name = "span"
            holder.unwrap()
        box.unwrap()


def mark_google_lists(root: Tag) -> None:
    """Write the lists of Google Docs, one for each level, as Word itself writes lists."""
    css = "\n".join(str(tag.string or "") for tag in root.find_all("style"))
    rules = {name: rule for name, rule in _GOOGLE_RULE.findall(css) if "counter(" in rule}
    counts: dict[str, int] = {}
    for holder in root.find_all(["ol", "ul"]):
        classes = list[str](holder.get("class") or ())
        for found in [match for match in map(_GOOGLE_CLASS.fullmatch, classes) if match][:1]:
            name, level = found[1], str(int(found[2]) + 1)
            start = lists.integer(holder.get("start"))
            if "start" in classes or start is not None:
                counts[name] = (1 if start is None else start) - 1
            for item in holder.find_all("li", recursive=False):
                counts[name] = counts.get(name, 0) + 1
                sign = "•"
                if name in rules:
                    sign = _counted(rules[name], counts)
                elif holder.name == "ol":
                    form = lists.form_of(item) or lists.form_of(holder)
                    sign = f"{lists.marker(counts[name], form)}."
                _write_as_word(item, level, sign)
            holder.unwrap()


def _counted(rule: str, counts: Mapping[str, int]) -> str:
    """Return what CSS counters write by a rule."""
    written = ""
    for text, name, form in _GOOGLE_PIECE.findall(rule):
        form = lists.FORMS.get(form, "1")
        written += lists.marker(counts.get(name, 0), form) if name else text
    return one_line(written)


def _write_as_word(item: Tag, level: str, sign: str) -> None:
    item.name = "p"
    item["style"] = f"mso-list:l0 level{level} lfo1;{item.get('style') or ''}"
    mark = Tag(name="span", attrs={"style": "mso-list:Ignore"})
    mark.string = sign
    item.insert(0, mark)


def _sign_online(
    item: Tag, holder: Tag, at: tuple[str, int], shown: dict[tuple[str, str], str]
) -> str:
    """Return the label of an item of Word for the web, "•" for a bullet.

    at: its level, and its place among the items of its list. shown: the numbers that Word's list
    shows last, by its id and level; this one is put there.
    """
    if holder.name != "ol":
        return "•"
    (level, place), family = at, str(item.get("data-listid") or "")
    start = lists.integer(holder.get("start"))
    form = lists.form_of(item) or lists.form_of(holder)
    shown[family, level] = lists.marker((1 if start is None else start) + place, form)
    text = str(item.get("data-leveltext") or "")[:50]
    text = text if f"%{level}" in text else f"%{level}."
    return re.sub(r"%(\d)", lambda found: shown.get((family, found[1]), ""), text)
