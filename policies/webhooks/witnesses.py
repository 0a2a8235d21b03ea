"""Sends the newest checkpoint of the log to each witness, and keeps what it signs (tlog-witness).

`manage.py send_webhooks` does so every minute, after the webhooks. Who has signed the newest
checkpoint is left alone; who has not is asked again. No publication waits for them.
"""

import logging
import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.utils import timezone

from policies.database.transactions import retry_while_locked
from policies.ledger import log
from policies.ledger.merkle import Tree
from policies.ledger.signed_notes import WrongSignature, cosignature_among
from policies.models import Cosignature, LedgerEntry
from policies.webhooks import requesting

logger = logging.getLogger(__name__)

# How wrong the clock of a witness may be.
TOLERANCE = timedelta(days=1)
PATIENCE = timedelta(hours=1)

_HEADERS = {"content-type": "text/plain; charset=utf-8", "user-agent": "policies-log/1"}
_REWRITTEN = "It has seen other entries in this log: some were lost or changed since."
_REFUSALS = {
    403: "It does not accept the key of this log. Give its operator the new one.",
    404: "It does not know this log. Ask its operator to add it.",
    422: _REWRITTEN,
}


class NotSigned(Exception):
    """A witness has not signed. The message says why, for people."""


def behind() -> Iterator[tuple[str, datetime | None]]:
    """Yield the name of each witness, and when the first entry that it has not signed was recorded;
    None if it has signed all.
    """
    for vkey in settings.WITNESSES:
        missing = LedgerEntry.objects.filter(sequence__gt=_last_signed(vkey))
        yield vkey.partition("+")[0], missing.values_list("recorded_at", flat=True).first()


def late(*, at: datetime) -> list[tuple[str, datetime]]:
    """Return those that have let something unsigned for longer than PATIENCE, and since when."""
    return [(name, since) for name, since in behind() if since and since < at - PATIENCE]


def _last_signed(vkey: str) -> int:
    """Return the size of the largest checkpoint that a witness has signed, 0 for none."""
    sizes = log.cosignatures().filter(witness=vkey).order_by("size").values_list("size", flat=True)
    return sizes.last() or 0


def run() -> None:
    """Ask each witness that has not signed the newest checkpoint."""
    for vkey, url in settings.WITNESSES.items():
        tree = log.tree()
        try:
            if _last_signed(vkey) != tree.size:
                _ask(vkey, url, tree, tree.size)
        except (NotSigned, WrongSignature) as problem:
            logger.warning("The witness %s has not signed: %s", vkey.partition("+")[0], problem)


def _ask(vkey: str, url: str, tree: Tree, size: int) -> None:
    """Have a witness sign, and keep its signature. Raises NotSigned, WrongSignature."""
    answer = _send(url, _last_signed(vkey), tree, size)
    if answer.status == 409:
        # It says what it has signed last: an answer may have been lost, or a backup restored.
        if not re.fullmatch(r"(0|[1-9][0-9]{0,18})\n?", answer.text):
            raise NotSigned("It answered 409 without the size that it knows.")
        answer = _send(url, int(answer.text), tree, size)
    if answer.status != 200:
        raise NotSigned(_REFUSALS.get(answer.status, f"It answered {answer.status}."))
    text = log.checkpoint_text(tree.root(size), size)
    line, time = cosignature_among(answer.text, vkey, text)
    if abs(time - timezone.now().timestamp()) > TOLERANCE.total_seconds():
        raise NotSigned("Its clock is wrong by more than a day.")
    which = {"origin": settings.LOG_ORIGIN, "size": size, "witness": vkey}
    keep = partial(Cosignature.objects.get_or_create, **which, defaults={"line": line})
    retry_while_locked(keep)


def _send(url: str, known: int, tree: Tree, size: int) -> requesting.ReceivedAnswer:
    """Send the checkpoint with the proof that it continues the `known` first entries."""
    if known > size:
        raise NotSigned(_REWRITTEN)
    proof = [b64encode(value).decode() for value in tree.consistency_proof(known, size)]
    body = "\n".join([f"old {known}", *proof, "", log.checkpoint(tree, size)]).encode()
    try:
        return requesting.post(f"{url}/add-checkpoint", body, _HEADERS)
    except (requesting.RequestRefused, requesting.RequestFailed) as error:
        raise NotSigned(str(error)) from error
