"""`manage.py restore`: restore a backup into an empty site."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from policies.operations import backups

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Restore what manage.py backup wrote into an empty database (SQLite or PostgreSQL, "
        "whichever the backup came from; one without tables is migrated first), and verify it. "
        "All of it or nothing: if anything is wrong, the database stays empty, and the reason is "
        "told."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--check", action="store_true", help="only read the file to its end; change nothing"
        )
        parser.add_argument(
            "--quick",
            action="store_true",
            help="prove the two chains alone; run manage.py verify afterwards",
        )
        parser.add_argument(
            "--jobs",
            type=int,
            default=os.cpu_count() or 1,
            help="processes that verify (default: one per processor)",
        )

    def handle(
        self, *args: Any, file: Path, check: bool, quick: bool, jobs: int, **options: Any
    ) -> None:
        try:
            if check:
                self._say_whole(file, backups.examine(file))
                return
            self._say_restored(backups.restore(file, quick=quick, jobs=jobs), quick=quick)
        except backups.BackupRefused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _say_whole(self, file: Path, manifest: backups.Manifest) -> None:
        rows = sum(table.rows for table in manifest.tables)
        self.stdout.write(
            f"{file} is whole: {rows:,} rows, made on {manifest.made_at} by version "
            f"{manifest.app_version} on {manifest.database}."
        )

    def _say_restored(self, restored: backups.Restored, *, quick: bool) -> None:
        for note in restored.notes:
            self.stderr.write(note)
        rows = sum(table.rows for table in restored.manifest.tables)
        self.stdout.write(f"Restored {rows:,} rows, as of {restored.manifest.made_at}.")
        report = restored.report
        if quick:
            self.stdout.write("Both chains are whole. Now run manage.py verify.")
        else:
            self.stdout.write(f"Sound: {report.counts}.")
        if report.head:
            self.stdout.write(f"Head of the ledger: {report.head}")
