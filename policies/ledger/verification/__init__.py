"""Verifies that what is stored is what was published: every digest, both chains, the HTML.

    entries.py        both chains, entry by entry, and the versions that the ledger records
    rerendering.py    the HTML of each of these versions
    acts.py           whether both chains record the same acts
    reviews.py        whether each version was written and approved, reviews asked for, drafts
                      shown by links, and Word files brought back, as the audit records
    comments.py       whether comments, replies and reasons are those that the audit records
    drafts.py         whether work in progress is as the audit records it
    storage.py        whether the database keeps rows as it should
    cosignatures.py   whether the ledger is what witnesses of the log have signed
    rows.py           whether the database holds what the chains record, and nothing else

A check is a function that yields a sentence for each thing that is wrong, and that `verify` calls.

Reads everything in chunks: memory does not grow with the number of versions. Changes nothing.
"""

from collections.abc import Iterator

from django.db import DatabaseError, connection

from policies.database import triggers
from policies.database.transactions import repeatable_read
from policies.ledger.verification import acts, entries, rerendering, rows
from policies.ledger.verification.comments import comments
from policies.ledger.verification.cosignatures import cosignatures
from policies.ledger.verification.drafts import drafts
from policies.ledger.verification.entries import Report
from policies.ledger.verification.reviews import (
    approvals,
    preview_links,
    returned_files,
    review_requests,
)
from policies.ledger.verification.storage import storage
from policies.models import AuditEvent, LedgerEntry


def verify(*, head: str | None = None, jobs: int = 1) -> Report:
    """Recompute every digest and both chains, and render every published text again.

    head: a digest of the ledger or the audit that was noted earlier. It must still be in its chain,
    which proves that nothing up to it was cut off or rewritten since. jobs: processes that render
    (1: this one does).
    """
    report, known = Report(), entries.Known()
    with repeatable_read(), rerendering.processes(jobs) as others:
        for part in (
            _triggers(),
            storage(),
            entries.ledger(report, known, others),
            entries.audit(report),
            _noted(head),
            rows.unrecorded(),
            rows.policies(known),
            rows.numbering_gaps(),
            rows.late_approvals(),
            approvals(),
            comments(),
            drafts(),
            preview_links(),
            review_requests(),
            returned_files(),
            acts.differences(),
            cosignatures(),
        ):
            try:
                report.problems += part
            # A row may hold a value that its column can't have.
            except (ValueError, TypeError, AttributeError, DatabaseError) as error:
                report.problems.append(
                    f"A stored value can't be read, so part of this was not verified: {error}"
                )
    return report


def verify_chains() -> Report:
    """Recompute both chains and check the triggers: quick, but checks no version and no row."""
    report = Report()
    with repeatable_read():
        for entry in entries.chain(LedgerEntry, report):
            report.entries, report.head = entry.sequence, entry.digest
        report.problems += [*_triggers(), *entries.audit(report), *cosignatures()]
    return report


def _triggers() -> Iterator[str]:
    if missing := triggers.missing(connection):
        named = ", ".join(missing[:3]) + ", …" * (len(missing) > 3)
        yield f"Triggers missing or changed: {len(missing)} ({named}). Run manage.py migrate."
    for words in triggers.foreign(connection):
        yield (
            f"In the database, {words} does not belong to the site, and could get around the rules."
        )


def _noted(head: str | None) -> Iterator[str]:
    """Yield a sentence if a head was noted and no entry of either chain has that digest."""
    if head is None or any(
        model._default_manager.filter(digest=head).exists() for model in (LedgerEntry, AuditEvent)
    ):
        return
    yield (
        f"The head {head} is in neither chain: entries were cut off or rewritten since it was "
        "noted."
    )
