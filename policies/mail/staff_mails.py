"""E-mails to staff about what was done. No action waits for one, and no failure undoes an action.

An action's transaction adds an Announcement to the act (ledger.record_act). After the commit, a
thread creates one Mail for each person and sends them. What that could not do, because the mail
server was down or the process was stopped, `manage.py send_reminders` does later, for KEPT_FOR.
docs/adr/0014-mail.md says why.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from policies import outbox
from policies.database.transactions import retry_while_locked
from policies.mail import messages, notices, sending
from policies.mail.notices import SINGLE
from policies.models import Announcement, AuditEvent, Mail, MailOptOut, MailThread
from policies.outbox import Outcome
from policies.text.timestamps import around

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=3)
# Reminders come at least every four weeks (reminders.py): older ones are out of date by then.
REMINDERS_KEPT_FOR = timedelta(weeks=8)
LEASE = timedelta(minutes=10)
SENDER = sending.Sender(LEASE, again_at_once=True, logs_errors=True)


def announce(event: AuditEvent) -> None:
    """Notify people of an act once its transaction is committed. Call it in the transaction."""
    if event.action in notices.MAIL_RULES:
        Announcement.objects.create(event=event)
        job = partial(notify, event.pk)
        transaction.on_commit(partial(sending.run_in_background, job), robust=True)


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
        event, policy = announcement.event, notices.policy_of(announcement.event)
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
    """Send those of the mails that are free, but for those to people who get a daily digest."""
    single = _free(mails).exclude(user__in=digest_readers()).order_by("pk")
    return _deliver([[pk] for pk in single.values_list("pk", flat=True)], _write_single)


def deliver_digests(*, at: datetime) -> Outcome:
    """Send the daily digests that are due at `at`: to each person one message at most."""
    return _deliver(digest_batches(_free(Mail.objects.all()), at=at), messages.digest)


def _free(mails: QuerySet[Mail]) -> QuerySet[Mail]:
    return mails.filter(outbox.is_free(LEASE), recorded_at__gte=timezone.now() - KEPT_FOR)


def _deliver(
    batches: list[list[int]], write: Callable[[list[Mail]], EmailMultiAlternatives]
) -> Outcome:
    def write_if_wanted(*mails: Mail) -> EmailMultiAlternatives | None:
        wanted = _still_wanted(mails)
        return write(wanted) if wanted else None

    mails = Mail.objects.select_related(
        "user", "policy__owner", "policy__translation_of__owner", "event__revision", "event__policy"
    )
    return SENDER.deliver(mails, batches, lambda: write_if_wanted)


def _still_wanted(mails: Sequence[Mail]) -> list[Mail]:
    """Return the mails without those that their readers should not get any more: these are deleted.

    Rights, addresses or opt-outs may have changed, or the state of a revision.
    """
    wanted = []
    for mail in mails:
        people = (
            notices.audience(mail.event) if mail.event else notices.review_audience(mail.policy)
        )
        if mail.user in people:
            wanted.append(mail)
        else:
            retry_while_locked(Mail.objects.filter(pk=mail.pk).delete)
    return wanted


def _write_single(mails: list[Mail]) -> EmailMultiAlternatives:
    (mail,) = mails
    if mail.event is None or mail.event.revision_id is None:
        return messages.message(mail)
    about = {"user": mail.user, "revision_id": mail.event.revision_id}
    begin = partial(MailThread.objects.get_or_create, **about, defaults={"event": mail.event})
    thread, _ = retry_while_locked(begin)
    return messages.message(mail, answers=thread.event_id)


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
