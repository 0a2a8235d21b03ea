"""What a heading's words give: a readable anchor, and the number that its author wrote in it.

Pure; used by document (which names sections) and rendering (which names sub-headings). The values
that a table of contents is made of are here, so that a process can show one without loading what
renders Markdown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the contents: a heading of level 2 with its sub-headings, or one of level 3.

    number: "1.", or "" where the headings carry their own. text: plain, without the number.
    """

    level: int
    anchor: str
    number: str
    text: str
    children: tuple[Entry, ...] = ()

    @property
    def label(self) -> str:
        """The heading as readers see it, in one line: "2. Your account"."""
        return f"{self.number} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class Clause:
    """What a clause is recognised by in another version.

    labels: those above it and its own, as written. words: its own words, as likeness.sketch gives
    them. is_given: whether an author wrote its anchor, which is then its name.
    """

    labels: tuple[str, ...]
    words: str
    is_given: bool


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place that links can lead to. heading: the one that it is or is under, "" for none."""

    id: str
    heading: str
    clause: Clause | None = None


# Ids that begin so belong to the page around a document (contents list, notices) and to
# footnotes; no section may take one.
RESERVED_PREFIXES = ("site:", "fn:", "fnref:")

# Characters that would end an id in `{#id}`, or make it something else.
NOT_IN_ANCHORS = '{ } " < > `'
_ANCHOR = re.compile(r"""[^\s{}"<>`]*[^\s{}"<>`#]""")

_OWN_NUMBER = re.compile(
    r"""
    (?:
        (?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,7}|[A-Z])[.):]   # 1.  2.3.  IV.  A)
      | \d{1,3}(?:\.\d{1,3})*(?=\s+[-–—]\s)                 # 1 - Scope
      | \d{1,3}(?:\.\d{1,3})+                               # 2.3 Scope
      | \(\d{1,3}\)                                          # (1) Scope
      | (?i:Section|Article|Clause|Chapter|Part|Artikel|Abschnitt|Kapitel|Teil|Chapitre|Partie
          |Artículo|Sección|Cláusula|Capítulo|Articolo|Artigo|المادة|البند|القسم|الفصل)
        \s+(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,7})\b[.:]?
      | (?i:Art|Sec|Sect|Cl)\.\s*\d{1,3}(?:\.\d{1,3})*\b[.:]?  # Art. 1 Scope
      | (?i:Annexe?|Schedule|Appendix|Exhibit|Attachment|Anlage|Anhang|Anexo|Allegato|Bijlage)
        \s+(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,7}|[A-Z])\b[.:]?
      | §\s*\d{1,3}[.:]?
      | 第[0-9一二三四五六七八九十百]+[条條章節节]
    )
    (?:\s*[-–—]\s+|\s+|$)
    """,
    re.VERBOSE,
)


def slug(text: str) -> str:
    """Return the anchor of a heading's words: "Your rights & choices" → "your-rights-choices".

    Letters, digits and marks of every script stay, so that headings in any language get a
    readable anchor. A text without any of them gives "section".
    """
    kept = (
        char if unicodedata.category(char)[0] in "LMN" else " " if char in " -_\t" else ""
        for char in unicodedata.normalize("NFC", text).lower()
    )
    return "-".join("".join(kept).split()) or "section"


def is_anchor(text: str) -> bool:
    """Return whether `text` can be written as `{#text}`, reserved prefixes aside."""
    return bool(_ANCHOR.fullmatch(text))


class Anchors:
    """The anchors of one text, none of them twice; a thousand of one name take linear time, too."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._last: dict[str, int] = {}

    def add(self, anchor: str) -> None:
        self._taken.add(anchor)

    def unique(self, wanted: str) -> str:
        """Take `wanted`, or else the first of wanted-1, wanted-2 … that is free, and return it."""
        anchor = wanted
        while anchor in self._taken:
            self._last[wanted] = self._last.get(wanted, 0) + 1
            anchor = f"{wanted}-{self._last[wanted]}"
        self._taken.add(anchor)
        return anchor


def own_number(heading: str) -> str:
    """Return the number that an author wrote before a heading ("3. ", "Article 4 – "), or "".

    What is returned is the whole prefix, white space and dash included, so that
    ``heading[len(own_number(heading)):]`` is the heading without it.
    """
    match = _OWN_NUMBER.match(heading)
    return match[0] if match else ""
