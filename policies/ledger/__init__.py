"""The public ledger of publications and the private audit: what goes in, and the proof.

The ledger names a policy from its first publication on: before that, its address, and whose
translation it is to be, are as private as its draft. What readers then need to know of the time
before is appended with that publication.

Entries are appended by the actions of workflow/, in the same transaction as what they record.

    chains.py           how entries are chained, and what each digest covers
    authorship.py       who wrote which part of a revision
    log.py              the ledger as a log that others can check: checkpoints and proofs
    merkle.py           the tree of the log (RFC 6962)
    signed_notes.py     keys and signatures of the log and of its witnesses
    former_clauses.py   where the clauses are that had an address before
    removed_anchors.py  anchors of older versions that a page keeps working
    actor_names.py      what people are called in the history
    verification/       whether what is stored is what was published
"""

import logging
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from policies.ledger.actor_names import MAX_NAME, name_of
from policies.ledger.chains import act_digest, address, append, private_digest, version_address
from policies.ledger.verification import verify as verify
from policies.mail import staff_mails
from policies.models import AuditEvent, LedgerEntry, Policy, Revision
from policies.permissions import audit_word
from policies.states import DATE_COLUMNS
from policies.text.short_text import cut

logger = logging.getLogger(__name__)
_EVENT = LedgerEntry.Event


def record_publication(revision: Revision, *, at: datetime) -> None:
    """Append a publication. `revision` is published and saved."""
    # Read again: what counts is what the database has.
    stored = Revision.objects.select_related("policy", "source_version__policy").get(pk=revision.pk)
    policy, by = stored.policy, revision.published_by
    is_new = stored.number == 1 and not is_public(policy)
    append(publication_entry(stored, at=at))
    if is_new:
        # What was set of it, and its public translations, before it became public.
        for member in (policy, *policy.translations.order_by("pk")):
            if member.translation_of_id and _public_source(member) != _recorded_source(member):
                record_translation(member, by=by, at=at)
        if policy.prevailing_language:
            record_prevalence(policy, by=by, at=at)


def is_public(policy: Policy | None) -> bool:
    """Return whether the public ledger names a policy, so that everybody can know of it."""
    return policy is not None and policy.ledger_entries.exists()


def first_slug(policy: Policy) -> str:
    """Return the slug by which the ledger first named a policy; until then, the one that it has."""
    return policy.ledger_entries.values_list("slug", flat=True).first() or policy.slug


def publication_entry(revision: Revision, *, at: datetime) -> LedgerEntry:
    """Return the entry for a publication, without its place in the chain."""
    return _entry(
        _EVENT.PUBLICATION,
        revision,
        at=at,
        kind=revision.kind,
        change_note=revision.change_note,
        effective_at=revision.effective_at,
        last_updated_on=revision.last_updated_on,
        renders=version_address(revision.source_version),
        private_digest=private_digest(revision),
    )


def record_withdrawal(revision: Revision, *, at: datetime) -> None:
    """Append a withdrawal. `revision` is withdrawn and saved."""
    notice, digest = revision.withdrawal_reason, act_digest(revision.withdrawn_by_id)
    append(_entry(_EVENT.WITHDRAWAL, revision, at=at, notice=notice, private_digest=digest))


def record_rescheduling(revision: Revision, *, by: User, at: datetime) -> None:
    """Append a change of dates. `revision` has the new ones, and is not saved yet: the database
    takes them only after this entry.
    """
    dates = {name: getattr(revision, name) for name in DATE_COLUMNS}
    append(_entry(_EVENT.RESCHEDULING, revision, at=at, private_digest=act_digest(by.pk), **dates))


def _entry(
    event: LedgerEntry.Event, about: Policy | Revision, *, at: datetime, **more: Any
) -> LedgerEntry:
    """Return an entry about a version or a policy as a whole. more: the values of other columns."""
    policy = about.policy if isinstance(about, Revision) else about
    values = {"slug": policy.slug, "language": policy.language, **more}
    if isinstance(about, Revision):
        values |= {"revision": about, "version": about.number, "document_digest": about.digest}
    return LedgerEntry(event=event, policy=policy, recorded_at=at, **values)


def record_retirement(policy: Policy, *, by: User, at: datetime) -> None:
    """Append a retirement (or, if the policy is not retired, its reinstatement)."""
    event = _EVENT.RETIREMENT if policy.retired_at else _EVENT.REINSTATEMENT
    notice, successor = policy.retirement_notice, address(policy.successor)
    _append_about(policy, event, by=by, at=at, notice=notice, successor=successor)


def record_renaming(policy: Policy, old_slug: str, *, by: User, at: datetime) -> None:
    """Append a renaming of a public policy, from the old address to the one that it has now."""
    _append_about(policy, _EVENT.RENAMING, by=by, at=at, slug=old_slug, successor=address(policy))


def record_translation(policy: Policy, *, by: User | None, at: datetime) -> None:
    """Append which public policy a public one translates from now on, if any."""
    _append_about(policy, _EVENT.TRANSLATION, by=by, at=at, successor=_public_source(policy))


def _public_source(policy: Policy) -> str:
    """Return the address of what a policy translates, if the ledger may name it; or ""."""
    return address(policy.translation_of) if is_public(policy.translation_of) else ""


def _recorded_source(policy: Policy) -> str:
    """Return the address of what a policy translates, as the ledger has it; "" for nothing."""
    entries = policy.ledger_entries.filter(event=_EVENT.TRANSLATION)
    return entries.values_list("successor", flat=True).last() or ""


def record_prevalence(policy: Policy, *, by: User | None, at: datetime) -> None:
    """Append which language of a public policy prevails from now on, or that none does."""
    _append_about(policy, _EVENT.PREVALENCE, by=by, at=at, notice=policy.prevailing_language)


def _append_about(
    policy: Policy, event: LedgerEntry.Event, *, by: User | None, at: datetime, **more: str
) -> None:
    """Append an act on a public policy as a whole. more: as `_entry` takes it."""
    if is_public(policy):
        digest = act_digest(by.pk if by else None)
        append(_entry(event, policy, at=at, private_digest=digest, **more))


def record_act(
    action: str,
    done_to: Policy | Revision | None,
    *,
    by: User | None,
    at: datetime,
    actor: str = "",
    reason: str = "",
    facts: dict[str, Any] | None = None,
) -> None:
    """Append to the audit; once the transaction is committed, e-mails go out.

    done_to: None for what is about no policy.
    by: None for what a command did without a person's name, or somebody without an account, who is
    called `actor`. facts: as AuditEvent has them.
    """
    revision = done_to if isinstance(done_to, Revision) else None
    event = AuditEvent(
        action=action,
        done_at=at,
        done_by=by,
        actor=cut(actor, MAX_NAME) or name_of(by),
        policy=done_to.policy if isinstance(done_to, Revision) else done_to,
        revision=revision,
        reason=reason,
        document_digest=revision.digest if revision else "",
        facts=facts,
    )
    append(event)
    staff_mails.announce(event)
    transaction.on_commit(partial(_log, event), robust=True)


def _log(event: AuditEvent) -> None:
    """Write a committed act to the log, without its reason, which may be confidential."""
    policy, revision = event.policy, event.revision
    logger.info(
        "%s: %s, by %s",
        policy.slug if policy else "the site",
        event.action,
        event.actor,
        extra={
            "verb": audit_word(event.action),
            "policy": policy.slug if policy else None,
            "language": policy.language if policy else None,
            "revision": revision.pk if revision else None,
            "version": revision.number if revision else None,
            "actor": event.actor,
            "account": event.done_by_id,
        },
    )
