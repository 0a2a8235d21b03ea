"""What the forms of the desk share: types of fields, and errors that also come from actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import QueryDict

from policies import workflow
from policies.text.limits import is_supported_year


class Text(forms.CharField):
    """A text that may be empty: the action decides what must be given."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, **kwargs})


class WholeNumber(forms.IntegerField):
    """A number that every database can hold, or None. error: the message for anything else."""

    def __init__(self, *, error: str = "Enter a whole number.", **kwargs: Any) -> None:
        errors = dict.fromkeys(("invalid", "min_value", "max_value"), error)
        super().__init__(
            required=False, min_value=0, max_value=10**9 - 1, error_messages=errors, **kwargs
        )


class Day(forms.DateField):
    """A day of our era, or None."""

    def __init__(self) -> None:
        super().__init__(required=False, input_formats=["%Y-%m-%d"])

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day and not is_supported_year(day):
            raise ValidationError("Enter a day of our era.")
        return day


class ClockTime(forms.fields.BaseTemporalField):
    """A day and a time as a clock shows them, without a zone; None if empty."""

    widget = forms.DateTimeInput
    input_formats = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")

    def to_python(self, value: Any) -> datetime | None:
        found: datetime | None = None if value in self.empty_values else super().to_python(value)
        return found

    def strptime(self, value: str, format: str) -> datetime:  # noqa: A002  Django's name
        return datetime.strptime(value, format)  # noqa: DTZ007  the form adds the policy's zone


class DeskForm(forms.Form):
    """A form whose errors are also those that an action found."""

    # The field for an argument of the action that has another name.
    field_of: ClassVar[Mapping[str, str]] = {}

    def __init__(self, data: Any = None, files: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, files, auto_id="%s", initial=initial)

    def values(self) -> dict[str, Any]:
        """Return what was typed, by the names of the action's arguments. Raises Incomplete."""
        if not self.is_valid():
            raise workflow.Incomplete(" ".join(text for text, _ in self.problems))
        return self.arguments()

    def arguments(self) -> dict[str, Any]:
        """Return the cleaned values by the names of the action's arguments."""
        argument_of = {field: argument for argument, field in self.field_of.items()}
        return {argument_of.get(it, it): value for it, value in self.cleaned_data.items()}

    def value(self, name: str) -> Any:
        """Return what was typed into one field; None if it is missing or invalid."""
        self.is_valid()
        return self.cleaned_data.get(name)

    @contextmanager
    def showing_refusal(self) -> Iterator[None]:
        """Add a refusal of the action that is called inside to the form's errors."""
        try:
            yield
        except workflow.Refused as refusal:
            if self.is_valid():  # or else the form has refused it, and has its errors
                self.refuse(refusal)

    def refuse(self, refusal: workflow.Refused) -> None:
        """Add a refusal to the fields that it is about; to the form as a whole if about none."""
        about = [self.field_of.get(name, name) for name in refusal.about]
        known = [name for name in about if name in self.fields]
        for name in known or [NON_FIELD_ERRORS]:
            self.add_error(name, str(refusal))

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Each error once, with the id of the first field that it is about ("" for none)."""
        found: dict[str, str] = {}
        for name in [*self.fields, NON_FIELD_ERRORS]:
            is_visible = name in self.fields and not self[name].is_hidden
            for error in self.errors.get(name, ()):
                found.setdefault(str(error), self[name].id_for_label if is_visible else "")
        return list(found.items())


def with_placeholders(data: QueryDict, **placeholders: str) -> QueryDict:
    """Return what a form sent, for a preview: with a placeholder for each field that is empty."""
    given = data.copy()
    for name, words in placeholders.items():
        if not given.get(name, "").strip():
            given[name] = words
    return given
