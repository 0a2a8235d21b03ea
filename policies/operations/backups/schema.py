"""Whether a database is fit for a backup or a restore; whether a backup fits it, and is genuine."""

import hashlib
import hmac
import tomllib

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from policies.database import migration_state
from policies.operations.backups.archive import BackupRefused, Manifest, signature
from policies.operations.backups.contents import Rows, backed_up, table_name

# Migrations after version 1.0.0 without which a backup fits: they change how Python calls columns
# and tables, or add a table or a column that may be empty.
HARMLESS = frozenset(
    {
        *("0008_audit_actions", "0009_names_of_columns", "0010_names_of_tables"),
        *("0011_facts_of_the_audit", "0012_overruling", "0013_checklists", "0014_clauses"),
        *("0015_moved_clauses", "0016_unsaved_texts", "0017_quoted_words"),
        *("0018_review_requests", "0019_notice_periods", "0020_mail_threads"),
        *("0021_returned_files", "0022_subscriptions", "0023_webhooks", "0024_rescheduling"),
        *("0025_audit_of_webhooks", "0026_kept_files"),
    }
)
_ADDED_COLUMNS = {
    ("policies.AuditEvent", "facts"): "0011_facts_of_the_audit",
    ("policies.Policy", "checklists"): "0013_checklists",
    ("policies.Policy", "notice_days"): "0019_notice_periods",
    ("policies.Revision", "clauses"): "0014_clauses",
    ("policies.Revision", "numbering"): "0014_clauses",
    ("policies.Departure", "moved_to"): "0015_moved_clauses",
    ("policies.ReviewComment", "quotation"): "0017_quoted_words",
    ("policies.ReviewComment", "link_id"): "0017_quoted_words",
    ("policies.ReviewComment", "guest"): "0017_quoted_words",
    ("policies.PreviewLink", "takes_comments"): "0017_quoted_words",
    ("policies.ReviewComment", "file_id"): "0021_returned_files",
    ("policies.CommentReply", "file_id"): "0021_returned_files",
    ("policies.CommentReply", "guest"): "0021_returned_files",
}
_ADDED_TABLES = {
    "policies.Overruling": "0012_overruling",
    "policies.UnsavedText": "0016_unsaved_texts",
    "policies.ReviewRequest": "0018_review_requests",
    "policies.MailThread": "0020_mail_threads",
    **dict.fromkeys(
        ("policies.SentText", "policies.ReturnedFile", "policies.ProposalDecision"),
        "0021_returned_files",
    ),
    "policies.Subscription": "0022_subscriptions",
    "policies.SubscriberMail": "0022_subscriptions",
    **dict.fromkeys(
        [
            *("policies.WebhookEndpoint", "policies.WebhookEndpoint_policies"),
            "policies.WebhookDelivery",
        ],
        "0023_webhooks",
    ),
}


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
    """Raise BackupRefused unless a backup has the migrations, tables and columns of this version.

    Migrations in HARMLESS may be missing, with the tables and columns that they add.
    """
    here, theirs = set(migrations()), set(manifest.migrations)
    columns = {table.name: sorted(table.columns) for table in manifest.tables}
    lacking = here - theirs
    ours = {
        table_name(it): sorted(
            column
            for column in Rows(it).columns
            if _ADDED_COLUMNS.get((table_name(it), column)) not in lacking
        )
        for it in backed_up()
        if _ADDED_TABLES.get(table_name(it)) not in lacking
    }
    made_by = f"{manifest.app_version}, and this is version {app_version()}"
    if newer := sorted(theirs - here):
        raise BackupRefused(
            f"The backup is from a newer version of the application: it was made by version "
            f"{made_by}, which lacks the migration {newer[-1]}. Install the newer version, and "
            "restore the backup there."
        )
    missing = sorted(lacking - HARMLESS)
    different = sorted(name for name in columns | ours if columns.get(name) != ours.get(name))
    if missing or different:
        what = f"the migration {missing[0]}" if missing else f"another table {different[0]}"
        raise BackupRefused(
            f"The backup is from an older version of the application: it was made by version "
            f"{made_by}, which has {what}. Install the older version, restore the backup there, "
            "update, and run manage.py migrate."
        )


def key() -> bytes:
    """Return the key that this site signs its backups with."""
    secret = "\n".join(["policies.operations.backups", settings.SECRET_KEY])
    return hashlib.sha256(secret.encode()).digest()


def is_signed(manifest: Manifest) -> bool:
    return hmac.compare_digest(manifest.signature.encode(), signature(manifest, key()).encode())


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
