"""What the desk's first page shows: a person's tasks, what others have, the state of each policy.

The number of queries does not grow with the number of policies.
"""

import calendar
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, Value

from policies.ledger import removed_anchors
from policies.ledger.actor_names import names_of
from policies.models import AuditEvent, Contribution, Justification, Overruling, Policy, Revision
from policies.permissions import ACTIONS
from policies.public import translations
from policies.public.translations import TranslatedFrom
from policies.staff.asking_views import Asked, asked_of
from policies.states import OPEN, Status
from policies.text.findings import lost_anchors

# Columns with long texts, which the first page does not need: it only counts findings.
_TEXTS = ("introduction", "rendering__html", "rendering__contents", "rendering__removed")

# What brings a revision to its state.
_MOVES = [
    *("start_draft", "import_draft", "submit", "withdraw_submission"),
    *("request_changes", "approve", "reopen"),
]


@dataclass(frozen=True)
class Task:
    """Something to do: why it is on the list, in words, on which revision, and the button's label.

    behind: for an outdated translation, what it translates now. due_on: for a policy to be checked,
    the day since when. asked: for a submission, who is asked to review it.
    writers: the names of those who write a draft.
    """

    what: str
    revision: Revision
    button: str = ""
    behind: TranslatedFrom | None = None
    due_on: date | None = None
    asked: Asked | None = None
    writers: str = ""

    @property
    def last_move(self) -> str:
        """What was last done to an open revision, and by whom: "Submitted for review by Ana"."""
        move = getattr(self.revision, "last_move", None)
        by = getattr(self.revision, "moved_by", "")
        return f"{ACTIONS[move].past.capitalize()} by {by}" if move else ""

    @property
    def holder(self) -> str:
        """Who has an open revision now, in words."""
        if self.revision.status != Status.DRAFT:
            return "reviewers" if self.revision.status == Status.IN_REVIEW else "publishers"
        return self.writers or "writers"


@dataclass(frozen=True)
class Board:
    """mine: the tasks of a person, the most urgent first. others: what is in progress besides; what
    that person wrote in comes first.
    """

    mine: list[Task]
    others: list[Task]


@dataclass
class Row:
    """The state of a policy. justified, overruled: the keys of the findings that have been.

    asked: who is asked to review the open revision, if it is in review.
    """

    policy: Policy
    in_force: Revision | None = None
    open: Revision | None = None
    upcoming: list[Revision] = field(default_factory=list)
    translated_from: TranslatedFrom | None = None
    review_due_on: date | None = None
    is_overdue: bool = False
    justified: set[str] = field(default_factory=set)
    overruled: set[str] = field(default_factory=set)
    asked: Asked | None = None

    @property
    def text(self) -> Revision | None:
        """The revision whose findings count: the open one, or else the one in force.

        None for a retired policy without a draft: nobody is going to correct it.
        """
        return self.open or (None if self.policy.retired_at else self.in_force)

    @property
    def findings(self) -> dict[str, Any]:
        rendering = getattr(self.text, "rendering", None)
        return rendering.findings if rendering else {}

    @property
    def open_findings(self) -> int:
        """How many findings block publication or still need a reason, with anchors that the open
        revision loses.
        """
        found = self.findings
        to_answer = list(found.get("to_answer", ()))
        count = int(found.get("blocks", 0)) + int(found.get("acknowledge", 0))
        before, now = (getattr(it, "rendering", None) for it in (self.in_force, self.open))
        if before and now:
            lost = lost_anchors(removed_anchors.missed_by_readers(before.anchors, now.anchors))
            to_answer += [finding.key for finding in lost]
            count += len(lost)
        given = self.justified | self.overruled
        count -= sum(key in given for key in to_answer)
        return count - sum(key in self.overruled for key in found.get("to_overrule", ()))

    @property
    def advice(self) -> int:
        """How many findings are only suggestions."""
        return int(self.findings.get("advice", 0))


def board(user: User, rows: list[Row]) -> Board:
    """Return what a person has to do, and what others have. Four queries at most.

    rows: the policies that this person may see.
    """
    may = {action for action, it in ACTIONS.items() if it.is_open_to(user)}
    found: list[tuple[int, Task]] = []
    others: list[tuple[int, Task]] = []
    revisions = _open_revisions()
    asked = {row.policy.pk: row.asked for row in rows}
    wrote = {one: [it.contributed_by_id for it in one.contributions.all()] for one in revisions}
    names = names_of(chain.from_iterable(wrote.values()))
    for revision, writers in wrote.items():
        its = asked.get(revision.policy_id)
        if what := _next_step(revision, may, user, writers):
            is_review = revision.status == Status.IN_REVIEW
            urgency = _urgency(its, user) if its and is_review else what[0]
            found.append((urgency, Task(what[1], revision, what[2], asked=its)))
        elif revision.policy_id in asked:
            who = ", ".join(names[it] for it in writers)
            others.append((user.pk not in writers, Task("", revision, asked=its, writers=who)))
    if "start_draft" in may:
        open_ones = {revision.policy_id for revision in revisions}
        found += [
            (3, Task("Translation outdated", row.in_force, "Update translation", behind=source))
            for row in rows
            if row.in_force and (source := row.translated_from) and source.is_behind
            if row.policy.pk not in open_ones and not row.policy.retired_at
        ]
    if "approve_afterwards" in may:
        late = Revision.objects.awaiting_late_approval().select_related("policy")
        words = "Published without approval"
        found += [(0, Task(words, it, "Review")) for it in late.without_part_of(user.pk)]
    if "confirm_check" in may:
        found += [
            (5, Task("Check due", row.in_force, "Check", due_on=row.review_due_on))
            for row in rows
            if row.in_force and row.is_overdue
        ]
    return Board(_in_order(found), _in_order(others))


def _in_order(its: list[tuple[int, Task]]) -> list[Task]:
    return [task for _, task in sorted(its, key=lambda it: it[0])]


def _open_revisions() -> QuerySet[Revision]:
    """Return the open revisions, each with its writers, its last move, who made it and when."""
    moves = AuditEvent.objects.filter(revision=OuterRef("pk"), action__in=_MOVES)
    last = moves.order_by("-sequence")
    return (
        Revision.objects.open()
        .select_related("policy")
        .prefetch_related("contributions")
        .annotate(open_comments=Count("comments", filter=Q(comments__resolved_at__isnull=True)))
        .annotate(last_move=Subquery(last.values("action")[:1]))
        .annotate(moved_by=Subquery(last.values("actor")[:1]))
        .annotate(moved_at=Subquery(last.values("done_at")[:1]))
        .order_by("saved_at")
    )


def _next_step(
    revision: Revision, may: set[str], user: User, writers: list[int]
) -> tuple[int, str, str] | None:
    """Return what a person has to do with an open revision: how urgent, why, and the button.

    A draft is a task of those who write it; if nobody does, of every writer.
    """
    is_writer = user.pk in writers
    if revision.status == Status.DRAFT and "save_draft" in may and (is_writer or not writers):
        if not revision.open_comments:  # type: ignore[attr-defined]
            return 4, "Draft", "Continue writing"
        was_sent_back = revision.last_move == "request_changes"  # type: ignore[attr-defined]
        why = "Changes requested" if was_sent_back else "Comments to reply to"
        return 2, why, "Continue writing"
    if revision.status == Status.IN_REVIEW and "approve" in may and not is_writer:
        return 1, "To review", "Review"
    if revision.status == Status.APPROVED and "publish" in may:
        return 3, "To publish", "Publish"
    return None


def _urgency(asked: Asked, user: User) -> int:
    """Return how urgent a review is: first what this person is asked for, last what another is."""
    if asked.reviewer_id == user.pk:
        return -2 if asked.is_overdue else -1
    return 1 if asked.reviewer_id is None else 6


def without_draft(rows: list[Row]) -> list[Policy]:
    """Return the policies of which a draft can be started, the longest unchanged first."""
    idle = [it for it in rows if not it.open and not it.policy.retired_at]
    return [it.policy for it in sorted(idle, key=_last_updated)]


def _last_updated(row: Row) -> date:
    updated = row.in_force.last_updated_on if row.in_force else None
    return updated or date.min


def rows(*, at: datetime, only: int | None = None) -> list[Row]:
    """Return the state of every policy, or only of the one with the key `only`. Eleven queries.

    Sorted by name, translations right after their source, retired policies last. A policy that is
    made between the queries is left out.
    """
    asked = Policy.objects.with_version_in_force(at=at)
    policies = list(asked if only is None else asked.filter(pk=only))
    of_it = {} if only is None else {"policy": only}
    texts = Revision.objects.select_related("rendering").defer(*_TEXTS)
    in_force = texts.in_bulk([it.in_force_id for it in policies if it.in_force_id])
    checks = AuditEvent.objects.filter(action="confirm_check", **of_it).order_by()
    checked_at = dict(checks.values_list("policy").annotate(last=Max("done_at")))
    found = {}
    for policy in policies:
        row = Row(policy, in_force.get(policy.in_force_id))
        if row.in_force:
            row.in_force.policy = policy
            row.review_due_on = due = _due_on(policy, row.in_force, checked_at.get(policy.pk))
            row.is_overdue = due is not None and due <= policy.day_of(at)
        found[policy.pk] = row
    unseen = Row(Policy())  # collects what belongs to policies that are made between the queries
    for revision in texts.open().filter(**of_it).prefetch_related("review_requests"):
        row = found.get(revision.policy_id, unseen)
        row.open, revision.policy = revision, row.policy
    who = asked_of([row.open for row in found.values() if row.open], at=at)
    for row in found.values():
        row.asked = who.get(row.open.pk) if row.open else None
    for revision in Revision.objects.upcoming(at=at).filter(**of_it):
        found.get(revision.policy_id, unseen).upcoming.append(revision)
    for policy_id, (_, its) in translations.sources_of_translations(at=at, **of_it).items():
        found.get(policy_id, unseen).translated_from = its
    justified = Justification.objects.filter(**of_it).order_by()
    overruled = _overruled().filter(**of_it).order_by()
    answers = justified.values_list("policy_id", "key", Value(False)).union(
        overruled.values_list("policy_id", "key", Value(True))
    )
    answers = answers.order_by()  # Django 6.1 would order them as the first model says
    for policy_id, key, is_overruled in answers:
        row = found.get(policy_id, unseen)
        (row.overruled if is_overruled else row.justified).add(key)

    def place(row: Row) -> tuple[object, ...]:
        policy = row.policy
        source = found.get(policy.translation_of_id or 0, row).policy
        is_translation = source != policy
        return policy.retired_at is not None, source.name.casefold(), source.pk, is_translation

    return sorted(found.values(), key=place)


def _overruled() -> QuerySet[Overruling]:
    """Return the overrulings by people who did not write in the open revision, if there is one."""
    wrote = Contribution.objects.filter(
        revision__policy=OuterRef("policy"),
        revision__status__in=sorted(OPEN),
        contributed_by=OuterRef("overruled_by"),
    )
    return Overruling.objects.filter(~Exists(wrote), withdrawn_at__isnull=True).order_by()


def _due_on(policy: Policy, in_force: Revision, checked_at: datetime | None) -> date | None:
    """Return the day on which a policy is to be checked; None if it sets no interval or is retired.

    Counted from the day on which the version in force was published, or confirmed since.
    """
    if not policy.check_every_months or in_force.published_at is None or policy.retired_at:
        return None
    day = policy.day_of(max(in_force.published_at, checked_at or in_force.published_at))
    months = day.month - 1 + policy.check_every_months
    year, month = day.year + months // 12, months % 12 + 1
    return day.replace(
        year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1])
    )
