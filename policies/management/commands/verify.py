"""`manage.py verify`: prove that what is stored is what was published."""

import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from policies import ledger
from policies.database import migration_state
from policies.database.transactions import long_timeout
from policies.management import arguments
from policies.text.short_text import counted


class Command(BaseCommand):
    help = (
        "Recompute every digest, the ledger, the audit and the HTML of every published version, "
        "and report what differs. It changes nothing. It prints the heads of the ledger and the "
        "audit: keep them elsewhere, and --head proves later that nothing before them was changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--head", help="a head that you noted earlier")
        arguments.add_jobs(parser, "render")

    def handle(self, *args: Any, head: str | None, jobs: int, **options: Any) -> None:
        if not connection.introspection.table_names():
            raise CommandError(
                "This database has no tables, so nothing was ever published in it. Is DATABASE_URL "
                "the right one? For a new site, run manage.py migrate first."
            )
        if migration_state.missing(connection):
            raise CommandError(migration_state.ADVICE)
        if head is not None and not re.fullmatch("[0-9a-f]{64}", head):
            raise CommandError("A head has 64 characters, 0 to 9 and a to f, as verify prints it.")
        with long_timeout():
            report = ledger.verify(head=head, jobs=jobs)
        if not report.is_sound:
            for problem in report.problems:
                self.stderr.write(problem)
            raise CommandError(f"{counted(len(report.problems), 'problem')} found.")
        self.stdout.write(
            f"Sound: {report.counts}."
            + (f" Head: {report.head}" if report.head else " Nothing is published yet.")
        )
        if report.audit_head:
            self.stdout.write(f"Head of the audit: {report.audit_head}")
