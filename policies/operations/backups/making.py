"""Making a backup: a repeatable read of all rows, while others go on writing."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from django.db import DatabaseError, connection

from policies.database.transactions import long_timeout, repeatable_read
from policies.models import AuditEvent, LedgerEntry
from policies.operations.backups import archive, contents, schema
from policies.operations.backups.archive import BackupRefused, Manifest
from policies.operations.backups.contents import Rows, backed_up, table_name


def back_up(path: Path, *, at: datetime, overwrite: bool = False) -> Manifest:
    """Write the whole site to `path`. Memory does not grow with the number of rows.

    Raises BackupRefused; what was at `path` before, or that nothing was, is then unchanged.
    """
    schema.require_migrated()
    try:
        with (
            archive.create_backup(path, overwrite=overwrite) as file,
            long_timeout(),
            repeatable_read(),
        ):
            for model in backed_up():
                rows = Rows(model)
                last_id = contents.last_given_id(model)
                file.add(table_name(model), rows.columns, rows.all(), last_id=last_id)
            manifest = Manifest(
                made_at=at.astimezone(UTC).isoformat(timespec="seconds"),
                app_version=schema.app_version(),
                database=connection.vendor,
                migrations=schema.migrations(),
                ledger_head=head_of(LedgerEntry),
                audit_head=head_of(AuditEvent),
                tables=tuple(file.tables),
            )
            signature = archive.signature(manifest, schema.signing_key())
            manifest = replace(manifest, signature=signature)
            file.finish(manifest)
    except DatabaseError as error:
        raise BackupRefused(
            f"The database could not be read, and no backup was made: {error}"
        ) from error
    return manifest


def head_of(model: type[LedgerEntry] | type[AuditEvent]) -> str:
    """Return the digest of a chain's newest entry; "" for none."""
    return model._default_manager.values_list("digest", flat=True).last() or ""
