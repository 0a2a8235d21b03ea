"""Reads the publication state from the database."""

import math

from django.db import connection
from django.db.models import Max, Min, Q
from django.utils import timezone

from policies.models import AuditEvent, Cosignature, LedgerEntry, Revision
from policies.models.version_status import NEWS_LAST
from policies.publication_state.state import PublicationState

_HEADS = ", ".join(
    f"(SELECT {value} FROM {model._meta.db_table} ORDER BY {place} DESC LIMIT 1)"  # noqa: S608
    for model, place, value in (
        *((model, "sequence", "digest") for model in (LedgerEntry, AuditEvent)),
        (Cosignature, "id", "id"),
    )
)
# The ledger's head and the state at the last reading. Times of effect change only with the
# ledger, so they are searched for once per entry, not at each reading: there may be hundreds of
# thousands.
_last: tuple[str, PublicationState] | None = None


def read_state() -> PublicationState:
    """Return the current state: mostly one query, by two primary keys. Raises django.db.Error."""
    global _last
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_HEADS}")
        heads = tuple(str(head or "") for head in cursor.fetchone())
    ledger, now = heads[0], timezone.now()
    last = _last  # copied, because other threads replace it
    if last and last[0] == ledger and last[1].holds(now.timestamp()):
        since, until = last[1].since, last[1].until
    else:
        found = Revision.objects.published().aggregate(
            since=Max("effective_at", filter=Q(effective_at__lte=now)),
            until=Min("effective_at", filter=Q(effective_at__gt=now)),
            news=Min("effective_at", filter=Q(effective_at__gt=now - NEWS_LAST)),
        )
        since = found["since"].timestamp() if found["since"] else -math.inf
        until = found["until"].timestamp() if found["until"] else math.inf
        if found["news"]:
            until = min(until, (found["news"] + NEWS_LAST).timestamp())
    state = PublicationState(heads, since, until)
    _last = (ledger, state)
    return state
