"""What the styles of a Word file say about its paragraphs and words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from xml.etree.ElementTree import Element

from policies.text import expressions
from policies.text.importing.word.names import child, first_children, is_on, number, value
from policies.text.importing.word.package import Unreadable

_NAMES = expressions.read(Path(__file__).with_suffix(".toml")).patterns
_ROLES = ("H1", "Q", "toc", "plain")
_BY_NAME = {
    "strong": {"b"},
    "emphasis": {"i"},
    "intense emphasis": {"b", "i"},
    "subtle emphasis": {"i"},
}
_MAX_CHAIN = 20
MAX_STYLES = 5_000  # Word can have 4,079
SWITCHES = ("b", "i", "strike", "dstrike", "vanish", "caps", "smallCaps")


@dataclass(slots=True)
class Styles:
    paragraph: dict[str, Element] = field(default_factory=dict)
    character: dict[str, Element] = field(default_factory=dict)
    numbering: dict[str, Element] = field(default_factory=dict)
    _roles: dict[str, str] = field(default_factory=dict)
    _known_names: dict[str, bool] = field(default_factory=dict)
    _looks: dict[tuple[bool, str], set[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, root: Element | None) -> Styles:
        """Read the part with the styles. Raises Unreadable for more of them than Word can have."""
        found = cls()
        if root is not None and len(root) > MAX_STYLES:
            raise Unreadable(
                f"The file has more than {MAX_STYLES:,} styles. Copy its text into a new file."
            )
        for style in root if root is not None else ():
            kind = style.get("w:type", "")
            if style.tag == "w:style" and kind in ("paragraph", "character", "numbering"):
                getattr(found, kind).setdefault(style.get("w:styleId", ""), style)
        return found

    def role(self, properties: Element | None) -> str:
        """Return what a paragraph is: "H1" … "H6", "Q" (quotation), "toc", or "" for plain."""
        if role := _role_of_level(value(properties, "w:outlineLvl")):
            return role
        style_id = value(properties, "w:pStyle") or ""
        if style_id not in self._roles:
            self._roles[style_id] = self._role(style_id)
        return self._roles[style_id]

    def _role(self, style_id: str) -> str:
        chain = list(self.chain(self.paragraph, style_id))
        for style in chain:
            role = _role_of_name((value(style, "w:name") or "").lower())
            level = value(style, "w:pPr", "w:outlineLvl")
            if not role and level is not None:
                role = _role_of_level(level) or "plain"
            if role:
                return role.removeprefix("plain")
        return "" if chain else _role_of_name(style_id.lower()).removeprefix("plain")

    def of_paragraph(self, properties: Element | None) -> set[str]:
        """Return which of SWITCHES the style of a paragraph turns on for all of its words: none, if
        that is how a heading or the like looks.
        """
        style_id = value(properties, "w:pStyle") or ""
        if style_id not in self._known_names:
            chain = self.chain(self.paragraph, style_id)
            names = [(value(style, "w:name") or "").lower() for style in chain]
            self._known_names[style_id] = any(map(_role_of_name, names))
        if self.role(properties) or self._known_names[style_id]:
            return set()
        return self._switches(self.paragraph, style_id)

    def switches(self, properties: Element | None, of_paragraph: set[str]) -> set[str]:
        """Return which of SWITCHES are on for a run, by itself or by styles: by that of its words
        or that of its paragraph, not by both (17.7.3).
        """
        style_id = value(properties, "w:rStyle") or ""
        off, on = _switched(properties)
        return on | ((self._switches(self.character, style_id) ^ of_paragraph) - off)

    def _switches(self, kind: dict[str, Element], style_id: str) -> set[str]:
        key = (kind is self.paragraph, style_id)
        if key not in self._looks:
            off: set[str] = set()
            on: set[str] = set()
            for style in self.chain(kind, style_id):
                own_off, own_on = _switched(child(style, "w:rPr"))
                own_on |= _BY_NAME.get((value(style, "w:name") or "").lower(), set())
                off, on = off | (own_off - on), on | (own_on - off)
            self._looks[key] = on
        return self._looks[key]

    def chain(self, kind: dict[str, Element], style_id: str) -> Iterator[Element]:
        """Yield a style and those that it is based on."""
        for _ in range(_MAX_CHAIN):
            style = kind.get(style_id)
            if style is None:
                return
            yield style
            style_id = value(style, "w:basedOn") or ""


def _switched(properties: Element | None) -> tuple[set[str], set[str]]:
    """Return the switches that run properties turn off, and on."""
    found: tuple[set[str], set[str]] = (set(), set())
    for switch in first_children(properties) if properties is not None else ():
        if switch.tag[2:] in SWITCHES:
            found[is_on(switch)].add(switch.tag[2:])
    return found


def _role_of_level(level: str | None) -> str:
    """Return the heading of a level of the outline, from "0"; "" for the level of text."""
    depth = number(level, 9) + 1
    return f"H{min(depth, 6)}" if depth < 10 else ""


@lru_cache(1_000)
def _role_of_name(name: str) -> str:
    if found := _NAMES["heading"].fullmatch(name):
        return f"H{min(int(found[1]), 6)}"
    return next((role for role in _ROLES if _NAMES[role].fullmatch(name)), "")
