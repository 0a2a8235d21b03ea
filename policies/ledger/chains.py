"""How the public ledger and the private audit are chained, and what each digest covers.

Each entry's digest is the SHA-256 of its canonical JSON, which holds the digest of the entry
before it. So no entry can be changed, removed, inserted or moved without changing every later
digest, and whoever once noted a head can prove that nothing before it was touched.

Canonical JSON here: UTF-8, keys sorted, no white space, other characters than ASCII as they are;
times in UTC as ISO 8601 with microseconds and "Z", days as ISO 8601, absent values null.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from policies.models import AuditEvent, LedgerEntry
from policies.page_cache import publication_state
from policies.permissions import audit_word
from policies.states import WITHDRAWAL_COLUMNS
from policies.text import timestamps

if TYPE_CHECKING:
    from django.db.models import Model

    from policies.models import Address, Policy, Revision

# The key of PostgreSQL's advisory lock: whoever appends waits for the one before. One for both
# chains, since some actions append to the audit first and others to the ledger.
_LOCK = 7_406_001


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return timestamps.utc(value, "microseconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


def canonical_json(value: Any) -> bytes:
    """Return the bytes that are hashed, for dicts and lists of strings, numbers and times."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
    ).encode()


def _sha256(value: Any) -> str:
    return hashlib.sha256(canonical_json(value)).hexdigest()


def public_facts(entry: LedgerEntry) -> dict[str, Any]:
    """Return everything that a ledger entry tells the public; its digest covers all of it.

    `renders` is there for translations only, so that entries from before it keep their digest.
    """
    return {
        "sequence": entry.sequence,
        "event": entry.event,
        "recorded_at": entry.recorded_at,
        "policy": entry.slug,
        "language": entry.language,
        "version": entry.version,
        "document_digest": entry.document_digest,
        "kind": entry.kind,
        "change_note": entry.change_note,
        "effective_at": entry.effective_at,
        "last_updated": entry.last_updated_on,
        "notice": entry.notice,
        "successor": entry.successor,
        "private_digest": entry.private_digest,
        "previous_digest": entry.previous_digest,
        **({"renders": entry.renders} if entry.renders else {}),
    }


def audit_facts(event: AuditEvent) -> dict[str, Any]:
    """Return everything in an audit event; its digest covers all of it."""
    return {
        "sequence": event.sequence,
        "verb": audit_word(event.action),
        "done_at": event.done_at,
        "done_by": event.done_by_id,
        "actor": event.actor,
        "policy": event.policy_id,
        "revision": event.revision_id,
        "reason": event.reason,
        "document_digest": event.document_digest,
        "previous_digest": event.previous_digest,
    }


def entry_digest(entry: LedgerEntry | AuditEvent) -> str:
    """Return the digest that an entry must bear."""
    return _sha256(public_facts(entry) if isinstance(entry, LedgerEntry) else audit_facts(entry))


# The rows that private_facts reads of a revision; for many revisions, prefetch them.
PRIVATE_ROWS = ("sections", "contributions", "comments")
# Columns that were added later: covered only where they hold a value, so older digests still hold.
_LATER_COLUMNS = frozenset({"renders_id"})


def private_facts(revision: Revision) -> dict[str, Any]:
    """Return every stored value of a published revision, for the digest that the ledger keeps.

    The ledger's public facts cover what readers see; this covers who did it and when, and the
    rows themselves, to the last blank that a Document would drop, so that no column of a published
    revision can change unnoticed. `revision` is as the database has it.
    """
    row = _columns(revision)
    unsaid = {name for name in _LATER_COLUMNS if row[name] is None}
    return {
        "revision": {name: row[name] for name in row.keys() - WITHDRAWAL_COLUMNS - unsaid},
        "time_zone": revision.policy.time_zone,
        "sections": [_columns(section) for section in revision.sections.all()],
        "contributions": [_columns(contribution) for contribution in revision.contributions.all()],
        "comments": [_columns(comment) for comment in revision.comments.all()],
    }


def _columns(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def private_digest(revision: Revision) -> str:
    """Return the digest of `private_facts`."""
    return _sha256(private_facts(revision))


def act_digest(who: int | None) -> str:
    """Return the private digest of a withdrawal or an act on a policy: it covers who did it."""
    return _sha256({"done_by": who})


def append(entry: LedgerEntry | AuditEvent) -> None:
    """Give an entry its place and its digest, and insert it. Raises TransactionManagementError
    outside of a transaction, where another process could take the same place.

    Cost does not grow with the chain: the last entry is found by the primary key.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "An entry is appended in the transaction of its act."
        )
    model = type(entry)
    if connection.vendor == "postgresql":
        # On SQLite the transaction itself (IMMEDIATE) is the lock.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    last = model._default_manager.order_by("-sequence").values_list("sequence", "digest").first()
    sequence, digest = last or (0, "")
    entry.sequence = sequence + 1
    entry.previous_digest = digest
    entry.digest = entry_digest(entry)
    entry.save(force_insert=True)
    transaction.on_commit(publication_state.notify_listeners, robust=True)


def address(policy: Policy | Address | None) -> str:
    """Return the address of a policy, or one that it had: "de/privacy"; "" for None."""
    return f"{policy.language}/{policy.slug}" if policy else ""


def addresses(policy: Policy | None) -> set[str]:
    """Return every address by which an entry may name a policy; {""} for None."""
    return {address(it) for it in policy.addresses.all()} if policy else {""}


def version_address(revision: Revision | None) -> str:
    """Return the address of a numbered version: "de/privacy/3"; "" for None."""
    return f"{address(revision.policy)}/{revision.number}" if revision else ""
