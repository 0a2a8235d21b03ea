"""What the desk's first page shows of each policy in each language, and a person's tasks.

The number of queries does not grow with the number of policies.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.contrib.auth.models import User
from django.db.models import (
    Count,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    prefetch_related_objects,
)

from policies.ledger import removed_anchors
from policies.ledger.actor_names import name_of
from policies.models import (
    AuditEvent,
    Justification,
    Overruling,
    People,
    Policy,
    ReviewComment,
    Revision,
    grants,
    involved,
)
from policies.models.translation_sources import TranslatedFrom
from policies.permissions import ACTIONS
from policies.staff.asking_views import Asked, asked_of
from policies.states import OPEN, Status
from policies.text.findings import lost_anchors
from policies.workflow import commenting, periodic_checks

# What the first page needs of a revision: no text, which is long. All other columns would take a
# fifth of its time, of 900 revisions.
_COLUMNS = [
    *("policy", "status", "number", "effective_at", "published_at", "submitted_at", "approved_by"),
    *("rendering__anchors", "rendering__findings", "source_version__policy"),
    *("source_version__number", "saved_by__first_name", "saved_by__last_name"),
    "saved_by__username",
]

# What brings a revision to its state.
_MOVES = [
    *("start_draft", "import_draft", "submit", "withdraw_submission"),
    *("request_changes", "approve", "reopen"),
]


@dataclass(frozen=True)
class Task:
    """Something to do: why it is on the list, in words, on which revision, and the button's label.

    behind: for an outdated translation, what it translates now. due_on: for a policy to be checked,
    the day since when. asked: for a submission, who is asked to review it. comment: one that this
    person is asked to answer. urgency: what comes first has the lowest.
    """

    what: str
    revision: Revision
    button: str
    behind: TranslatedFrom | None = None
    due_on: date | None = None
    asked: Asked | None = None
    comment: ReviewComment | None = None
    urgency: int = 0

    @property
    def last_move(self) -> str:
        """What was last done to an open revision, and by whom: "Submitted for review by Ana"."""
        move = getattr(self.revision, "last_move", None)
        by = getattr(self.revision, "moved_by", "")
        return f"{ACTIONS[move].past.capitalize()} by {by}" if move else ""


@dataclass(frozen=True, order=True)
class NextDate:
    """A day on which something is due, in the policy's time zone."""

    on: date
    what: str
    policy: Policy = field(compare=False)
    is_deadline: bool = True
    is_overdue: bool = False


@dataclass
class Row:
    """The state of a policy. justified, overruled: the keys of the findings that have been.

    asked: who is asked to review the open revision, if it is in review. is_mine: whether the reader
    looks after the policy, writes in it, or has a task about it.
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
    is_mine: bool = False

    @property
    def took_part(self) -> set[int]:
        """All accounts of the people who wrote in the open revision."""
        return self.open.people.accounts_of(self.open.contributor_ids()) if self.open else set()

    @property
    def is_approval_void(self) -> bool:
        return self.open is not None and self.open.approved_by_id in self.took_part

    @property
    def owner(self) -> str:
        """The name of whoever looks after the policy; "" if nobody does."""
        person = self.policy.responsible
        return name_of(person) if person else ""

    @property
    def is_behind(self) -> bool:
        """Whether readers have a translation of an earlier version than the one in force."""
        source = None if self.policy.retired_at else self.translated_from
        return source is not None and source.is_behind

    @property
    def names(self) -> str:
        """What a search looks at: the policy's name and address, and its owner's name."""
        return f"{self.policy.name} {self.policy.slug} {self.owner}".casefold()

    @property
    def dates(self) -> list[NextDate]:
        """The days to come, and those that have passed without being met."""
        policy, asked, found = self.policy, self.asked, []
        if self.review_due_on:
            found.append(NextDate(self.review_due_on, "Check", policy, is_overdue=self.is_overdue))
        if asked and asked.due_on:
            found.append(NextDate(asked.due_on, "Review", policy, is_overdue=asked.is_overdue))
        for version in self.upcoming:
            assert version.effective_at  # noqa: S101  it is published
            day = policy.day_of(version.effective_at)
            found.append(NextDate(day, f"Version {version.number}", policy, is_deadline=False))
        return found

    @property
    def holder(self) -> str:
        """The name of whoever has the open revision: who saved it last, or is to review it."""
        if self.open and self.open.status == Status.DRAFT and self.open.saved_by:
            return name_of(self.open.saved_by)
        return self.asked.reviewer if self.asked else ""

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


def tasks(user: User, rows: list[Row]) -> list[Task]:
    """Return what a person has to do, the most urgent first. Five queries at most."""
    found = [task for row in rows if row.open and (task := _next_step(row, user))]
    found += _outdated_translations(rows, user)
    found += _due_checks(rows, user)
    found += _comments_to_answer(user)
    late = Revision.objects.awaiting_late_approval().select_related("policy", "based_on")
    people = People()
    for revision in late.prefetch_related("contributions"):
        revision.people = people
        if _may(user, "approve_afterwards", revision) and user.pk not in involved(revision):
            found.append(Task("Published without approval", revision, "Review", urgency=0))
    found.sort(key=attrgetter("urgency"))
    with_tasks = {task.revision.policy_id for task in found}
    for row in rows:
        is_writer = row.open is not None and user.pk in row.open.contributor_ids()
        is_owner = row.policy.responsible == user
        row.is_mine = is_writer or is_owner or row.policy.pk in with_tasks
    return found


def _may(user: User, action: str, revision: Revision) -> bool:
    return ACTIONS[action].is_open_to(user, revision.policy)


def _has_to_act(row: Row, user: User, *, is_able: bool) -> bool:
    """Whether a policy is this person's to look after; if nobody does, whether they are able to."""
    owner = row.policy.responsible
    return owner == user if owner else is_able


def _outdated_translations(rows: Iterable[Row], user: User) -> Iterator[Task]:
    what = "Translation outdated"
    for row in rows:
        if not row.in_force or not row.is_behind or row.open:
            continue
        is_able = _may(user, "start_draft", row.in_force)
        button = "Update translation" if is_able else "View the policy"
        if _has_to_act(row, user, is_able=is_able):
            yield Task(what, row.in_force, button, behind=row.translated_from, urgency=3)


def _due_checks(rows: Iterable[Row], user: User) -> Iterator[Task]:
    for row in rows:
        if not row.in_force or not row.is_overdue:
            continue
        if _has_to_act(row, user, is_able=_may(user, "confirm_check", row.in_force)):
            yield Task("Check due", row.in_force, "Check", due_on=row.review_due_on, urgency=5)


def _comments_to_answer(user: User) -> Iterator[Task]:
    assignees = commenting.assignees(Revision.objects.open())
    own = [comment for comment, assignee in assignees.items() if assignee == user.pk]
    if not own:
        return
    comments = ReviewComment.objects.filter(pk__in=own, resolved_at=None)
    for comment in comments.select_related("revision__policy"):
        if not grants.sees(user, comment.revision.policy):
            continue
        yield Task("Comment to answer", comment.revision, "Answer", comment=comment, urgency=1)


def _next_step(row: Row, user: User) -> Task | None:
    """Return what a person has to do with an open revision, if anything.

    A draft is a task of those who write it; if nobody does, of every writer.
    """
    revision, asked = row.open, row.asked
    assert revision is not None  # noqa: S101  the caller has looked
    writers = revision.contributor_ids()
    is_writer = user.pk in writers
    if revision.status == Status.DRAFT and (is_writer or not writers):
        if not _may(user, "save_draft", revision):
            return None
        what, urgency = _state_of_draft(revision)
        return Task(what, revision, "Continue writing", asked=asked, urgency=urgency)
    is_open_to_review = revision.status == Status.IN_REVIEW and user.pk not in row.took_part
    if is_open_to_review and _may(user, "approve", revision):
        urgency = _urgency_of_review(asked, user) if asked else 1
        return Task("To review", revision, "Review", asked=asked, urgency=urgency)
    if revision.status != Status.APPROVED:
        return None
    if row.is_approval_void and _may(user, "reopen", revision):
        return Task("Approval void", revision, "View", asked=asked, urgency=2)
    if not row.is_approval_void and _may(user, "publish", revision):
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


def rows(*, at: datetime, about: Policy | None = None) -> list[Row]:
    """Return the state of every policy, or of one, its source and its translations. Eight queries.

    Sorted by name, translations right after their source, retired policies last. A policy that is
    made between the queries is left out.
    """
    policies = Policy.objects.with_version_in_force(at=at).select_related("owner")
    if about:
        family = Q(pk__in=[about.pk, about.translation_of_id]) | Q(translation_of=about)
        policies = policies.filter(family)
    found = {policy.pk: Row(policy) for policy in policies}
    of_policies: dict[str, Any] = {"policy__in": list(found)} if about else {}
    _add_revisions(found, of_policies, at=at)
    _add_checks(found, of_policies, at=at)
    _add_sources(found)
    _add_answers(found, of_policies)

    def place(row: Row) -> tuple[object, ...]:
        policy = row.policy
        source = found.get(policy.translation_of_id or 0, row).policy
        is_translation = source != policy
        return policy.retired_at is not None, source.name.casefold(), source.pk, is_translation

    return sorted(found.values(), key=place)


def _add_revisions(found: dict[int, Row], of_policies: dict[str, Any], *, at: datetime) -> None:
    """Add the versions in force, those to come, and the revisions in progress: what was last done
    to these, who wrote them, and who is asked to review them.
    """
    in_force = {row.policy.in_force_id for row in found.values()}  # type: ignore[attr-defined]
    wanted = Q(pk__in=in_force - {None}) | Q(status__in=OPEN)
    wanted |= Q(status=Status.PUBLISHED, effective_at__gt=at)
    revisions = Revision.objects.filter(wanted, **of_policies).order_by("effective_at")
    for revision in _annotated(revisions, at=at):
        row = found.get(revision.policy_id)
        if row is None:
            continue
        revision.policy = row.policy
        if revision.pk in in_force:
            row.in_force = revision
        elif revision.status == Status.PUBLISHED:
            row.upcoming.append(revision)
        else:
            row.open = revision
    in_progress = [row.open for row in found.values() if row.open]
    prefetch_related_objects(in_progress, "contributions")
    people = People()
    for revision in in_progress:
        revision.people = people
    asked = asked_of(in_progress, at=at)
    for row in found.values():
        row.asked = asked.get(row.open.pk) if row.open else None


def _annotated(revisions: QuerySet[Revision], *, at: datetime) -> QuerySet[Revision]:
    """Annotate the last move, who made it and when; how many comments are open; and how many
    versions of its source have come into force since the one that a version translates.
    """
    moves = AuditEvent.objects.filter(revision=OuterRef("pk"), action__in=_MOVES)
    last = moves.order_by("-sequence")
    comments = ReviewComment.objects.filter(revision=OuterRef("pk"), resolved_at=None)
    newer = Revision.objects.effective(at=at).filter(
        policy=OuterRef("policy__translation_of"), number__gt=OuterRef("source_version__number")
    )
    return (
        revisions.select_related("rendering", "source_version", "saved_by")
        .only(*_COLUMNS)
        .annotate(last_move=Subquery(last.values("action")[:1]))
        .annotate(moved_by=Subquery(last.values("actor")[:1]))
        .annotate(moved_at=Subquery(last.values("done_at")[:1]))
        .annotate(open_comments=_number_of(comments, "revision"))
        .annotate(newer_sources=_number_of(newer, "policy"))
    )


def _number_of(rows: QuerySet[Any], column: str) -> Subquery:
    """Return how many of the rows, which all have the same value in a column, there are."""
    return Subquery(rows.order_by().values(column).annotate(number=Count("pk")).values("number"))


def _add_checks(found: dict[int, Row], of_policies: dict[str, Any], *, at: datetime) -> None:
    """Add when the versions in force are to be checked."""
    confirmed_at = periodic_checks.last_confirmed(**of_policies)
    for row in found.values():
        policy = row.policy
        if row.in_force:
            due = periodic_checks.due_on(policy, row.in_force, confirmed_at.get(policy.pk))
            row.review_due_on = due
            row.is_overdue = due is not None and due <= policy.day_of(at)


def _add_sources(found: dict[int, Row]) -> None:
    """Add what the translations in force were made from, and what is in force of that now."""
    for row in found.values():
        source = found.get(row.policy.translation_of_id or 0)
        if source:
            row.policy.translation_of = source.policy  # lest it be read again
        if source and row.in_force:
            version = row.in_force.translated_version
            row.translated_from = TranslatedFrom(source.policy, version, source.in_force)


def _add_answers(found: dict[int, Row], of_policies: dict[str, Any]) -> None:
    """Add the keys of the findings that were justified, or overruled by others than authors."""
    justified = Justification.objects.filter(**of_policies).order_by()
    overruled = Overruling.objects.filter(withdrawn_at=None, **of_policies).order_by()
    answers = justified.values_list("policy_id", "key", "justified_by", Value(False)).union(
        overruled.values_list("policy_id", "key", "overruled_by", Value(True))
    )
    answers = answers.order_by()  # Django 6.1 would order them as the first model says
    for policy_id, key, person, is_overruled in answers:
        row = found.get(policy_id)
        if row and not is_overruled:
            row.justified.add(key)
        elif row and person not in row.took_part:
            row.overruled.add(key)
