"""The actions about publication: with approval, in an emergency, of an import; withdrawing it."""

from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction

from policies import ledger
from policies.ledger import removed_anchors
from policies.models import LateApproval, Policy, Revision
from policies.states import Basis, Kind, Status
from policies.text.limits import MAX_CHANGE_NOTE
from policies.workflow import open_findings, texts
from policies.workflow.heavy_work import with_work_ahead
from policies.workflow.notice_periods import justified_notice
from policies.workflow.preconditions import (
    clean_required,
    clean_text,
    locked_and_allowed,
    not_past,
    require_comments_resolved,
    require_complete,
    require_dated_in_time,
    require_later,
    require_near_year,
    require_no_open_findings,
    require_source_as_seen,
    require_text_as_saved,
    require_text_as_seen,
    require_uncorrected,
    require_uninvolved,
    require_upcoming,
)
from policies.workflow.refusals import Incomplete, NotAllowed, WrongState, void_approval
from policies.workflow.transitions import move
from policies.workflow.translating import newest_of_source


def publish(
    revision_id: int,
    *,
    by: User,
    at: datetime,
    kind: Kind = Kind.MATERIAL,
    change_note: str = "",
    effective_at: datetime | None = None,
    short_notice_reason: str = "",
    seen_digest: str | None = None,
    seen_source_version: int | None = None,
    ready: open_findings.Examination | None = None,
) -> Revision:
    """Publish an approved revision, in force from `effective_at` (None: at once).

    kind: MATERIAL moves the public "Last updated" date to the day of effect, EDITORIAL keeps it.
    change_note: for the public; required from version 2 on. short_notice_reason: for the audit;
    required if a material change takes effect sooner than the notice period. seen_digest and
    seen_source_version: as for approve. ready: the text examined ahead, from a caller that has a
    transaction open. Raises WrongState (also while comments are open, or if the approver took part
    in the text), TextChanged (it is not the approved one, or another than was seen), Unfinished
    (findings are open), NotNow.
    """

    def publish_examined(ready: open_findings.Examination) -> Revision:
        revision = locked_and_allowed("publish", revision_id, by)
        if problem := void_approval(revision):
            raise WrongState(problem)
        document = require_text_as_saved(revision, revision.approved_digest)
        require_text_as_seen(revision, seen_digest)
        require_source_as_seen(revision, seen_source_version)
        require_comments_resolved(revision, "published")
        require_no_open_findings(revision, document, at, ready)
        return _publish(
            revision,
            "publish",
            by=by,
            at=at,
            kind=kind,
            change_note=change_note,
            effective_at=not_past(revision.policy, effective_at, at),
            short_notice_reason=short_notice_reason,
            basis=Basis.APPROVAL,
        )

    return with_work_ahead(
        lambda: ready or open_findings.examined_ahead(revision_id, at=at), publish_examined
    )


def publish_without_approval(
    revision_id: int,
    *,
    by: User,
    at: datetime,
    reason: str,
    kind: Kind = Kind.MATERIAL,
    change_note: str = "",
    effective_at: datetime | None = None,
    seen_digest: str | None = None,
    seen_source_version: int | None = None,
    ready: texts.Ahead = None,
) -> Revision:
    """Publish in an emergency what nobody has approved; it stays flagged until somebody else has.

    Arguments as for publish; `reason` is kept for ever. seen_digest and seen_source_version: as for
    approve. ready: the text rendered ahead, from a caller that has a transaction open. Neither
    open comments nor open findings block it. Raises TextChanged (the text is not the saved one),
    NotNow.
    """

    def publish_rendered(ready: texts.Ahead) -> Revision:
        revision = locked_and_allowed("publish_without_approval", revision_id, by)
        document = require_text_as_saved(revision, seen_digest)
        require_source_as_seen(revision, seen_source_version)
        require_complete(document)
        texts.render_for_good(revision, ready)
        return _publish(
            revision,
            "publish_without_approval",
            by=by,
            at=at,
            kind=kind,
            change_note=change_note,
            effective_at=not_past(revision.policy, effective_at, at),
            basis=Basis.EMERGENCY,
            basis_reason=clean_required(
                reason, "Enter a reason why this can't wait for an approval.", about="reason"
            ),
        )

    return with_work_ahead(lambda: ready or texts.rendered_ahead(revision_id), publish_rendered)


@transaction.atomic
def approve_afterwards(revision_id: int, *, by: User, at: datetime) -> Revision:
    """Approve what was published without approval. Raises TextChanged."""
    revision = locked_and_allowed("approve_afterwards", revision_id, by)
    if revision.basis != Basis.EMERGENCY:
        raise WrongState(
            f"{revision} was not published in an emergency, so it needs no approval now."
        )
    if LateApproval.objects.filter(revision=revision).exists():
        raise WrongState(f"{revision} was already approved after publication.")
    if revision.published_by_id == by.pk:
        raise NotAllowed("You published this version yourself, so somebody else must approve it.")
    require_uninvolved(revision, by)
    require_text_as_saved(revision)
    LateApproval.objects.create(
        revision=revision, approved_at=at, approved_by=by, approved_digest=revision.digest
    )
    ledger.record_act("approve_afterwards", revision, by=by, at=at)
    return revision


def publish_import(
    revision_id: int,
    *,
    by: User | None,
    at: datetime,
    reason: str,
    effective_at: datetime,
    last_updated_on: date | None = None,
    kind: Kind = Kind.MATERIAL,
    change_note: str = "",
    ready: texts.Ahead = None,
) -> Revision:
    """Publish an imported draft with the dates that it bore where it came from.

    effective_at may lie in the past. last_updated_on: None for what `kind` gives. ready: as for
    publish_without_approval. Raises WrongState (also if a person has written in it), TextChanged.
    """

    def publish_rendered(ready: texts.Ahead) -> Revision:
        revision = locked_and_allowed("publish_import", revision_id, by)
        if revision.contributions.exists():
            raise WrongState(f"Somebody has edited {revision}. Submit it for review instead.")
        require_complete(require_text_as_saved(revision))
        texts.render_for_good(revision, ready)
        from_where = clean_required(reason, "Enter where it was imported from.", about="reason")
        return _publish(
            revision,
            "publish_import",
            by=by,
            at=at,
            kind=kind,
            change_note=change_note,
            effective_at=effective_at,
            last_updated_on=last_updated_on,
            basis=Basis.IMPORT,
            basis_reason=from_where,
        )

    return with_work_ahead(lambda: ready or texts.rendered_ahead(revision_id), publish_rendered)


def _source_version(revision: Revision, basis: Basis, *, at: datetime) -> Revision | None:
    """Return the source version that a translation is published with: if nobody has set it, the
    one in force, or else the newest. An import keeps what was set, or None.

    Raises WrongState if it was withdrawn, Incomplete if there is none; not of an import.
    """
    source = revision.policy.translation_of
    if source is None or basis == Basis.IMPORT:
        return revision.source_version
    chosen = (
        revision.source_version
        or source.revisions.effective(at=at).first()
        or newest_of_source(revision.policy)
    )
    if chosen is None:
        raise Incomplete(
            f"{revision.policy.label} is a translation of {source.label}, which is not "
            "published yet. Publish that first."
        )
    # Locked, so that nobody withdraws it meanwhile.
    source_version = Revision.objects.select_for_update().get(pk=chosen.pk)
    if source_version.status == Status.WITHDRAWN:
        raise WrongState(
            f"{revision} translates version {source_version.number} of {source.label}, which "
            "was withdrawn. Reopen it as a draft and set another source version."
        )
    return source_version


def _require_history_kept(
    policy: Policy, effective_at: datetime, *, since: Revision | None, at: datetime
) -> None:
    """Refuse a past time of effect if the version before was published here on an earlier day:
    since then readers were shown that one. What an import brings along in one day is history.
    """
    if since is None or since.published_at is None or effective_at >= at:
        return
    if policy.day_of(since.published_at) < policy.day_of(at):
        raise Incomplete(
            f"Readers have been shown {since} since {policy.in_words(since.published_at)}, which "
            "can't change. Choose a time from now on.",
            "effective_at",
        )


def _publish(
    revision: Revision,
    action: str,
    *,
    by: User | None,
    at: datetime,
    kind: Kind,
    change_note: str,
    effective_at: datetime,
    basis: Basis,
    basis_reason: str = "",
    short_notice_reason: str = "",
    last_updated_on: date | None = None,
) -> Revision:
    """basis_reason: why it needs no approval. short_notice_reason: as for publish. last_updated_on:
    None for what `kind` gives.
    """
    policy = revision.policy
    if policy.retired_at:
        raise WrongState(f"{policy} is retired. Reinstate it before you publish a version.")
    newest = policy.revisions.numbered().order_by("-number").first()
    number = 1 + (newest.number or 0) if newest else 1
    # The rules of the database keep versions in force in the order of their numbers.
    previous = policy.revisions.newest() if newest and newest.withdrawn_at else newest
    require_near_year(effective_at)
    require_later(number, previous, effective_at)
    _require_history_kept(policy, effective_at, since=previous, at=at)
    change_note = clean_text(change_note, most=MAX_CHANGE_NOTE, about="change_note")
    if number > 1 and not change_note:
        raise Incomplete("Enter a change note for readers: what is new?", "change_note")
    if kind == Kind.EDITORIAL:
        _require_something_to_correct(revision, previous)
    if previous and basis == Basis.APPROVAL:
        short_notice_reason = justified_notice(
            policy, kind, short_notice_reason, effective_at=effective_at, at=at
        )
    source_version = _source_version(revision, basis, at=at)
    if last_updated_on is not None:
        require_dated_in_time(last_updated_on, latest=policy.day_of(max(at, effective_at)))
    elif kind == Kind.EDITORIAL and previous is not None:
        last_updated_on = previous.last_updated_on
    else:
        last_updated_on = policy.day_of(effective_at)
    move(
        revision,
        Status.PUBLISHED,
        source_version=source_version,
        number=number,
        kind=kind,
        change_note=change_note,
        effective_at=effective_at,
        last_updated_on=last_updated_on,
        published_at=at,
        published_by=by,
        basis=basis,
        basis_reason=basis_reason,
    )
    removed_anchors.record(revision)
    ledger.record_publication(revision, at=at)
    ledger.record_act(action, revision, by=by, at=at, reason=basis_reason or short_notice_reason)
    return revision


def _require_something_to_correct(revision: Revision, previous: Revision | None) -> None:
    """Refuse an editorial change if nothing was published before it, or if its text goes back to a
    withdrawn material version: what was new in that would pass for a correction.
    """
    if previous is None:
        raise Incomplete(
            "There is no earlier version for an editorial change to correct. Choose “Material”.",
            "kind",
        )
    origin = revision.based_on
    while origin and origin.status != Status.PUBLISHED:
        if origin.kind == Kind.MATERIAL:  # it was a version, so it is withdrawn
            raise Incomplete(
                f"This text is based on {origin}, which was withdrawn before it took effect, so it "
                f"does more than correct {previous}. Choose “Material”.",
                "kind",
            )
        origin = origin.based_on


@transaction.atomic
def withdraw(revision_id: int, *, by: User, at: datetime, reason: str) -> Revision:
    """Withdraw a version that is not yet in force. It keeps its number, and `reason` is public."""
    revision = locked_and_allowed("withdraw", revision_id, by)
    require_upcoming(revision, at, "withdraw", "withdrawn")
    # Else what is new in it would come into force under the name of a correction, with the date of
    # a version that never took effect, and no app would ask its users.
    require_uncorrected(revision, "would come into force in its place")
    _require_no_translation_upcoming(revision, at)
    reason = clean_required(
        reason, "Enter a reason for the withdrawal. Readers will see it.", about="reason"
    )
    move(revision, Status.WITHDRAWN, withdrawn_at=at, withdrawn_by=by, withdrawal_reason=reason)
    ledger.record_withdrawal(revision, at=at)
    ledger.record_act("withdraw", revision, by=by, at=at, reason=reason)
    return revision


def _require_no_translation_upcoming(revision: Revision, at: datetime) -> None:
    """Refuse to withdraw a version with an upcoming translation: that would come into force
    without it, and where its language prevails, it would be what counts.
    """
    upcoming = Revision.objects.upcoming(at=at).filter(
        source_version=revision, policy__translation_of=revision.policy
    )
    if translation := upcoming.select_related("policy").first():
        effect = translation.policy.in_words(translation.effective_at)  # type: ignore[arg-type]
        raise WrongState(
            f"{translation} translates it, and would still come into force on {effect}. "
            "Withdraw that version first."
        )
