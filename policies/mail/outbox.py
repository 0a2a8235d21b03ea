"""Sending e-mails. No verb waits for it, and none is undone by it.

A verb's transaction leaves an Announcement beside the act (ledger.record_act). Once it is
committed, a thread makes out one Mail for each person and sends them. What it could not do, as the
mail server was down or the process was stopped, `manage.py send_reminders` does later, for
KEPT_FOR. docs/adr/0014-mail.md says why.

A sender first marks a mail as being tried. A mail that failed is free again at once; one whose
process died in the middle is free after LEASE. So nobody gets one twice, unless a process dies
between the mail server's yes and our note of it: then it comes again under the same Message-ID.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import mail
from django.db import connections, transaction
from django.db.models import Q
from django.utils import timezone

from policies.models import Announcement, Mail
from policies.short_lines import counted

from . import letters, notices

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.db.models import QuerySet

    from policies.models import AuditEvent

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=3)
# Reminders come every four weeks at least (reminders.py): by then a later one counts.
REMINDERS_KEPT_FOR = timedelta(weeks=8)
# Longer than a mail server that answers at all can take with one mail (EMAIL_TIMEOUT per step).
LEASE = timedelta(minutes=10)

# One thread per process, made with the first mail, so after a fork. A process that ends waits for
# it, or is killed: nothing is lost either way.
background = ThreadPoolExecutor(max_workers=1, thread_name_prefix="outbox")


@dataclass
class Outcome:
    """How many mails were sent, and how many failed and will be tried again."""

    sent: int = 0
    failed: int = 0


def announce(event: AuditEvent) -> None:
    """Have people told of an act once the transaction that it belongs to is committed."""
    if event.verb in notices.ACTS:
        Announcement.objects.create(event=event)
        transaction.on_commit(partial(hand_over, partial(tell, event.pk)), robust=True)


def hand_over(job: Callable[[], object]) -> None:
    """Do what sends mails beside the requests, one job after the other. It logs its own faults."""
    if settings.MAIL_IN_BACKGROUND:
        background.submit(_beside_requests, job)
    else:
        job()


def _beside_requests(job: Callable[[], object]) -> None:
    try:
        job()
    finally:
        connections.close_all()  # this thread's


def tell(event_id: int) -> None:
    """Make out and send the mails about an act. Whatever goes wrong is logged."""
    try:
        make_out(event_id)
        deliver(Mail.objects.filter(event=event_id))
    except Exception:
        logger.exception("The mails about act %s could not be made out; they wait.", event_id)


def make_out(event_id: int) -> None:
    """Turn an announcement into one mail for each person, once, whoever else is at it."""
    with transaction.atomic():
        waiting = Announcement.objects.select_for_update().filter(event=event_id).first()
        if waiting is None:
            return
        event = waiting.event
        Mail.objects.bulk_create(
            Mail(user=user, event=event, policy_id=event.policy_id)
            for user in notices.audience(event)
        )
        waiting.delete()


def drop_stale(*, at: datetime) -> None:
    """Forget the acts that nobody was told of within KEPT_FOR, since they are no news any more, and
    who was told of what: nobody needs to know that longer than it keeps a mail from coming twice.
    """
    Announcement.objects.filter(recorded_at__lt=at - KEPT_FOR).delete()
    Mail.objects.filter(event__isnull=False, recorded_at__lt=at - KEPT_FOR).delete()
    Mail.objects.filter(event__isnull=True, recorded_at__lt=at - REMINDERS_KEPT_FOR).delete()


def left_behind(*, at: datetime) -> list[int]:
    """Return the acts that nobody was told of, though there was time: their process died."""
    waiting = Announcement.objects.filter(recorded_at__lte=at - LEASE)
    return list(waiting.order_by("event").values_list("event", flat=True))


def waiting(*, at: datetime) -> int:
    """Return how many mails are still to be sent, one for each act that is not made out yet."""
    since = at - KEPT_FOR
    mails = Mail.objects.filter(sent_at__isnull=True, recorded_at__gte=since)
    return mails.count() + Announcement.objects.filter(recorded_at__gte=since).count()


def deliver(mails: QuerySet[Mail]) -> Outcome:
    """Send those of the mails that nobody has sent and nobody is sending; log what fails.

    Without a mail server the first mail's failure is all that is waited for.
    """
    outcome = Outcome()
    pending = list(_free(mails).order_by("pk").values_list("pk", flat=True))
    if not pending:
        return outcome
    try:
        connection = mail.get_connection()
        connection.open()
    except Exception:
        waiting = counted(len(pending), "e-mail")
        logger.exception("%s waiting: the mail server can't be reached.", waiting)
        return Outcome(failed=len(pending))
    try:
        for pk in pending:
            _deliver_one(pk, connection, outcome)
    finally:
        _close(connection)
    return outcome


def _free(mails: QuerySet[Mail]) -> QuerySet[Mail]:
    now = timezone.now()  # who has a mail in hands, and for how long, is a matter of the clock
    return mails.filter(
        Q(tried_at__isnull=True) | Q(tried_at__lte=now - LEASE),
        sent_at__isnull=True,
        recorded_at__gte=now - KEPT_FOR,
    )


def _deliver_one(pk: int, connection: Any, outcome: Outcome) -> None:
    mine = Mail.objects.filter(pk=pk)
    if not _free(mine).update(tried_at=timezone.now()):
        return  # somebody else's meanwhile
    try:
        row = mine.select_related("user", "policy", "event__revision", "event__policy").get()
        if not _is_wanted(row):
            mine.delete()
            return
        message = letters.message(row)
        message.connection = connection
        message.send()
    except BaseException as error:
        mine.update(tried_at=None)
        if not isinstance(error, Exception):
            raise
        outcome.failed += 1
        logger.exception("E-mail %d failed; send_reminders tries it again.", pk)
        _close(connection)  # what it is in the middle of, nobody knows; the next mail opens it
    else:
        mine.update(sent_at=timezone.now())
        outcome.sent += 1


def _is_wanted(row: Mail) -> bool:
    """Ask again when it is sent: rights, addresses and wishes may have changed since."""
    people = notices.audience(row.event) if row.event else notices.review_audience()
    return row.user in people


def _close(connection: Any) -> None:
    try:
        connection.close()
    except Exception:
        logger.exception("The connection to the mail server could not be closed.")
