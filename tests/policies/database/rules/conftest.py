"""A fixture for raw SQL on the most hostile connection that is possible.

On SQLite that is a connection to a copy of the database, without any of our pragmas: no foreign
keys, no recursive triggers, and no CHECKs either.
"""

import sqlite3
from contextlib import closing
from datetime import date, datetime

import pytest
from django.db import IntegrityError, connection, transaction


@pytest.fixture
def execute():
    """Return a function that executes SQL on a database that only the rules protect."""
    if connection.vendor == "postgresql":

        def on_our_connection(sql, *params):
            connection.check_constraints()  # some statements refuse while checks are due
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql.replace("?", "%s"), params or None)

        yield on_our_connection
        return
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as plain:

        def on_a_plain_copy(sql, *params):
            if not plain.execute("SELECT 1 FROM sqlite_master").fetchone():
                plain.executescript("\n".join(connection.connection.iterdump()))
                plain.execute("PRAGMA ignore_check_constraints = ON")
            try:
                plain.execute(sql, [adapted(value) for value in params])
            except sqlite3.IntegrityError as error:
                raise IntegrityError(*error.args) from error

        yield on_a_plain_copy


def adapted(value):
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value.isoformat() if isinstance(value, date) else value
