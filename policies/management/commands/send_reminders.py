"""`manage.py send_reminders`: e-mail about checks that are due, and send mails that got stuck."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from policies.mail import outbox
from policies.models import Mail
from policies.operations import reminders

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Remind by e-mail of policies that are due for their periodic check: on the day, each week "
        "for four weeks, then every four weeks, until a new version is published or somebody "
        "confirms the policy as it is. And send the e-mails that could not be sent when something "
        "happened, for three days. For cron, hourly: however often it runs, or twice at once, each "
        "person gets each e-mail once. One that fails is logged and tried again by the next run. "
        "This one then ends with status 1, so that cron or systemd hears of it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="say what is due and send nothing"
        )

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        now = timezone.now()
        due = reminders.reminders(at=now)
        if dry_run:
            for it in due:
                names = ", ".join(user.get_username() for user in it.people) or "nobody"
                self.stdout.write(f"{it.policy}: due since {it.due_on}, reminds {names}")
            return
        outbox.drop_stale(at=now)
        for event_id in outbox.left_behind(at=now):
            outbox.notify(event_id)
        reminders.make_out(due)
        outcome = outbox.deliver(Mail.objects.all())
        self.stdout.write(f"{outcome.sent} sent.")
        # Acts that are still there: `tell` could not make their e-mails out.
        failed = outcome.failed + len(outbox.left_behind(at=now))
        if failed:
            raise CommandError(f"{failed} failed: see the log. The next run tries again.")
