"""E-mails to the owner of an account when something about its log-in was changed.

So that whoever did not do it themselves learns of it. Each is tried once, outside of the requests:
what the mail server refuses is logged, and is in the account's history all the same.
"""

import logging
from functools import partial

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from policies.mail import messages, outbox

logger = logging.getLogger(__name__)


def notify_owner(account: User, what: str, *, address: str | None = None) -> None:
    """Send the owner of an account an e-mail about a change, once the transaction is committed.

    what: a sentence, such as "Second factor removed." address: where to, if not to the account's.
    """
    to = account.email if address is None else address
    if not to or not account.is_active:
        return
    now = date_format(timezone.localtime(), "DATETIME_FORMAT")
    name = messages.in_header(account.get_username())
    text = messages.MailContent(
        subject=what.rstrip("."),
        happened=f"On {now} ({settings.TIME_ZONE}), for your account “{name}”: {what}",
        ask="Was it you, or did you ask an administrator for it? Then there is nothing to do. If "
        "not, tell an administrator of this site at once, and change your password if you can.",
        links=(
            ("Your second factor", messages.url("admin:policies_second_factor")),
            ("Your password", messages.url("admin:password_change")),
        ),
    )
    about = f"Your log-in, {name}"
    message = messages.compose(text, about=about, to=to, headers=messages.AUTOMATIC)
    job = partial(_send, message, account.pk)
    transaction.on_commit(partial(outbox.hand_over, job), robust=True)


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
