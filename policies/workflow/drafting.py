"""The actions about a draft's text: start it, save it, import it."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from policies import ledger
from policies.ledger import authorship
from policies.models import Policy, Revision
from policies.states import Status
from policies.text.document import Document, Section
from policies.workflow import texts
from policies.workflow.heavy_work import with_work_ahead
from policies.workflow.preconditions import (
    get_or_refuse,
    locked_and_allowed,
    locked_policy,
    require_no_open_revision,
    require_permission,
)
from policies.workflow.refusals import Incomplete, SavedMeanwhile
from policies.workflow.translating import newest_of_source


def start_draft(
    policy_id: int, *, by: User, at: datetime, based_on: int | None = None, blank: bool = False
) -> Revision:
    """Start a draft from the newest version, from the revision `based_on`, or `blank`.

    A withdrawn version is taken only if there is no other, or if `based_on` names it.
    A blank translation has the headings and anchors of its source. Whoever starts a draft counts
    among its authors: they chose its first text. So do those who wrote, or published, that text,
    if nobody has approved it. Raises Incomplete if `based_on` is another policy's.
    """

    def prepare() -> texts.Prepared:
        policy = get_or_refuse(Policy.objects.all(), policy_id)
        require_permission("start_draft", by, policy)
        return texts.prepare(_first_text(policy, _origin(policy, based_on, blank)), policy)

    def start(ready: texts.Prepared) -> Revision:
        policy = locked_policy("start_draft", policy_id, by)
        require_no_open_revision(policy)
        origin = _origin(policy, based_on, blank)
        texts.require_up_to_date(ready, _first_text(policy, origin), policy)
        source_version = newest_of_source(policy)
        revision = texts.insert(
            policy, ready, by=by, at=at, based_on=origin, source_version=source_version
        )
        texts.add_authors_of_base(revision, by=by, at=at)
        ledger.record_act("start_draft", revision, by=by, at=at)
        return revision

    return with_work_ahead(prepare, start)


def save_draft(
    revision_id: int,
    document: Document | texts.Prepared,
    *,
    by: User,
    at: datetime,
    seen_saves: int,
) -> Revision:
    """Replace a draft's whole text, if nobody has saved since `seen_saves` was read.

    seen_saves: Revision.saves as it was when this person opened the draft. Saving the text that
    is there already changes nothing and makes nobody an author. Raises SavedMeanwhile.
    """
    text = _prepared(document, Policy.objects.filter(revisions=revision_id))
    with transaction.atomic():
        return save_prepared(revision_id, text, by=by, at=at, seen_saves=seen_saves)


def save_prepared(
    revision_id: int, text: texts.Prepared, *, by: User, at: datetime, seen_saves: int
) -> Revision:
    """Do so as a part of the caller's transaction, which preparing a long text would block."""
    revision = locked_and_allowed("save_draft", revision_id, by)
    before = revision.document()
    if before == text.document:
        return revision
    if revision.saves != seen_saves:
        acts = revision.audit_events.filter(action__in=authorship.SAVING)
        actor = acts.values_list("actor", flat=True).last() or "somebody"
        saved = revision.policy.in_words(revision.saved_at)
        raise SavedMeanwhile(
            f"This draft was saved by {actor} on {saved}, after you opened it. "
            "Nothing was overwritten. Compare both texts, then save again."
        )
    texts.replace(revision, text, by=by, at=at)
    changed = authorship.changed_parts(before, text.document)
    ledger.record_act("save_draft", revision, by=by, at=at, reason=changed)
    return revision


def import_draft(
    policy_id: int,
    document: Document | texts.Prepared,
    *,
    by: User | None,
    at: datetime,
    file: str = "",
) -> Revision:
    """Make a draft of a text from outside, or give it to the draft of an earlier import.

    A person's file also takes the place of a draft in which nobody has written anything yet.
    Importing the text that the draft has already changes nothing. by: None for the command line.
    document: as for save_draft. file: its name, and what could not be kept, for the audit.
    """
    text = _prepared(document, Policy.objects.filter(pk=policy_id))
    with transaction.atomic():
        policy = locked_policy("import_draft", policy_id, by)
        draft = policy.revisions.filter(status=Status.DRAFT).first()
        if draft and draft.document() == text.document:
            return draft
        is_blank = draft is not None and by is not None and draft.document().is_blank
        if draft and (is_blank or not draft.contributions.exists()):
            texts.replace(draft, text, by=by, at=at)
        else:
            require_no_open_revision(policy)
            draft = texts.insert(
                policy, text, by=by, at=at, based_on=None, source_version=newest_of_source(policy)
            )
        ledger.record_act("import_draft", draft, by=by, at=at, reason=file)
    return draft


def _prepared(document: Document | texts.Prepared, policies: QuerySet[Policy]) -> texts.Prepared:
    """policies: the one whose text it is, or none."""
    if isinstance(document, texts.Prepared):
        return document
    return texts.prepare(document, policies.first())


def _first_text(policy: Policy, origin: Revision | None) -> Document:
    """Return the first text of a draft: that of `origin`, or one still to be written.

    A translation then has its source's anchors, so that a link to a section leads to the same one
    in each language.
    """
    if origin:
        return origin.document()
    source = newest_of_source(policy)
    sections = source.document().sections if source else ()
    headings = tuple(Section(section.heading, section.anchor) for section in sections)
    return Document(policy.name, "", headings)


def _origin(policy: Policy, based_on: int | None, blank: bool) -> Revision | None:
    if blank:
        return None
    if based_on is None:
        return policy.revisions.numbered().order_by("status", "-number").first()  # published first
    origin = policy.revisions.filter(pk=based_on).first()
    if origin is None:
        raise Incomplete(f"{policy} has no revision {based_on} to start from.")
    return origin
