"""Whether a database has every migration that this version of the code needs."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

Name = tuple[str, str]

ADVICE = "The database is not at this version's state. Run manage.py migrate, and try again."


@cache
def wanted() -> Mapping[Name, frozenset[Name]]:
    """Return every migration of the code, by app and name, with those that it replaces.

    Read from the disk once in a process. A server calls this at its start: during an upgrade, the
    files on disk are those of the next version while it still runs this one. Only migrations that
    replace others are loaded: all of them would take 1.3 MB of each process.
    """
    found = {}
    for app in apps.get_app_configs():
        for file in Path(app.path, "migrations").glob("[!_]*.py"):
            replaces = []
            if "replaces = [" in file.read_text("utf-8"):
                replaces = import_module(f"{app.name}.migrations.{file.stem}").Migration.replaces
            found[app.label, file.stem] = frozenset(replaces)
    return found


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return what the database lacks, such as policies.0004_kept_pdfs, sorted.

    Any others that it has are a newer version's, which may share it with this one for a while.
    """
    applied = MigrationRecorder(connection).applied_migrations().keys()
    return sorted(
        ".".join(name)
        for name, replaced in wanted().items()
        if name not in applied and not (replaced and replaced <= applied)
    )


def is_newer(connection: BaseDatabaseWrapper) -> bool:
    """Return whether a later version of the code has migrated the database."""
    newest = max(name for app, name in wanted() if app == "policies")
    applied = MigrationRecorder(connection).applied_migrations()
    return any(app == "policies" and name > newest for app, name in applied)
