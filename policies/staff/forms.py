"""The forms of the desk: they turn what was typed into the arguments of an action.

A form knows types: whole numbers, dates, choices, other objects. Who may do what, what must be
given and how long a text may be are rules of the actions (workflow/), which commands keep as well;
a refusal is shown with the fields that it is about. The editor's text is read by editing.py.

Templates write the fields; a field's name is also its id, unless its widget has another.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from policies import languages
from policies.mail.notices import KINDS
from policies.models import Policy, Revision
from policies.staff.form_base import ClockTime, Day, DeskForm, Text, WholeNumber
from policies.states import Kind
from policies.text.limits import MAX_FILE, MAX_MONTHS, MAX_SLUG

# --- A policy ------------------------------------------------------------------------------------

_LONGEST_NAME = Policy._meta.get_field("name").max_length


class PolicyForm(DeskForm):
    """A new policy. Without an address, it gets its source's, or one made from its name."""

    name = Text(max_length=_LONGEST_NAME)
    slug = Text()
    language = Text()
    time_zone = Text()
    translation_of = forms.ModelChoiceField(Policy.objects.all(), required=False)

    @property
    def source(self) -> Policy | None:
        """The policy that the new one is a translation of, as a link or the form names it."""
        try:
            found: Policy | None = self.fields["translation_of"].clean(
                self["translation_of"].value()
            )
        except ValidationError:
            return None
        return found

    def clean_language(self) -> str:
        """Return the tag of a language, given its tag or its name; the site's own if empty."""
        typed: str = self.cleaned_data["language"]
        tags = sorted(LANG_INFO, reverse=True)
        tag_of = {languages.name_of(tag).casefold(): tag for tag in tags}
        tag_of |= {languages.own_name(tag).casefold(): tag for tag in tags}
        return tag_of.get(typed.casefold(), typed) or settings.LANGUAGE_CODE

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        source, name = found.get("translation_of"), found.get("name", "")
        if not found.get("slug"):
            found["slug"] = source.slug if source else _slug_of(name)
        if name and not found["slug"]:
            self.add_error("slug", "Enter an address: none can be made from this name.")
        return found

    def arguments(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        source = found.pop("translation_of")
        time_zone = found["time_zone"] or None
        return {**found, "time_zone": time_zone, "translation_of_id": source and source.pk}


def _slug_of(name: str) -> str:
    """Return the slug made from a name; from a long name, as many of its first words as fit."""
    slug = slugify(name.replace("_", " "))
    if len(slug) <= MAX_SLUG:
        return slug
    return slug[: MAX_SLUG + 1].rpartition("-")[0] or slug[:MAX_SLUG]


class RenameForm(DeskForm):
    """A policy's name and address, each beside its value when the form was opened."""

    name = Text(max_length=_LONGEST_NAME)
    slug = Text()
    seen_name = Text(widget=forms.HiddenInput)
    seen_slug = Text(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, policy: Policy) -> None:
        now = {"name": policy.name, "slug": policy.slug}
        self._seen = {it: data[f"seen_{it}"] if f"seen_{it}" in data else now[it] for it in now}
        given = {**now, **{f"seen_{it}": value for it, value in self._seen.items()}, **data.dict()}
        super().__init__(given)

    def touched(self) -> dict[str, str]:
        """Return the fields whose values were changed since the form was opened. Raises Incomplete.

        The others are left alone, even if somebody else has changed their values since.
        """
        values = self.values()
        return {it: values[it] for it, seen in self._seen.items() if values[it] != seen}


class IntervalForm(DeskForm):
    months = WholeNumber(
        error=f"Enter the number of months, from 1 to {MAX_MONTHS}, or nothing for no check."
    )


class SourcePolicyForm(DeskForm):
    translation_of = WholeNumber()

    field_of: ClassVar[Mapping[str, str]] = {"source_id": "translation_of"}


class PrevailingLanguageForm(DeskForm):
    language = Text()


class RetireForm(DeskForm):
    notice = Text()
    successor = WholeNumber()

    field_of: ClassVar[Mapping[str, str]] = {"successor_id": "successor"}


# --- A draft -------------------------------------------------------------------------------------


class StartDraftForm(DeskForm):
    based_on = WholeNumber()


class EditorForm(DeskForm):
    """What the editor's form holds beside the text: as the form was opened, and the choices."""

    seen_saves = WholeNumber()
    seen_parts = Text()
    renders = WholeNumber()
    seen_renders = WholeNumber()

    @property
    def newly_chosen(self) -> int | None:
        """The number of the source's version, if this person has chosen another one."""
        number: int | None = self.value("renders")
        return number if number != self.value("seen_renders") else None


class PastedForm(DeskForm):
    """What was pasted, as HTML. labels: those of the draft's footnotes, with spaces between."""

    html = Text(strip=False)
    labels = Text()


class ReasonForFindingForm(DeskForm):
    key = Text()
    reason = Text()


class UploadForm(DeskForm):
    file = forms.FileField(
        allow_empty_file=True, error_messages={"required": "Choose a file to upload."}
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE:
            raise ValidationError(
                f"The file is larger than {MAX_FILE // 1_000_000} MB. Choose a smaller one."
            )
        return file


# --- A review ------------------------------------------------------------------------------------


class CommentForm(DeskForm):
    text = Text()
    section = Text()

    field_of: ClassVar[Mapping[str, str]] = {"section_anchor": "section"}


class ToCommentForm(DeskForm):
    """The comment to reply to, with the reply, or to resolve."""

    text = Text()
    comment = WholeNumber()


class ShareForm(DeskForm):
    recipient = Text()
    days = WholeNumber(error="Enter the number of days as a whole number.")

    def clean_days(self) -> int:
        return self.cleaned_data["days"] or 0


class LinkForm(DeskForm):
    link = WholeNumber()


class SeenForm(DeskForm):
    """The state of the text that somebody saw, so that an action is done to no other."""

    seen_digest = Text(widget=forms.HiddenInput)
    seen_renders = WholeNumber(widget=forms.HiddenInput)


class ApproveForm(SeenForm):
    """seen_text: the text as it was, to show what has changed since; no argument of the action."""

    seen_text = Text(widget=forms.HiddenInput, strip=False)


# --- A publication -------------------------------------------------------------------------------

_CHOOSE_KIND = "Choose the kind of change: material or editorial."
_CHOOSE_WHEN = "Choose when it takes effect."


class PublishForm(SeenForm):
    """emergency: publish without approval, for a reason."""

    change_note = Text()
    kind = forms.ChoiceField(
        choices=Kind.choices,
        error_messages={"required": _CHOOSE_KIND, "invalid_choice": _CHOOSE_KIND},
    )
    when = forms.ChoiceField(
        choices=[("now", "At once"), ("later", "On this day, at this time")],
        error_messages={"required": _CHOOSE_WHEN, "invalid_choice": _CHOOSE_WHEN},
    )
    effective = ClockTime(required=False, widget=forms.DateTimeInput(attrs={"id": "effective_at"}))
    reason = Text()

    field_of: ClassVar[Mapping[str, str]] = {"effective_at": "effective"}

    def __init__(self, data: Any = None, *, revision: Revision, emergency: bool) -> None:
        super().__init__(data)
        self.policy, self.emergency = revision.policy, emergency
        self.is_first = not revision.policy.revisions.numbered().exists()
        if self.is_first:  # its kind is not asked for: it is material
            self.fields["kind"].required = False
        self.fields["effective"].error_messages["invalid"] = (
            "Enter the day and time at which it takes effect, such as 2030-05-31 09:00, without a "
            f"time zone: it is in {self.policy.time_zone}."
        )

    def clean(self) -> dict[str, Any]:
        """Work out the time of effect, in the policy's time zone; None for at once."""
        found = self.cleaned_data
        when, typed = found.get("when"), found.get("effective")
        if when == "now" and typed:
            self.add_error(
                "effective",
                "You entered a day and time but chose “At once”. Choose the day, or clear it.",
            )
        elif when == "later" and "effective" in found and typed is None:
            self.add_error("effective", "Enter the day and time at which it takes effect.")
        elif when == "later" and typed and not _exists(typed, self.policy.zone):
            self.add_error(
                "effective",
                f"In {self.policy.time_zone} there is no {typed:%H:%M} on that day: the clocks go "
                "forward. Choose another time.",
            )
        return found

    def arguments(self) -> dict[str, Any]:
        found = self.cleaned_data
        typed = found["effective"] if found["when"] == "later" else None
        return {
            "seen_digest": found["seen_digest"],
            "seen_renders": found["seen_renders"],
            "change_note": found["change_note"],
            "kind": Kind(found["kind"] or Kind.MATERIAL),
            "effective_at": typed and typed.replace(tzinfo=self.policy.zone),
            **({"reason": found["reason"]} if self.emergency else {}),
        }


def _exists(by_the_clock: datetime, zone: ZoneInfo) -> bool:
    """Return whether clocks show a time: some are skipped when clocks go forward."""
    try:
        again = by_the_clock.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    except OverflowError:  # near either end of the calendar, which the action refuses itself
        return True
    return again.replace(tzinfo=None) == by_the_clock


class WithdrawForm(DeskForm):
    reason = Text()


# --- Lists and settings --------------------------------------------------------------------------


class CompareForm(DeskForm):
    """Two revisions of a policy."""

    old = WholeNumber()
    new = WholeNumber()


class AuditFilterForm(DeskForm):
    """Which entries of the audit are shown. Days are in the policy's time zone."""

    action = Text()
    actor = Text()
    since = Day()
    until = Day()


class MailForm(DeskForm):
    kind = forms.MultipleChoiceField(
        choices=[(name, kind.what) for name, kind in KINDS.items()], required=False
    )
