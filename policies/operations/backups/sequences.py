"""The next id that a table gives: never one that was given before, even if that row is gone.

History names people by their ids, without a foreign key: an id given twice would put one person's
acts under another's name.
"""

from django.db import connection
from django.db.models import Model


def last_given(model: type[Model]) -> int | None:
    """Return the greatest id that a table ever gave, or 0; None if its ids are not automatic."""
    field, table = model._meta.auto_field, model._meta.db_table
    if field is None:
        return None
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            row = cursor.fetchone()
            return int(row[0]) if row else 0
        cursor.execute(
            "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, %s)::regclass)",
            [f'"{table}"', field.column],
        )
        (last,) = cursor.fetchone()
        return int(last or 0)


def continue_after(model: type[Model], last: int | None) -> None:
    """Make a table's next id greater than `last` and than every id that is in it."""
    field, table = model._meta.auto_field, model._meta.db_table
    if field is None:
        return
    greatest = model._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
    last = max(last or 0, greatest)
    if not last:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])
        else:
            sequence = [f'"{table}"', field.column, last]
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", sequence)
