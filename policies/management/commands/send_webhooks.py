"""`manage.py send_webhooks`: other systems learn of what was published or has taken effect."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from policies.webhooks import delivering, witnesses


class Command(BaseCommand):
    help = (
        "Send webhooks about what was published, has taken effect, was withdrawn, retired or "
        "renamed, and try again what failed. Run it every minute from cron: however often it runs, "
        "and several at once, each event is sent until the receiver has accepted it once. A "
        "failure is logged and tried again for three days; if a delivery is then given up, the "
        "command ends with status 1. The newest state of the log goes to each of its witnesses."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        outcome = delivering.run(at=timezone.now())
        witnesses.run()
        if outcome.sent or outcome.failed:
            self.stdout.write(f"{outcome.sent} sent, {outcome.failed} to be tried again.")
        if outcome.given_up:
            raise CommandError(
                f"{outcome.given_up} given up. The log has the reason. The desk can send it again."
            )
