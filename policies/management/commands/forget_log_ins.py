"""`manage.py forget_log_ins`: delete what is kept of log-ins once it is no longer needed."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from policies.staff.accounts import throttling


class Command(BaseCommand):
    help = (
        "Delete sessions that have ended, and failed log-ins that are more than a day old, with "
        "the addresses that they came from. Run it daily from cron."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("clearsessions")
        self.stdout.write(f"Failed log-ins deleted: {throttling.delete_expired()}")
