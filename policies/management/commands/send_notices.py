"""`manage.py send_notices`: e-mail to readers who have subscribed, about changes of policies."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from policies.mail import subscriptions
from policies.mail.sending import PER_MINUTE
from policies.operations import subscriber_notices
from policies.public.subscription_views import send_confirmations


class Command(BaseCommand):
    help = (
        "Send e-mails to readers who have subscribed: about material versions that were published, "
        "that take effect or that were withdrawn; and requests to confirm an address that could "
        "not be sent at once. Run it every ten minutes from cron: it ends after eight, and the "
        "next run goes on. However often it runs, and wherever it is interrupted, each reader "
        "gets each e-mail once. If an e-mail fails, the reason is logged, the command ends with "
        "status 1, and it is tried again after an hour. With SUBSCRIPTIONS=off it does nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--per-minute",
            type=int,
            default=PER_MINUTE,
            help=f"how many e-mails to send in a minute, at most (default: {PER_MINUTE})",
        )

    def handle(self, *args: Any, per_minute: int, **options: Any) -> None:
        if per_minute < 1:
            raise CommandError("--per-minute must be at least 1.")
        if not settings.SUBSCRIPTIONS:
            return
        subscriptions.drop_expired(at=timezone.now())
        asked = send_confirmations()
        notices = subscriber_notices.send(per_minute=per_minute)
        self.stdout.write(f"{asked.sent + notices.sent} sent.")
        if failed := asked.failed + notices.failed:
            raise CommandError(f"{failed} failed. The log has the reason. A later run tries again.")
