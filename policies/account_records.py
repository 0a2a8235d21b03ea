"""What was done to the log-in of an account, in its history (Django's own) and on stderr.

Not in the audit of policies, where every event is about a policy.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)


def record(account: User, words: str, *, by: User) -> None:
    """Write down what somebody did to the log-in of an account, theirs or another's."""
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(account),
        object_id=str(account.pk),
        object_repr=str(account)[:200],
        action_flag=CHANGE,
        change_message=words,
    )
    logger.info("Account %d, by account %d: %s", account.pk, by.pk, words)


def recovery_code_used(account: User) -> None:
    record(account, "Recovery code used.", by=account)
