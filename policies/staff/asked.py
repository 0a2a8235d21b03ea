"""Who is asked to review a submission, in the words of the desk's pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from policies.ledger.actor_names import name_of, names_of
from policies.mail import notices
from policies.models import Revision


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


def asked_of(revisions: Iterable[Revision], *, at: datetime) -> dict[int, Asked]:
    """Return who is asked to review each of the revisions that are in review, by their keys.

    Three queries at most, if `review_requests` are prefetched.
    """
    requests = {it: request for it in revisions if (request := it.review_request)}
    people = {it.reviewer_id for it in requests.values() if it.reviewer_id}
    able = {it.pk: name_of(it) for it in notices.able_reviewers().filter(pk__in=people)}
    gone = names_of(people - able.keys())
    return {
        revision.pk: Asked(
            able.get(request.reviewer_id or 0, ""),
            request.reviewer_id if request.reviewer_id in able else None,
            gone.get(request.reviewer_id, ""),
            request.due_on,
            request.due_on is not None and request.due_on < revision.policy.day_of(at),
        )
        for revision, request in requests.items()
    }
