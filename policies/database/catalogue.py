"""Reads PostgreSQL's catalogue with its own operators and functions alone.

PostgreSQL takes the operator whose argument types fit exactly, whatever schema is searched first.
So an operator in our schema could make a query of the catalogue overlook that very operator.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

# As the triggers' functions have it. Unless it is named, pg_temp would be searched first.
BUILT_IN = "pg_catalog, pg_temp"

# One statement for the server, so that it is one transaction even if none is open.
_SCHEMA = "pg_catalog.quote_ident(pg_catalog.current_schema())"
_SCRIPT = f"""
SELECT pg_catalog.set_config('policies.schema', {_SCHEMA}, true),
    pg_catalog.set_config(
        'policies.searched', pg_catalog.current_schemas(true)::pg_catalog.text, true),
    pg_catalog.set_config(
        'policies.search_path', pg_catalog.current_setting('search_path'), true);
SELECT pg_catalog.set_config('search_path', '{BUILT_IN}', true);
{{query}};
SELECT pg_catalog.set_config(
    'search_path', pg_catalog.current_setting('policies.search_path'), true)
"""


def schema(connection: BaseDatabaseWrapper) -> str:
    """Return the schema of the site's tables, quoted if its name needs it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_SCHEMA}")
        return str(cursor.fetchone()[0])


def rows(connection: BaseDatabaseWrapper, query: str, **params: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a query (without a semicolon) of the catalogue.

    It also has current_setting('policies.schema'), as `schema` returns it, and
    current_setting('policies.searched'): the schemas that the site's own queries search.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SCRIPT.format(query=query), params)
        cursor.nextset()
        cursor.nextset()
        return list(cursor.fetchall())
