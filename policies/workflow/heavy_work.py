"""Does what takes long before an action's transaction, lest everybody else wait for it."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from django.db import transaction

from policies import child_process
from policies.workflow.refusals import NotNow, WrongState

Ready = TypeVar("Ready")
Done = TypeVar("Done")

# How often heavy work is done again for one action, if what it was done on has changed meanwhile.
_ATTEMPTS = 3


class Outdated(Exception):
    """What was prepared before a transaction is not what the transaction has locked."""


def with_work_ahead(ahead: Callable[[], Ready], action: Callable[[Ready], Done]) -> Done:
    """Do heavy work, then the action in a transaction; both again if the action raises Outdated.

    Raises NotNow, WrongState (others changed something each time), and what the action raises.
    """
    for _ in range(_ATTEMPTS):
        ready = done_now(ahead)
        with suppress(Outdated), transaction.atomic():
            return action(ready)
    raise WrongState("Others are changing this at this moment. Nothing was done. Try again.")


def done_now(ahead: Callable[[], Ready]) -> Ready:
    """Return what heavy work gives. Raises NotNow, as a Refused, and what it raises itself."""
    try:
        return ahead()
    except child_process.NotNow as error:
        raise NotNow(str(error)) from error
