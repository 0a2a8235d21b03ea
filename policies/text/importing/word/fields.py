"""The fields of a Word file: text that Word works out, such as links and its table of contents.

Pure. ISO/IEC 29500-1, 17.16: a field has instructions and, behind a separator, the result that was
last worked out. Results stay as text; what belongs to paper, such as a table of contents, goes.
"""

import re
from dataclasses import dataclass, field

from policies.text.importing.word.package import MAX_OPEN, TOO_DEEP, Unreadable
from policies.text.markdown.import_notes import CONTENTS, NoteCollector

# Lists made from headings or index marks: the page makes its own list of contents.
_LISTS_OF_PAGES = frozenset({"TOC", "INDEX", "TOA"})
# Shown without a result: Word works them out on the screen.
_WITHOUT_RESULT = frozenset(
    {"SYMBOL", "AUTONUM", "AUTONUMLGL", "AUTONUMOUT", "LISTNUM", "EQ", "GOTOBUTTON", "MACROBUTTON"}
)
# Worked out anew each time that the file is opened, printed or merged.
_CHANGING = frozenset(
    {"DATE", "TIME", "SAVEDATE", "PRINTDATE", "MERGEFIELD", "IF", "ASK", "FILLIN", "FILENAME"}
    | {"PAGEREF", "PAGE", "NUMPAGES"}
)
_ARGUMENT = r"\s+(?:\"([^\"]*)\"|([^\s\\]\S*))"


@dataclass(frozen=True, slots=True)
class Target:
    """What a link points at: an address, a bookmark of the document, or both."""

    address: str = ""
    bookmark: str = ""


@dataclass(slots=True)
class _Field:
    parts: list[str]
    in_result: bool = False
    target: Target | None = None
    dropped: bool = False

    @property
    def instructions(self) -> str:
        return "".join(self.parts)

    @property
    def name(self) -> str:
        found = re.match(r"\s*(\w+)", self.instructions)
        return found[1].upper() if found else ""

    def argument(self, before: str) -> str:
        """Return the argument that follows a word or switch, a regular expression; "" for none."""
        found = re.search(before + _ARGUMENT, self.instructions, re.IGNORECASE)
        return found[1] or found[2] or "" if found else ""


@dataclass(slots=True)
class Fields:
    """The fields that are open at a place in the text."""

    notes: NoteCollector = field(default_factory=NoteCollector)
    open: list[_Field] = field(default_factory=list)

    @property
    def hides(self) -> bool:
        """Whether words here are no text: instructions, or the result of a dropped field."""
        return any(not opened.in_result or opened.dropped for opened in self.open)

    @property
    def target(self) -> Target | None:
        """What a field links the text here to; None for nothing."""
        return next((opened.target for opened in reversed(self.open) if opened.target), None)

    def begin(self, instructions: str = "") -> None:
        """Open a field. Raises Unreadable for too many inside one another."""
        if len(self.open) >= MAX_OPEN:
            raise Unreadable(TOO_DEEP)
        self.open.append(_Field([instructions]))

    def instruct(self, text: str) -> None:
        if self.open and not self.open[-1].in_result:
            self.open[-1].parts.append(text)

    def separate(self) -> None:
        """Note that the result of the innermost field begins."""
        if not self.open or self.open[-1].in_result:
            return
        opened = self.open[-1]
        opened.in_result = True
        name = opened.name
        if name in _LISTS_OF_PAGES:
            opened.dropped = True
            self.notes.add(CONTENTS, f"Word's {name}")
        elif name == "HYPERLINK":
            opened.target = Target(opened.argument("HYPERLINK"), opened.argument(r"\\l"))
        elif name == "REF" and re.search(r"\\h\b", opened.instructions):
            opened.target = Target(bookmark=opened.argument("REF"))
        elif name in _CHANGING and not self.hides:
            self.notes.add("field of Word kept as the text that it shows now", opened.instructions)

    def end(self) -> None:
        if not self.open:
            return
        ended = self.open.pop()
        if not ended.in_result and ended.name in _WITHOUT_RESULT and not self.hides:
            self.notes.add("field of Word dropped", ended.instructions)
