"""What others put into the database that could get around the rules, or mislead who reads it.

Our triggers find only what PostgreSQL itself brings. The site's queries and the constraints of its
tables find whatever fits best. And a trigger, a rule or a policy of somebody else on one of our
tables may change a row after our triggers have let it pass, or hide rows from them.
"""

from pathlib import Path

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

from policies.database import catalogue

_OBJECTS = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


def foreign_objects(connection: BaseDatabaseWrapper, *, our_triggers: list[str]) -> list[str]:
    """Return each of them in words: "the operator public.<>(text,text)".

    our_triggers: as "NAME on TABLE". On SQLite, where no file replaces an operator: triggers alone.
    """
    tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]
    if connection.vendor == "postgresql":
        found = catalogue.rows(connection, _OBJECTS, tables=tables, triggers=our_triggers)
        return [words for (words,) in found]
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        return [
            f"the trigger {name} on {table}"
            for name, table in cursor.fetchall()
            if table in tables and f"{name} on {table}" not in our_triggers
        ]
