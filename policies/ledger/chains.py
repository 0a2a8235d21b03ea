"""How the public ledger and the private audit are chained, and what each digest covers.

Each entry's digest is the SHA-256 of its canonical JSON, which holds the digest of the entry
before it. So no entry can be changed, removed, inserted or moved without changing every later
digest, and whoever once noted a head can prove that nothing before it was touched.

Canonical JSON here: UTF-8, keys sorted, no white space, other characters than ASCII as they are;
times in UTC as ISO 8601 with microseconds and "Z", days as ISO 8601, absent values null.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from policies.models import (
    Address,
    AuditEvent,
    CommentReply,
    Justification,
    LedgerEntry,
    Overruling,
    Policy,
    PreviewLink,
    ReturnedFile,
    ReviewComment,
    ReviewRequest,
    Revision,
    WebhookEndpoint,
)
from policies.permissions import audit_word
from policies.publication_state import listeners
from policies.states import LATER_COLUMNS
from policies.text import timestamps

# The key of PostgreSQL's advisory lock: whoever appends waits for the one before. One for both
# chains, since some actions append to the audit first and others to the ledger.
_LOCK = 7_406_001
# How much earlier than an entry before it one that reschedules may say it is: an action notes the
# time before it waits for locks, and the clocks of several machines differ.
TOLERANCE = timedelta(minutes=1)


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return timestamps.utc(value, "microseconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


def canonical_json(value: Any) -> bytes:
    """Return the bytes that are hashed, for dicts and lists of strings, numbers and times.

    Half of a surrogate pair, which only somebody else's JSON can have, breaks no verification.
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_json_value
    ).encode(errors="surrogatepass")


def _sha256(value: Any) -> str:
    return hashlib.sha256(canonical_json(value)).hexdigest()


def public_facts(entry: LedgerEntry) -> dict[str, Any]:
    """Return everything public of a ledger entry; its digest covers all of it.

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
    """Return everything in an audit event; its digest covers all of it.

    `facts` is there where it is set, so that entries from before it keep their digest.
    """
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
        **({} if event.facts is None else {"facts": event.facts}),
    }


def policy_facts(policy: Policy, *, slug: str) -> dict[str, Any]:
    """Return what the audit records of a new policy, besides its name and who made it when."""
    return {"slug": slug, "language": policy.language, "time_zone": policy.time_zone}


def link_facts(link: PreviewLink) -> dict[str, Any]:
    """Return what the audit records of a preview link, besides its revision, recipient and maker.

    The address that opens a draft names the link by its id. `takes_comments` is there where it is
    set, so that entries from before it keep their digest.
    """
    comments = {} if link.takes_comments is None else {"takes_comments": link.takes_comments}
    return {"link": link.pk, "expires_at": _json_value(link.expires_at), **comments}


def comment_facts(comment: ReviewComment) -> dict[str, Any]:
    """Return what version 1.0 did not have of a comment: the words it is about, and from outside
    by which link or file it came, with the name that was given.
    """
    values = (
        *(("quotation", comment.quotation), ("link", comment.link_id), ("guest", comment.guest)),
        ("file", comment.file_id),
    )
    return {name: value for name, value in values if value is not None}


def audited_facts(comment: ReviewComment) -> dict[str, Any] | None:
    """Return what the audit records of a comment, besides its text; None for a comment that
    version 1.0 could have had.
    """
    facts = comment_facts(comment)
    return {"section": comment.section_anchor, **facts} if facts else None


def reply_facts(reply: CommentReply) -> dict[str, Any]:
    """Return what the audit records of a reply, besides its text: the comment that it answers, and
    from outside the name that was given and the file. Version 1.0 recorded nothing of this.
    """
    outside = {"guest": reply.guest, "file": reply.file_id}
    return {"comment": reply.comment_id, **(outside if reply.file_id is not None else {})}


def file_facts(file: ReturnedFile) -> dict[str, Any]:
    """Return what the audit records of a Word file that came back, besides what people read of it.

    The digest covers all that is stored of it, but for who brought it back when.
    """
    names = ("name", "sha256", "compared_with", "sent", "text", "changes", "notes")
    return {"file": file.pk, "digest": _sha256({name: getattr(file, name) for name in names})}


def request_facts(request: ReviewRequest) -> dict[str, Any]:
    """Return what the audit records of a request for a review, besides its note and its maker."""
    due_on = request.due_on
    return {"reviewer": request.reviewer_id, "due_on": due_on and _json_value(due_on)}


def webhook_facts(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """Return what the audit records of a webhook, besides its name and host: none of its secrets,
    and not its URL, which may be one.
    """
    return {
        "webhook": endpoint.pk,
        "url": hashlib.sha256(endpoint.url.encode()).hexdigest(),
        "format": endpoint.format,
        "events": endpoint.events,
        "policies": sorted(policy.pk for policy in endpoint.policies.all()),
        "enabled": endpoint.enabled_at is not None,
    }


def finding_facts(rows: Iterable[Justification | Overruling], *, count: int) -> dict[str, Any]:
    """Return what the audit records of findings that were answered, besides the answer.

    rows: what was stored or changed. count: how many findings in the text these are about.
    """
    return {"count": count, "findings": [[row.key, row.excerpt] for row in rows]}


def entry_digest(entry: LedgerEntry | AuditEvent) -> str:
    return _sha256(public_facts(entry) if isinstance(entry, LedgerEntry) else audit_facts(entry))


# The rows that private_facts reads of a revision; for many revisions, prefetch them.
PRIVATE_ROWS = ("sections", "contributions", "comments")


def private_facts(revision: Revision, *, dates: LedgerEntry | None = None) -> dict[str, Any]:
    """Return every stored value of a published revision, for the digest that the ledger keeps.

    So none of them can change unnoticed, to the last blank that a Document would drop. What a
    withdrawal changes is not in it: that has a ledger entry of its own. `revision` is as the
    database has it.

    The names are those of version 1.0, whatever the models call their columns now: published
    digests are made of them. A value that was added later is there only where it is set.
    dates: the entry that it was published with, whose dates count: it may be rescheduled since.
    """
    return {
        "revision": _revision_facts(revision, dates or revision),
        "time_zone": revision.policy.time_zone,
        "sections": [_values(section, _SECTION) for section in revision.sections.all()],
        "contributions": [_values(row, _CONTRIBUTION) for row in revision.contributions.all()],
        "comments": [
            _values(comment, _COMMENT) | comment_facts(comment)
            for comment in revision.comments.all()
        ],
    }


# What private_facts has of each row, by the names of version 1.0, which the models still use.
_SECTION = ("id", "revision_id", "position", "heading", "anchor", "body")
_CONTRIBUTION = ("id", "revision_id", "contributed_at", "contributed_by_id")
_COMMENT = (
    *("id", "revision_id", "section_anchor", "text", "created_at", "created_by_id"),
    *("resolved_at", "resolved_by_id"),
)
_REVISION = (
    *("id", "policy_id", "based_on_id", "title", "introduction", "digest", "saves"),
    *("created_at", "created_by_id", "saved_at", "saved_by_id", "submitted_at", "submitted_by_id"),
    *("approved_at", "approved_by_id", "approved_digest", "discarded_at", "discarded_by_id"),
    *("number", "kind", "change_note", "published_at", "published_by_id", "basis", "basis_reason"),
)
_IF_SET = {**{name: name for name in LATER_COLUMNS}, "renders_id": "source_version_id"}


def _values(row: Model, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _revision_facts(revision: Revision, dates: LedgerEntry | Revision) -> dict[str, Any]:
    later = {name: getattr(revision, column) for name, column in _IF_SET.items()}
    return {
        **_values(revision, _REVISION),
        **_values(dates, ("effective_at", "last_updated_on")),
        **{name: value for name, value in later.items() if value},
    }


def private_digest(revision: Revision, *, dates: LedgerEntry | None = None) -> str:
    """Return the private digest of a publication. dates: as for private_facts."""
    return _sha256(private_facts(revision, dates=dates))


def act_digest(who: int | None) -> str:
    """Return the private digest of any other entry: it covers who did it."""
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
    if connection.vendor == "postgresql":
        # On SQLite the transaction itself (IMMEDIATE) is the lock.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    entries = type(entry)._default_manager.order_by("-sequence").values_list("sequence", "digest")
    sequence, entry.previous_digest = entries.first() or (0, "")
    entry.sequence = sequence + 1
    entry.digest = entry_digest(entry)
    entry.save(force_insert=True)
    transaction.on_commit(listeners.notify, robust=True)


def address(policy: Policy | Address | None) -> str:
    """Return the address of a policy, or one that it had: "de/privacy"; "" for None."""
    return f"{policy.language}/{policy.slug}" if policy else ""


def addresses(policy: Policy | None) -> set[str]:
    """Return every address by which an entry may name a policy; {""} for None."""
    return {address(row) for row in policy.addresses.all()} if policy else {""}


def version_address(revision: Revision | None) -> str:
    """Return the address of a numbered version: "de/privacy/3"; "" for None."""
    return f"{address(revision.policy)}/{revision.number}" if revision else ""
