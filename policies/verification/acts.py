"""Whether the ledger and the audit tell of the same acts, in the same order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Value
from django.db.models.functions import Concat

from policies.models import AuditEvent, LedgerEntry

from .entries import CHUNK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_EVENT = LedgerEntry.Event
# What each ledger entry is called in the audit, which tells of it too.
_VERBS = {
    _EVENT.PUBLICATION: ("publish", "publish_without_approval", "publish_import"),
    _EVENT.WITHDRAWAL: ("withdraw",),
    _EVENT.RETIREMENT: ("retire",),
    _EVENT.REINSTATEMENT: ("reinstate",),
    _EVENT.RENAMING: ("rename_policy",),
    _EVENT.TRANSLATION: ("set_translation_of",),
    _EVENT.PREVALENCE: ("set_prevailing_language",),
}
# What the ledger tells of a policy by itself when it becomes public, and what it leaves to the
# audit before.
_INTRODUCING = frozenset({_EVENT.TRANSLATION, _EVENT.PREVALENCE})
_QUIET = _INTRODUCING | {_EVENT.RENAMING}


def differences() -> Iterator[str]:
    """Yield where the ledger and the audit first differ; both are written in the same order.

    The audit tells of more: of what was done to a policy before it was public. And the ledger
    tells at its first publication what is true of it by then.
    """
    event_of = {verb: event for event, verbs in _VERBS.items() for verb in verbs}
    entries = _Entries()
    done = (
        AuditEvent.objects.filter(verb__in=event_of)
        .order_by("sequence")
        .values_list("verb", "policy", "revision", "done_at")
    )
    for verb, *rest in done.iterator(chunk_size=CHUNK):
        act = (event_of[verb], *rest)
        if not entries.take(act) and not entries.may_be_silent_on(act):
            yield entries.differ()
            return
    if entries.are_left():
        yield entries.differ()


@dataclass(frozen=True)
class _Told:
    """An entry of the ledger, as far as the audit tells of the same."""

    event: str
    policy: int
    revision: int | None
    at: datetime
    address: str
    successor: str

    def tells(self, act: tuple[Any, ...]) -> bool:
        return act == (self.event, self.policy, self.revision, self.at)


class _Entries:
    """The ledger's entries, from which the acts of the audit are taken one after the other."""

    def __init__(self) -> None:
        rows = LedgerEntry.objects.order_by("sequence").annotate(
            address=Concat("language", Value("/"), "slug")
        )
        wanted = ("event", "policy", "revision", "recorded_at", "address", "successor")
        self._rows = rows.values_list(*wanted).iterator(chunk_size=CHUNK)
        self._public: set[int] = set()
        # The first publication of a policy, while entries may follow that introduce it; of which
        # policies they have said what.
        self._first: _Told | None = None
        self._said: set[tuple[str, int]] = set()
        self.sequence = 0
        self._next()

    def _next(self) -> None:
        row = next(self._rows, None)
        self._entry = _Told(*row) if row else None
        self.sequence += 1

    def take(self, act: tuple[Any, ...]) -> bool:
        """Go on to the next entry, if this one tells of the act; or say that it does not."""
        while self._entry and not self._entry.tells(act) and self._introduces(self._entry):
            self._next()
        entry = self._entry
        if entry is None or not entry.tells(act):
            return False
        if entry.event == _EVENT.PUBLICATION:
            self._first = None if entry.policy in self._public else entry
            self._said.clear()
        self._public.add(entry.policy)
        self._next()
        return True

    def _introduces(self, entry: _Told) -> bool:
        """Take note of an entry that may stand here though no act stands for it."""
        first, said = self._first, (entry.event, entry.policy)
        if first is None or entry.at != first.at or said in self._said:
            return False
        is_its_own = entry.event in _INTRODUCING and entry.policy == first.policy
        names_it = entry.event == _EVENT.TRANSLATION and entry.successor == first.address
        self._said.add(said)
        return is_its_own or names_it

    def may_be_silent_on(self, act: tuple[Any, ...]) -> bool:
        """Tell whether an act is one that the ledger does not tell: of a policy not yet public."""
        event, policy, *_ = act
        return event in _QUIET and policy not in self._public

    def differ(self) -> str:
        return f"From ledger entry {self.sequence} on, the audit tells something else."

    def are_left(self) -> bool:
        """Tell whether there are entries that no act stands for."""
        while self._entry and self._introduces(self._entry):
            self._next()
        return self._entry is not None
