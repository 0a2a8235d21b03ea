"""What a rule is, and functions that write the SQL of its condition."""

# ruff: noqa: S608  every name and value in this SQL is our own

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.apps import apps
from django.db.models import Model

from policies.states import Basis, Status

# The names of triggers begin so since version 1.0.
PREFIX = "policies_wall_"
# The time now. PostgreSQL's CURRENT_TIMESTAMP is when the transaction began, however long ago.
CLOCK = "clock_timestamp()"
Operation = Literal["INSERT", "UPDATE", "DELETE"]


@dataclass(frozen=True)
class Rule:
    """Refuse `operation` on `table` with `message` if `condition` (SQL over NEW, OLD) is true."""

    name: str
    table: str
    operation: Operation
    condition: str
    message: str

    @property
    def trigger(self) -> str:
        return f"{PREFIX}{self.name}"


def rules_on(
    table: str, operation: Operation, refused: dict[str, tuple[str, str]]
) -> Iterator[Rule]:
    """Yield the rules on one operation. refused: by the rule's name, its condition and message."""
    for name, (condition, message) in refused.items():
        yield Rule(name, table, operation, condition, message)


def append_only(name: str, table: str, message: str) -> Iterator[Rule]:
    """Yield the rules that rows of a table are neither changed nor deleted."""
    yield Rule(f"{name}_frozen", table, "UPDATE", "TRUE", message)
    yield Rule(f"{name}_kept", table, "DELETE", "TRUE", message)


def _model(name: str) -> type[Model]:
    return apps.get_model("policies", name)


def table_of(name: str) -> str:
    """Return the table name of a model of this app."""
    return _model(name)._meta.db_table


def short_name(name: str) -> str:
    """Return what rules call a model of this app: its table's name, which outlasts a renaming."""
    return table_of(name).removeprefix("policies_")


def columns(name: str, *, without: frozenset[str] = frozenset()) -> list[str]:
    """Return the columns of a model's table, except those of `without`."""
    every = [str(field.column) for field in _model(name)._meta.local_concrete_fields]
    return [column for column in every if column not in without]


def changed(columns: list[str]) -> str:
    """Return SQL: at least one of the columns differs between OLD and NEW; NULL is a value."""
    return "(" + " OR ".join(f'OLD."{c}" IS DISTINCT FROM NEW."{c}"' for c in columns) + ")"


def quoted(values: frozenset[Status] | frozenset[Basis]) -> str:
    """Return SQL: the values as a list in parentheses."""
    return "(" + ", ".join(f"'{value}'" for value in sorted(values)) + ")"


def moves(allowed: dict[Status, frozenset[Status]], extra: str = "") -> str:
    """Return SQL: this is one of the allowed moves between states, with `extra` added to each."""
    return " OR ".join(
        f"(OLD.status = '{old}' AND NEW.status IN {quoted(new)}{extra})"
        for old, new in sorted(allowed.items())
        if new
    )


def status_of(column: str) -> str:
    """Return SQL: the revision's status, locked until the transaction ends."""
    return f"(SELECT status FROM {table_of('Revision')} WHERE id = {column} FOR SHARE)"


def taken(name: str) -> str:
    """Return SQL: there is a row with one of NEW's keys, which INSERT OR REPLACE would delete."""
    options = _model(name)._meta
    column_of = {field.name: field.column for field in options.local_concrete_fields}
    keys = [[field.column] for field in options.local_concrete_fields if field.unique]
    keys += [
        [column_of[field] for field in constraint.fields]
        for constraint in options.total_unique_constraints
    ]
    return " OR ".join(
        f"EXISTS (SELECT 1 FROM {options.db_table} t WHERE "
        + " AND ".join(f't."{column}" = NEW."{column}"' for column in key)
        + ")"
        for key in keys
    )
