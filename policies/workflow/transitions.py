"""The only writer of a revision's status."""

from policies.models import Revision
from policies.states import Status


def move(revision: Revision, status: Status, **changes: object) -> None:
    """Give a locked revision a new status and what comes with it.

    The caller has asked whether that is allowed.
    """
    changes["status"] = status
    for name, value in changes.items():
        setattr(revision, name, value)
    revision.save(update_fields=list(changes))
