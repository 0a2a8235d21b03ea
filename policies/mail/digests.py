"""Which mails go into a daily digest, and when.

A person who wants a digest gets one message at most on a day, with all mails that were recorded by
DIGEST_HOUR. Later ones are in the next. If a process dies while it sends a digest, the same mails
are sent again, as the same message, before any other.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from policies.mail.notices import SINGLE
from policies.models import Mail, MailOptOut

# O'clock, by TIME_ZONE.
DIGEST_HOUR = 7


def readers() -> QuerySet[MailOptOut, Any]:
    """Return the ids of those who get a digest, as a subquery."""
    return MailOptOut.objects.filter(kind=SINGLE).values("user")


def last_time(*, at: datetime) -> datetime:
    """Return when digests were last to be sent, up to `at`."""
    now = timezone.localtime(at)
    today = now.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return today if today <= now else today - timedelta(days=1)


def batches(free: QuerySet[Mail], *, at: datetime) -> list[list[int]]:
    """Return the keys of the mails for each digest that is due.

    free: the mails that may be sent now, among them those whose sender has died (tried_at).
    """
    since = last_time(at=at)
    served = Mail.objects.filter(sent_at__gte=since).values("user")
    due = free.filter(user__in=readers(), recorded_at__lt=since).exclude(user__in=served)
    found: dict[int, dict[datetime | None, list[int]]] = {}
    for user_id, tried_at, pk in due.order_by("pk").values_list("user_id", "tried_at", "pk"):
        found.setdefault(user_id, {}).setdefault(tried_at, []).append(pk)
    return [its[min(filter(None, its), default=None)] for its in found.values()]
