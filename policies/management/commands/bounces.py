"""`manage.py bounces`: delete readers whose address is no good, as reports of mail servers say."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from policies.operations import bounces
from policies.operations.bounces import MAX_REPORT


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
            reports = [_beginning(file) for file in files] or [_read(sys.stdin.buffer)]
        except OSError as error:
            raise CommandError(f"{error.filename} can't be read: {error.strerror}.") from error
        # Nothing else: what a command prints, a mail server would send back.
        self.stdout.write(f"{sum(map(bounces.process_report, reports))} deleted.")


def _beginning(file: Path) -> bytes:
    with file.open("rb") as report:
        return report.read(MAX_REPORT)


def _read(pipe: BinaryIO) -> bytes:
    """Return the beginning of what a mail server pipes; it would take the rest for refused."""
    report = pipe.read(MAX_REPORT)
    while pipe.read(MAX_REPORT):
        pass
    return report
