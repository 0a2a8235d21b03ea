"""Keeps when each regular job last ran, for /metrics: a job that no longer runs raises no error."""

from contextlib import suppress

from django.db import Error
from django.utils import timezone

from policies.models import JobRun

# The commands that manage.py records. All but the last two are in docs/deploying/policies.cron.
JOBS = frozenset(
    {
        *("backup", "forget_log_ins", "send_notices", "send_reminders", "send_webhooks", "verify"),
        *("bounces", "export_site"),
    }
)


def record(name: str, *, succeeded: bool) -> None:
    """Keep that a job ended now, if the database takes it: the job has done its work in any case.

    Outside of transactions.
    """
    now = timezone.now()
    values = {"ended_at": now, "succeeded_at": now} if succeeded else {"ended_at": now}
    with suppress(Error):
        JobRun.objects.update_or_create(name=name, defaults=values)
