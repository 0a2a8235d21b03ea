"""Whether a database can be backed up or restored into, and whether a backup fits it."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from policies.database import migration_state
from policies.operations.backups.archive import BackupRefused
from policies.operations.backups.contents import Rows, backed_up

if TYPE_CHECKING:
    from policies.operations.backups.archive import Manifest


def app_version() -> str:
    """Return the version of this application, from pyproject.toml."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def require_migrated() -> None:
    """Raise BackupRefused unless the database has every migration of this version."""
    if migration_state.missing(connection):
        raise BackupRefused(migration_state.ADVICE)


def migrations() -> tuple[str, ...]:
    """Return the names of the app's migrations that are applied to the database."""
    applied = MigrationRecorder(connection).applied_migrations()
    return tuple(sorted(name for app, name in applied if app == "policies"))


def require_fit(manifest: Manifest) -> None:
    """Raise BackupRefused unless a backup has this version's migrations, tables and columns."""
    here = migrations()
    theirs = {table.name: sorted(table.columns) for table in manifest.tables}
    ours = {it._meta.label: sorted(Rows(it).columns) for it in backed_up()}
    if manifest.migrations == here and theirs == ours:
        return
    first = f"It was made by version {manifest.app_version}, this is {app_version()}"
    if extra := sorted(set(manifest.migrations) - set(here)):
        raise BackupRefused(
            f"The backup is of a newer version. {first}, which does not have the migration "
            f"{extra[-1]}. Install that version or a later one, and restore there."
        )
    missing = sorted(set(here) - set(manifest.migrations))
    different = sorted(name for name in theirs | ours if theirs.get(name) != ours.get(name))
    what = f"the migration {missing[0]}" if missing else f"another table {', '.join(different)}"
    raise BackupRefused(
        f"The backup is of an older version. {first}, which has {what}. Install the version that "
        "made the backup, restore it there, then update and run manage.py migrate."
    )
