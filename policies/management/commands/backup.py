"""`manage.py backup`: write the whole site to one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from policies.management.arguments import HelpAsWritten
from policies.operations.backups.archive import BackupRefused
from policies.operations.backups.making import back_up


class Command(BaseCommand):
    help = """\
Write the whole site, as it is at this moment, to one file. People can go on working meanwhile.
The file can be restored into SQLite or PostgreSQL, whichever it came from.

Keep it where nobody else can read it: it contains drafts, the audit, and staff accounts with their
e-mail addresses and password hashes. It does not contain .env; keep that in another place, above
all SECRET_KEY.

Examples:
  manage.py backup /var/backups/policies/2026-05-02.zip
  manage.py restore --check /var/backups/policies/2026-05-02.zip    is the file complete?
  manage.py backup --force latest.zip                               replace the file

docs/backups.md says how to restore, and what to do about versions published since."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = HelpAsWritten
        parser.add_argument(
            "file", metavar="FILE", type=Path, help="the file to write; a name that ends in .zip"
        )
        parser.add_argument("--force", action="store_true", help="replace the file if it exists")

    def handle(self, *args: Any, file: Path, force: bool, **options: Any) -> None:
        try:
            made = back_up(file, at=timezone.now(), overwrite=force)
        except BackupRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        rows = sum(table.rows for table in made.tables)
        self.stdout.write(
            f"{file}: {rows:,} rows from {len(made.tables)} tables. Only you can read the file."
        )
        for chain, head in (("ledger", made.ledger_head), ("audit", made.audit_head)):
            if head:
                self.stdout.write(f"Head of the {chain}: {head}")
