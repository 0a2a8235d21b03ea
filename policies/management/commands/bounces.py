"""`manage.py bounces`: delete readers whose address is no good, as reports of mail servers say."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from policies.operations import bounces


class Command(BaseCommand):
    help = (
        "Read reports of failed deliveries (RFC 3464), each an e-mail in a file of its own, or one "
        "from standard input, as a mail server can pipe it. Delete the subscriptions whose address "
        "will never take e-mails again. Other e-mails are ignored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        try:
            reports = [file.read_bytes() for file in files] or [sys.stdin.buffer.read()]
        except OSError as error:
            raise CommandError(f"{error.filename} can't be read: {error.strerror}.") from error
        # Nothing else: what a command prints, a mail server would send back.
        self.stdout.write(f"{sum(map(bounces.process_report, reports))} deleted.")
