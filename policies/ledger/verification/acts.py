"""Whether the ledger and the audit record the same acts, in the same order."""

import itertools
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
    _EVENT.RESCHEDULING: ("reschedule",),
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


class _Entry(NamedTuple):
    """A ledger entry. An act of the audit is the same as its first four values."""

    event: str
    policy: int
    revision: int | None
    at: datetime
    address: str
    successor: str


def differences() -> Iterator[str]:
    """Yield a sentence on where the ledger and the audit first differ, if they do.

    Both are written in the same order. But only the audit records what was done to a policy before
    it was public; and only the ledger has entries, at the first publication, on what is true of the
    policy by then.
    """
    entries, acts = _entries(), _acts()
    public: set[int] = set()
    # The entry of a policy's first publication, while entries that introduce the policy may
    # follow; and which of those have been read: kind and policy.
    first: _Entry | None = None
    introduced: set[tuple[str, int]] = set()

    def introduces(entry: _Entry) -> bool:
        """Return whether an entry may be here without an act, and note it: each may be so once."""
        this = (entry.event, entry.policy)
        if first is None or entry.at != first.at or this in introduced:
            return False
        introduced.add(this)
        is_its_own = entry.event in _INTRODUCING and entry.policy == first.policy
        return is_its_own or (
            entry.event == _EVENT.TRANSLATION and entry.successor == first.address
        )

    entry, act, sequence = next(entries, None), next(acts, None), 1
    while entry or act:
        if entry and entry[:4] == act:
            if entry.event == _EVENT.PUBLICATION:
                first = None if entry.policy in public else entry
                introduced.clear()
            public.add(entry.policy)
            act = next(acts, None)
        elif not (entry and introduces(entry)):
            if act is None or act[0] not in _PRIVATE_AT_FIRST or act[1] in public:
                yield f"From ledger entry {sequence} on, the audit records something else."
                return
            act = next(acts, None)
            continue
        entry, sequence = next(entries, None), sequence + 1


def _acts() -> Iterator[tuple[Any, ...]]:
    """Yield each act that the ledger records: the kind of its entry, policy, revision and time."""
    event_of = {action: event for event, actions in _ACTIONS.items() for action in actions}
    done = AuditEvent.objects.filter(action__in=event_of).order_by("sequence")
    acts = done.values_list("action", "policy", "revision", "done_at")
    return ((event_of[action], *rest) for action, *rest in acts.iterator(chunk_size=CHUNK))


def _entries() -> Iterator[_Entry]:
    address = Concat("language", Value("/"), "slug")
    rows = LedgerEntry.objects.order_by("sequence").annotate(address=address)
    wanted = ("event", "policy", "revision", "recorded_at", "address", "successor")
    return itertools.starmap(_Entry, rows.values_list(*wanted).iterator(chunk_size=CHUNK))
