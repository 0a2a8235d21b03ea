"""The state of what is published, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PublicationState:
    """A state of the publication record, as pages show it, and how long they are right.

    heads: the digests of the newest entry of the ledger and of the audit, "" for none. since,
    until: POSIX timestamps of the last time of effect of any version and of the next, so that a
    scheduled version ends the state by itself; -inf and inf for none.
    """

    heads: tuple[str, str]
    since: float
    until: float

    def holds(self, at: float) -> bool:
        """Return whether pages of this state are right at a POSIX timestamp."""
        return self.since <= at < self.until
