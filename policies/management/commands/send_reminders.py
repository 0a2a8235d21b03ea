"""`manage.py send_reminders`: e-mail about due checks, digests, and mails that got stuck."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from policies.mail import staff_mails
from policies.models import Mail
from policies.operations import reminders
from policies.staff import presence


class Command(BaseCommand):
    help = (
        "Send reminders of policies that are due for their periodic check: on the day, each week "
        "for four weeks, then every four weeks, until a new version is published or somebody "
        "confirms the policy as it is. Also send daily digests and, for three days, any e-mail "
        "that failed. Run it hourly from cron: however often it runs, each person gets each e-mail "
        "once. If an e-mail fails, the reason is logged, the command ends with status 1, and the "
        "next run tries again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="list what is due and send nothing"
        )

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        now = timezone.now()
        due = reminders.reminders(at=now)
        if dry_run:
            for reminder in due:
                names = ", ".join(user.get_username() for user in reminder.people) or "nobody"
                self.stdout.write(
                    f"{reminder.policy}: due since {reminder.due_on}, reminds {names}"
                )
            return
        staff_mails.drop_stale(at=now)
        presence.drop_old(at=now)
        for event_id in staff_mails.unfinished_announcements(at=now):
            staff_mails.notify(event_id)
        reminders.queue(due)
        single = staff_mails.deliver(Mail.objects.all())
        digests = staff_mails.deliver_digests(at=now)
        self.stdout.write(f"{single.sent + digests.sent} sent.")
        # Acts that are still there: their e-mails could not be written.
        failed = single.failed + digests.failed + len(staff_mails.unfinished_announcements(at=now))
        if failed:
            raise CommandError(
                f"{failed} failed. The log has the reason. The next run tries again."
            )
