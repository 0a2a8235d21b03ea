"""Whether the ledger and the audit record the same acts, in the same order."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Value
from django.db.models.functions import Concat

from policies.ledger.verification.entries import CHUNK
from policies.models import AuditEvent, LedgerEntry

_EVENT = LedgerEntry.Event
# The actions under which the audit records the act of each kind of ledger entry.
_ACTIONS = {
    _EVENT.PUBLICATION: ("publish", "publish_without_approval", "publish_import"),
    _EVENT.WITHDRAWAL: ("withdraw",),
    _EVENT.RETIREMENT: ("retire",),
    _EVENT.REINSTATEMENT: ("reinstate",),
    _EVENT.RENAMING: ("rename_policy",),
    _EVENT.TRANSLATION: ("set_translation_of",),
    _EVENT.PREVALENCE: ("set_prevailing_language",),
}
# Entries that the ledger gets without an act when a policy becomes public; and acts before that,
# which only the audit records.
_INTRODUCING = frozenset({_EVENT.TRANSLATION, _EVENT.PREVALENCE})
_PRIVATE_AT_FIRST = _INTRODUCING | {_EVENT.RENAMING}


def differences() -> Iterator[str]:
    """Yield a sentence on where the ledger and the audit first differ, if they do.

    Both are written in the same order. But only the audit records what was done to a policy before
    it was public; and only the ledger has entries, at the first publication, on what is true of the
    policy by then.
    """
    event_of = {action: event for event, actions in _ACTIONS.items() for action in actions}
    entries = _Entries()
    done = AuditEvent.objects.filter(action__in=event_of).order_by("sequence")
    acts = done.values_list("action", "policy", "revision", "done_at")
    for action, *rest in acts.iterator(chunk_size=CHUNK):
        act = (event_of[action], *rest)
        if not entries.take(act) and not entries.may_omit(act):
            break
    else:
        if not entries.are_left():
            return
    yield f"From ledger entry {entries.sequence} on, the audit records something else."


class _Entry(NamedTuple):
    """A ledger entry. An act of the audit is the same as its first four values."""

    event: str
    policy: int
    revision: int | None
    at: datetime
    address: str
    successor: str


class _Entries:
    """The ledger's entries, read one after the other and matched with the acts of the audit."""

    def __init__(self) -> None:
        rows = LedgerEntry.objects.order_by("sequence").annotate(
            address=Concat("language", Value("/"), "slug")
        )
        wanted = ("event", "policy", "revision", "recorded_at", "address", "successor")
        self._rows = rows.values_list(*wanted).iterator(chunk_size=CHUNK)
        self._public: set[int] = set()
        # The entry of a policy's first publication, while entries that introduce the policy may
        # follow; and which of those have been read: kind and policy.
        self._first: _Entry | None = None
        self._introduced: set[tuple[str, int]] = set()
        self.sequence = 0
        self._next()

    def _next(self) -> None:
        row = next(self._rows, None)
        self._entry = _Entry(*row) if row else None
        self.sequence += 1

    def take(self, act: tuple[Any, ...]) -> bool:
        """Go on to the next entry and return True if the current one records the act.

        Skips entries that introduce a policy first.
        """
        while self._entry and self._entry[:4] != act and self._introduces(self._entry):
            self._next()
        entry = self._entry
        if entry is None or entry[:4] != act:
            return False
        if entry.event == _EVENT.PUBLICATION:
            self._first = None if entry.policy in self._public else entry
            self._introduced.clear()
        self._public.add(entry.policy)
        self._next()
        return True

    def _introduces(self, entry: _Entry) -> bool:
        """Return whether an entry may be here without an act, and note it: each may be so once."""
        first, this = self._first, (entry.event, entry.policy)
        if first is None or entry.at != first.at or this in self._introduced:
            return False
        is_its_own = entry.event in _INTRODUCING and entry.policy == first.policy
        names_it = entry.event == _EVENT.TRANSLATION and entry.successor == first.address
        self._introduced.add(this)
        return is_its_own or names_it

    def may_omit(self, act: tuple[Any, ...]) -> bool:
        """Return whether the ledger need not record an act, as the policy is not public yet."""
        event, policy, *_ = act
        return event in _PRIVATE_AT_FIRST and policy not in self._public

    def are_left(self) -> bool:
        while self._entry and self._introduces(self._entry):
            self._next()
        return self._entry is not None
