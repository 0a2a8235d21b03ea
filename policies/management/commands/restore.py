"""`manage.py restore`: restore a backup into an empty site."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from policies.management.arguments import HelpAsWritten, add_jobs
from policies.operations.backups.archive import BackupRefused, Manifest
from policies.operations.backups.restoring import check as examine
from policies.operations.backups.restoring import restore
from policies.operations.backups.schema import is_signed


class Command(BaseCommand):
    help = """\
Restore a file that manage.py backup wrote into an empty database, SQLite or PostgreSQL, and verify
it. A database without tables is migrated first. All is restored or nothing: if anything is wrong,
the database stays empty, and the message says why.

A backup that was altered, or made with another SECRET_KEY, is refused. If you have that key, name
it as in the last example. If it is lost, or the backup is of version 1.0, --unsigned restores it
without that proof.

A site that contains anything is never overwritten. To replace one, stop the site, move the SQLite
file away or create a new PostgreSQL database, and name that in DATABASE_URL.

Examples:
  manage.py restore --check /var/backups/policies/2026-05-02.zip    is the file complete?
  manage.py restore /var/backups/policies/2026-05-02.zip
  DATABASE_URL=sqlite:////tmp/trial.sqlite3 manage.py restore 2026-05-02.zip    a rehearsal
  SECRET_KEY=THE-OLD-ONE manage.py restore 2026-05-02.zip           made with an older key

docs/backups.md says what to do about versions that were published after the backup."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = HelpAsWritten
        parser.add_argument(
            "file", metavar="FILE", type=Path, help="a file that manage.py backup wrote"
        )
        parser.add_argument(
            "--check", action="store_true", help="only read the whole file; change nothing"
        )
        parser.add_argument(
            "--quick",
            action="store_true",
            help="verify only the ledger and the audit; run manage.py verify afterwards",
        )
        parser.add_argument(
            "--unsigned",
            action="store_true",
            help="accept a backup that was not signed with this SECRET_KEY: somebody may have "
            "changed its accounts",
        )
        add_jobs(parser, "verify")

    def handle(
        self,
        *args: Any,
        file: Path,
        check: bool,
        quick: bool,
        jobs: int,
        unsigned: bool,
        **options: Any,
    ) -> None:
        try:
            if check:
                self._describe(f"{file} is complete", examine(file, unsigned=unsigned))
                return
            manifest, report, notes = restore(file, quick=quick, jobs=jobs, unsigned=unsigned)
        except BackupRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        for note in notes:
            self.stderr.write(note)
        self._describe("Restored", manifest)
        if quick:
            self.stdout.write("The ledger and the audit are sound. Now run manage.py verify.")
        else:
            self.stdout.write(f"Sound: {report.counts}.")
        if report.head:
            self.stdout.write(f"Head of the ledger: {report.head}")

    def _describe(self, outcome: str, manifest: Manifest) -> None:
        rows = sum(table.rows for table in manifest.tables)
        self.stdout.write(
            f"{outcome}: {rows:,} rows, backed up on {manifest.made_at} by version "
            f"{manifest.app_version} on {manifest.database}."
        )
        if not is_signed(manifest):
            self.stderr.write(
                "It is not signed with this site's key: nothing proves that accounts, roles and "
                "whatever else the ledger and the audit don't cover are as they were. Look at "
                "every account before you start the site."
            )
