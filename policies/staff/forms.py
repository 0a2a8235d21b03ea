"""The forms of the desk: they turn what was typed into the arguments of an action.

A form knows types: whole numbers, dates, choices, other objects. Who may do what, what must be
given and how long a text may be are rules of the actions (workflow/), which commands keep as well;
a refusal is shown with the fields that it is about. The editor's text is read by editing.py.

Templates write the fields; a field's name is also its id, unless its widget has another.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format

from policies import workflow
from policies.models import Policy, Revision
from policies.states import Kind
from policies.text.limits import MAX_FILE, is_supported_year
from policies.workflow.notice_periods import first_allowed

# --- What they share -----------------------------------------------------------------------------


# A text that may be empty: the action decides what must be given.
Text = partial(forms.CharField, required=False)


class WholeNumber(forms.IntegerField):
    """A number that every database can hold, or None. error: the message for anything else."""

    def __init__(self, *, error: str = "Enter a whole number.", **kwargs: Any) -> None:
        errors = dict.fromkeys(("invalid", "min_value", "max_value"), error)
        super().__init__(
            required=False, min_value=0, max_value=10**9 - 1, error_messages=errors, **kwargs
        )


def _check_year(day: date) -> None:
    if not is_supported_year(day):
        raise ValidationError("Enter a year from 1000 to 9000.")


Day = partial(forms.DateField, required=False, input_formats=["%Y-%m-%d"], validators=[_check_year])


class ClockTime(forms.fields.BaseTemporalField):
    """A day and a time as a clock shows them, without a zone; None if empty."""

    widget = forms.DateTimeInput
    input_formats = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")

    def to_python(self, value: Any) -> Any:
        return None if value in self.empty_values else super().to_python(value)

    def strptime(self, value: str, format: str) -> datetime:  # noqa: A002  Django's name
        return datetime.strptime(value, format)  # noqa: DTZ007  the form adds the policy's zone


class DeskForm(forms.Form):
    """A form whose errors are also those that an action found.

    field_of: the field for an argument of the action that has another name. sent_empty: fields that
    are sent even if nothing was entered, which then means something: a form without is incomplete.
    written: the field of a text that somebody wrote, which no refusal may lose. row: the field with
    the key of the row that the action is about, if that is one of a revision's, such as "comment".
    """

    field_of: ClassVar[Mapping[str, str]] = {}
    sent_empty: ClassVar[Sequence[str]] = ()
    written: ClassVar[str] = ""
    row: ClassVar[str] = ""

    def __init__(self, data: Any = None, files: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, files, auto_id="%s", initial=initial)

    def clean(self) -> dict[str, Any]:
        if missing := [name for name in self.sent_empty if name not in self.data]:
            raise ValidationError(
                f"The form did not arrive as it was sent: {' and '.join(missing)} is missing. "
                "Nothing was changed. Send it again."
            )
        return self.cleaned_data

    def values(self) -> dict[str, Any]:
        """Return what was typed, by the names of the action's arguments. Raises Incomplete."""
        if not self.is_valid():
            raise workflow.Incomplete(" ".join(text for text, _ in self.problems))
        return self.arguments()

    def arguments(self) -> dict[str, Any]:
        argument_of = {field: argument for argument, field in self.field_of.items()}
        return {argument_of.get(name, name): value for name, value in self.cleaned_data.items()}

    def value(self, name: str) -> Any:
        """Return what was typed into one field; None if it is missing or invalid."""
        self.is_valid()
        return self.cleaned_data.get(name)

    def refuse(self, refusal: workflow.Refused) -> None:
        """Add a refusal to the fields that it is about; to the form as a whole if about none."""
        if not self.is_valid():  # the form itself has refused it, and has its errors
            return
        about = [self.field_of.get(name, name) for name in refusal.about]
        known = [name for name in about if name in self.fields]
        for name in known or [NON_FIELD_ERRORS]:
            self.add_error(name, str(refusal))

    @property
    def is_wrong_elsewhere(self) -> bool:
        """Whether another field than `written` has an error."""
        return not self.errors.keys() <= {self.written, NON_FIELD_ERRORS}

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


# --- A draft -------------------------------------------------------------------------------------


class UploadForm(DeskForm):
    file = forms.FileField(
        allow_empty_file=True, error_messages={"required": "Choose a file to upload."}
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE:
            most = f"{MAX_FILE // 1_000_000} MB"
            raise forms.ValidationError(f"The file is larger than {most}. Choose a smaller one.")
        return file


class StartDraftForm(DeskForm):
    based_on = WholeNumber()


class EditorForm(DeskForm):
    """What the editor's form holds beside the text: as the form was opened, and the choices.

    opened_parts: what was changed, as it was then. window: the name of the window that has the
    form. kept: the id of the text kept for it last. writer: the id of the user whom it is for.
    """

    seen_saves = WholeNumber()
    seen_parts = Text()
    opened_parts = Text()
    source_version = WholeNumber()
    seen_source_version = WholeNumber()
    window = Text(max_length=100)
    kept = WholeNumber()
    writer = WholeNumber()

    @property
    def newly_chosen(self) -> int | None:
        number: int | None = self.value("source_version")
        return number if number != self.value("seen_source_version") else None

    @property
    def seen_source(self) -> int | None:
        """The source version that was set when the form was opened, 0 for none; None: not sent."""
        return self.value("seen_source_version") or (
            0 if "seen_source_version" in self.data else None
        )


class PastedForm(DeskForm):
    """What was pasted, as HTML. labels: those of the draft's footnotes, with spaces between."""

    html = Text(strip=False)
    labels = Text()


class FindingForm(DeskForm):
    """The findings to answer, by their keys with spaces between."""

    key = Text()


class ReasonForFindingForm(FindingForm):
    reason = Text()

    written = "reason"


# --- A review ------------------------------------------------------------------------------------


class ShareForm(DeskForm):
    recipient = Text()
    days = WholeNumber(error="Enter the number of days as a whole number.")
    takes_comments = forms.BooleanField(required=False)

    written = "recipient"

    def clean_days(self) -> int:
        return self.cleaned_data["days"] or 0


class LinkForm(DeskForm):
    link = WholeNumber()

    row = "link"


class SeenForm(DeskForm):
    """The state of the text that somebody saw, so that an action is done to no other."""

    seen_digest = Text(widget=forms.HiddenInput)
    seen_source_version = WholeNumber(widget=forms.HiddenInput)


class ApproveForm(SeenForm):
    """seen_text: the text as it was, to show what has changed since; no argument of the action."""

    seen_text = Text(widget=forms.HiddenInput, strip=False)


# --- A publication -------------------------------------------------------------------------------


def _one_of(choices: Any, error: str) -> forms.ChoiceField:
    errors = dict.fromkeys(("required", "invalid_choice"), error)
    return forms.ChoiceField(choices=choices, error_messages=errors)


class PublishForm(SeenForm):
    """Proposes the first day that keeps to the notice period, or asks why it is not kept to.

    emergency: publish without approval, for a reason. ask: "yes" if no script has shown when it
    will take effect; "again" to change what was sent. first_allowed: the start of that day by the
    policy's clock; None if no notice is asked for, as in an emergency or of a first version.
    """

    ask = Text()
    change_note = Text()
    kind = _one_of(Kind.choices, "Choose the kind of change: material or editorial.")
    when = _one_of([("now", "now"), ("later", "later")], "Choose when it takes effect.")
    effective = ClockTime(required=False, widget=forms.DateTimeInput(attrs={"id": "effective_at"}))
    reason = Text()
    short_notice_reason = Text()

    field_of: ClassVar[Mapping[str, str]] = {"effective_at": "effective"}

    def __init__(self, data: Any = None, *, revision: Revision, emergency: bool) -> None:
        super().__init__(data)
        self.policy, self.emergency = revision.policy, emergency
        self.is_first = not revision.policy.revisions.numbered().exists()
        if self.is_first:  # its kind is not asked for: it is material
            self.fields["kind"].required = False
        self.fields["effective"].error_messages["invalid"] = malformed_time(self.policy)
        asks = not (emergency or self.is_first)
        moment = first_allowed(self.policy, at=timezone.now()) if asks else None
        self.first_allowed = moment and moment.astimezone(self.policy.zone)
        if self.first_allowed:
            proposed = f"{self.first_allowed:%Y-%m-%dT%H:%M}"
            self.initial = {**self.initial, "when": "later", "effective": proposed}

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        when, typed = found.get("when"), found.get("effective")
        if when == "now" and typed and not self._is_as_proposed(typed):
            self.add_error(
                "effective",
                "You entered a day and time but chose “At once”. Choose the day, or clear it.",
            )
        elif when == "later" and "effective" in found and typed is None:
            self.add_error("effective", "Enter the day and time at which it takes effect.")
        elif when == "later" and typed and (problem := skipped_time(typed, self.policy)):
            self.add_error("effective", problem)
        return found

    def _is_as_proposed(self, typed: datetime) -> bool:
        proposed = self.first_allowed
        return proposed is not None and typed == proposed.replace(tzinfo=None)

    @property
    def moment(self) -> str:
        """When it will take effect, in words: "now", "on May 2, 2026, 14:00 Europe/Berlin"."""
        if self.cleaned_data["when"] == "now":
            return "now"
        typed = date_format(self.cleaned_data["effective"], "DATETIME_FORMAT")
        return f"on {typed} {self.policy.time_zone}"

    def arguments(self) -> dict[str, Any]:
        found = self.cleaned_data
        typed = found["effective"] if found["when"] == "later" else None
        why = "reason" if self.emergency else "short_notice_reason"
        return {
            **{name: found[name] for name in ("seen_digest", "seen_source_version", "change_note")},
            "kind": Kind(found["kind"] or Kind.MATERIAL),
            "effective_at": typed and typed.replace(tzinfo=self.policy.zone),
            why: found[why],
        }


def malformed_time(policy: Policy) -> str:
    return (
        "Enter the day and time at which it takes effect, such as 2030-05-31 09:00, without a "
        f"time zone: it is in {policy.time_zone}."
    )


def skipped_time(by_the_clock: datetime, policy: Policy) -> str:
    """Return the problem with a time that no clock shows in the policy's zone; "" for any other."""
    zone = policy.zone
    try:
        again = by_the_clock.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    except OverflowError:  # near either end of the calendar, which the action refuses itself
        return ""
    if again.replace(tzinfo=None) == by_the_clock:
        return ""
    return (
        f"In {policy.time_zone} there is no {by_the_clock:%H:%M} on that day: the clocks go "
        "forward. Choose another time."
    )


class WithdrawForm(DeskForm):
    reason = Text()
