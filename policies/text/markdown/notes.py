"""Remarks on imported text that could not be kept as it was."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """One remark about an imported text, for the person who imports it.

    kind: a few words, the same for every remark of its sort, so that remarks can be counted.
    text: what it is about, quoted and shortened. line: 1-based line in the file, None if unknown.
    """

    kind: str
    text: str = ""
    line: int | None = None

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.kind}: {self.text}" if self.text else f"{where}{self.kind}"
