"""Every change of a revision's or a policy's state, and its refusals. Nothing else writes status.

A verb is one transaction. It locks the policy, then the revision; asks whether the person may,
and whether the state allows it (both stand in VERBS); checks what is special to it; changes; and
records. `by` is the person who acts, `at` the aware time at which they do: nothing here asks a
clock. A refusal is a Refused, worded for that person; after it nothing has changed.

Three promises live here. What is approved is bound to its text by the text's SHA-256. Nobody
approves what they wrote in. What is published never changes. The database holds them too
(walls.py), so that no other door leads around this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max

from . import documents, ledger, rendering, texts
from .documents import Document
from .models import LateApproval, Policy, ReviewComment, Revision
from .refusals import Incomplete, NotAllowed, Refused, SavedMeanwhile, TextChanged, WrongState
from .states import Basis, Kind, Status
from .verbs import VERBS

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.contrib.auth.models import User

__all__ = [
    "Incomplete",
    "NotAllowed",
    "Refused",
    "SavedMeanwhile",
    "TextChanged",
    "WrongState",
    *VERBS,
]

# --- Writing -----------------------------------------------------------------------------------


@transaction.atomic
def create_policy(
    *, slug: str, name: str, by: User | None, at: datetime, language: str = "en"
) -> Policy:
    """Make a policy without any text. Raises NotAllowed, Incomplete."""
    _require_permission("create_policy", by)
    policy = Policy(slug=slug, language=language, name=name, created_at=at, created_by=by)
    try:
        policy.full_clean()
        with transaction.atomic():
            policy.save(force_insert=True)
    except ValidationError as error:
        raise Incomplete(f"This policy can't be made. {' '.join(error.messages)}") from error
    except IntegrityError as error:
        raise Incomplete(f"There is a policy at {language}/{slug} already.") from error
    ledger.record_act("create_policy", by=by, at=at, policy=policy)
    return policy


@transaction.atomic
def start_draft(
    policy_id: int, *, by: User, at: datetime, based_on: int | None = None, blank: bool = False
) -> Revision:
    """Begin a draft from the newest version, from the revision `based_on`, or `blank`.

    Whoever starts it counts among its authors: they chose the text that it begins with. Raises
    NotAllowed, WrongState (there is an open revision), Incomplete (`based_on` of another policy).
    """
    policy = _locked_policy(policy_id)
    _require_permission("start_draft", by)
    _require_no_open_revision(policy)
    origin = None if blank else _origin(policy, based_on)
    document = origin.document() if origin else Document(title=policy.name)
    rendered = rendering.render(documents.body(document))
    revision = texts.insert(policy, document, rendered, by=by, at=at, based_on=origin)
    _record("start_draft", revision, by=by, at=at)
    return revision


def save_draft(
    revision_id: int, document: Document, *, by: User, at: datetime, seen_saves: int
) -> Revision:
    """Replace a draft's whole text, if nobody has saved since `seen_saves` was read.

    seen_saves: Revision.saves as it was when this person opened the draft. Saving the text that
    is there already changes nothing and makes nobody an author. Raises NotAllowed, WrongState,
    SavedMeanwhile, and what rendering.render raises.
    """
    rendered = rendering.render(documents.body(document))  # can take a second: not under a lock
    with transaction.atomic():
        revision = _begin("save_draft", revision_id, by)
        if revision.saves != seen_saves:
            raise SavedMeanwhile(
                f"This draft was saved by {_last_writer(revision)} on {_when(revision.saved_at)}, "
                "after you opened it. Nothing was overwritten: compare both texts, then save again."
            )
        if revision.document() != document:
            texts.replace(revision, document, rendered, by=by, at=at)
            _record("save_draft", revision, by=by, at=at)
    return revision


@transaction.atomic
def submit(revision_id: int, *, by: User, at: datetime) -> Revision:
    """Hand a draft in for review. Raises NotAllowed, WrongState, TextChanged."""
    revision = _begin("submit", revision_id, by)
    _require_text_as_saved(revision)
    _move(revision, Status.IN_REVIEW, submitted_at=at, submitted_by=by)
    _record("submit", revision, by=by, at=at)
    return revision


@transaction.atomic
def discard(revision_id: int, *, by: User, at: datetime) -> Revision:
    """Give up work in progress. Its text is kept, out of the way. Raises NotAllowed, WrongState."""
    revision = _begin("discard", revision_id, by)
    _move(revision, Status.DISCARDED, discarded_at=at, discarded_by=by)
    _record("discard", revision, by=by, at=at)
    return revision


# --- Reviewing ---------------------------------------------------------------------------------


@transaction.atomic
def comment(
    revision_id: int, *, by: User, at: datetime, text: str, section_anchor: str = ""
) -> ReviewComment:
    """Say something about a revision or one of its sections.

    Raises NotAllowed, WrongState, Incomplete.
    """
    revision = _begin("comment", revision_id, by)
    text = _required(text, "Write what the comment is to say.")
    if section_anchor and not revision.sections.filter(anchor=section_anchor).exists():
        raise Incomplete(f"This revision has no section #{section_anchor} to comment on.")
    remark = ReviewComment.objects.create(
        revision=revision, section_anchor=section_anchor, text=text, created_at=at, created_by=by
    )
    _record("comment", revision, by=by, at=at, reason=text)
    return remark


@transaction.atomic
def resolve_comment(comment_id: int, *, by: User, at: datetime) -> ReviewComment:
    """Mark a comment as dealt with. Raises NotAllowed, WrongState."""
    remark = ReviewComment.objects.get(pk=comment_id)
    revision = _begin("resolve_comment", remark.revision_id, by)
    remark.refresh_from_db()
    if remark.resolved_at:
        raise WrongState(f"This comment was resolved on {_when(remark.resolved_at)} already.")
    remark.resolved_at, remark.resolved_by = at, by
    remark.save(update_fields=["resolved_at", "resolved_by"])
    _record("resolve_comment", revision, by=by, at=at, reason=remark.text)
    return remark


@transaction.atomic
def request_changes(revision_id: int, *, by: User, at: datetime, text: str) -> Revision:
    """Send a revision back to its writers, saying what to change.

    Raises NotAllowed, WrongState, Incomplete.
    """
    revision = _begin("request_changes", revision_id, by)
    text = _required(text, "Say in a comment what has to change.")
    _move(revision, Status.DRAFT, submitted_at=None, submitted_by=None)
    ReviewComment.objects.create(revision=revision, text=text, created_at=at, created_by=by)
    _record("request_changes", revision, by=by, at=at, reason=text)
    return revision


@transaction.atomic
def approve(
    revision_id: int, *, by: User, at: datetime, seen_digest: str | None = None
) -> Revision:
    """Approve exactly the text as it stands.

    seen_digest: the digest of the text that this person read; it must be the one that is there.
    Raises NotAllowed, WrongState (also while comments are open), TextChanged.
    """
    revision = _begin("approve", revision_id, by)
    _require_another(revision, by)
    _require_text_as_saved(revision, seen_digest)
    waiting = revision.comments.filter(resolved_at__isnull=True).count()
    if waiting:
        raise WrongState(
            f"{waiting} comment{'s' if waiting > 1 else ''} on this revision must be resolved "
            "before it can be approved."
        )
    _move(
        revision,
        Status.APPROVED,
        approved_at=at,
        approved_by=by,
        approved_digest=revision.digest,
    )
    _record("approve", revision, by=by, at=at)
    return revision


@transaction.atomic
def reopen(revision_id: int, *, by: User, at: datetime) -> Revision:
    """Make an approved revision a draft again; its approval is void.

    Raises NotAllowed, WrongState.
    """
    revision = _begin("reopen", revision_id, by)
    _move(
        revision,
        Status.DRAFT,
        submitted_at=None,
        submitted_by=None,
        approved_at=None,
        approved_by=None,
        approved_digest="",
    )
    _record("reopen", revision, by=by, at=at)
    return revision


# --- Publishing --------------------------------------------------------------------------------


@transaction.atomic
def publish(
    revision_id: int,
    *,
    by: User,
    at: datetime,
    kind: Kind = Kind.MATERIAL,
    change_note: str = "",
    effective_at: datetime | None = None,
) -> Revision:
    """Publish an approved revision, in force from `effective_at` (None: at once).

    kind: MATERIAL moves the public "Last updated" date to the day of effect, EDITORIAL keeps it.
    change_note: for the public; required from version 2 on. Raises NotAllowed, WrongState,
    TextChanged (the text is not the approved one), Incomplete.
    """
    revision = _begin("publish", revision_id, by)
    _require_text_as_saved(revision, revision.approved_digest)
    return _publish(
        revision,
        by=by,
        at=at,
        kind=kind,
        change_note=change_note,
        effective_at=_not_past(effective_at, at),
        basis=Basis.APPROVAL,
        verb="publish",
    )


@transaction.atomic
def publish_without_approval(
    revision_id: int,
    *,
    by: User,
    at: datetime,
    reason: str,
    kind: Kind = Kind.MATERIAL,
    change_note: str = "",
    effective_at: datetime | None = None,
) -> Revision:
    """Publish in an emergency what nobody has approved; it stays flagged until somebody else has.

    Arguments as for publish; `reason` is kept for ever. Raises as publish does.
    """
    revision = _begin("publish_without_approval", revision_id, by)
    _require_text_as_saved(revision)
    return _publish(
        revision,
        by=by,
        at=at,
        kind=kind,
        change_note=change_note,
        effective_at=_not_past(effective_at, at),
        basis=Basis.EMERGENCY,
        basis_reason=_required(reason, "Say why this can't wait for an approval."),
        verb="publish_without_approval",
    )


@transaction.atomic
def approve_afterwards(revision_id: int, *, by: User, at: datetime) -> Revision:
    """Approve what was published without approval. Raises NotAllowed, WrongState, TextChanged."""
    revision = _begin("approve_afterwards", revision_id, by)
    if revision.basis != Basis.EMERGENCY:
        raise WrongState(
            f"{revision} was not published in an emergency: nothing is left to approve."
        )
    if LateApproval.objects.filter(revision=revision).exists():
        raise WrongState(f"{revision} has been approved afterwards already.")
    _require_another(revision, by)
    if revision.published_by_id == by.pk:
        raise NotAllowed("You published this version yourself, so somebody else must approve it.")
    _require_text_as_saved(revision)
    LateApproval.objects.create(
        revision=revision, approved_at=at, approved_by=by, approved_digest=revision.digest
    )
    _record("approve_afterwards", revision, by=by, at=at)
    return revision


@transaction.atomic
def withdraw(revision_id: int, *, by: User, at: datetime, reason: str) -> Revision:
    """Take back a version that is not yet in force. It keeps its number, and `reason` is public.

    Raises NotAllowed, WrongState, Incomplete.
    """
    revision = _begin("withdraw", revision_id, by)
    if revision.effective_at is None or revision.effective_at <= at:
        raise WrongState(
            f"{revision} is in force since {_when(revision.effective_at)}. Only an upcoming "
            "version can be withdrawn: publish a new one instead."
        )
    reason = _required(reason, "Say why this version is withdrawn; readers will see it.")
    _move(revision, Status.WITHDRAWN, withdrawn_at=at, withdrawn_by=by, withdrawal_reason=reason)
    ledger.record_withdrawal(revision, at=at)
    _record("withdraw", revision, by=by, at=at, reason=reason)
    return revision


@transaction.atomic
def retire(
    policy_id: int, *, by: User, at: datetime, notice: str, successor_id: int | None = None
) -> Policy:
    """End a policy. It stays readable, under `notice` and a link to its successor, if there is one.

    Raises NotAllowed, WrongState (retired already, never published, something is upcoming or
    open), Incomplete.
    """
    policy = _locked_policy(policy_id)
    _require_permission("retire", by)
    if policy.retired_at:
        raise WrongState(f"{policy} was retired on {_when(policy.retired_at)} already.")
    if not policy.revisions.published().exists():
        raise WrongState(f"{policy} was never published, so readers need no notice.")
    if policy.revisions.upcoming(at=at).exists():
        raise WrongState(f"{policy} has an upcoming version: withdraw it first.")
    _require_no_open_revision(policy)
    successor = _successor(policy, successor_id)
    policy.retired_at, policy.retired_by, policy.successor = at, by, successor
    policy.retirement_notice = _required(notice, "Write the notice that readers will see.")
    policy.save(update_fields=["retired_at", "retired_by", "successor", "retirement_notice"])
    ledger.record_retirement(policy, by=by, at=at)
    ledger.record_act("retire", by=by, at=at, policy=policy, reason=policy.retirement_notice)
    return policy


@transaction.atomic
def reinstate(policy_id: int, *, by: User, at: datetime) -> Policy:
    """Take a retired policy up again. Raises NotAllowed, WrongState."""
    policy = _locked_policy(policy_id)
    _require_permission("reinstate", by)
    if not policy.retired_at:
        raise WrongState(f"{policy} is not retired.")
    policy.retired_at = policy.retired_by = policy.successor = None
    policy.retirement_notice = ""
    policy.save(update_fields=["retired_at", "retired_by", "successor", "retirement_notice"])
    ledger.record_retirement(policy, by=by, at=at)
    ledger.record_act("reinstate", by=by, at=at, policy=policy)
    return policy


# --- Importing ---------------------------------------------------------------------------------


def import_draft(policy_id: int, document: Document, *, by: User | None, at: datetime) -> Revision:
    """Make a draft of a text that comes from outside, or renew the draft of an earlier import.

    by: None for the command line. Raises NotAllowed, WrongState (somebody's work is open), and
    what rendering.render raises.
    """
    rendered = rendering.render(documents.body(document))
    with transaction.atomic():
        policy = _locked_policy(policy_id)
        _require_permission("import_draft", by)
        draft = policy.revisions.filter(status=Status.DRAFT, contributions__isnull=True).first()
        if draft is None:
            _require_no_open_revision(policy)
            draft = texts.insert(policy, document, rendered, by=by, at=at, based_on=None)
        elif draft.document() != document:
            texts.replace(draft, document, rendered, by=by, at=at)
        else:
            return draft
        _record("import_draft", draft, by=by, at=at)
    return draft


@transaction.atomic
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
) -> Revision:
    """Publish an imported draft with the dates that it bore where it came from.

    effective_at may lie in the past. last_updated_on: None for what `kind` gives. Raises
    NotAllowed, WrongState (also if a person has written in it), TextChanged, Incomplete.
    """
    revision = _begin("publish_import", revision_id, by)
    if revision.contributions.exists():
        raise WrongState(f"Somebody has worked on {revision}: it goes through review instead.")
    _require_text_as_saved(revision)
    return _publish(
        revision,
        by=by,
        at=at,
        kind=kind,
        change_note=change_note,
        effective_at=effective_at,
        last_updated_on=last_updated_on,
        basis=Basis.IMPORT,
        basis_reason=reason,
        verb="publish_import",
    )


# --- What the verbs share ----------------------------------------------------------------------


def _locked_policy(policy_id: int) -> Policy:
    return Policy.objects.select_for_update().get(pk=policy_id)


def _begin(verb: str, revision_id: int, by: User | None) -> Revision:
    """Lock, ask whether this person may, ask whether the state allows it; return the revision.

    The policy is locked before the revision, always, so that no two verbs wait for each other.
    """
    policy_id = Revision.objects.values_list("policy_id", flat=True).get(pk=revision_id)
    policy = _locked_policy(policy_id)
    revision = Revision.objects.select_for_update().get(pk=revision_id)
    revision.policy = policy
    _require_permission(verb, by)
    if revision.status not in VERBS[verb].states:
        raise WrongState(
            f"“{_words(verb)}” was refused: {revision.policy} is "
            f"{revision.get_status_display().lower()} now.{_latest_act(revision)}"
        )
    return revision


def _require_permission(verb: str, by: User | None) -> None:
    """Refuse unless `by` is active and holds a permission for `verb`. None is the command line."""
    permissions = VERBS[verb].permissions
    if by is not None and not any(by.has_perm(name) for name in permissions):
        raise NotAllowed(
            f"“{_words(verb)}” was refused: {ledger.name_of(by)} has not the permission "
            f"{' or '.join(permissions)}. An administrator can give it."
        )


def _require_no_open_revision(policy: Policy) -> None:
    revision = policy.revisions.open().first()
    if revision:
        raise WrongState(
            f"{policy} has a revision that is {revision.get_status_display().lower()} already: "
            f"go on with it, or discard it.{_latest_act(revision)}"
        )


def _require_another(revision: Revision, by: User) -> None:
    """Refuse whoever wrote in this revision: approval takes four eyes."""
    if revision.contributions.filter(contributed_by=by).exists():
        raise NotAllowed("You wrote in this revision, so somebody who did not must approve it.")


def _require_text_as_saved(revision: Revision, expected: str | None = None) -> None:
    """Refuse unless the rows still make the text that the workflow saved (and `expected`)."""
    try:
        now = documents.digest(revision.document())
    except documents.DocumentError as error:
        raise TextChanged(f"The stored text is no document any more. {error}") from error
    if now != revision.digest or (expected is not None and now != expected):
        raise TextChanged(
            f"The text of {revision} is not the one that was "
            f"{'approved' if revision.status == Status.APPROVED else 'read'}. Nothing was done: "
            "look at the text as it is now."
        )


def _move(revision: Revision, status: Status, **changes: object) -> None:
    """Give a locked revision a new status and what comes with it. The only writer of status."""
    changes["status"] = status
    for name, value in changes.items():
        setattr(revision, name, value)
    revision.save(update_fields=list(changes))


def _record(
    verb: str, revision: Revision, *, by: User | None, at: datetime, reason: str = ""
) -> None:
    ledger.record_act(verb, by=by, at=at, policy=revision.policy, revision=revision, reason=reason)


def _origin(policy: Policy, based_on: int | None) -> Revision | None:
    if based_on is None:
        return policy.revisions.numbered().order_by("-number").first()
    origin = policy.revisions.filter(pk=based_on).first()
    if origin is None:
        raise Incomplete(f"{policy} has no revision {based_on} to start from.")
    return origin


def _publish(
    revision: Revision,
    *,
    by: User | None,
    at: datetime,
    kind: Kind,
    change_note: str,
    effective_at: datetime,
    basis: Basis,
    verb: str,
    basis_reason: str = "",
    last_updated_on: date | None = None,
) -> Revision:
    policy = revision.policy
    if policy.retired_at:
        raise WrongState(f"{policy} is retired: reinstate it before you publish a version.")
    earlier = policy.revisions.numbered()
    number = 1 + (earlier.aggregate(newest=Max("number"))["newest"] or 0)
    previous = policy.revisions.published().order_by("-effective_at").first()
    if previous and previous.effective_at and effective_at <= previous.effective_at:
        raise Incomplete(
            f"Version {number} must take effect later than version {previous.number}, which does "
            f"so on {_when(previous.effective_at)}."
        )
    if number > 1:
        change_note = _required(change_note, "Tell readers in a change note what is new.")
    if kind == Kind.EDITORIAL and previous is None:
        raise Incomplete("An editorial change needs a version that it corrects: choose material.")
    if last_updated_on is None:
        keeps = previous if kind == Kind.EDITORIAL else None
        last_updated_on = keeps.last_updated_on if keeps else policy.day_of(effective_at)
    _move(
        revision,
        Status.PUBLISHED,
        number=number,
        kind=kind,
        change_note=change_note.strip(),
        effective_at=effective_at,
        last_updated_on=last_updated_on,
        published_at=at,
        published_by=by,
        basis=basis,
        basis_reason=basis_reason,
    )
    ledger.record_publication(revision, at=at)
    _record(verb, revision, by=by, at=at, reason=basis_reason)
    return revision


def _successor(policy: Policy, successor_id: int | None) -> Policy | None:
    if successor_id is None:
        return None
    successor = Policy.objects.filter(pk=successor_id).first()
    if successor is None or successor == policy:
        raise Incomplete("The successor must be another policy.")
    if successor.retired_at:
        raise Incomplete(f"{successor} is retired itself: choose a policy that is in use.")
    return successor


def _not_past(effective_at: datetime | None, at: datetime) -> datetime:
    if effective_at is not None and effective_at < at:
        raise Incomplete(
            f"{_when(effective_at)} is past. A version takes effect now or later: what readers "
            "were shown yesterday can't change."
        )
    return effective_at or at


def _required(text: str, sentence: str) -> str:
    if not text.strip():
        raise Incomplete(sentence)
    return text.strip()


def _latest_act(revision: Revision) -> str:
    """Return " Ana Lopez: approve, 24 November 2026, 16:10 UTC." for the last recorded act."""
    act = revision.audit_events.order_by("-sequence").first()
    return f" {act.actor}: {_words(act.verb).lower()}, {_when(act.done_at)}." if act else ""


def _words(verb: str) -> str:
    return verb.replace("_", " ").capitalize()


def _when(moment: datetime | None) -> str:
    return f"{moment:%-d %B %Y, %H:%M %Z}" if moment else "an unknown day"


def _last_writer(revision: Revision) -> str:
    saves = revision.audit_events.filter(verb__in=["start_draft", "save_draft", "import_draft"])
    act = saves.order_by("-sequence").first()
    return act.actor if act else "somebody"
