"""The lists of a file that Google Docs exports as HTML. Pure.

Each level is a list of its own beside the others, with its level at the end of its class, and CSS
counters (CSS Lists 3, section 4) write its labels:

    .lst-kix_1-1 > li:before {content: "(" counter(lst-ctn-kix_1-1, lower-latin) ") "}
    <ol class="lst-kix_1-1 start" start="1"><li>
"""

import re
from collections.abc import Iterator, Mapping

from bs4.element import PageElement, Tag

from policies.text.importing.html import list_markers

MARK = "lst-kix_"
_CLASS = re.compile(rf"({MARK}[\w.-]*)-(\d)")
_RULE = re.compile(rf"\.({MARK}[\w.-]+)\s*>\s*li:{{1,2}}before\s*\{{\s*content\s*:([^}}]*)\}}")
_PIECE = re.compile(r'"([^"]*)"|counter\(\s*([\w.-]+)\s*(?:,\s*([\w-]+)\s*)?\)')


def nest_lists(root: Tag) -> None:
    """Put each list into the item that it is under, and give items the labels that CSS writes."""
    css = "\n".join(str(tag.string or "") for tag in root.find_all("style"))
    rules = {name: content for name, content in _RULE.findall(css) if "counter(" in content}
    counters: dict[str, int] = {}
    above: list[tuple[int, str, Tag]] = []  # of each open list its level, its class and itself
    for tag, family, level in _lists(root):
        name = f"{family}-{level}"
        if name in rules:
            _label(tag, name, rules[name], counters)
        if not above or _before(tag) is not above[0][2]:
            above.clear()
        while above and above[-1][0] > level:
            above.pop()
        if above and above[-1][:2] == (level, name) and above[-1][2].name == tag.name:
            above[-1][2].extend(list(tag.contents))
            tag.decompose()
            continue
        if above and above[-1][0] == level:
            above.pop()
        items = above[-1][2].find_all("li", recursive=False) if above else []
        if items:
            items[-1].append(tag.extract())
        above.append((level, name, tag))


def _lists(root: Tag) -> Iterator[tuple[Tag, str, int]]:
    for tag in root.find_all(["ol", "ul"]):
        if found := _CLASS.search(" ".join(tag.get("class") or ())):
            yield tag, found[1], int(found[2])


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
