"""Which rows a backup holds, and how each value is written as JSON and read back exactly.

It holds every table of every application, new ones included, except those in LEFT_OUT.
Ids stay as they are, because digests cover them. Only content types and permissions, whose ids
`migrate` gives in no fixed order, are referred to by their natural keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import Model

# The models that are in no backup, and why nothing is lost by that.
LEFT_OUT = {
    "contenttypes.ContentType": "made by migrate; rows name them by natural key",
    "auth.Permission": "made by migrate; rows name them by natural key",
    "sessions.Session": "who was logged in logs in again",
    **dict.fromkeys(
        ["axes.AccessAttempt", "axes.AccessAttemptExpiration", "axes.AccessFailureLog"],
        "holds addresses; who was locked out may try again",
    ),
    "axes.AccessLog": "holds addresses, and is not written",
    "policies.SubscriptionRequest": "whoever had not confirmed it asks again",
    "policies.KeptFile": "made from the texts again, with the same bytes, when it is asked for",
    "policies.KeptRedline": "computed from the texts again when it is asked for",
    "policies.SignOnRenewal": "holds tokens; who was logged in logs in again",
    "policies.JobRun": "written again when each job runs next",
}

# Models that have been renamed since version 1.0.0: their tables keep their names in the file.
_NAMES_OF_1_0 = {
    "policies.RemovedAnchor": "policies.Departure",
    "policies.Justification": "policies.Acknowledgement",
}


class UnreadableValue(ValueError):
    """A value that its column can't have."""


class Unknown(LookupError):
    """A row names a content type or a permission that does not exist (any more)."""


def backed_up() -> list[type[models.Model]]:
    """Return the models whose rows a backup holds, in a fixed order, whatever they refer to: the
    database checks references when the transaction ends.
    """
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label not in LEFT_OUT
    ]


def table_name(model: type[models.Model]) -> str:
    """Return the name that the table of a model has in a backup."""
    return _NAMES_OF_1_0.get(model._meta.label, model._meta.label)


def is_by_natural_key(field: models.Field[Any, Any]) -> bool:
    """Return whether a column refers to rows by their natural key instead of their id."""
    remote = field.related_model
    return isinstance(remote, type) and remote._meta.label in LEFT_OUT


class Rows:
    """The rows of one model as lists of JSON values, in the order of `columns`."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.fields = [field for field in model._meta.local_concrete_fields if not field.generated]
        self.columns = tuple(str(field.column) for field in self.fields)
        self._names = {
            field.attname: _natural_keys(field) for field in self.fields if is_by_natural_key(field)
        }
        # Field.value_to_string takes the value from an instance: this one.
        self._carrier = model()
        self._ids: dict[str, dict[tuple[Any, ...], Any]] = {}
        for column, names in self._names.items():
            self._ids[column] = {key: pk for pk, key in names.items()}

    def all(self) -> Iterator[list[Any]]:
        """Yield every row, in the order of the primary key."""
        rows = self.model._base_manager.order_by("pk")
        # Few in memory at a time, because a text may have megabytes.
        return map(self.written, rows.iterator(chunk_size=50))

    def written(self, row: models.Model) -> list[Any]:
        return [self._written(field, row) for field in self.fields]

    def read(self, values: list[Any]) -> list[Any]:
        """Return a row that `written` made, as values for an INSERT. Raises as `values` does."""
        return [
            field.get_db_prep_save(value, connection)
            for field, value in zip(self.fields, self.values(values), strict=True)
        ]

    def values(self, values: list[Any]) -> list[Any]:
        """Return a row that `written` made, as Python values.

        Raises UnreadableValue for a value that its column can't have, Unknown for a natural key of
        a row that does not exist.
        """
        return [self._read(field, value) for field, value in zip(self.fields, values, strict=True)]

    def _written(self, field: models.Field[Any, Any], row: models.Model) -> Any:
        value = getattr(row, field.attname)
        if field.attname in self._names and value is not None:
            return list(self._names[field.attname][value])
        return value if isinstance(field, models.JSONField) else self._plain(field, value)

    def _read(self, field: models.Field[Any, Any], written: Any) -> Any:
        if written is None or isinstance(field, models.JSONField):
            return written
        if field.attname in self._ids:
            try:
                return self._ids[field.attname][tuple(written)]
            except (KeyError, TypeError) as error:
                if field.null:
                    return None
                raise Unknown(f"{field.name} {written}") from error
        try:
            value = field.to_python(written)
            # Written back, it must be the same: a time without a zone, or a number as text, is not.
            if self._plain(field, value) == written:
                return value
        except Exception as error:  # each field has its own ways to refuse
            raise UnreadableValue(f"{field.name} can't be {written!r:.80}") from error
        raise UnreadableValue(f"{field.name} can't be {written!r:.80}")

    def _plain(self, field: models.Field[Any, Any], value: Any) -> Any:
        """Return a value as JSON can hold it; times to the microsecond."""
        if value is None or isinstance(value, (bool, int)):
            return value
        setattr(self._carrier, field.attname, value)
        return field.value_to_string(self._carrier)


def _natural_keys(field: models.Field[Any, Any]) -> dict[Any, tuple[Any, ...]]:
    """Return the natural key of each row that a column may refer to, by its id."""
    remote: Any = field.related_model
    relations = [related.name for related in remote._meta.concrete_fields if related.is_relation]
    rows = remote._base_manager.all()
    if relations:
        rows = rows.select_related(*relations)
    return {row.pk: tuple(row.natural_key()) for row in rows}


def last_given_id(model: type[Model]) -> int | None:
    """Return the greatest id that a table ever gave, or 0; None if its ids are not automatic.

    History names people by their ids, without a foreign key: an id given twice would put one
    person's acts under another's name.
    """
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
