"""What was done to the log-in of an account, in its history (Django's own) and on stderr.

Not in the audit of policies, where every event is about a policy. The account's owner also gets an
e-mail about each change of what lets somebody in.
"""

import logging

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType

from policies.staff.accounts import notifications

logger = logging.getLogger(__name__)


def changed(account: User, words: str, *, by: User) -> None:
    """Record a change of somebody's means of logging in, and notify the account's owner."""
    record(account, words, by=by)
    notifications.notify_owner(account, words)


def record(account: User, words: str, *, by: User) -> None:
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(account),
        object_id=str(account.pk),
        object_repr=str(account)[:200],
        action_flag=CHANGE,
        change_message=words,
    )
    extra = {"account": account.pk, "by": by.pk}
    logger.info("Account %d, by account %d: %s", account.pk, by.pk, words, extra=extra)


def logged_in(account: User) -> None:
    extra = {"account": account.pk, "by": account.pk}
    logger.info("Account %d logged in.", account.pk, extra=extra)


def not_logged_in(username: str) -> None:
    """Record that a log-in was refused; not what was typed, which may be the password."""
    pk = User.objects.filter(username=username).values_list("pk", flat=True).first()
    whose = f"account {pk}" if pk else "no account"
    logger.warning("A log-in was refused, for %s.", whose, extra={"account": pk, "by": None})


def wrong_code(account: User) -> None:
    """Record that a code was refused after the right password: unless it was mistyped, a sign
    that the password was stolen.
    """
    words = "A code was refused, for account %d, whose password was right."
    logger.warning(words, account.pk, extra={"account": account.pk, "by": None})
