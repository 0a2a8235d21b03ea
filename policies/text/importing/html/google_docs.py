"""The lists of a file that Google Docs exports as HTML. Pure.

Each level is a list of its own beside the others, with its level at the end of its class, and CSS
counters (CSS Lists 3, section 4) write its labels:

    .lst-kix_1-1 > li:before {content: "(" counter(lst-ctn-kix_1-1, lower-latin) ") "}
    <ol class="lst-kix_1-1 start" start="1"><li>
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from bs4.element import PageElement, Tag

from policies.text.importing.html import list_markers

MARK = "lst-kix_"
_CLASS = re.compile(rf"({MARK}[\w-]*)-(\d)")
_RULE = re.compile(
    rf"\.({MARK}[\w-]+)\s*>\s*li:{{1,2}}before\s*\{{\s*content\s*:([^}}]{{0,500}})\}}"
)
_PIECE = re.compile(r'"([^"]*)"|counter\(\s*([\w.-]+)\s*(?:,\s*([\w-]+)\s*)?\)')


class _List(NamedTuple):
    """An open list. last: its last item."""

    level: int
    name: str
    tag: Tag
    last: Tag


def nest_lists(root: Tag) -> None:
    """Put each list into the item that it is under, and give items the labels that CSS writes."""
    css = "\n".join(str(tag.string or "") for tag in root.find_all("style"))
    rules = {name: content for name, content in _RULE.findall(css) if "counter(" in content}
    counters: dict[str, int] = {}
    above: list[_List] = []
    for tag, family, level in _lists(root):
        name = f"{family}-{level}"
        if name in rules:
            _label(tag, name, rules[name], counters)
        items = tag.find_all("li", recursive=False)
        if not items:
            continue
        if not above or _before(tag) is not above[0].tag:
            above.clear()
        while above and above[-1].level > level:
            above.pop()
        before = above.pop() if above and above[-1].level == level else None
        if before and (before.name, before.tag.name) == (name, tag.name):
            before.tag.extend(list(tag.contents))
            tag.decompose()
            tag = before.tag
        elif above:
            above[-1].last.append(tag.extract())
        above.append(_List(level, name, tag, items[-1]))


def _lists(root: Tag) -> Iterator[tuple[Tag, str, int]]:
    for tag in root.find_all(["ol", "ul"]):
        found = filter(None, map(_CLASS.fullmatch, tag.get("class") or ()))
        yield from ((tag, one[1], int(one[2])) for one in islice(found, 1))


def _label(tag: Tag, name: str, content: str, counters: dict[str, int]) -> None:
    counter = name.replace("lst-", "lst-ctn-", 1)
    given = str(tag.get("start") or "")
    if re.fullmatch(r"\d{1,8}", given):
        counters[counter] = int(given) - 1
    elif "start" in (tag.get("class") or ()):
        counters[counter] = 0
    for item in tag.find_all("li", recursive=False):
        counters[counter] = counters.get(counter, 0) + 1
        item[list_markers.LABEL] = _written(content, counters)


def _written(content: str, counters: Mapping[str, int]) -> str:
    pieces = (
        list_markers.marker(counters.get(counter, 0), list_markers.form_named(form))
        if counter
        else text
        for text, counter, form in _PIECE.findall(content)
    )
    return " ".join("".join(pieces).split())


def _before(tag: Tag) -> PageElement | None:
    siblings = tag.previous_siblings
    return next((one for one in siblings if isinstance(one, Tag) or str(one).strip()), None)
