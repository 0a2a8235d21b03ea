"""Sends e-mails: one after the other, many over one connection, each once (outbox.py)."""

import logging
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any, Final, TypeAlias

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connections
from django.db.models import F, QuerySet
from django.utils import timezone

from policies import outbox
from policies.database.transactions import retry_while_locked
from policies.mail.addresses import UndecryptableAddress
from policies.outbox import Outcome
from policies.text.short_text import counted

logger = logging.getLogger(__name__)

# Messages over one connection. Some mail servers allow no more.
BATCH: Final = 100
# After that, a run ends; the next one goes on. Less than the ten minutes between two runs.
LONGEST_RUN: Final = timedelta(minutes=8)

# Writes one message for some rows; None if they should not be sent any more.
Write: TypeAlias = Callable[..., EmailMultiAlternatives | None]
# The status of an address that does not exist (RFC 3463, section 3.2; RFC 7505) or is disabled
# (3.3). No other: 5.1.7 and 5.1.8 are about the sender, and most others can pass.
NO_ADDRESS: Final = r"5\.(?:1\.(?:[1236]|10)|2\.1)\b"
_NO_ADDRESS = re.compile(NO_ADDRESS.encode())

# One thread per process, made for the first mail and hence after a fork. A process that ends waits
# for it, or is killed: nothing is lost either way.
background = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mails")


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


@dataclass(frozen=True)
class Sender:
    """Sends e-mails to some people.

    lease: longer than sending one can take (EMAIL_TIMEOUT for each step). again_at_once: whether
    the next run tries again what failed; else the first one after the lease. logs_errors: whether
    the log has errors of the mail server, which may name an address. per_minute: at most; 0 for any
    number. drop: called with a row whose address does not exist, says the mail server.
    """

    lease: timedelta
    again_at_once: bool
    logs_errors: bool
    per_minute: int = 0
    drop: Callable[[Any], object] = lambda row: None

    def deliver(
        self, rows: QuerySet[Any], batches: Sequence[list[int]], writer: Callable[[], Write]
    ) -> Outcome:
        """Send one message for each batch of rows, which are named by their keys; log what fails.

        writer: called for each connection. Ends after LONGEST_RUN, and at once if the mail server
        can't be reached: that is tried once, not for each mail.
        """
        outcome, began = Outcome(), time.monotonic()
        for first in range(0, len(batches), BATCH):
            write, connection = writer(), mail.get_connection()
            try:
                for index, keys in enumerate(batches[first : first + BATCH], start=first):
                    if self.per_minute:
                        tried = outcome.sent + outcome.failed
                        time.sleep(max(0, began + tried * 60 / self.per_minute - time.monotonic()))
                    if time.monotonic() - began > LONGEST_RUN.total_seconds():
                        return outcome
                    if not self._open(connection, waiting=len(batches) - index):
                        outcome.failed += len(batches) - index
                        return outcome
                    is_sent = self._send(rows.filter(pk__in=keys), write, connection)
                    outcome.sent += is_sent is True
                    outcome.failed += is_sent is False
            finally:
                self._close(connection)
        return outcome

    def _send(self, rows: QuerySet[Any], write: Write, connection: Any) -> bool | None:
        """Return whether a message was sent; None if there was nothing to be sent."""
        mine = outbox.reserve(rows, outbox.is_free(self.lease))
        mails = list(mine)
        if not mails:
            return None  # another process has them, or the reader has unsubscribed
        try:
            message = write(*mails)
            if message is None:
                retry_while_locked(mine.delete)
                return None
            message.connection = connection
            message.send()
        except BaseException as error:
            if self.again_at_once:
                outbox.store(mine, tried_at=None)
            if not isinstance(error, Exception):
                raise
            what = f"{mails[0]._meta.verbose_name} {mails[0].pk} failed and is tried again later"
            self._log(what, error)
            self._close(connection)  # its state is unknown; the next message opens it again
            if isinstance(error, SMTPRecipientsRefused) and _is_unknown(error):
                retry_while_locked(partial(self.drop, mails[0]))
            return False
        outbox.store(mine, sent_at=timezone.now())
        return True

    def _open(self, connection: Any, *, waiting: int) -> bool:
        try:
            connection.open()
        except Exception as error:  # noqa: BLE001  a backend may raise anything
            emails = counted(waiting, "e-mail")
            self._log(f"{emails} waiting: the mail server can't be reached", error)
            return False
        return True

    def _close(self, connection: Any) -> None:
        try:
            connection.close()
        except Exception as error:  # noqa: BLE001
            self._log("The connection to the mail server could not be closed", error)

    def _log(self, what: str, error: Exception) -> None:
        words = [type(error).__name__]
        if isinstance(error, UndecryptableAddress):
            words = [str(error)]
        elif isinstance(error, SMTPRecipientsRefused):
            words += [str(code) for code, _ in error.recipients.values()]
        elif isinstance(error, SMTPResponseException):
            words.append(str(error.smtp_code))
        logger.error("%s: %s", what, " ".join(words), exc_info=self.logs_errors and error)


def _is_unknown(error: SMTPRecipientsRefused) -> bool:
    return any(_NO_ADDRESS.match(said) for _, said in error.recipients.values())


# --- Readers -------------------------------------------------------------------------------------

PER_MINUTE: Final = 600
AGAIN_AFTER: Final = timedelta(hours=1)


def deliver_to_readers(
    rows: QuerySet[Any],
    writer: Callable[[], Write],
    *,
    drop: Callable[[Any], object],
    per_minute: int = PER_MINUTE,
) -> Outcome:
    """Send a message for each row that is free; first those that were not tried yet.

    No address gets into the log.
    """
    sender = Sender(
        AGAIN_AFTER, again_at_once=False, logs_errors=False, per_minute=per_minute, drop=drop
    )
    free = rows.filter(outbox.is_free(AGAIN_AFTER))
    keys = free.order_by(F("tried_at").asc(nulls_first=True), "pk").values_list("pk", flat=True)
    return sender.deliver(rows, [[pk] for pk in keys], writer)
