"""Lists of a Word file: how deep each item is, and its number, which is not in the file. Pure.

ISO/IEC 29500-1, 17.9: a paragraph names a numbering and a level in it; several numberings may
share one abstract numbering, and then they share its counters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from policies.text.importing.word.names import child, first_children, is_on, number, value
from policies.text.importing.word.styles import Styles
from policies.text.markdown.characters import clean
from policies.text.markdown.labels import number_of, sign_of
from policies.text.numerals import written

_LEVELS = 9
_MAX_LINKS = 20  # of numberings to the styles that define them
_MAX_OPEN = 50  # items inside one another; those below have one place
_MOST_BETWEEN = 100  # items of other lists, behind which a numbering goes on where it was
# Characters of the pattern that a level's labels follow; Word itself takes 31.
MAX_LABEL = 100
_SAME_PLACE = 120  # twips: paragraphs indented by less than that are at one level


@dataclass(slots=True)
class Numbered:
    """A paragraph's place in a list.

    kind: "ul", "ol", or "text" for a label that has no notation ("Article 3"). label: as Word shows
    it, "" for a bullet. in_digits: Word shows it in a form that is not known here. depth: in how
    many lists it is. parted: its number, as in 1., follows none before it.
    """

    kind: str
    label: str
    abstract: str
    level: int
    indent: int
    in_digits: bool = False
    depth: int = 0
    parted: bool = False


@dataclass(slots=True)
class _NumberingRules:
    """abstract: the id of the abstract numbering, whose counters it shares. rules: by level.
    begins: level → the number that it is made to begin with. by_style: paragraph style → level.
    """

    abstract: str
    rules: dict[int, Element] = field(default_factory=dict)
    begins: dict[int, int] = field(default_factory=dict)
    by_style: dict[str, int] = field(default_factory=dict)

    def form(self, level: int) -> str:
        return value(self.rules.get(level), "w:numFmt") or "decimal"


@dataclass(slots=True)
class Lists:
    """Counts numbers, paragraph by paragraph in the order of the text.

    restarted: the numberings that have restarted with a number of their own. As in LibreOffice,
    they do so once, at the first level for which they name a number. indents_mean: whether a
    paragraph that is indented as far as an item belongs to it, whatever label that has.
    last_open: the stack behind the last item of each numbering, and how many paragraphs there were.
    """

    styles: Styles
    indents_mean: bool = False
    abstracts: dict[str, Element] = field(default_factory=dict)
    nums: dict[str, Element] = field(default_factory=dict)
    counters: dict[str, list[int | None]] = field(default_factory=dict)
    restarted: set[str] = field(default_factory=set)
    stack: list[Numbered] = field(default_factory=list)
    last_open: dict[str, tuple[list[Numbered], int]] = field(default_factory=dict)
    _known: dict[str, _NumberingRules | None] = field(default_factory=dict)

    @classmethod
    def read(cls, root: Element | None, styles: Styles, *, indents_mean: bool = False) -> Lists:
        found = cls(styles, indents_mean)
        for node in root if root is not None else ():
            if node.tag == "w:abstractNum":
                found.abstracts.setdefault(node.get("w:abstractNumId", ""), node)
            elif node.tag == "w:num":
                found.nums.setdefault(node.get("w:numId", ""), node)
        found.nums.pop("0", None)  # which stands for none
        return found

    def count(self, properties: Element | None) -> Numbered | None:
        """Count the next paragraph, and return its number; None if it has none."""
        num_id, numbering, level = self._place(properties)
        if numbering is None:
            return None
        counted = self._advance(num_id, numbering, level)
        return _numbered(numbering, level, counted, properties)

    def place_of(self, properties: Element | None) -> tuple[str, ...] | None:
        """Return the numbering and the level of a paragraph that it gives a number or a bullet."""
        _, numbering, level = self._place(properties)
        return (
            None if numbering is None else (numbering.form(level), numbering.abstract, str(level))
        )

    def _place(self, properties: Element | None) -> tuple[str, _NumberingRules | None, int]:
        num_id, given = self._named_numbering(properties)
        if num_id not in self._known:
            self._known[num_id] = self._numbering(num_id)
        numbering = self._known[num_id]
        if numbering is not None and given is None:
            given = numbering.by_style.get(value(properties, "w:pStyle") or "", 0)
        return num_id, numbering, min(max(given or 0, 0), _LEVELS - 1)

    def _numbering(self, num_id: str) -> _NumberingRules | None:
        for _ in range(_MAX_LINKS):
            num = self.nums.get(num_id)
            abstract_id = value(num, "w:abstractNumId") or ""
            abstract = self.abstracts.get(abstract_id)
            if num is None or abstract is None:
                return None
            if (link := value(abstract, "w:numStyleLink")) is None:
                return _read_numbering(num, abstract_id, abstract)
            num_id = value(self.styles.numbering.get(link), "w:pPr", "w:numPr", "w:numId") or "0"
        return None

    def close(self) -> None:
        """Close the lists that are open, since something other than an item comes."""
        self.stack.clear()
        self.last_open.clear()

    def place(self, numbered: Numbered, before: int) -> int:
        """Place an item in the lists that are open.

        before: how many paragraphs there are. Return how many of them come before those that are in
        the lists around this item, too: items of other lists between two of one numbering.
        """
        since = before
        known, known_since = self.last_open.get(numbered.abstract, ([], before))
        if before - known_since <= _MOST_BETWEEN and self._goes_on(numbered, known):
            self.stack, since = [*known], known_since
        while self.stack and _relation(self.stack[-1], numbered) < 0:
            self.stack.pop()
        if self.stack and _relation(self.stack[-1], numbered) == 0:
            above, own = number_of(self.stack.pop().label), number_of(numbered.label)
            numbered.parted = above >= 0 and own not in (-1, above + 1)
        del self.stack[_MAX_OPEN:]
        self.stack.append(numbered)
        numbered.depth = min(sum(item.kind != "text" for item in self.stack), _LEVELS)
        self.last_open[numbered.abstract] = ([*self.stack], before + 1)
        return since

    def _goes_on(self, numbered: Numbered, known: list[Numbered]) -> bool:
        """Return whether an item goes on in its numbering, whose items were open as `known`, though
        items of other lists came since: 2.2 is under 2., however far a bullet before it is set in.
        """
        is_own = all(item.abstract == numbered.abstract for item in known)
        if not (numbered.label and known and is_own):
            return False
        above = [item for item in known if item.level < numbered.level]
        is_next = any(item.level == numbered.level for item in known)
        is_named = bool(above) and numbered.label.startswith(above[-1].label.strip("()."))
        return is_next or is_named or not any(item.label for item in self.stack)

    def continued(self, left: int) -> int:
        """Return the depth of the clause that a paragraph without a number goes on in: one that is
        indented as far as the clause's words. 0 if there is none, as in a list of 1., 2., 3.
        """
        above = [item for item in self.stack if left and item.indent <= left + _SAME_PLACE]
        if not above:
            return 0
        last = above[-1]
        if not (self.indents_mean or (last.kind == "ol" and number_of(last.label) < 0)):
            return 0
        self.stack = above
        return last.depth

    def left(self, properties: Element | None) -> int:
        """Return how far a paragraph is indented, by itself or by its style."""
        style_id = value(properties, "w:pStyle") or ""
        styles = self.styles.chain(self.styles.paragraph, style_id)
        places = map(_indent, (properties, *(child(style, "w:pPr") for style in styles)))
        return next((place for place in places if place is not None), 0)

    def _named_numbering(self, properties: Element | None) -> tuple[str, int | None]:
        """Return the id and level of the numbering that a paragraph or its style names."""
        own = child(properties, "w:numPr")
        num_id, level = value(own, "w:numId"), value(own, "w:ilvl")
        for style in self.styles.chain(self.styles.paragraph, value(properties, "w:pStyle") or ""):
            numbered = child(style, "w:pPr", "w:numPr")
            if num_id is None:
                num_id = value(numbered, "w:numId")
                level = level if level is not None else value(numbered, "w:ilvl")
        return num_id or "0", None if level is None else number(level)

    def _advance(self, num_id: str, numbering: _NumberingRules, level: int) -> list[int]:
        """Count on at a level; return the numbers of this level and those above."""
        counter = self.counters.setdefault(numbering.abstract, [None] * _LEVELS)
        begins = [value(numbering.rules.get(at), "w:start") for at in range(_LEVELS)]
        starts = [max(number(begin, 1), 0) for begin in begins]
        now = counter[level]
        if level in numbering.begins and num_id not in self.restarted:
            self.restarted.add(num_id)
            counter[level] = numbering.begins[level]
        else:
            counter[level] = starts[level] if now is None else now + 1
        for below in range(level + 1, _LEVELS):
            if value(numbering.rules.get(below), "w:lvlRestart") != "0":
                counter[below] = None
        counted: list[int] = []
        for count, start in zip(counter[: level + 1], starts, strict=False):
            counted.append(start if count is None else count)
        counter[: level + 1] = counted
        return counted


def _read_numbering(num: Element, abstract_id: str, abstract: Element) -> _NumberingRules:
    found = _NumberingRules(abstract_id)
    for rule in first_children(abstract):
        if rule.tag == "w:lvl":
            level = number(rule.get("w:ilvl"))
            found.rules.setdefault(level, rule)
            if style_id := value(rule, "w:pStyle"):
                found.by_style.setdefault(style_id, level)
    for override in num.findall("w:lvlOverride"):
        level = number(override.get("w:ilvl"))
        own = override.find("w:lvl")
        if own is not None:
            found.rules[level] = own
        if (begin := value(override, "w:startOverride")) is not None:
            found.begins[level] = max(number(begin, 1), 0)
    return found


def _numbered(
    numbering: _NumberingRules, level: int, counted: list[int], properties: Element | None
) -> Numbered | None:
    """Return the number as Word shows it, None where it shows none."""
    rule = numbering.rules.get(level)
    form = numbering.form(level)
    text = value(rule, "w:lvlText")
    text = f"%{level + 1}." if text is None else clean(text[:MAX_LABEL])[0]
    indent = _indent(properties)
    indent = _indent(child(rule, "w:pPr")) if indent is None else indent
    where = (numbering.abstract, level, 720 * (level + 1) if indent is None else indent)
    if form == "bullet":
        return Numbered("ul", "", *where)
    legal = (flag := child(rule, "w:isLgl")) is not None and is_on(flag)

    in_digits = False

    def in_place(match: re.Match[str]) -> str:
        nonlocal in_digits
        index = int(match[1]) - 1
        if index > level:
            return ""
        own = numbering.form(index)
        if own in ("bullet", "none"):
            return ""
        own = "decimal" if legal and own != "decimalZero" else own
        number = written(counted[index], own)
        in_digits = in_digits or not number
        return number or str(counted[index])

    label = re.sub(r"%([1-9])", in_place, text).strip()
    if not label or (form == "none" and not re.search(r"\w", label)):
        return None
    return Numbered("ol" if sign_of(label) else "text", label, *where, in_digits=in_digits)


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
