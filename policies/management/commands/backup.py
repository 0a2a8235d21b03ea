"""`manage.py backup`: write the whole site to one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from policies.operations import backups

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Write the whole site, as of this moment, to FILE; people may go on working. The file is "
        "the same for SQLite and PostgreSQL. It holds drafts, the audit, and the accounts of staff "
        "with their e-mail addresses and password hashes: keep it where nobody else can read it. "
        "It does not hold .env; keep that (SECRET_KEY above all) elsewhere."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="where to; a name that ends in .zip")
        parser.add_argument("--force", action="store_true", help="replace a file that is there")

    def handle(self, *args: Any, file: Path, force: bool, **options: Any) -> None:
        try:
            made = backups.back_up(file, at=timezone.now(), overwrite=force)
        except backups.BackupRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        rows = sum(table.rows for table in made.tables)
        self.stdout.write(f"{file}: {rows:,} rows of {len(made.tables)} tables, readable by you.")
        for chain, head in (("ledger", made.ledger_head), ("audit", made.audit_head)):
            if head:
                self.stdout.write(f"Head of the {chain}: {head}")
