"""What must hold before an action does anything.

Only the actions call these, inside their transactions: lock, ask whether the person may, ask
whether the state allows it, ask what is special to the action.
"""

import re
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, Q, QuerySet, prefetch_related_objects

from policies.ledger.actor_names import name_of
from policies.mail import notices
from policies.models import Policy, Revision
from policies.permissions import ACTIONS
from policies.states import Kind, Status
from policies.text import document as documents
from policies.text.document import Document
from policies.text.findings import Level
from policies.text.limits import is_supported_year
from policies.text.short_text import has_visible_characters
from policies.workflow import open_findings
from policies.workflow.refusals import (
    Incomplete,
    NotAllowed,
    NotThere,
    TextChanged,
    Unfinished,
    WrongState,
    latest_act,
    own_part,
    unresolved,
    work_in_words,
)

Row = TypeVar("Row", bound="Model")


def locked_policy(action: str, policy_id: int, by: User | None, *others: int | None) -> Policy:
    """Lock a policy, and any others that the action is about, if they exist; ask whether this
    person may; return the first.

    Always in the order of their keys, so that no two actions wait for each other. Raises NotThere,
    NotAllowed.
    """
    any_of = Q(pk=policy_id)  # not pk__in, which a number too large for the column makes fail
    for other in others:
        any_of |= Q(pk=other)
    wanted = Policy.objects.select_for_update().filter(any_of)
    locked = {policy.pk: policy for policy in wanted.order_by("pk")}
    if policy_id not in locked:
        raise NotThere(f"There is no policy {policy_id}.")
    require_permission(action, by, locked[policy_id])
    return locked[policy_id]


def locked_with_source(action: str, policy_id: int, by: User, *others: int | None) -> Policy:
    """Lock a policy as `locked_policy` does, and its source, so that nobody lets its language
    prevail there meanwhile. Raises NotThere, NotAllowed, WrongState (the source was changed just
    now).
    """
    source_id = get_or_refuse(Policy.objects.only("translation_of_id"), policy_id).translation_of_id
    policy = locked_policy(action, policy_id, by, *others, source_id)
    if policy.translation_of_id != source_id:
        raise WrongState(
            f"Somebody has just changed the source of {policy}. Check it, then try again."
        )
    return policy


def get_or_refuse(rows: QuerySet[Row], pk: int) -> Row:
    """Return the row that an action is about. Raises NotThere."""
    try:
        return rows.get(pk=pk)  # not first(), which sorts, by rows of other tables too
    except ObjectDoesNotExist:
        raise NotThere(f"There is no {rows.model._meta.verbose_name} {pk}.") from None


def locked_and_allowed(action: str, revision_id: int, by: User | None) -> Revision:
    """Lock, ask whether this person may, ask whether the state allows it; return the revision.

    The policy is locked before the revision, always, so that no two actions wait for each other.
    Raises NotThere, NotAllowed, WrongState.
    """
    revisions = Revision.objects.select_related("policy")
    locked = revisions.select_for_update(of=("policy", "self"))  # in this order
    revision = get_or_refuse(locked, revision_id)
    require_permission(action, by, revision.policy)
    if revision.status not in ACTIONS[action].states:
        is_draft = revision.status == Status.DRAFT
        now = "a draft" if is_draft else revision.get_status_display().lower()
        raise WrongState(
            f"“{ACTIONS[action].label}” was refused: {revision.policy} is {now} now."
            f"{latest_act(revision)}"
        )
    return revision


def require_permission(action: str, by: User | None, policy: Policy) -> None:
    """Refuse unless `by` is active and holds a permission for `action` on a policy, which need not
    be saved yet. None: the command line.
    """
    if by is not None and not ACTIONS[action].is_open_to(by, policy):
        raise NotAllowed(
            f"“{ACTIONS[action].label}” was refused: {name_of(by)} doesn't have the permission "
            f"{' or '.join(ACTIONS[action].permissions)} for {policy}. An administrator can give "
            "it."
        )


def person_able_to(
    permission: str, policy: Policy, person_id: int | None, about: str
) -> User | None:
    """Return the person of this id; None for nobody. Raises Incomplete if they can't do to the
    policy what the permission allows.
    """
    if person_id is None:
        return None
    person = notices.able_staff(permission, policy).filter(pk=person_id).first()
    if person is None:
        raise Incomplete("This person can’t do that. Choose somebody else.", about)
    return person


def require_no_open_revision(policy: Policy) -> None:
    revision = policy.revisions.open().first()
    if revision:
        raise WrongState(
            f"{policy} already has {work_in_words(revision)}. Continue with it, or discard it."
            f"{latest_act(revision)}"
        )


def require_not_prevailing(policy: Policy) -> None:
    source = policy.translation_of
    if source and source.prevailing_language == policy.language:
        raise WrongState(
            f"The language of {policy} prevails over {source}. Set another prevailing language "
            "first."
        )


def require_uninvolved(revision: Revision, by: User, to: str = "approve it") -> None:
    """Refuse whoever had a part in this revision: some actions take four eyes."""
    if part := own_part(revision, by):
        raise NotAllowed(f"{part}, so somebody else must {to}.")


def require_comments_resolved(revision: Revision, what: str) -> None:
    """Refuse while a comment is open. what: what can't be done until then, as a participle."""
    if sentence := unresolved(revision, what):
        raise WrongState(sentence)


def require_text_as_saved(revision: Revision, expected: str | None = None) -> Document:
    """Return the text. Refuse unless the rows still make the one that the workflow saved (and
    `expected`). The revision is locked, and keeps its sections: no action that asks changes them.
    """
    prefetch_related_objects([revision], "sections")
    try:
        document = revision.document()
        now = documents.digest(document)
    except documents.DocumentError as error:
        raise TextChanged(f"The stored text is no longer a valid document. {error}") from error
    if now != revision.digest or (expected is not None and now != expected):
        raise TextChanged(
            f"The text of {revision} is not the one that was "
            f"{'approved' if revision.status == Status.APPROVED else 'read'}. Nothing was done. "
            "Read the text as it is now."
        )
    return document


def require_text_as_seen(revision: Revision, seen: str | None) -> None:
    """Refuse unless an approved text is the one that somebody saw. None: do not check."""
    if seen is not None and seen != revision.digest:
        raise TextChanged(
            f"The text of {revision} was changed, and approved again, since you opened this page. "
            "Nothing was published. Check the text as it is now, and your change note."
        )


def require_source_as_seen(revision: Revision, seen: int | None) -> None:
    """Refuse unless a translation has the source version that somebody saw. None: do not check."""
    now = None if seen is None else revision.source_version
    if seen is not None and seen != (now.number if now else 0):
        raise TextChanged(
            f"The source version of {revision} was changed after you opened this page. It is now "
            f"{f'version {now.number}' if now else 'not set'}. Nothing was done. Check it, and try "
            "again."
        )


def require_no_open_findings(
    revision: Revision, document: Document, at: datetime, ready: open_findings.Examination
) -> None:
    """Refuse a text with findings that nobody has overruled or justified.

    document, ready: as for open_findings.findings_of. Raises Outdated, too.
    """
    found = open_findings.findings_of(revision, at=at, ready=ready, document=document)
    blocking = open_findings.still_open(found)
    for level, what in ((Level.BLOCKS, "fix or overrule"), (Level.ACKNOWLEDGE, "fix or justify")):
        findings = [examined.finding for examined in blocking if examined.finding.level == level]
        if findings:
            first, *others = findings
            more = f" (and {len(others)} more)" if others else ""
            about = f"“{first.excerpt}” – " if first.excerpt else ""
            raise Unfinished(
                f"Before you can publish this text, {what} its findings. "
                f"{first.place}: {about}{first.reason}{more}"
            )


def require_complete(document: Document) -> None:
    """Refuse a text that lacks its title or a heading, or is nothing but headings."""
    if document.missing:
        raise Incomplete(f"{' '.join(document.missing)} Write what is missing first.")
    if document.is_blank:
        raise Incomplete("There is no text yet, only headings. Write the text first.")


def require_something_new(revision: Revision) -> None:
    """Refuse a text that is the same as the newest version's, unless it has another source version:
    a change in the source need not show in each language.
    """
    newest = revision.policy.revisions.newest()
    text = (revision.digest, revision.source_version_id)
    if newest and text == (newest.digest, newest.source_version_id):
        raise Incomplete(
            f"Nothing differs from version {newest.number}, so there is nothing to review. Change "
            "the text, or discard the draft."
        )


# Characters of a comment, a reason or a notice.
MAX_COMMENT = 10_000


def clean_required(text: str, sentence: str, *, most: int = MAX_COMMENT, about: str = "") -> str:
    """Return a text as `clean_text` does. Refuse an empty one, with the sentence."""
    text = clean_text(text, most=most, about=about)
    if not text:
        raise Incomplete(sentence, about)
    return text


# Control characters but tab and line feed, Unicode's line and paragraph separators, directional
# overrides, lone surrogates, and noncharacters.
_UNSTORABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202d\u202e\ud800-\udfff\ufffe\uffff]"
)


def storable(text: str) -> str:
    """Return a text without what clean_text refuses, where nobody can correct it."""
    return _UNSTORABLE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean_text(text: str, *, most: int = MAX_COMMENT, about: str = "") -> str:
    """Return a text without outer white space, its lines ended by LF: a browser sends CRLF, a file
    has either, and the ledger's digest is of one. Return "" if nobody would see anything of it.
    Refuse control characters, and more than `most` characters. about: the name of the action's
    argument.

    PostgreSQL can't keep U+0000, nor UTF-8 a lone surrogate; nobody sees the other controls, and
    feeds would have to leave them out (XML 1.0, section 2.2).
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    control = _UNSTORABLE.search(text)
    if control:
        raise Incomplete(
            f"This has a control character (U+{ord(control[0]):04X}). Remove it.", about
        )
    text = text.strip()
    if len(text) > most:
        raise Incomplete(
            f"This has {len(text):,} characters. Shorten it to {most:,} or fewer.", about
        )
    return text if has_visible_characters(text) else ""


def known_section(revision: Revision, anchor: str) -> str:
    """Return the anchor of a section that a comment is about, "" for the whole; refuse others."""
    anchor = clean_text(anchor, about="section_anchor")
    if anchor and not revision.sections.filter(anchor=anchor).exists():
        raise Incomplete(f"This revision has no section #{anchor}.", "section_anchor")
    return anchor


def require_near_year(day: date, *, about: str = "effective_at") -> None:
    """Refuse a day or a time so near either end of the calendar that time zones can't handle it."""
    if not is_supported_year(day):
        raise Incomplete(f"The year {day.year} is too far away. Check the date.", about)


def not_past(policy: Policy, effective_at: datetime | None, at: datetime) -> datetime:
    """Return when a version takes effect: at once for None. Refuse what is past."""
    if effective_at is None:
        return at
    require_near_year(effective_at)
    if effective_at < at:
        raise Incomplete(
            f"{policy.in_words(effective_at)} is in the past. Choose a time from now on: what "
            "readers were shown before can't change.",
            "effective_at",
        )
    return effective_at


def require_dated_in_time(last_updated_on: date, *, latest: date) -> None:
    """latest: today, or the day of effect, if that is later."""
    require_near_year(last_updated_on, about="last_updated_on")
    if last_updated_on > latest:
        raise Incomplete(
            f"The date of the last update, {last_updated_on}, is later than both today and the day "
            "on which it takes effect. Correct the date.",
            "last_updated_on",
        )


def require_later(number: int | None, before: Revision | None, effective_at: datetime) -> None:
    """Refuse a time at which a version would not take effect later than the one before it."""
    if before and before.effective_at and effective_at <= before.effective_at:
        raise Incomplete(
            f"Version {number} must take effect later than version {before.number}, which does so "
            f"on {before.policy.in_words(before.effective_at)}.",
            "effective_at",
        )


def require_uncorrected(revision: Revision, why: str) -> None:
    """Refuse to take a material version out of its place if the next one corrects it as an
    editorial change. why: what else would happen, to the end of the sentence.
    """
    later = revision.policy.revisions.published().filter(number__gt=revision.number)
    following = later.order_by("number").first()
    if following and revision.kind == Kind.MATERIAL and following.kind == Kind.EDITORIAL:
        raise WrongState(
            f"{following} corrects it as an editorial change, and {why}. Withdraw that version "
            "first."
        )


# Too close to the time of effect: an action that has to wait for a lock would come after it.
LAST_MOMENT = timedelta(seconds=15)


def require_upcoming(revision: Revision, at: datetime, do: str, done: str) -> datetime:
    """Return when a published version takes effect; refuse if it has, or does in a moment.

    do, done: what is refused, as an infinitive and a participle.
    """
    effect = revision.effective_at
    assert effect is not None  # noqa: S101  it is published
    if effect <= at:
        raise WrongState(
            f"{revision} has been in force since {revision.policy.in_words(effect)}. Only an "
            f"upcoming version can be {done}. Publish a new version instead."
        )
    if effect <= at + LAST_MOMENT:
        raise WrongState(
            f"{revision} is about to take effect, so it is too late to {do} it. Publish a new "
            "version instead."
        )
    return effect
