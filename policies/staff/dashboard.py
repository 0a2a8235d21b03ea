"""What the desk's first page shows: a person's tasks, what others have, the state of each policy.

The number of queries does not grow with the number of policies.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value

from policies.ledger import removed_anchors
from policies.ledger.actor_names import names_of
from policies.models import AuditEvent, Contribution, Justification, Overruling, Policy, Revision
from policies.models.revision import RevisionQuerySet
from policies.models.translation_sources import TranslatedFrom, sources_of_translations
from policies.permissions import ACTIONS
from policies.staff.asking_views import Asked, asked_of
from policies.states import OPEN, Status
from policies.text.findings import lost_anchors
from policies.workflow import periodic_checks

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
    writers: the names of those who write a draft. urgency: what comes first has the lowest.
    """

    what: str
    revision: Revision
    button: str = ""
    behind: TranslatedFrom | None = None
    due_on: date | None = None
    asked: Asked | None = None
    writers: str = ""
    urgency: int = 0

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
        before, now = (
            getattr(revision, "rendering", None) for revision in (self.in_force, self.open)
        )
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
    may = {name for name, action in ACTIONS.items() if action.is_open_to(user)}
    revisions = _open_revisions()
    mine, others = _in_progress(revisions, user, may, rows)
    if "start_draft" in may:
        drafted = {revision.policy_id for revision in revisions}
        mine += _outdated_translations(row for row in rows if row.policy.pk not in drafted)
    if "approve_afterwards" in may:
        late = Revision.objects.awaiting_late_approval().select_related("policy")
        for revision in late.without_part_of(user.pk):
            mine.append(Task("Published without approval", revision, "Review", urgency=0))
    if "confirm_check" in may:
        mine += _due_checks(rows)
    mine.sort(key=_urgency)
    others.sort(key=_urgency)
    return Board(mine, others)


def _urgency(task: Task) -> int:
    return task.urgency


def _in_progress(
    revisions: Iterable[Revision], user: User, may: set[str], rows: list[Row]
) -> tuple[list[Task], list[Task]]:
    """Return the open revisions that wait for this person, and those that wait for others."""
    asked = {row.policy.pk: row.asked for row in rows}
    mine: list[Task] = []
    others: list[Task] = []
    contributors = {revision.pk: revision.contributor_ids() for revision in revisions}
    names = names_of(chain.from_iterable(contributors.values()))
    for revision in revisions:
        writers = contributors[revision.pk]
        request = asked.get(revision.policy_id)
        if task := _next_step(revision, may, user, writers, request):
            mine.append(task)
        elif revision.policy_id in asked:
            who = ", ".join(names[writer] for writer in writers)
            urgency = 0 if user.pk in writers else 1
            others.append(Task("", revision, asked=request, writers=who, urgency=urgency))
    return mine, others


def _outdated_translations(rows: Iterable[Row]) -> Iterator[Task]:
    for row in rows:
        source = row.translated_from
        if row.in_force and source and source.is_behind and not row.policy.retired_at:
            what, button = "Translation outdated", "Update translation"
            yield Task(what, row.in_force, button, behind=source, urgency=3)


def _due_checks(rows: Iterable[Row]) -> Iterator[Task]:
    for row in rows:
        if row.in_force and row.is_overdue:
            yield Task("Check due", row.in_force, "Check", due_on=row.review_due_on, urgency=5)


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
    revision: Revision, may: set[str], user: User, writers: list[int], asked: Asked | None
) -> Task | None:
    """Return what a person has to do with an open revision, if anything.

    A draft is a task of those who write it; if nobody does, of every writer.
    """
    is_writer = user.pk in writers
    if revision.status == Status.DRAFT and "save_draft" in may and (is_writer or not writers):
        what, urgency = _state_of_draft(revision)
        return Task(what, revision, "Continue writing", asked=asked, urgency=urgency)
    if revision.status == Status.IN_REVIEW and "approve" in may and not is_writer:
        urgency = _urgency_of_review(asked, user) if asked else 1
        return Task("To review", revision, "Review", asked=asked, urgency=urgency)
    if revision.status == Status.APPROVED and "publish" in may:
        return Task("To publish", revision, "Publish", asked=asked, urgency=3)
    return None


def _state_of_draft(revision: Revision) -> tuple[str, int]:
    """Return why a draft is on its writers' list, and how urgent it is."""
    if not revision.open_comments:  # type: ignore[attr-defined]
        return "Draft", 4
    if revision.last_move == "request_changes":  # type: ignore[attr-defined]
        return "Changes requested", 2
    return "Comments to reply to", 2


def _urgency_of_review(asked: Asked, user: User) -> int:
    """First comes what this person is asked for, last what another is."""
    if asked.reviewer_id == user.pk:
        return -2 if asked.is_overdue else -1
    return 1 if asked.reviewer_id is None else 6


def without_draft(rows: list[Row]) -> list[Policy]:
    """Return the policies of which a draft can be started, the longest unchanged first."""
    idle = [row for row in rows if not row.open and not row.policy.retired_at]
    return [row.policy for row in sorted(idle, key=_last_updated)]


def _last_updated(row: Row) -> date:
    updated = row.in_force.last_updated_on if row.in_force else None
    return updated or date.min


def rows(*, at: datetime, only: int | None = None) -> list[Row]:
    """Return the state of every policy, or only of the one with the key `only`. Eleven queries.

    Sorted by name, translations right after their source, retired policies last. A policy that is
    made between the queries is left out.
    """
    policies = Policy.objects.with_version_in_force(at=at)
    if only is not None:
        policies = policies.filter(pk=only)
    of_policy = {} if only is None else {"policy": only}
    keys = [policy.in_force_id for policy in policies if policy.in_force_id]
    in_force = _texts().in_bulk(keys)
    found = {policy.pk: Row(policy, in_force.get(policy.in_force_id)) for policy in policies}
    _add_checks(found, of_policy, at=at)
    for version in Revision.objects.upcoming(at=at).filter(**of_policy):
        if row := found.get(version.policy_id):
            row.upcoming.append(version)
    _add_open_revisions(found, of_policy, at=at)
    for policy_id, source in sources_of_translations(at=at, **of_policy).items():
        if row := found.get(policy_id):
            row.translated_from = source
    _add_answers(found, of_policy)

    def place(row: Row) -> tuple[object, ...]:
        policy = row.policy
        source = found.get(policy.translation_of_id or 0, row).policy
        is_translation = source != policy
        return policy.retired_at is not None, source.name.casefold(), source.pk, is_translation

    return sorted(found.values(), key=place)


def _texts() -> RevisionQuerySet:
    return Revision.objects.select_related("rendering").defer(*_TEXTS)


def _add_checks(found: dict[int, Row], of_policy: dict[str, int], *, at: datetime) -> None:
    """Add when the versions in force are to be checked."""
    confirmed_at = periodic_checks.last_confirmed(**of_policy)
    for row in found.values():
        policy = row.policy
        if row.in_force:
            row.in_force.policy = policy
            due = periodic_checks.due_on(policy, row.in_force, confirmed_at.get(policy.pk))
            row.review_due_on = due
            row.is_overdue = due is not None and due <= policy.day_of(at)


def _add_open_revisions(found: dict[int, Row], of_policy: dict[str, int], *, at: datetime) -> None:
    """Add the revisions in progress, and who is asked to review them."""
    for revision in _texts().open().filter(**of_policy).prefetch_related("review_requests"):
        if row := found.get(revision.policy_id):
            row.open, revision.policy = revision, row.policy
    asked = asked_of([row.open for row in found.values() if row.open], at=at)
    for row in found.values():
        row.asked = asked.get(row.open.pk) if row.open else None


def _add_answers(found: dict[int, Row], of_policy: dict[str, int]) -> None:
    """Add the keys of the findings that were justified or overruled."""
    justified = Justification.objects.filter(**of_policy).order_by()
    overruled = _overruled().filter(**of_policy).order_by()
    answers = justified.values_list("policy_id", "key", Value(False)).union(
        overruled.values_list("policy_id", "key", Value(True))
    )
    answers = answers.order_by()  # Django 6.1 would order them as the first model says
    for policy_id, key, is_overruled in answers:
        if row := found.get(policy_id):
            (row.overruled if is_overruled else row.justified).add(key)


def _overruled() -> QuerySet[Overruling]:
    """Return the overrulings by people who did not write in the open revision, if there is one."""
    wrote = Contribution.objects.filter(
        revision__policy=OuterRef("policy"),
        revision__status__in=sorted(OPEN),
        contributed_by=OuterRef("overruled_by"),
    )
    return Overruling.objects.filter(~Exists(wrote), withdrawn_at__isnull=True).order_by()
