"""Whether a database is fit for a backup or a restore; whether a backup fits it, and is genuine."""

import hashlib
import hmac
import tomllib

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from policies.database import migration_state
from policies.operations.backups.archive import BackupRefused, Manifest, signature
from policies.operations.backups.contents import Rows, backed_up, table_name

# The last migration of version 1.0.0. A backup without those after it fits: they add tables, and
# columns that may be empty, or change how Python calls them.
LAST_OF_1_0 = "0007_failed_pdfs"


def app_version() -> str:
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
    """Raise BackupRefused unless a backup has the tables and columns of its own version, and that
    is 1.0.0 or later, but not later than this one.
    """
    here, theirs = set(migrations()), set(manifest.migrations)
    made_by = f"{manifest.app_version}, and this is version {app_version()}"
    if newer := sorted(theirs - here):
        raise BackupRefused(
            f"The backup is from a newer version of the application: it was made by version "
            f"{made_by}, which lacks the migration {newer[-1]}. Install the newer version, and "
            "restore the backup there."
        )
    missing = sorted(migration for migration in here - theirs if migration <= LAST_OF_1_0)
    columns = {table.name: sorted(table.columns) for table in manifest.tables}
    ours = {} if missing else _columns_after(max(theirs), among=set(columns))
    different = sorted(name for name in columns | ours if columns.get(name) != ours.get(name))
    if missing or different:
        what = f"the migration {missing[0]}" if missing else f"another table {different[0]}"
        raise BackupRefused(
            f"The backup is from an older version of the application: it was made by version "
            f"{made_by}, which has {what}. Install the older version, restore the backup there, "
            "update, and run manage.py migrate."
        )


def _columns_after(migration: str, *, among: set[str]) -> dict[str, list[str]]:
    """Return the columns of each table that a backup holds, as they were after a migration.

    among: the tables in it. An application of others of which it has none came later.
    """
    applications = {name.partition(".")[0] for name in among} - {"policies"}
    state = MigrationLoader(connection).project_state([("policies", migration)])
    models = state.apps.get_models(include_auto_created=True)
    then = {table_name(model): model for model in models if model._meta.app_label == "policies"}
    now = {table_name(model): model for model in backed_up()}
    return {
        name: sorted(Rows(then.get(name, model)).columns)
        for name, model in now.items()
        if name in then or model._meta.app_label in applications
    }


def signing_key() -> bytes:
    secret = "\n".join(["policies.operations.backups", settings.SECRET_KEY])
    return hashlib.sha256(secret.encode()).digest()


def is_signed(manifest: Manifest) -> bool:
    expected = signature(manifest, signing_key())
    return hmac.compare_digest(manifest.signature.encode(), expected.encode())


def require_signed(manifest: Manifest) -> None:
    """Raise BackupRefused unless a backup is signed with this site's key.

    Anyone who can change the file can also change the hashes in its manifest. The ledger and the
    audit prove most of a site by themselves, but not its accounts.
    """
    if is_signed(manifest):
        return
    if manifest.signature:
        raise BackupRefused(
            "The signature of this backup does not fit: the backup was altered, or made with "
            "another SECRET_KEY. If you have that key, name it: SECRET_KEY=… manage.py restore …. "
            "If it is lost, and you know who had the file since, add --unsigned."
        )
    raise BackupRefused(
        "This backup has no signature. Version 1.0 signed none, and whoever alters one can remove "
        "it. If you know who had the file since, add --unsigned."
    )
