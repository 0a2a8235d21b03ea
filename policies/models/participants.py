"""Who had a part in a revision, and so may not approve it."""

from datetime import datetime

from policies.models.review import LateApproval
from policies.models.revision import Revision
from policies.states import Basis


def participants(revision: Revision) -> set[int]:
    """Return everybody who wrote in a revision or published it, or did so in what it is based on,
    back to what somebody had approved. None of them may approve it.
    """
    line = line_of_drafts(revision)
    wrote = {it.contributed_by_id for one in line for it in one.contributions.all()}
    return wrote | {one.published_by_id for one in line if one.published_by_id is not None}


def line_of_drafts(revision: Revision) -> list[Revision]:
    """Return a revision, and what it came from, back to what somebody had approved."""
    line = [revision]
    while (origin := line[-1].based_on) and not was_approved(origin, at=line[-1].created_at):
        line.append(origin)
    return line


def was_approved(revision: Revision, *, at: datetime) -> bool:
    """Return whether a revision's text had been published by `at`, approved or as an import.

    One that was published without approval counts once it is approved, withdrawn or not.
    """
    if revision.number is None:
        return False
    late = LateApproval.objects.filter(revision=revision, approved_at__lte=at)
    return revision.basis != Basis.EMERGENCY or late.exists()
