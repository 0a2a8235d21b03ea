"""The state of what is published, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PublicationState:
    """A state of the publication record, as pages show it, and how long they are right.

    heads: the digests of the newest entry of the ledger and of the audit, and the id of the newest
    signature of a witness, "" for none. since: the last time of effect of any version; until: the
    next, or when one stops being news, so that the state ends by itself. POSIX timestamps; -inf and
    inf for none.
    """

    heads: tuple[str, ...]
    since: float
    until: float

    def holds(self, at: float) -> bool:
        """Return whether pages of this state are right at a POSIX timestamp."""
        return self.since <= at < self.until
