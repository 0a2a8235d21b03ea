"""The tracked changes of a Word file: accepted, and counted. Pure. ISO/IEC 29500-1, 17.13.5."""

from collections import Counter
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from policies.text.importing.word.names import child
from policies.text.short_text import counted

_KINDS = {
    **dict.fromkeys(("w:ins", "w:cellIns"), "insertion"),
    **dict.fromkeys(("w:del", "w:cellDel"), "deletion"),
    "w:moveTo": "move",
    "w:moveFrom": "",  # the other half of a move
}

_GONE = frozenset({"w:del", "w:cellDel", "w:moveFrom"})


@dataclass(slots=True)
class Changes:
    """Counts changes as Word does: what one author did in one place is one."""

    counts: Counter[str] = field(default_factory=Counter)
    _last: tuple[str, str] | None = None
    _inside: int = 0

    def see(self, change: Element) -> None:
        """Count a change, unless it goes on with the one before it."""
        kind = _KINDS.get(change.tag, "")
        key = (kind, change.get("w:author", ""))
        if kind and key != self._last:
            self.counts[kind] += 1
        self._last = key if kind else self._last

    def enter(self, change: Element) -> None:
        """Count a change whose content stays; `leave` ends it."""
        self.see(change)
        self._inside += 1

    def leave(self) -> None:
        self._inside -= 1

    def plain(self) -> None:
        """Note that words follow: outside of changes, they separate the next one from the last."""
        if not self._inside:
            self._last = None

    def ends(self, paragraph: Element) -> bool:
        """Return whether a paragraph ends where it did: its mark was not deleted or moved away."""
        return self._is_there(child(paragraph, "w:pPr", "w:rPr"))

    def keeps(self, part: Element, properties: str) -> bool:
        """Return whether a row or cell of a table is still there."""
        return self._is_there(child(part, properties))

    def summary(self) -> str:
        """Return "2 insertions, 1 deletion, 1 move", "" without any."""
        kinds = [kind for kind in ("insertion", "deletion", "move") if self.counts[kind]]
        return ", ".join(counted(self.counts[kind], kind) for kind in kinds)

    def _is_there(self, properties: Element | None) -> bool:
        there = True
        for one in properties if properties is not None else ():
            if one.tag in _KINDS:
                self.see(one)
                there = there and one.tag not in _GONE
        return there
