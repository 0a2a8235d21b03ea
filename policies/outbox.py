"""What waits in a table to be sent: reserved by one process, then sent, or tried again later.

If a process is killed, its rows are free again once their lease is over. So nothing is lost, and
each row is sent once, unless a process dies after the receiver has accepted it and before that is
stored: then it is sent again, under the same id. mail/sending.py and webhooks/delivering.py say in
which order, when again and until when. docs/adr/0045-one-outbox.md says why it is no library.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.db.models import Q, QuerySet
from django.utils import timezone

from policies.database.transactions import retry_while_locked
from policies.models.fields import Outgoing
from policies.text.timestamps import around

Row = TypeVar("Row", bound=Outgoing)


@dataclass
class Outcome:
    """How many were sent, have failed and will be tried again, and are given up."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0


def is_free(lease: timedelta) -> Q:
    """Return the condition that nobody has sent a row, and nobody has tried it within the lease."""
    # Leases run by the real clock, whatever time a caller works with.
    return Q(sent_at__isnull=True) & ~Q(tried_at__range=around(timezone.now(), lease))


def reserve(rows: QuerySet[Row], free: Q, **values: Any) -> QuerySet[Row]:
    """Reserve for this process those of the rows that are free, and return them.

    By an UPDATE that only one process can win; no transaction stays open while it sends. values:
    what is stored besides tried_at.
    """
    values["tried_at"] = timezone.now()
    is_won = retry_while_locked(lambda: rows.filter(free).update(**values))
    return rows.filter(tried_at=values["tried_at"]) if is_won else rows.none()


def store(rows: QuerySet[Row], **values: Any) -> None:
    """Store what came of it. If this were lost, what was sent would be sent a second time."""
    retry_while_locked(lambda: rows.update(**values))
