"""Whether the database keeps rows as it should: each once, times as queries compare them."""

# ruff: noqa: S608  every name and value in this SQL is our own

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, models

from policies.database.rules import GUARDED, is_other_notation


def storage() -> Iterator[str]:
    """Yield a sentence for each table with a row that others than the site must have written, and
    on SQLite for damage of the file: an index may lead to other rows than are in its table.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check(1)")
            if (found := cursor.fetchone()[0]) != "ok":
                yield f"The database file is damaged: {found}. Restore a backup."
        guarded = map(apps.get_app_config("policies").get_model, GUARDED)
        cursor.execute(" UNION ALL ".join(map(_counts, guarded)))
        for table, twice, otherwise in cursor.fetchall():
            if twice:
                yield f"The table {table} has a row twice."
            if otherwise:
                yield (
                    f"The table {table} has times in another notation than the site's, which "
                    f"queries take for others: {otherwise}."
                )


def _counts(model: type[models.Model]) -> str:
    """Return SQL: a table, its rows that are there twice, and those with a time in a notation that
    Django doesn't write. PostgreSQL has but one.
    """
    times = [
        is_other_notation(f'"{field.column}"', is_day=not isinstance(field, models.DateTimeField))
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.DateField) and connection.vendor == "sqlite"
    ]
    table, key = model._meta.db_table, model._meta.pk.column
    return (
        f"SELECT '{table}', count(*) - count(DISTINCT \"{key}\"),"
        f" count(CASE WHEN {' OR '.join(times) or 'FALSE'} THEN 1 END) FROM {table}"
    )
