"""What a rule is, and the words of SQL from which its condition is made."""

# ruff: noqa: S608  every name and value in this SQL is our own

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.apps import apps

if TYPE_CHECKING:
    from django.db.models import Model

    from policies.states import Basis, Status

PREFIX = "policies_wall_"
Operation = Literal["INSERT", "UPDATE", "DELETE"]


@dataclass(frozen=True)
class Rule:
    """Refuse `operation` on `table` when `condition` (SQL over NEW and OLD) is true."""

    name: str
    table: str
    operation: Operation
    condition: str
    message: str

    @property
    def trigger(self) -> str:
        return f"{PREFIX}{self.name}"


def _model(name: str) -> type[Model]:
    return apps.get_model("policies", name)


def table_of(name: str) -> str:
    """Return the table of a model of ours."""
    return _model(name)._meta.db_table


def columns(name: str, *, without: frozenset[str] = frozenset()) -> list[str]:
    """Return the columns of a model's table, but for those of `without`."""
    every = [str(field.column) for field in _model(name)._meta.local_concrete_fields]
    return [column for column in every if column not in without]


def changed(columns: list[str]) -> str:
    """SQL: at least one of the columns differs between OLD and NEW, NULL counting as a value."""
    return "(" + " OR ".join(f'OLD."{c}" IS DISTINCT FROM NEW."{c}"' for c in columns) + ")"


def quoted(values: frozenset[Status] | frozenset[Basis]) -> str:
    """SQL: the values as a list in parentheses."""
    return "(" + ", ".join(f"'{value}'" for value in sorted(values)) + ")"


def moves(allowed: dict[Status, frozenset[Status]], extra: str = "") -> str:
    """SQL: this is one of the allowed moves between states (and `extra` holds)."""
    return " OR ".join(
        f"(OLD.status = '{old}' AND NEW.status IN {quoted(new)}{extra})"
        for old, new in sorted(allowed.items())
        if new
    )


def status_of(column: str) -> str:
    """SQL: the revision's status, which can't change before this transaction ends."""
    return f"(SELECT status FROM {table_of('Revision')} WHERE id = {column} FOR SHARE)"


def taken(name: str) -> str:
    """SQL: a row with one of NEW's unique keys is there, which INSERT OR REPLACE would delete."""
    options = _model(name)._meta
    columns = {field.name: field.column for field in options.local_concrete_fields}
    keys = [[field.column] for field in options.local_concrete_fields if field.unique]
    keys += [
        [columns[name] for name in constraint.fields]
        for constraint in options.total_unique_constraints
    ]
    return " OR ".join(
        f"EXISTS (SELECT 1 FROM {options.db_table} t WHERE "
        + " AND ".join(f't."{column}" = NEW."{column}"' for column in key)
        + ")"
        for key in keys
    )
