"""Sends e-mails to readers: one after the other, at a bounded rate, many over one connection.

Before a message is sent, its row is marked as tried; after the mail server has accepted it, as
sent; each in a transaction of its own. A process that is killed in between leaves one message of
which nobody knows whether the server has it. It is sent again after AGAIN_AFTER, with the same
Message-ID. So is a message that fails. What was not tried yet comes first.

No address gets into the log, and no error of the mail server, which may name one.
"""

import logging
import re
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import islice
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any, Final, TypeAlias

from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, QuerySet
from django.utils import timezone

from policies.database.transactions import retry_while_locked
from policies.mail.addresses import UndecryptableAddress
from policies.mail.outbox import Outcome
from policies.text.timestamps import around

logger = logging.getLogger(__name__)

# Messages over one connection. Some mail servers allow no more.
BATCH: Final = 100
PER_MINUTE: Final = 600
AGAIN_AFTER: Final = timedelta(hours=1)
# After that, a run ends; the next one goes on. Less than the ten minutes between two runs.
LONGEST_RUN: Final = timedelta(minutes=8)

# Writes the message of a row; None if it should not be sent any more.
Write: TypeAlias = Callable[[Any], EmailMultiAlternatives | None]
# The status of an address that does not exist (RFC 3463, section 3.2; RFC 7505) or is disabled
# (3.3). No other: 5.1.7 and 5.1.8 are about the sender, and most others can pass.
NO_ADDRESS: Final = r"5\.(?:1\.(?:[1236]|10)|2\.1)\b"
_NO_ADDRESS = re.compile(NO_ADDRESS.encode())


def deliver(
    rows: QuerySet[Any],
    writer: Callable[[], Write],
    *,
    per_minute: int = PER_MINUTE,
    drop: Callable[[Any], object] = lambda row: None,
) -> Outcome:
    """Send what waits among some rows; log what fails.

    writer: called for each batch. drop: called with a row whose address does not exist, says the
    mail server. Ends after LONGEST_RUN, and at once if the mail server can't be reached.
    """
    outcome, began = Outcome(), time.monotonic()
    order = (F("tried_at").asc(nulls_first=True), "pk")
    waiting = iter(list(_unclaimed(rows).order_by(*order).values_list("pk", flat=True)))
    number = 0
    while batch := list(islice(waiting, BATCH)):
        write, connection = writer(), mail.get_connection()
        try:
            for pk in batch:
                pause = began + number * 60 / per_minute - time.monotonic()
                time.sleep(max(0, pause))
                if time.monotonic() - began > LONGEST_RUN.total_seconds():
                    return outcome
                if not _open(connection):
                    outcome.failed += 1
                    return outcome
                number += _send(rows.filter(pk=pk), write, connection, outcome, drop)
        finally:
            _close_connection(connection)
    return outcome


def _unclaimed(rows: QuerySet[Any]) -> QuerySet[Any]:
    recent = around(timezone.now(), AGAIN_AFTER)
    return rows.filter(sent_at__isnull=True).exclude(tried_at__range=recent)


def _send(
    mine: QuerySet[Any],
    write: Write,
    connection: Any,
    outcome: Outcome,
    drop: Callable[[Any], object],
) -> bool:
    """Send one message. Return False if nothing was to be sent."""
    if not retry_while_locked(lambda: _unclaimed(mine).update(tried_at=timezone.now())):
        return False  # another run has it, or the reader has unsubscribed
    if (row := mine.first()) is None:
        return False
    try:
        message = write(row)
        if message is None:
            retry_while_locked(mine.delete)
            return False
        message.connection = connection
        message.send()
    except SMTPRecipientsRefused as error:
        _failed(row, error, outcome, connection)
        if any(_NO_ADDRESS.match(said) for _, said in error.recipients.values()):
            retry_while_locked(partial(drop, row))
    except Exception as error:  # noqa: BLE001  whatever it is, the next reader gets theirs
        _failed(row, error, outcome, connection)
    else:
        # If this were lost, the message would be sent a second time.
        retry_while_locked(lambda: mine.update(sent_at=timezone.now()))
        outcome.sent += 1
    return True


def _failed(row: Any, error: Exception, outcome: Outcome, connection: Any) -> None:
    outcome.failed += 1
    kind = type(row)._meta.verbose_name
    logger.error("%s %s failed and is tried again later: %s", kind, row.pk, _in_short(error))
    _close_connection(connection)  # its state is unknown; the next message opens it again


def _in_short(error: Exception) -> str:
    """Return the kind of an error, and the mail server's code if there is one."""
    if isinstance(error, UndecryptableAddress):
        return str(error)
    codes: list[int] = []
    if isinstance(error, SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    elif isinstance(error, SMTPResponseException):
        codes = [error.smtp_code]
    return " ".join([type(error).__name__, *map(str, codes)])


def _open(connection: Any) -> bool:
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        logger.error("E-mails wait: the mail server can't be reached: %s", _in_short(error))
        return False
    return True


def _close_connection(connection: Any) -> None:
    try:
        connection.close()
    except (OSError, SMTPException) as error:
        logger.error("The connection to the mail server: %s", _in_short(error))
