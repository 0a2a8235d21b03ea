"""Lists and header rows that the HTML of word processors means, but does not mark up.

Pure. Word writes a list as <p class=MsoListParagraph style="mso-list:l0 level2 lfo1"> with the sign
in an element of its own. Word for the web writes each item as a list of its own, with its level.
The header row of a table is only bold.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bs4.element import NavigableString, PageElement, Tag

from policies.text.importing.html import inline_styles, list_markers
from policies.text.importing.html.elements import HEADINGS

_MAX_LEVEL = 9
_LEVEL = re.compile(r"mso-list:[^;]*?\blevel(\d)", re.IGNORECASE)
_NUMBER = re.compile(r"\(?(\d{1,8})[.):]?\)?\Z")
_LETTERS = re.compile(r"\(?([a-z]{1,2}|[ivxlc]{1,7})[.)]\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Item:
    """An item of a list that is to be made.

    tag: what holds its words. number: None in a list with bullets. sign: the letters that Word put
    before it, "" for others. row: the same for items that count on from each other. form: what its
    number is made of (list_markers.form_of).
    """

    tag: Tag
    level: int
    number: int | None
    sign: str = ""
    row: str = ""
    form: str = ""


def make_lists(root: Tag) -> None:
    """Make lists of paragraphs that look like lists."""
    _word_online(root)
    for tag in root.find_all(HEADINGS):
        if sign := _sign(tag):
            _keep_sign(tag, sign)
    run: list[_Item] = []
    found = [item for tag in root.find_all("p") if (item := _item(tag))]
    for item in _with_letters_counted(found):
        if run and _next(run[-1].tag) is not item.tag:
            _write(run)
            run = []
        run.append(item)
    _write(run)


def name_header_rows(root: Tag) -> None:
    """Make each table's first row a header if all its cells are bold."""
    for table in root.find_all("table"):
        row = table.find("tr")
        if row is None or table.find("th") is not None:
            continue
        cells = [cell for cell in row.find_all("td", recursive=False) if cell.get_text().strip()]
        bold = [[one for one in (cell, *cell.find_all(True)) if _is_bold(one)] for cell in cells]
        if not cells or not all(
            any(cell.get_text().strip() == one.get_text().strip() for one in found)
            for cell, found in zip(cells, bold, strict=True)
        ):
            continue
        for cell in row.find_all("td", recursive=False):
            cell.name = "th"
        for one in (one for found in bold for one in found):
            inline_styles.remove_bold(one)
            if one.name in ("b", "strong"):
                one.name = "span"


def _is_bold(tag: Tag) -> bool:
    bold = inline_styles.text_style(tag).bold
    return tag.name in ("b", "strong") if bold is None else bold


def _item(tag: Tag) -> _Item | None:
    style = str(tag.get("style") or "")
    found = _LEVEL.search(style)
    sign = _sign(tag) if found else ""
    if not found or not sign:
        return None  # a paragraph that goes on in an item has a level too, but no sign
    level = min(max(int(found[1]), 1), _MAX_LEVEL)
    if number := _NUMBER.fullmatch(sign):
        return _Item(tag, level, int(number[1]))
    letters = _LETTERS.fullmatch(sign)
    if letters and tag.find_parent(("td", "th")) is None:
        case = "upper" if letters[1].isupper() else "lower"
        row = " ".join([*re.findall(r"mso-list:([^;]*)", style, re.IGNORECASE), case])
        return _Item(tag, level, 0, sign, row)
    if re.search(r"\w", sign) and sign.lower() not in ("o", "§", "ü", "q", "v", "à", "ø"):
        _keep_sign(tag, sign)  # no list can show "1.1" or "Article 3"
        return None
    return _Item(tag, level, None)


def _keep_sign(tag: Tag, sign: str) -> None:
    tag.insert(0, NavigableString(f"{sign} "))


def _with_letters_counted(items: Sequence[_Item]) -> list[_Item]:
    """Return the items that are to be in lists, those with letters numbered.

    Where letters do not run on by one from the first, there is no list and the signs stay as text:
    as numbers, nobody would recognise them.
    """
    rows: dict[str, _Letters] = {}
    counted: dict[int, tuple[_Letters, int]] = {}
    for item in items:
        if not item.sign:
            continue
        row = rows.get(item.row)
        letters = item.sign.strip("().")
        if row is None or row.ends_before(letters):
            row = rows[item.row] = _Letters()
        counted[id(item)] = row, row.add(letters)
    out: list[_Item] = []
    for item in items:
        within, number = counted.get(id(item), (None, 0))
        if within is None:
            out.append(item)
        elif within.form:
            out.append(replace(item, number=number, form=within.form))
        else:
            _keep_sign(item.tag, item.sign)
    return out


@dataclass(slots=True)
class _Letters:
    """A row of letters or Roman numerals that count on from each other.

    forms: what they may be, "a" or "i" (Roman); none if they do not run on by one from the first.
    """

    signs: list[str] = field(default_factory=list)
    forms: tuple[str, ...] = ("a", "i")

    @property
    def form(self) -> str:
        form = self.forms[0] if self.forms else ""
        return form.upper() if self.signs[0].isupper() else form

    def ends_before(self, sign: str) -> bool:
        if self._forms_with(sign):
            return False
        if sign.lower() == "i":  # after letters that are no Roman numerals, it is the ninth letter
            return all(_values(one, "i") for one in self.signs)
        return sign.lower() == "a"

    def add(self, sign: str) -> int:
        """Add a sign and return its number."""
        self.forms = self._forms_with(sign)
        self.signs.append(sign)
        return len(self.signs)

    def _forms_with(self, sign: str) -> tuple[str, ...]:
        number = len(self.signs) + 1
        return tuple(form for form in self.forms if number in _values(sign, form))


def _values(sign: str, form: str) -> tuple[int, ...]:
    """Return the numbers that letters can mean. After z Word writes aa and bb, others ab."""
    letters = sign.lower()
    if form == "i":
        return tuple(number for number in range(1, 100) if list_markers.roman(number) == letters)
    places = [ord(letter) - ord("a") + 1 for letter in letters]
    if len(places) == 1:
        return (places[0],)
    first, second = places if len(places) == 2 else (0, 0)
    repeated = (26 + first,) if first and first == second else ()
    return (*repeated, 26 * first + second) if first else ()


def _sign(tag: Tag) -> str:
    """Remove the number or bullet that Word put before a paragraph, and return it."""
    for part in tag.find_all(style=re.compile(r"mso-list:\s*ignore", re.IGNORECASE)):
        sign = " ".join(part.get_text().split())
        part.decompose()
        return sign
    return ""


def _style(tag: Tag) -> dict[str, str]:
    """Return what an element says of the look of its words, as attributes for another element."""
    given = inline_styles.to_css(inline_styles.text_style(tag))
    return {"style": given} if given else {}


def _next(tag: Tag) -> PageElement | None:
    siblings = tag.next_siblings
    return next((node for node in siblings if isinstance(node, Tag) or str(node).strip()), None)


def _write(run: Sequence[_Item]) -> None:
    if not run:
        return
    place = Tag(name="div")
    run[0].tag.insert_before(place)
    open_lists: list[tuple[_Item, Tag, Tag]] = []  # of each: its last item, its tag, its last <li>
    for item in run:
        while open_lists and open_lists[-1][0].level > item.level:
            open_lists.pop()
        name = "ul" if item.number is None else "ol"
        top = open_lists[-1] if open_lists else None
        if (
            top
            and top[0].level == item.level
            and (top[1].name != name or not _follows(top[0], item))
        ):
            open_lists.pop()
            top = None
        entry = Tag(name="li", attrs=_style(item.tag))
        if top is None or top[0].level < item.level:
            holder = Tag(name=name, sourceline=item.tag.sourceline)
            if item.number is not None and item.number != 1:
                holder["start"] = str(item.number)
            if item.form:
                holder["type"] = item.form
            (open_lists[-1][2] if open_lists else place).append(holder)
        else:
            holder = open_lists.pop()[1]
        for node in list(item.tag.contents):
            entry.append(node.extract())
        holder.append(entry)
        item.tag.decompose()
        open_lists.append((item, holder, entry))
    place.unwrap()


def _follows(before: _Item, item: _Item) -> bool:
    """Return whether an item goes on in the list, with the same kind of signs, of another."""
    if item.number is None or before.number is None:
        return True
    return item.number == before.number + 1 and item.form == before.form


def _word_online(root: Tag) -> None:
    """Rewrite the lists of Word for the web, of one item each, as Word itself writes lists."""
    for box in root.select(".ListContainerWrapper"):
        for holder in box.find_all(["ul", "ol"]):
            start = re.sub(r"\D", "", str(holder.get("start") or ""))[:8]
            form = list_markers.form_of(holder)
            items = holder.find_all("li", recursive=False)
            for place, item in enumerate(items):
                level = re.sub(r"\D", "", str(item.get("data-aria-level") or ""))[:1] or "1"
                number = list_markers.marker(
                    int(start or 1) + place, list_markers.form_of(item) or form
                )
                sign = f"{number}." if holder.name == "ol" else "•"
                item.name = "p"
                own = inline_styles.to_css(inline_styles.text_style(item))
                item.attrs = {"style": f"mso-list:l0 level{level} lfo1;{own}"}
                mark = Tag(name="span", attrs={"style": "mso-list:Ignore"})
                mark.string = sign
                for inner in item.find_all(["p", "div"]):
                    given = _style(inner)
                    inner.name = "span"
                    inner.attrs.clear()
                    inner.attrs.update(given)
                item.insert(0, mark)
            holder.unwrap()
        box.unwrap()
