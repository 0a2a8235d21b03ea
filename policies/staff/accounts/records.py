"""What was done to the log-in of an account, in its history (Django's own) and on stderr.

Not in the audit of policies, where every event is about a policy. The account's owner also gets an
e-mail about each change of what lets somebody in.
"""

import logging
from functools import partial

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.formats import date_format

from policies.ledger.actor_names import name_of
from policies.mail import messages, sending

logger = logging.getLogger(__name__)


def changed(account: User, words: str, *, by: User) -> None:
    """Record a change of somebody's means of logging in, and notify the account's owner."""
    record(account, words, by=by)
    notify_owner(account, words)


def role_changed(account: User, words: str, *, by: User) -> None:
    """Record that somebody may do more or less, and notify them."""
    record(account, words, by=by)
    content = messages.MailContent(
        subject="What you may do has changed",
        happened=words,
        ask=f"{name_of(by)} has changed this. If it is not what you expect, ask them.",
        links=(("The desk", messages.desk_url("admin:index")),),
    )
    _notify(account, content, about="Your roles", to=account.email)


def record(account: User | Group, words: str, *, by: User) -> None:
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(account),
        object_id=str(account.pk),
        object_repr=str(account)[:200],
        action_flag=CHANGE,
        change_message=words,
    )
    extra = {"account": account.pk, "by": by.pk}
    whose = "Account" if isinstance(account, User) else "Group"
    logger.info("%s %d, by account %d: %s", whose, account.pk, by.pk, words, extra=extra)


def logged_in(account: User) -> None:
    extra = {"account": account.pk, "by": account.pk}
    logger.info("Account %d logged in.", account.pk, extra=extra)


EMERGENCY = "Emergency log-in without single sign-on."


def emergency(account: User) -> None:
    """Record that an emergency account was used, and notify its owner and all superusers."""
    record(account, EMERGENCY, by=account)
    logger.error("Emergency log-in of account %d.", account.pk, extra={"account": account.pk})
    superusers = User.objects.filter(is_superuser=True, is_active=True)
    for address in {account.email, *superusers.values_list("email", flat=True)}:
        notify_owner(account, EMERGENCY, address=address)


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


# 31 characters, without those that are taken for each other when read from paper or a screen.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def in_groups(groups: int, size: int) -> str:
    """Return random groups of so many characters, 4.95 bits each: "k7mq-2xw9-hb4t"."""
    return "-".join(get_random_string(size, _ALPHABET) for _ in range(groups))


def new_password() -> str:
    """Return a password of four groups of five characters, 99 bits in all."""
    return in_groups(4, 5)


def notify_owner(account: User, what: str, *, address: str | None = None) -> None:
    """Send the owner of an account an e-mail about a change, once the transaction is committed.

    what: a sentence, such as "Second factor removed." address: where to, if not to the account's.
    """
    now = date_format(timezone.localtime(), "DATETIME_FORMAT")
    name = messages.in_header(account.get_username())
    whose = "the" if what == EMERGENCY else "your"  # all superusers get that
    text = messages.MailContent(
        subject=what.rstrip("."),
        happened=f"On {now} ({settings.TIME_ZONE}), for {whose} account “{name}”: {what}",
        ask="Was it you, or did you ask an administrator for it? Then there is nothing to do. If "
        "not, tell an administrator of this site at once, and change your password if you can.",
        links=(
            ("Your second factor", messages.desk_url("admin:policies_second_factor")),
            ("Your password", messages.desk_url("admin:password_change")),
        ),
    )
    to = account.email if address is None else address
    _notify(account, text, about=f"{whose.capitalize()} log-in, {name}", to=to)


def _notify(account: User, content: messages.MailContent, *, about: str, to: str) -> None:
    if not to or not account.is_active:
        return
    subject = f"{about}: {content.subject}"
    message = messages.compose(subject, [("", content)], to=to, headers=messages.AUTOMATIC)
    job = partial(_send, message, account.pk)
    transaction.on_commit(partial(sending.run_in_background, job), robust=True)


def _send(message: EmailMultiAlternatives, account_id: int) -> None:
    try:
        message.send()
    except Exception:
        logger.exception("Account %d was not notified that its log-in was changed.", account_id)


class PasswordChangeNotifier:
    """A validator that refuses no password, but notifies the owner once one is set.

    Django calls its validators for every password that was set, through a page or a command.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Refuse nothing."""

    def get_help_text(self) -> str:
        return "The owner of the account gets an e-mail about the change."

    def password_changed(self, password: str, user: User) -> None:
        """Notify the owner, but not of an account's first password: nobody has used it yet."""
        if user.last_login is not None:
            notify_owner(user, "Password changed.")
