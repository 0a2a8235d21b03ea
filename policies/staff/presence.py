"""Who else has a draft open, and in which section, so that two people see each other before they
write the same. Each request that an editor makes anyway says so.
"""

import logging
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.utils import timezone

from policies.ledger.actor_names import name_of
from policies.models import EditorVisit, Revision
from policies.staff.guards import user_of
from policies.text.short_text import in_short

logger = logging.getLogger(__name__)
# For how long somebody is shown after the last request of their editor.
SHOWN_MINUTES = 10


class Visit(NamedTuple):
    """minutes: since the last request."""

    user_id: int
    name: str
    place: str
    minutes: int


def visits(revision: Revision, *, at: datetime) -> list[Visit]:
    """Return who has a draft open, the latest first."""
    since = at - timedelta(minutes=SHOWN_MINUTES)
    recent = revision.visits.filter(seen_at__gt=since).select_related("seen_by")
    found = []
    for row in recent.order_by("-seen_at"):
        minutes = (at - row.seen_at) // timedelta(minutes=1)
        found.append(Visit(row.seen_by_id, name_of(row.seen_by), row.place, minutes))
    return found


def drop_old(*, at: datetime) -> None:
    EditorVisit.objects.filter(seen_at__lt=at - timedelta(minutes=SHOWN_MINUTES)).delete()


def visits_of_others(request: HttpRequest, revision: Revision, place: str = "") -> list[Visit]:
    """Return who else has a draft open, and record that this person has: one query, and a second
    one once a minute. If that can't be recorded, nobody is kept from writing.

    place: the heading of the section in which they write; only a script knows it.
    """
    user, at = user_of(request), timezone.now()
    place, found = in_short(place), visits(revision, at=at)
    own = [visit for visit in found if visit.user_id == user.pk]
    if not own or own[0].minutes or (place and place != own[0].place):
        _record(revision.pk, user.pk, at, place)
    return [visit for visit in found if visit not in own]


# Django's own way takes a transaction: two queries more.
_RECORD = """
INSERT INTO policies_editorvisit (revision_id, seen_by_id, seen_at, place) VALUES (%s, %s, %s, %s)
ON CONFLICT (revision_id, seen_by_id)
    DO UPDATE SET seen_at = excluded.seen_at, place = excluded.place
"""


def _record(revision_id: int, user_id: int, at: datetime, place: str) -> None:
    seen_at = connection.ops.adapt_datetimefield_value(at)
    try:
        with connection.cursor() as cursor:
            cursor.execute(_RECORD, [revision_id, user_id, seen_at, place])
    except DatabaseError as error:
        logger.warning("A visit to draft %s was not recorded: %s", revision_id, error)
