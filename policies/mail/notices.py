"""Who gets which e-mail: the kinds of e-mail as data, and the people whom an act concerns.

An act concerns those who can act on it and those who took part in it, but not the person who did
it. Of them, active staff with an e-mail address get one who may see what the mail is about and have
not switched its kind off. Superusers may do everything, so they would get everything. Therefore a
superuser counts only if given a role or a permission as well, or if nobody else can act.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from django.contrib.auth.models import User
from django.db.models import QuerySet

from policies.models import (
    AuditEvent,
    Contribution,
    MailOptOut,
    Policy,
    PreviewLink,
    ReviewComment,
    ReviewRequest,
    Revision,
    involved,
)
from policies.permissions import ACTIONS, PUBLISH, REVIEW, VIEW_POLICY, VIEW_REVISION, WRITE
from policies.states import Status

UserIds: TypeAlias = Iterable[int | None]


@dataclass(frozen=True)
class MailKind:
    """A kind of mail that can be switched off. what: when it is sent; whom: to whom."""

    what: str
    whom: str


# The keys are stored in MailOptOut.
KINDS: Final = {
    "handed_in": MailKind(
        "A text is submitted for review, you are reminded of it, or its reviewer changes",
        "To the reviewer who is asked, or to all reviewers who did not write in it. If the "
        "reviewer changes, also to the writers and to whoever was asked before.",
    ),
    "approved": MailKind("A text is approved", "To publishers and to those who wrote in it."),
    "sent_back": MailKind(
        "Changes are requested, or an approved text is reopened as a draft",
        "To those who wrote in it, and to whoever submitted or approved it.",
    ),
    "published": MailKind(
        "A version is published, or an upcoming one rescheduled",
        "To those who wrote in it or approved it, and to publishers.",
    ),
    "emergency": MailKind(
        "A version is published without approval",
        "To reviewers, who have to approve it afterwards, to those who wrote in it, and to "
        "publishers.",
    ),
    "commented": MailKind(
        "Somebody comments or replies, or a Word file comes back",
        "To those who wrote in the text, submitted it or commented before, and to whoever the "
        "comment is assigned to. If it came through a preview link, to whoever created the link.",
    ),
    "ended": MailKind(
        "A draft is discarded, a version withdrawn, or a policy retired or reinstated",
        "To those who took part in it, and to publishers.",
    ),
    "review_due": MailKind(
        "A policy is due for its periodic check",
        "To its owner. If it has none, to writers, and to those who set how often that is.",
    ),
}


# Stored in MailOptOut, too: mails one by one. Who has switched them off gets a daily digest.
SINGLE: Final = "single"


@dataclass(frozen=True)
class MailRule:
    """How an action is announced. people: find those whom it concerns. sees: the permission needed.

    while_in: the mail is sent only while the revision has one of these statuses; empty: always.
    """

    kind: str
    people: tuple[Callable[[AuditEvent], UserIds], ...]
    sees: str = VIEW_REVISION
    while_in: frozenset[Status] = frozenset()


def reachable_users() -> QuerySet[User]:
    return User.objects.filter(is_active=True, is_staff=True).exclude(email="")


def able_staff(permission: str, policy: Policy) -> QuerySet[User]:
    """Return the active staff who hold a permission for a policy."""
    return User.objects.filter(is_staff=True, pk__in=User.objects.with_perm(permission, obj=policy))


def permission_holders(
    policy: Policy,
    *permissions: str,
    but: UserIds = (),
    among: QuerySet[User] | None = None,
) -> set[int]:
    """Return the ids of those who hold one of the permissions for a policy; of superusers if nobody
    else does.

    but: ids of people who may not act in this case. among: None: all whom mail reaches.
    """
    able = reachable_users() if among is None else among
    people: set[int] = set()
    for permission in permissions:
        given = User.objects.with_perm(permission, include_superusers=False, obj=policy)
        people |= set(able.filter(pk__in=given).values_list("pk", flat=True))
    superusers = able.filter(is_superuser=True).values_list("pk", flat=True)
    return people - set(but) or set(superusers) - set(but)


def _authors(event: AuditEvent) -> UserIds:
    contributions = Contribution.objects.filter(revision=event.revision_id)
    return contributions.values_list("contributed_by", flat=True)


def _commenters(event: AuditEvent) -> UserIds:
    comments = ReviewComment.objects.filter(revision=event.revision_id)
    return comments.values_list("created_by", flat=True)


def _assignees(event: AuditEvent) -> UserIds:
    return [(event.facts or {}).get("assignee")]


def _link_makers(event: AuditEvent) -> UserIds:
    links = PreviewLink.objects.filter(pk=(event.facts or {}).get("link", 0))
    return links.values_list("created_by", flat=True)


def _who_did(actions: tuple[str, ...], event: AuditEvent) -> UserIds:
    acts = AuditEvent.objects.filter(revision=event.revision_id, action__in=actions)
    return acts.values_list("done_by", flat=True)


def _asked_reviewers(event: AuditEvent) -> set[int]:
    """Return who is asked to review the submission that an act is about: one person, or everybody
    who could approve it if that person can't (any more) or has no address.
    """
    revision = Revision.objects.select_related("policy").get(audit_events=event.pk)
    if revision.submitted_at is None or event.done_at < revision.submitted_at:
        return set()  # it was withdrawn, and perhaps submitted again
    return _asked_to_review(revision)


def reminder_audience(revision: Revision) -> list[User]:
    return people_who_want(
        revision.policy, _asked_to_review(revision), MAIL_RULES["nudge"].kind, VIEW_REVISION
    )


def _asked_to_review(revision: Revision) -> set[int]:
    request = revision.review_request
    able = permission_holders(revision.policy, REVIEW, but=involved(revision))
    asked = {request.reviewer_id} if request else set()
    return able & asked or able


def _asked_before(event: AuditEvent) -> UserIds:
    """Return who was asked until a submission was reassigned, if that was one person."""
    requests = ReviewRequest.objects.filter(revision=event.revision_id)
    return requests.order_by("-pk").values_list("reviewer", flat=True)[1:2]


def _reviewers(event: AuditEvent) -> set[int]:
    """Return those who could approve the text: reviewers who had no part in it."""
    revision = Revision.objects.select_related("policy").get(audit_events=event.pk)
    return permission_holders(revision.policy, REVIEW, but=involved(revision))


def _writers(event: AuditEvent) -> set[int]:
    return permission_holders(policy_of(event), WRITE)


def _publishers(event: AuditEvent) -> set[int]:
    return permission_holders(policy_of(event), PUBLISH)


def policy_of(event: AuditEvent) -> Policy:
    policy = event.policy
    assert policy is not None  # noqa: S101  actions that people are notified of are about one
    return policy


_approvers = partial(_who_did, ("approve", "approve_afterwards"))
_submitters = partial(_who_did, ("submit",))
_emergency_publishers = partial(_who_did, ("publish_without_approval",))

_IN_REVIEW = frozenset({Status.IN_REVIEW})

# By action. Of any other nobody gets a mail; nor of imports, as operators do hundreds at once.
MAIL_RULES: Final = {
    "submit": MailRule("handed_in", (_asked_reviewers,), while_in=_IN_REVIEW),
    "reassign_review": MailRule(
        "handed_in", (_asked_reviewers, _asked_before, _submitters, _authors), while_in=_IN_REVIEW
    ),
    "nudge": MailRule("handed_in", (_asked_reviewers,), while_in=_IN_REVIEW),
    "approve": MailRule("approved", (_publishers, _authors), while_in=frozenset({Status.APPROVED})),
    "approve_afterwards": MailRule("approved", (_authors, _publishers, _emergency_publishers)),
    "request_changes": MailRule("sent_back", (_authors, _submitters)),
    "reopen": MailRule("sent_back", (_authors, _approvers)),
    "publish": MailRule("published", (_authors, _approvers, _publishers)),
    "publish_without_approval": MailRule("emergency", (_reviewers, _authors, _publishers)),
    "bring_back_file": MailRule("commented", (_authors, _submitters, _commenters)),
    "comment": MailRule("commented", (_authors, _submitters, _commenters)),
    "assign_comment": MailRule("commented", (_assignees,)),
    "comment_by_link": MailRule("commented", (_link_makers,)),
    "reply_to_comment": MailRule("commented", (_authors, _submitters, _commenters)),
    "discard": MailRule("ended", (_authors, _approvers, _commenters)),
    "reschedule": MailRule("published", (_authors, _approvers, _publishers)),
    "withdraw": MailRule("ended", (_authors, _approvers, _publishers)),
    "retire": MailRule("ended", (_writers, _publishers), sees=VIEW_POLICY),
    "reinstate": MailRule("ended", (_writers, _publishers), sees=VIEW_POLICY),
}


def audience(event: AuditEvent) -> list[User]:
    """Return who gets a mail about an act at this moment. A bounded number of queries."""
    notice = MAIL_RULES[event.action]
    now = Revision.objects.filter(audit_events=event.pk)
    if notice.while_in and not now.filter(status__in=notice.while_in).exists():
        return []
    people: set[int | None] = {user_id for find in notice.people for user_id in find(event)}
    concerned = people - {event.done_by_id, None}
    return people_who_want(policy_of(event), concerned, notice.kind, notice.sees)


def review_audience(policy: Policy) -> list[User]:
    """Return who is to be reminded that a policy is due for its periodic check: whoever looks after
    it; if nobody does, or that person gets no such mail, all who can act on it.
    """
    owner = policy.responsible
    if owner and (wanting := people_who_want(policy, {owner.pk}, "review_due", VIEW_POLICY)):
        return wanting
    able = permission_holders(policy, WRITE, *ACTIONS["set_check_interval"].permissions)
    return people_who_want(policy, able, "review_due", VIEW_POLICY)


def people_who_want(policy: Policy, people: UserIds, kind: str, sees: str) -> list[User]:
    """Return those of `people` who can get mail, may see its subject and have not switched it off.

    policy: what it is about. kind: a key of KINDS. sees: the permission needed.
    """
    seeing = User.objects.with_perm(sees, obj=policy)
    able = reachable_users().filter(pk__in=set(people)).filter(pk__in=seeing)
    unwilling = MailOptOut.objects.filter(kind=kind).values("user")
    return list(able.exclude(pk__in=unwilling).order_by("pk"))
