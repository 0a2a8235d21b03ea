"""Makes the database triggers, one for each of the rules, in SQLite and in PostgreSQL.

They are made anew after every migrate (SQLite drops a table's triggers when a migration rebuilds
it), and a system check reports one that is missing, switched off or different, and what others put
beside them (foreign_objects.py).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from policies.database import catalogue
from policies.database.foreign_objects import foreign_objects
from policies.database.rules import GUARDED, rules, sqlite_rules
from policies.database.rules.conditions import CLOCK, PREFIX, Rule, short_name, table_of

AS_OWNER = "Run this as the tables' owner (docs/deploying.md, Two accounts for PostgreSQL)."


@dataclass(frozen=True)
class _Trigger:
    """statements: what makes it. definition: what the catalogue then holds of it."""

    name: str
    table: str
    statements: tuple[str, ...]
    definition: tuple[object, ...]


def _escaped(text: str) -> str:
    return text.replace("'", "''")


def _sqlite(rule: Rule) -> _Trigger:
    # Without row locks, as its writers queue. It has IS DISTINCT FROM from version 3.39 on.
    condition = rule.condition.replace(" FOR SHARE", "").replace("IS DISTINCT FROM", "IS NOT")
    # In the format of its times, which it compares as text; CURRENT_TIMESTAMP has whole seconds.
    condition = condition.replace(CLOCK, "strftime('%Y-%m-%d %H:%M:%f', 'now')")
    sql = (
        f'CREATE TRIGGER "{rule.trigger}" BEFORE {rule.operation} ON "{rule.table}" '
        f"FOR EACH ROW WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{_escaped(rule.message)}'); END"
    )
    return _Trigger(rule.trigger, rule.table, (sql,), (sql,))


def _postgresql(schema: str, name: str, table: str, event: str, level: str, body: str) -> _Trigger:
    """Return a trigger of one function, which finds nothing but what PostgreSQL itself brings.

    It names the schema of our tables, and searches no schema in which anybody could put another
    table, operator, function or type in front of one that a condition uses.
    """
    path = catalogue.BUILT_IN
    function = (
        f"CREATE OR REPLACE FUNCTION {schema}.{name}() RETURNS trigger LANGUAGE plpgsql"
        f" SET search_path = {path} AS $rule${body}$rule$"
    )
    trigger = (
        f"CREATE TRIGGER {name} BEFORE {event} ON {schema}.{table}"
        f" FOR EACH {level} EXECUTE FUNCTION {schema}.{name}()"
    )
    made = (trigger, body, f"search_path={path}", "plpgsql", False, True)
    return _Trigger(name, table, (function, trigger), made)


def _refusal(message: str) -> str:
    return (
        f"RAISE EXCEPTION USING MESSAGE = '{_escaped(message)}',"
        " ERRCODE = 'integrity_constraint_violation';"
    )


NEVER_EMPTIED = "This table is never emptied."


def _wanted(connection: BaseDatabaseWrapper) -> list[_Trigger]:
    if connection.vendor == "sqlite":
        return [_sqlite(rule) for rule in [*rules(), *sqlite_rules()]]
    schema = catalogue.schema(connection)
    wanted = []
    for rule in rules():
        condition = re.sub(r"\bpolicies_\w+", lambda table: f"{schema}.{table[0]}", rule.condition)
        body = (
            f"BEGIN IF {condition} THEN {_refusal(rule.message)} END IF;"
            f" RETURN {'OLD' if rule.operation == 'DELETE' else 'NEW'}; END"
        )
        wanted.append(_postgresql(schema, rule.trigger, rule.table, rule.operation, "ROW", body))
    body = f"BEGIN {_refusal(NEVER_EMPTIED)} END"
    for model in GUARDED:
        name = f"{PREFIX}{short_name(model)}_not_emptied"
        wanted.append(_postgresql(schema, name, table_of(model), "TRUNCATE", "STATEMENT", body))
    return wanted


_SQLITE_TRIGGERS = (
    "SELECT name, tbl_name, sql FROM sqlite_master"
    " WHERE type = 'trigger' AND name LIKE 'policies_wall_%'"
)
# A trigger that is enabled for replicas alone ("R") is as good as switched off.
_POSTGRESQL_TRIGGERS = """
SELECT t.tgname, c.relname, pg_get_triggerdef(t.oid), p.prosrc,
       array_to_string(p.proconfig, ' '), l.lanname, p.prosecdef, t.tgenabled IN ('O', 'A')
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_language l ON l.oid = p.prolang
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND t.tgname LIKE 'policies_wall_%%'
AND quote_ident(n.nspname) = current_setting('policies.schema')
"""


def _installed(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], tuple[object, ...]]:
    """Return what the catalogue holds of our triggers, by name and table."""
    if connection.vendor == "postgresql":
        rows = catalogue.rows(connection, _POSTGRESQL_TRIGGERS)
    else:
        with connection.cursor() as cursor:
            cursor.execute(_SQLITE_TRIGGERS, None)
            rows = cursor.fetchall()
    return {(name, table): tuple(rest) for name, table, *rest in rows}


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of triggers that are absent, switched off or not what they should be."""
    installed = _installed(connection)
    return sorted(
        trigger.name
        for trigger in _wanted(connection)
        if installed.get((trigger.name, trigger.table)) != trigger.definition
    )


def foreign(connection: BaseDatabaseWrapper) -> list[str]:
    """Return what others put into the database that could get around the rules, in words."""
    ours = [f"{trigger.name} on {trigger.table}" for trigger in _wanted(connection)]
    return foreign_objects(connection, our_triggers=ours)


def can_be_removed(connection: BaseDatabaseWrapper) -> bool:
    """Return whether the account that is used could remove rules or get around them: it may create
    objects, or owns a table. On SQLite, whoever can write to the file can.
    """
    if connection.vendor == "sqlite":
        return True
    query = """
        SELECT has_schema_privilege(n.oid, 'CREATE') OR has_database_privilege(
            current_database(), 'CREATE') OR bool_or(pg_has_role(c.relowner, 'USAGE'))
        FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid
        WHERE quote_ident(n.nspname) = current_setting('policies.schema') GROUP BY n.oid
    """
    return any(can for (can,) in catalogue.rows(connection, query))


def install(connection: BaseDatabaseWrapper, *, only: frozenset[str] | None = None) -> None:
    """Make every trigger anew (or those named), in one transaction, unless all are in place."""
    wanted = _wanted(connection)
    definitions = {(trigger.name, trigger.table): trigger.definition for trigger in wanted}
    if _installed(connection) == definitions:
        return  # a migrate that has nothing to do keeps no reader waiting
    with transaction.atomic(using=connection.alias):
        remove(connection, only=only)
        with connection.cursor() as cursor:
            for trigger in wanted:
                if only is None or trigger.name in only:
                    for statement in trigger.statements:
                        cursor.execute(statement, None)


def remove(connection: BaseDatabaseWrapper, *, only: frozenset[str] | None = None) -> None:
    """Drop every trigger of ours (or those named)."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A table with foreign keys still to be checked refuses to be altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for name, table in _installed(connection):
            if only is None or name in only:
                on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}', None)


@contextmanager
def lifted(
    connection: BaseDatabaseWrapper, *, only: frozenset[str] | None = None
) -> Iterator[None]:
    """Let one transaction go without the rules; they hold again when it ends, however it ends.

    For `rerender`, which makes stored HTML anew, for `restore`, which fills an empty database and
    verifies it before it commits, and for emptying a test's database. Nothing else.
    """
    with transaction.atomic(using=connection.alias):
        remove(connection, only=only)
        yield
        install(connection, only=only)


# The rules that `rerender` lifts: what is derived from a published text may be made anew.
RENDERING_RULES = frozenset(
    {f"{PREFIX}rendering_added_to_draft", f"{PREFIX}rendering_changed_in_draft"}
)
REMOVED_ANCHOR_RULES = frozenset({f"{PREFIX}departure_at_publication", f"{PREFIX}departure_kept"})
