"""The list numbers of a Word file, which are not in it and are counted by its rules. Pure.

ISO/IEC 29500-1, 17.9: a paragraph names a numbering and a level in it; several numberings may
share one abstract numbering, and then they share its counters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from policies.text.importing.html.list_markers import roman
from policies.text.importing.word.names import child, number, value
from policies.text.importing.word.styles import Styles

_LEVELS = 9
_SAME_PLACE = 120  # twips: paragraphs indented by less than that are at one level


@dataclass(frozen=True, slots=True)
class Numbered:
    """A paragraph's place in a list.

    kind: "ul", "ol", or "text" for a number that no list of Markdown can show ("1.1", "Article 3").
    label: the number as Word shows it. letters: it is made of letters or Roman numerals.
    """

    kind: str
    number: int
    label: str
    abstract: str
    level: int
    indent: int
    letters: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """depth: in how many lists it is. parted: its number does not follow the one before it. begins:
    it is the first of a list.
    """

    numbered: Numbered
    depth: int
    parted: bool = False
    begins: bool = True


@dataclass(slots=True)
class _Numbering:
    """abstract: the id of the abstract numbering, whose counters it shares. rules: by level.
    begins: level → the number that it is made to begin with. by_style: paragraph style → level.
    """

    abstract: str
    rules: dict[int, Element] = field(default_factory=dict)
    begins: dict[int, int] = field(default_factory=dict)
    by_style: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Lists:
    """Counts numbers, paragraph by paragraph in the order of the text."""

    styles: Styles
    abstracts: dict[str, Element] = field(default_factory=dict)
    nums: dict[str, Element] = field(default_factory=dict)
    counters: dict[str, list[int | None]] = field(default_factory=dict)
    used: set[tuple[str, int]] = field(default_factory=set)
    stack: list[Item] = field(default_factory=list)
    _known: dict[str, _Numbering | None] = field(default_factory=dict)

    @classmethod
    def read(cls, root: Element | None, styles: Styles) -> Lists:
        found = cls(styles)
        for one in root if root is not None else ():
            if one.tag == "w:abstractNum":
                found.abstracts.setdefault(one.get("w:abstractNumId", ""), one)
            elif one.tag == "w:num":
                found.nums.setdefault(one.get("w:numId", ""), one)
        return found

    def count(self, properties: Element | None) -> Numbered | None:
        """Count the next paragraph, and return its number; None if it has none."""
        num_id, given = self._named(properties)
        if num_id not in self._known:
            self._known[num_id] = self._numbering(num_id)
        numbering = self._known[num_id]
        if numbering is None:
            return None
        if given is None:
            given = numbering.by_style.get(value(properties, "w:pStyle") or "", 0)
        level = min(max(given, 0), _LEVELS - 1)
        counted = self._advance(num_id, numbering, level)
        return _shown(numbering, level, counted, properties)

    def _numbering(self, num_id: str) -> _Numbering | None:
        num, abstract_id, abstract = self._find(num_id)
        if num is None or abstract is None:
            return None
        found = _Numbering(abstract_id)
        for one in abstract:
            if one.tag == "w:lvl":
                level = number(one.get("w:ilvl"))
                found.rules.setdefault(level, one)
                if style_id := value(one, "w:pStyle"):
                    found.by_style.setdefault(style_id, level)
        for one in num:
            if one.tag == "w:lvlOverride":
                level = number(one.get("w:ilvl"))
                own = child(one, "w:lvl")
                if own is not None:
                    found.rules[level] = own
                if (begin := value(one, "w:startOverride")) is not None:
                    found.begins[level] = max(number(begin, 1), 0)
        return found

    def close(self) -> None:
        """Close the lists that are open, since something other than an item comes."""
        self.stack.clear()

    def place(self, numbered: Numbered) -> Item:
        """Place an item in the lists that are open, and return where it is."""
        while self.stack and _relation(self.stack[-1].numbered, numbered) < 0:
            self.stack.pop()
        parted, begins = False, True
        if self.stack and _relation(self.stack[-1].numbered, numbered) == 0:
            before = self.stack.pop().numbered
            parted = before.kind == "ol" and numbered.number != before.number + 1
            begins = parted or before.letters != numbered.letters
        depth = sum(one.numbered.kind != "text" for one in self.stack) + (numbered.kind != "text")
        self.stack.append(Item(numbered, min(depth, _LEVELS), parted, begins))
        return self.stack[-1]

    def _named(self, properties: Element | None) -> tuple[str, int | None]:
        """Return the id and level of the numbering that a paragraph or its style names."""
        own = child(properties, "w:numPr")
        num_id, level = value(own, "w:numId"), value(own, "w:ilvl")
        for style in self.styles.chain(self.styles.paragraph, value(properties, "w:pStyle") or ""):
            numbered = child(style, "w:pPr", "w:numPr")
            if num_id is None:
                num_id = value(numbered, "w:numId")
                level = level if level is not None else value(numbered, "w:ilvl")
        return num_id or "0", None if level is None else number(level)

    def _find(self, num_id: str) -> tuple[Element | None, str, Element | None]:
        seen: set[str] = set()
        while num_id not in seen and num_id != "0":
            seen.add(num_id)
            num = self.nums.get(num_id)
            abstract_id = value(num, "w:abstractNumId") or ""
            abstract = self.abstracts.get(abstract_id)
            link = value(abstract, "w:numStyleLink")
            if num is None or link is None:
                return num, abstract_id, abstract
            style = self.styles.numbering.get(link)
            num_id = value(style, "w:pPr", "w:numPr", "w:numId") or "0"
        return None, "", None

    def _advance(self, num_id: str, numbering: _Numbering, level: int) -> list[int]:
        """Count on at a level; return the numbers of this level and those above."""
        counter = self.counters.setdefault(numbering.abstract, [None] * _LEVELS)
        begins = [value(numbering.rules.get(one), "w:start") for one in range(_LEVELS)]
        starts = [max(number(begin, 1), 0) for begin in begins]
        now = counter[level]
        if level in numbering.begins and (num_id, level) not in self.used:
            counter[level] = numbering.begins[level]
        else:
            counter[level] = starts[level] if now is None else now + 1
        self.used.add((num_id, level))
        for below in range(level + 1, _LEVELS):
            if value(numbering.rules.get(below), "w:lvlRestart") != "0":
                counter[below] = None
        counted = [
            start if one is None else one for one, start in zip(counter, starts, strict=True)
        ]
        counter[: level + 1] = counted[: level + 1]
        return counted[: level + 1]


def _shown(
    numbering: _Numbering, level: int, counted: list[int], properties: Element | None
) -> Numbered | None:
    """Return the number as Word shows it, None where it shows none."""
    rule = numbering.rules.get(level)
    form = value(rule, "w:numFmt") or "decimal"
    text = value(rule, "w:lvlText")
    text = f"%{level + 1}." if text is None else text
    indent = _indent(properties)
    indent = _indent(child(rule, "w:pPr")) if indent is None else indent
    where = (numbering.abstract, level, 720 * (level + 1) if indent is None else indent)
    if form == "bullet":
        return Numbered("ul", 0, "", *where)
    if form == "none" or not text.strip():
        return None
    legal = child(rule, "w:isLgl") is not None

    def written(match: re.Match[str]) -> str:
        index = int(match[1]) - 1
        if index > level:
            return ""
        own = value(numbering.rules.get(index), "w:numFmt") or "decimal"
        return _written(counted[index], "decimal" if legal and index < level else own)

    label = re.sub(r"%([1-9])", written, text).strip()
    marks = re.findall(r"%[1-9]", text)
    around = re.sub(r"%[1-9]|[\s.():\-–\[\]]", "", text)
    if len(marks) != 1 or around:
        return Numbered("text", counted[level], label, *where)
    letters = form in ("lowerLetter", "upperLetter", "lowerRoman", "upperRoman")
    return Numbered("ol", counted[level], label, *where, letters=letters)


def _relation(above: Numbered, below: Numbered) -> int:
    """Return 1 if `below` is deeper than `above`, 0 beside it, -1 further out."""
    if above.abstract == below.abstract:
        return (below.level > above.level) - (below.level < above.level)
    if abs(below.indent - above.indent) <= _SAME_PLACE:
        return 0
    return 1 if below.indent > above.indent else -1


def _indent(properties: Element | None) -> int | None:
    found = child(properties, "w:ind")
    given = None if found is None else found.get("w:left", found.get("w:start"))
    return None if given is None else number(given)


def _written(count: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter") and 1 <= count <= 780:
        letter = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman") and 1 <= count < 4000:
        return roman(count) if form == "lowerRoman" else roman(count).upper()
    return f"{count:02}" if form == "decimalZero" else str(count)
