"""What a rule is, and the SQL that conditions are made of."""

# ruff: noqa: S608  every name and value in this SQL is our own

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.apps import apps
from django.db.models import Model

from policies.states import (
    DATE_COLUMNS,
    LATER_COLUMNS,
    MOVES,
    MOVES_WITHOUT_APPROVAL,
    NUMBERED,
    OPEN,
    WITHDRAWAL_COLUMNS,
    Basis,
    Status,
)

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


@dataclass(frozen=True)
class Written:
    """SQL that a function writes, given the words behind a colon: {changed:slug language}."""

    write: Callable[..., str]

    def __format__(self, words: str) -> str:
        return self.write(*words.split())


def _model(name: str) -> type[Model]:
    return apps.get_model("policies", name)


def table_of(name: str) -> str:
    return _model(name)._meta.db_table


def short_name(name: str) -> str:
    """Return what rules call a model of this app: its table's name, which outlasts a renaming."""
    return table_of(name).removeprefix("policies_")


def changed(*columns: str) -> str:
    """Return SQL: at least one of the columns differs between OLD and NEW; NULL is a value."""
    return "(" + " OR ".join(f'OLD."{c}" IS DISTINCT FROM NEW."{c}"' for c in columns) + ")"


def changed_but(model: str, *without: str) -> str:
    """Return SQL: so does a column of a model's table that is not named."""
    every = [str(field.column) for field in _model(model)._meta.local_concrete_fields]
    return changed(*(column for column in every if column not in without))


def status_of(column: str) -> str:
    """Return SQL: the revision's status, locked until the transaction ends."""
    return f"(SELECT status FROM {table_of('Revision')} WHERE id = {column} FOR SHARE)"


def _listed(values: frozenset[Status] | frozenset[Basis]) -> str:
    return "(" + ", ".join(f"'{value}'" for value in sorted(values)) + ")"


def _moves(allowed: dict[Status, frozenset[Status]], extra: str = "") -> str:
    return " OR ".join(
        f"(OLD.status = '{old}' AND NEW.status IN {_listed(new)}{extra})"
        for old, new in sorted(allowed.items())
        if new
    )


# What a condition can have in braces, besides the words of its own file.
WORDS = {
    "changed": Written(changed),
    "changed_but": Written(changed_but),
    "status_of": Written(status_of),
    "clock": CLOCK,
    "open": _listed(OPEN),
    "numbered": _listed(NUMBERED),
    "closed": _listed(NUMBERED | {Status.DISCARDED}),
    "moves": _moves(MOVES),
    "moves_without_approval": _moves(
        MOVES_WITHOUT_APPROVAL,
        f" AND NEW.basis IN {_listed(frozenset(Basis) - {Basis.APPROVAL})}",
    ),
    "later": " ".join(LATER_COLUMNS),
    "dates": " ".join(DATE_COLUMNS),
    "withdrawal": " ".join(WITHDRAWAL_COLUMNS),
}


def taken(name: str) -> str:
    """Return SQL: there is a row with one of NEW's keys, which INSERT OR REPLACE would delete."""
    options = _model(name)._meta
    column_of = {field.name: field.column for field in options.local_concrete_fields}
    keys = [[field.column] for field in options.local_concrete_fields if field.unique]
    for constraint in options.total_unique_constraints:
        keys += [[column_of[field] for field in constraint.fields]]
    conditions = []
    for key in keys:
        same = " AND ".join(f't."{column}" = NEW."{column}"' for column in key)
        conditions.append(f"EXISTS (SELECT 1 FROM {options.db_table} t WHERE {same})")
    return " OR ".join(conditions)
