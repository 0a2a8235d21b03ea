"""The result of a verification."""

from dataclasses import dataclass, field

from policies.text.short_text import counted


@dataclass
class Report:
    """What verification found. problems: sentences, in the order in which they were found.

    head, audit_head: the newest digests of the ledger and of the audit.
    """

    entries: int = 0
    versions: int = 0
    head: str = ""
    audit_head: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def counts(self) -> str:
        """What was verified, in words: "3 versions in 4 entries of the ledger"."""
        entries = "1 entry" if self.entries == 1 else f"{self.entries:,} entries"
        return f"{counted(self.versions, 'version')} in {entries} of the ledger"

    @property
    def is_sound(self) -> bool:
        return not self.problems
