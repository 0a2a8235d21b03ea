"""What verification hands back."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Report:
    """What verification found. `problems` are sentences, in the order in which they were met."""

    entries: int = 0
    versions: int = 0
    head: str = ""
    audit_head: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.problems
