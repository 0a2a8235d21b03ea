"""The desk: submitting a draft to a reviewer, asking somebody else, and reminders."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import get_text_list
from django.views.decorators.http import require_http_methods, require_POST

from policies import workflow
from policies.ledger.actor_names import NOBODY_HERE, name_of, names_of
from policies.mail import notices
from policies.models import Policy, ReviewRequest, Revision, grants, involved
from policies.permissions import REVIEW
from policies.staff import findings, pages
from policies.staff.forms import Day, DeskForm, Text, WholeNumber
from policies.staff.guards import action_required, user_of
from policies.states import Status
from policies.workflow import open_findings, reviewing
from policies.workflow.refusals import unresolved


@dataclass(frozen=True)
class Asked:
    """reviewer: the name of the person who is asked; "" for anyone who may review it.

    reviewer_id: None, too, if that person can't review it any more; then `before` is the name.
    due_on: in the policy's time zone.
    """

    reviewer: str = ""
    reviewer_id: int | None = None
    before: str = ""
    due_on: date | None = None
    is_overdue: bool = False


# With whom was asked: None, too, if their account is gone.
REQUESTS = Prefetch("review_requests", ReviewRequest.objects.select_related("reviewer"))


def asked_of(revisions: Sequence[Revision], *, at: datetime) -> dict[int, Asked]:
    """Return who is asked to review each of the revisions that are in review, by their keys.

    Three queries at most, if `contributions` are prefetched and all have the same `people`.
    """
    prefetch_related_objects(revisions, REQUESTS)
    requests = {revision: request for revision in revisions if (request := revision.review_request)}
    grants.read_permissions(filter(None, (request.reviewer for request in requests.values())))
    found: dict[int, Asked] = {}
    for revision, request in requests.items():
        due_on = request.due_on
        is_overdue = due_on is not None and due_on < revision.policy.day_of(at)
        asked = Asked(due_on=due_on, is_overdue=is_overdue)
        reviewer = request.reviewer
        if reviewer and _may_review(reviewer, revision):
            asked = replace(asked, reviewer=name_of(reviewer), reviewer_id=reviewer.pk)
        elif request.reviewer_id:
            asked = replace(asked, before=name_of(reviewer) if reviewer else NOBODY_HERE)
        found[revision.pk] = asked
    return found


def _may_review(person: User, revision: Revision) -> bool:
    wrote = revision.people.accounts_of(revision.contributor_ids())
    is_able = person.is_staff and person.has_perm(REVIEW, revision.policy)
    return is_able and person.pk not in wrote


class AskForm(DeskForm):
    """Whom to ask for a review, by when, and a note to them; each may be empty."""

    reviewer = WholeNumber()
    due_on = Day()
    note = Text()

    written = "note"
    field_of: ClassVar[Mapping[str, str]] = {"reviewer_id": "reviewer"}


@require_http_methods(["GET", "POST"])
@action_required("submit")
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whom to submit a draft to, show what is open in it, and submit it."""
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        try:
            submitted = workflow.submit(pk, by=user_of(request), at=timezone.now(), **form.values())
        except workflow.Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _submitted(submitted))
            return redirect(pages.work_url(request, pk))
    revision = pages.revision_or_404(pk)
    if revision.status != Status.DRAFT:
        problems = [problem for problem, _ in form.problems] if form.is_bound else []
        for problem in problems or [f"{revision}: only a draft can be submitted."]:
            messages.warning(request, problem)
        return redirect(pages.work_url(request, pk))
    found = open_findings.findings_of(revision, at=timezone.now())
    context = {
        "title": f"Submit {revision.policy} for review",
        "revision": revision,
        "form": form,
        "reviewers": able_reviewers(revision),
        "unresolved": unresolved(revision, "approved"),
        **findings.as_list(open_findings.still_open(found)),
    }
    return pages.render_staff_page(request, "submit.html", context)


def _submitted(revision: Revision) -> str:
    """Return the message after a submission: who has it, and what is still open."""
    found = findings.open_now(revision)
    reviewer = asked_of([revision], at=timezone.now())[revision.pk].reviewer
    done = f"Submitted for review. It is now on {f'{reviewer}’s' if reviewer else 'the reviewers’'}"
    done += f" desk.{findings.still_blocking(len(found))}"
    if any(finding.can_be_overruled for finding in found):
        done += " A reviewer must overrule what is not fixed."
    return f"{done} {unresolved(revision, 'approved')}".strip()


def able_reviewers(revision: Revision, *, but: Iterable[int] = ()) -> list[tuple[int, str]]:
    """Return the key and the name of everybody who could approve a revision, by their names. but:
    if these people were among its authors.
    """
    staff = User.objects.filter(is_active=True, is_staff=True)
    able = notices.permission_holders(
        revision.policy, REVIEW, but=involved(revision) | {*but}, among=staff
    )
    return _by_name(staff.filter(pk__in=able))


def staff_with(permission: str, policy: Policy) -> list[tuple[int, str]]:
    """Return the key and the name of whoever holds a permission for a policy, by their names."""
    return _by_name(notices.able_staff(permission, policy))


def _by_name(users: Iterable[User]) -> list[tuple[int, str]]:
    people = [(user.pk, name_of(user)) for user in users]
    return sorted(people, key=lambda person: person[1].casefold())


# Names of reviewers in a sentence: enough to know whom to ask.
MAX_NAMES = 5


def warning_before_accepting(revision: Revision, reader: User, author_ids: Iterable[int]) -> str:
    """Return what a page shows before `reader` accepts words of these authors: who could approve
    the text no longer, and who still could; "" if all could who can now.
    """
    own, authors = revision.people.accounts_of({reader.pk}), {*author_ids}
    reviewers = notices.able_staff(REVIEW, revision.policy)
    able = reviewers.filter(pk__in=own | authors).exclude(pk__in=involved(revision))
    names = {user.pk: name_of(user) for user in able}
    lost = ["you"] if names.keys() & own else []
    lost += sorted(name for pk, name in names.items() if pk not in own)
    if not lost:
        return ""
    but = own | revision.people.accounts_of(authors)
    left = [name for _, name in able_reviewers(revision, but=but)]
    more = [f"{len(left) - MAX_NAMES} others"] if len(left) > MAX_NAMES else []
    still = (
        f"{get_text_list([*left[:MAX_NAMES], *more], 'and')} still can." if left else "Nobody can."
    )
    return (
        f"If you accept this, {get_text_list(lost, 'and')} can’t approve the text any more, as "
        f"{'one of its authors' if len(lost) == 1 else 'its authors'}. {still}"
    )


def request_context(request: HttpRequest, revision: Revision) -> dict[str, Any]:
    """Return what the review page shows of whom was asked; nothing unless it is in review."""
    if revision.status != Status.IN_REVIEW or (submitted_at := revision.submitted_at) is None:
        return {}
    prefetch_related_objects([revision], "contributions", REQUESTS)  # for the whole page
    now = timezone.now()
    since = [asked for asked in revision.review_requests.all() if asked.asked_at >= submitted_at]
    names = names_of(asked.asked_by_id for asked in since)
    reviewers = able_reviewers(revision)
    asked = asked_of([revision], at=now).get(revision.pk)
    is_able = request.user.pk in dict(reviewers)
    return {
        "asked": asked,
        "reviewers": reviewers,
        "ask_form": AskForm(
            initial={
                "reviewer": asked and asked.reviewer_id,
                "due_on": asked and asked.due_on and asked.due_on.isoformat(),
            }
        ),
        "can_take": is_able and not (asked and asked.reviewer_id == request.user.pk),
        "notes": [
            (names[asked.asked_by_id], asked.asked_at, asked.note) for asked in since if asked.note
        ],
        "nudged_at": reviewing.last_nudge(revision),
    }


@require_POST
@action_required("nudge")
def nudge(request: HttpRequest, pk: int) -> HttpResponse:
    by = user_of(request)
    try:
        revision = workflow.nudge(pk, by=by, at=timezone.now())
    except workflow.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        if set(notices.reminder_audience(revision)) - {by}:
            messages.success(request, "Reminder sent.")
        else:
            nobody = "No e-mail was sent: none of its reviewers gets such e-mails."
            messages.warning(request, nobody)
    return redirect(pages.review_url(request, pk))
