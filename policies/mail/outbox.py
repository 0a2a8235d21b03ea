"""Sends e-mails. No action waits for that, and no failure of it undoes an action.

An action's transaction adds an Announcement to the act (ledger.record_act). After the commit, a
thread creates one Mail for each person and sends them. What that could not do, because the mail
server was down or the process was stopped, `manage.py send_reminders` does later, for KEPT_FOR.
docs/adr/0014-mail.md says why.

A sender first marks a mail as being tried. If it fails, the mail is free again at once; if the
process dies meanwhile, it is free after LEASE. So nobody gets a mail twice, unless a process dies
after the mail server accepted it and before that is stored: then it comes again under the same
Message-ID.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeAlias

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import DatabaseError, connections, transaction
from django.db.models import QuerySet
from django.utils import timezone

from policies.database.transactions import retry_while_locked
from policies.mail import messages, notices
from policies.mail.notices import SINGLE
from policies.models import Announcement, AuditEvent, Mail, MailOptOut, MailThread
from policies.text.short_text import counted
from policies.text.timestamps import around

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=3)
# Reminders come at least every four weeks (reminders.py): older ones are out of date by then.
REMINDERS_KEPT_FOR = timedelta(weeks=8)
# Longer than sending one mail can take (EMAIL_TIMEOUT for each step).
LEASE = timedelta(minutes=10)

# One thread per process, made for the first mail and hence after a fork. A process that ends waits
# for it, or is killed: nothing is lost either way.
background = ThreadPoolExecutor(max_workers=1, thread_name_prefix="outbox")


# Writes the message for some mails to one person.
_Write: TypeAlias = "Callable[[Sequence[Mail]], EmailMultiAlternatives]"


@dataclass
class Outcome:
    """How many mails were sent, and how many failed and will be tried again."""

    sent: int = 0
    failed: int = 0


def announce(event: AuditEvent) -> None:
    """Notify people of an act once its transaction is committed. Call it in the transaction."""
    if event.action in notices.MAIL_RULES:
        Announcement.objects.create(event=event)
        transaction.on_commit(partial(run_in_background, partial(notify, event.pk)), robust=True)


def run_in_background(job: Callable[[], object]) -> None:
    """Run a job that sends mails in the background, one after the other. It must log its errors."""
    if settings.MAIL_IN_BACKGROUND:
        background.submit(_run_in_thread, job)
    else:
        job()


def _run_in_thread(job: Callable[[], object]) -> None:
    try:
        job()
    finally:
        connections.close_all()  # this thread's


def notify(event_id: int) -> None:
    """Create and send the mails about an act. Never raises: errors are logged."""
    try:
        retry_while_locked(partial(create_mails, event_id))
        deliver(Mail.objects.filter(event=event_id))
    except DatabaseError as error:
        said = " ".join(str(error).split())
        logger.error("The mails about act %s wait for send_reminders: %s", event_id, said)
    except Exception:
        logger.exception("The mails about act %s failed; send_reminders tries again.", event_id)


def create_mails(event_id: int) -> None:
    """Turn an announcement into one mail for each person; once, even if others try the same."""
    with transaction.atomic():
        announcement = Announcement.objects.select_for_update().filter(event=event_id).first()
        if announcement is None:
            return
        event, policy = announcement.event, announcement.event.policy
        assert policy is not None  # noqa: S101  actions that people are notified of are about one
        Mail.objects.bulk_create(
            Mail(user=user, event=event, policy=policy) for user in notices.audience(event)
        )
        announcement.delete()


def drop_stale(*, at: datetime) -> None:
    """Delete announcements and mails that are older than KEPT_FOR (or REMINDERS_KEPT_FOR).

    What was not sent by then is no news any more; what was sent is kept lest it be sent twice.
    """
    Announcement.objects.filter(recorded_at__lt=at - KEPT_FOR).delete()
    Mail.objects.filter(event__isnull=False, recorded_at__lt=at - KEPT_FOR).delete()
    Mail.objects.filter(event__isnull=True, recorded_at__lt=at - REMINDERS_KEPT_FOR).delete()


def unfinished_announcements(*, at: datetime) -> list[int]:
    """Return the ids of acts that are still announced after LEASE: their process died."""
    left = Announcement.objects.exclude(recorded_at__range=around(at, LEASE)).order_by("event")
    return list(left.values_list("event", flat=True))


def waiting_count(*, at: datetime) -> int:
    """Return how many mails wait to be sent; an act without its mails yet counts as one.

    Mails for a digest that is not due yet do not wait.
    """
    since = at - KEPT_FOR
    mails = Mail.objects.filter(sent_at__isnull=True, recorded_at__gte=since)
    mails = mails.exclude(user__in=digest_readers(), recorded_at__gte=last_digest_time(at=at))
    return mails.count() + Announcement.objects.filter(recorded_at__gte=since).count()


def deliver(mails: QuerySet[Mail]) -> Outcome:
    """Send those of the mails that nobody has sent and nobody is sending; log what fails.

    If the mail server can't be reached, that is tried once, not for each mail. Mails to people who
    get a daily digest are left to `deliver_digests`.
    """
    single = _unclaimed(mails).exclude(user__in=digest_readers()).order_by("pk")
    return _deliver([[pk] for pk in single.values_list("pk", flat=True)], _single_message)


def deliver_digests(*, at: datetime) -> Outcome:
    """Send the daily digests that are due at `at`: to each person one message at most."""
    return _deliver(digest_batches(_unclaimed(Mail.objects.all()), at=at), messages.digest)


def _deliver(batches: list[list[int]], write: _Write) -> Outcome:
    """Send one message for each batch of mails to a person, named by their keys."""
    outcome = Outcome()
    if not batches:
        return outcome
    try:
        connection = mail.get_connection()
        connection.open()
    except Exception:
        emails = counted(len(batches), "e-mail")
        logger.exception("%s waiting: the mail server can't be reached.", emails)
        return Outcome(failed=len(batches))
    try:
        for keys in batches:
            _deliver_one(keys, write, connection, outcome)
    finally:
        _close_connection(connection)
    return outcome


def _unclaimed(mails: QuerySet[Mail]) -> QuerySet[Mail]:
    now = timezone.now()  # leases run by the real clock, whatever time a caller works with
    unsent = mails.filter(sent_at__isnull=True, recorded_at__gte=now - KEPT_FOR)
    return unsent.exclude(tried_at__range=around(now, LEASE))


def _deliver_one(keys: list[int], write: _Write, connection: Any, outcome: Outcome) -> None:
    tried_at, mine = timezone.now(), Mail.objects.filter(pk__in=keys)
    retry_while_locked(lambda: _unclaimed(mine).update(tried_at=tried_at))
    mine = mine.filter(pk__in=list(mine.filter(tried_at=tried_at).values_list("pk", flat=True)))
    try:
        if not (rows := _still_wanted(mine)):
            return  # another sender has taken them meanwhile, or nobody wants them
        message = write(rows)
        message.connection = connection
        message.send()
    except BaseException as error:
        retry_while_locked(lambda: mine.update(tried_at=None))
        if not isinstance(error, Exception):
            raise
        outcome.failed += 1
        logger.exception("E-mail %d failed; send_reminders tries it again.", keys[0])
        _close_connection(connection)  # its state is unknown; the next mail opens it again
    else:
        # If this were lost, the mail would be sent a second time.
        retry_while_locked(lambda: mine.update(sent_at=timezone.now()))
        outcome.sent += 1


def _still_wanted(mails: QuerySet[Mail]) -> list[Mail]:
    """Return the mails without those that their readers should not get any more: these are deleted.

    Rights, addresses or opt-outs may have changed, or the state of a revision.
    """
    rows = mails.select_related("user", "policy", "event__revision", "event__policy")
    wanted: list[Mail] = []
    unwanted: list[Mail] = []
    for row in rows.order_by("pk"):
        people = notices.audience(row.event) if row.event else notices.review_audience()
        (wanted if row.user in people else unwanted).append(row)
    if unwanted:
        retry_while_locked(mails.filter(pk__in=[row.pk for row in unwanted]).delete)
    return wanted


def _single_message(rows: Sequence[Mail]) -> EmailMultiAlternatives:
    (row,) = rows
    if row.event is None or row.event.revision_id is None:
        return messages.message(row)
    of_it = {"user": row.user, "revision_id": row.event.revision_id}
    begin = partial(MailThread.objects.get_or_create, **of_it, defaults={"event": row.event})
    thread, _ = retry_while_locked(begin)
    return messages.message(row, answers=thread.event_id)


def _close_connection(connection: Any) -> None:
    try:
        connection.close()
    except Exception:
        logger.exception("The connection to the mail server could not be closed.")


# --- Daily digests -------------------------------------------------------------------------------

# A person who wants a digest gets one message at most on a day, with all mails that were recorded
# by DIGEST_HOUR. Later ones are in the next. If a process dies while it sends a digest, the same
# mails are sent again, as the same message, before any other.

# O'clock, by TIME_ZONE.
DIGEST_HOUR = 7


def digest_readers() -> QuerySet[MailOptOut, Any]:
    """Return the ids of those who get a digest, as a subquery."""
    return MailOptOut.objects.filter(kind=SINGLE).values("user")


def last_digest_time(*, at: datetime) -> datetime:
    """Return when digests were last to be sent, up to `at`."""
    now = timezone.localtime(at)
    today = now.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return today if today <= now else today - timedelta(days=1)


def digest_batches(free: QuerySet[Mail], *, at: datetime) -> list[list[int]]:
    """Return the keys of the mails for each digest that is due.

    free: the mails that may be sent now, among them those whose sender has died (tried_at).
    """
    since = last_digest_time(at=at)
    this_day = since, since + timedelta(days=1)
    served = Mail.objects.filter(sent_at__range=this_day).values("user")
    due = free.filter(user__in=digest_readers()).exclude(recorded_at__range=this_day)
    due = due.exclude(user__in=served)
    batches_of: dict[int, dict[datetime | None, list[int]]] = {}
    for user_id, tried_at, pk in due.order_by("pk").values_list("user_id", "tried_at", "pk"):
        batches_of.setdefault(user_id, {}).setdefault(tried_at, []).append(pk)
    return [batches[min(filter(None, batches), default=None)] for batches in batches_of.values()]
