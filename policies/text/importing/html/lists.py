"""Lists and definition lists of HTML, as Markdown; their markers: numbers, letters, Roman numerals.

Pure. `blocks` reads what is in their items.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby, pairwise
from typing import NamedTuple, TypeGuard

from bs4.element import Comment, NavigableString, PageElement, Tag

from policies.text.importing.html.elements import BLOCKS, HEADINGS, css_of
from policies.text.markdown.labels import is_first_label, number_of, sign_of
from policies.text.numerals import written

# Markers that are no numbers: a bullet, or nothing; and those in a form that is not known here.
BULLET, NOTHING, UNKNOWN = "•", "none", "?"
# By the names that CSS has for them.
FORMS = {
    "decimal-leading-zero": "01",
    "decimal": "1",
    "lower-alpha": "a",
    "lower-latin": "a",
    "upper-alpha": "A",
    "upper-latin": "A",
    "lower-roman": "i",
    "upper-roman": "I",
    "lower-greek": "α",
    **dict.fromkeys(("disc", "circle", "square"), BULLET),
    "none": NOTHING,
    UNKNOWN: UNKNOWN,
}
# The attribute of an item that holds its marker, where a word processor has written it.
LABEL = "label"
_STYLE = re.compile(r"(?<![\w-])list-style(?:-type)?:([^;]*)")
_NAMED = re.compile("|".join(map(re.escape, FORMS)))
# What a style says beside the form, and words that leave the form as it is.
_NO_FORM = re.compile(r"inside|outside|inherit|initial|unset|revert|url\([^()]*\)|!important")
_INTEGER = re.compile(r"\s*[+-]?\d{1,8}\s*")


class Block(NamedTuple):
    """A block of Markdown.

    kind: what it is ("p", "ul-", "ol.", "pre", …). number: the label of a list's last item, if that
    is a number and the item before it, if any, has another sign behind its own.
    """

    kind: str
    text: str
    number: str = ""


MARKDOWN_LISTS = ("ul-", "ul*", "ol.", "ol)")
NO_BLOCK = Block("", "")
# Stands for the sign after the numbers of a list right behind another one: ")" parts the two. In a
# text with clauses it would be seen, and is ".".
PARTED = "\0"


def has_own_labels(tag: Tag, labels: Mapping[int, str]) -> bool:
    """Return whether a list has labels that Markdown's lists of 1., 2., 3. do not have."""
    items = [item for item in items_of(tag) if _first_words(item)]
    shown = [label for item in items if sign_of(label := labels.get(id(item), ""))]
    return not count_up(shown)


def items_that_count_up(labels: Mapping[int, str], before: str) -> set[int]:
    """Return the items whose label would change: where all in a row have one number, it counts up.

    before: the label of the items right before the list, if it is one number.
    """
    found: set[int] = set()
    shown = ((item, label) for item, label in labels.items() if label)
    for _, group in groupby(shown, lambda row: (bool(sign_of(row[1])), row[1][-1] == ")")):
        row = dict(group)
        several = len(row) > 1 or before in row.values()
        if several and len({*row.values()}) == 1 and next(iter(row.values()))[:-1].isdecimal():
            found |= {*row}
        before = ""
    return found


@dataclass(slots=True)
class ListWriter:
    """Blocks of a list in the making. rows: the items that are waiting, each with its label."""

    clauses: bool
    before: Block
    out: list[Block] = field(default_factory=list)
    rows: list[tuple[str, list[Block]]] = field(default_factory=list)

    def add(self, label: str, inside: list[Block], *, apart: bool) -> None:
        """Add an item. label: "" for one without. apart: it is no part of the item before it."""
        if not inside:
            return
        if label:
            self.rows.append((label, inside))
        elif self.rows and not apart:
            self.rows[-1][1].extend(inside)
        else:
            self.out, self.before = [*self.close(), *inside], NO_BLOCK

    def close(self) -> list[Block]:
        rows, self.rows = self.rows, []
        if not rows:
            return self.out
        kind, labels = self._kind_and_signs([label for label, _ in rows])
        loose = any(_needs_empty_line(*pair) for _, row in rows for pair in pairwise(row))
        texts = [_item(label, row[1], loose=loose) for label, row in zip(labels, rows, strict=True)]
        *others, last = labels
        is_alone = not others or (others[-1][-1] == ")") != (last[-1] == ")")
        number = last if is_alone and last[:-1].isdecimal() else ""
        return [*self.out, Block(kind, ("\n\n" if loose else "\n").join(texts), number)]

    def _kind_and_signs(self, labels: list[str]) -> tuple[str, list[str]]:
        kind, first, second = ("ul", "-", "*") if labels[0] == "-" else ("ol", ".", ")")
        is_parted = self.before.kind == f"{kind}{first}" and (kind == "ul" or not self.clauses)
        sign = second if is_parted else first
        if kind == "ul":
            labels = [sign for _ in labels]
        elif is_parted:
            shown = second if {*labels} == {self.before.number} else PARTED
            labels = [f"{label[:-1]}{shown}" for label in labels]
        return f"{kind}{sign}", labels


def _needs_empty_line(before: Block, block: Block) -> bool:
    if block.kind not in MARKDOWN_LISTS:
        return True
    label = block.text.split(maxsplit=1)[0]
    return (
        block.kind[:2] == "ol" and before.kind not in MARKDOWN_LISTS and not is_first_label(label)
    )


def put_before_words(item: PageElement, words: str) -> str:
    """Put words at the start of an item's first paragraph, or before a list that comes first.

    Return the words that were first, "" if there were none, and so none were put before them.
    """
    first = _first_words(item)
    if first is None or not is_item(item):
        return ""
    place: PageElement = first
    while place.parent is not None and place.parent is not item and place.parent.name not in BLOCKS:
        place = place.parent
    if place.parent is item or (place.parent is not None and place.parent.name in ("p", "div")):
        place.insert_before(NavigableString(words))
    else:
        item.insert(0, NavigableString(words))
    return first.strip()


def items_of(tag: Tag) -> list[PageElement]:
    return [child for child in tag.children if isinstance(child, Tag) or str(child).strip()]


def is_item(node: PageElement) -> TypeGuard[Tag]:
    return isinstance(node, Tag) and node.name == "li"


def starts_with_heading(item: PageElement) -> bool:
    first = _first_words(item)
    return first is not None and first.find_parent(HEADINGS) is not None


def _first_words(item: PageElement) -> NavigableString | None:
    inside = item.descendants if is_item(item) else ()
    words = (node for node in inside if isinstance(node, NavigableString))
    return next((node for node in words if node.strip() and not isinstance(node, Comment)), None)


def _item(label: str, blocks: Sequence[Block], *, loose: bool) -> str:
    sign = sign_of(label, blocks[0].text) or f"{label} "
    width = max(4, len(sign))
    text = together(blocks, "\n\n" if loose else "\n")
    return (sign.ljust(width) if blocks[0].kind == "pre" else sign) + indented(text, width)


def together(blocks: Iterable[Block], gap: str = "\n\n") -> str:
    return gap.join(block.text for block in blocks)


def indented(text: str, width: int) -> str:
    """Indent all lines but the first."""
    return re.sub(r"\n(?=[^\n])", "\n" + " " * width, text)


def definition_parts(tag: Tag) -> list[PageElement]:
    out: list[PageElement] = []
    for child in items_of(tag):
        if isinstance(child, Tag) and child.name == "div" and child.find(["dt", "dd"]):
            out += definition_parts(child)
        else:
            out.append(child)
    return out


def definition(terms: Sequence[str], texts: Sequence[Sequence[Block]]) -> list[Block]:
    term = "<br>".join(filter(None, terms))
    if not term or not texts:
        words = [Block("p", term)] if term else []
        return [*words, *chain.from_iterable(texts)]
    gap = "\n\n" if any(len(text) > 1 for text in texts) else "\n"
    rows = [f":   {indented(together(text), 4)}" for text in texts]
    return [Block("dl", gap.join([term, *rows]))]


def form_of(tag: Tag) -> str:
    """Return what a list or an item says that its markers are made of.

    "1", "a", "A", "i" or "I", as in the attribute `type`, "01", "α", BULLET, NOTHING or UNKNOWN; ""
    if it says nothing.
    """
    if given := _STYLE.findall(css_of(tag)):
        found = _NAMED.search(given[-1])
        return FORMS[found[0]] if found else UNKNOWN if _NO_FORM.sub("", given[-1]) else ""
    kind = str(tag.get("type") or "")
    return kind if kind in FORMS.values() else FORMS.get(kind.lower(), "")


class Labels(NamedTuple):
    """What the markers of a list are made of (form_of), and of each item, by id(), its label as
    readers see it, such as "2." or "(a)"; "" for an item that shows none.

    A list with bullets has no labels.
    """

    form: str
    by_item: dict[int, str]


def labels(holder: Tag) -> Labels:
    """Return the labels of a list. Google Docs gives their form in the items only."""
    items = holder.find_all("li", recursive=False)
    forms = [form_of(item) for item in items]
    form = form_of(holder) or ("1" if holder.name == "ol" else BULLET)
    form = next((own for own in forms if own not in ("", NOTHING)), form)
    if any(item.has_attr(LABEL) for item in items):
        form = "1"
    if form in (BULLET, NOTHING):
        return Labels(form, {})
    numbers = _numbers(holder, items)
    rows = zip(items, forms, numbers, strict=True)
    return Labels(form, {id(item): _label(item, own or form, number) for item, own, number in rows})


def _label(item: Tag, form: str, number: int) -> str:
    counted = "" if form == NOTHING else f"{marker(number, form)}."
    return str(item.get(LABEL) or counted)


def count_up(shown: Sequence[str]) -> bool:
    """Return whether labels are those of any list of Markdown: 1. 2. 3., wherever they begin."""
    first = number_of(shown[0]) if shown else 0
    return all(label == f"{number}." for number, label in enumerate(shown, first))


def _numbers(holder: Tag, items: Sequence[Tag]) -> Iterator[int]:
    """Yield the number of each item of a list (HTML, 4.4.5)."""
    down = holder.has_attr("reversed")
    start = integer(holder.get("start"))
    number = start if start is not None else len(items) if down else 1
    for item in items:
        given = integer(item.get("value"))
        number = number if given is None else given
        yield number
        number += -1 if down else 1


def marker(number: int, form: str) -> str:
    """Return a number as browsers write it: in digits where the form is not known."""
    return written(number, form) or str(number)


def integer(value: object) -> int | None:
    text = str(value if value is not None else "")
    return int(text) if _INTEGER.fullmatch(text) else None
