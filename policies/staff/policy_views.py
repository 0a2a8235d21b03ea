"""The desk: a policy as a whole: creating, renaming, checking, retiring and reinstating it.

Also what it is a translation of, of which version, and which language prevails.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from policies import languages, ledger, workflow
from policies.models import Policy, Revision, grants
from policies.models.fields import default_time_zone, time_zones
from policies.staff import pages
from policies.staff.buttons import action_button
from policies.staff.dashboard import Row
from policies.staff.forms import DeskForm, Text, WholeNumber, with_placeholders
from policies.staff.guards import action_required, is_allowed, may_create, user_of
from policies.staff.previews import preview_action
from policies.text.checklist import CHECKLISTS
from policies.text.limits import MAX_MONTHS, MAX_SLUG

_LONGEST_NAME = Policy._meta.get_field("name").max_length


class PolicyForm(DeskForm):
    """A new policy. Without an address, it gets its source's, or one made from its name.

    sources: the policies of which it may be a translation.
    """

    name = Text(max_length=_LONGEST_NAME)
    slug = Text()
    language = Text()
    time_zone = Text()
    translation_of = forms.ModelChoiceField(Policy.objects.none(), required=False)

    def __init__(self, *args: Any, sources: QuerySet[Policy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["translation_of"] = forms.ModelChoiceField(sources, required=False)

    @property
    def source(self) -> Policy | None:
        """The policy that the new one is a translation of, as a link or the form names it."""
        found: Policy | None = None
        with suppress(ValidationError):
            found = self.fields["translation_of"].clean(self["translation_of"].value())
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
            is_german = found.get("language", "").startswith("de")
            written = name.translate(_GERMAN) if is_german else name
            found["slug"] = source.slug if source else _slug_of(written)
        if name and not found["slug"]:
            self.add_error("slug", "Enter an address: none can be made from this name.")
        return found

    def arguments(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        source, time_zone = found.pop("translation_of"), found["time_zone"] or None
        return {**found, "time_zone": time_zone, "translation_of_id": source and source.pk}


# How German spells these characters in ASCII. Of other languages, only the accents go.
_GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ẞ": "SS"}
)


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
        seen_now = {f"seen_{name}": value for name, value in now.items()}
        super().__init__({**now, **seen_now, **data.dict()})

    def touched(self) -> dict[str, str]:
        """Return the fields whose values were changed since the form was opened. Raises Incomplete.

        The others are left alone, even if somebody else has changed their values since.
        """
        values = self.values()
        names = ("name", "slug")
        return {name: values[name] for name in names if values[name] != self.data[f"seen_{name}"]}


class IntervalForm(DeskForm):
    months = WholeNumber(
        error=f"Enter the number of months, from 1 to {MAX_MONTHS}, or nothing for no check."
    )

    sent_empty = ("months",)


class ChecklistsForm(DeskForm):
    which = forms.MultipleChoiceField(
        choices=[(name, checklist.name) for name, checklist in CHECKLISTS.items()], required=False
    )


class OwnerForm(DeskForm):
    owner = WholeNumber()

    sent_empty = ("owner",)
    field_of: ClassVar[Mapping[str, str]] = {"owner_id": "owner"}


class SourcePolicyForm(DeskForm):
    translation_of = WholeNumber()

    sent_empty = ("translation_of",)
    field_of: ClassVar[Mapping[str, str]] = {"source_id": "translation_of"}


class PrevailingLanguageForm(DeskForm):
    language = Text()

    sent_empty = ("language",)


class RetireForm(DeskForm):
    notice = Text()
    successor = WholeNumber()

    field_of: ClassVar[Mapping[str, str]] = {"successor_id": "successor"}


@require_http_methods(["GET", "POST"])
def add_policy(request: HttpRequest) -> HttpResponse:
    if not may_create(request):
        raise PermissionDenied
    visible = grants.visible_policies(user_of(request))
    if request.method == "POST":
        form = PolicyForm(request.POST, sources=visible)
        try:
            draft = _policy_with_draft(user_of(request), form.values())
            return redirect("admin:policies_edit", draft.pk)
        except workflow.Refused as refusal:
            form.refuse(refusal)
    else:
        asked = request.GET.get("translation_of", "")
        language = "" if asked else "en"
        initial = {"language": language, "time_zone": default_time_zone(), "translation_of": asked}
        form = PolicyForm(initial=initial, sources=visible)
    source = form.source
    context = {
        "title": f"New translation of {source.label}" if source else "New policy",
        "source": source,
        "form": form,
        "sources": visible.filter(translation_of=None, retired_at=None),
        "tags": [(tag, languages.name_of(tag)) for tag in sorted(LANG_INFO)],
        "zones": sorted(time_zones()),
    }
    return pages.render_staff_page(request, "add_policy.html", context)


@transaction.atomic
def _policy_with_draft(by: User, values: dict[str, Any]) -> Revision:
    at = timezone.now()
    policy = workflow.create_policy(by=by, at=at, **values)
    return workflow.start_draft(policy.pk, by=by, at=at, blank=True)


@require_GET
@action_required("save_draft")
def link_targets(request: HttpRequest) -> HttpResponse:
    """Answer with JSON: the policies that a text can link to, each with its name and its path."""
    readable = Policy.objects.with_version_in_force(at=timezone.now())
    found = readable.filter(in_force_id__isnull=False, retired_at=None)
    targets = [{"name": policy.label, "path": policy.get_absolute_url()} for policy in found]
    return JsonResponse({"policies": targets})


@require_http_methods(["GET", "POST"])
@action_required("rename_policy")
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a policy to another address, to which the old one redirects for ever; rename it."""
    policy = get_object_or_404(Policy, pk=pk)
    form = RenameForm(request.POST, policy=policy)
    if request.method == "POST":
        try:
            done = _rename(request, policy, form.touched())
        except workflow.Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, done)
            return redirect("admin:policies_policy_change", pk)
    title = f"Rename {policy}"
    context = {"title": title, "policy": policy, "is_public": ledger.is_public(policy)}
    return pages.render_staff_page(request, "rename.html", {**context, "form": form})


@transaction.atomic
def _rename(request: HttpRequest, policy: Policy, touched: dict[str, str]) -> str:
    """Make the changes, all or none; return a message. Raises what the actions raise: also if
    nothing was touched.
    """
    by, at, done = user_of(request), timezone.now(), []
    if "name" in touched:
        corrected = workflow.correct_name(policy.pk, by=by, at=at, name=touched["name"])
        done.append(f"The policy is now called “{corrected.name}”.")
    if "slug" in touched or not done:
        slug = touched.get("slug", policy.slug)
        moved = workflow.rename_policy(policy.pk, by=by, at=at, slug=slug)
        address = moved.get_absolute_url()
        is_now = f"The policy is now at {address}. Its old address redirects there."
        done.append(is_now if ledger.is_public(moved) else f"The policy will be at {address}.")
    return " ".join(done)


@require_POST
@action_required("confirm_check")
def confirm_check(request: HttpRequest, pk: int) -> HttpResponse:
    has_interval = get_object_or_404(Policy, pk=pk).check_every_months is not None
    counted = " The next check is counted from today." if has_interval else ""
    try:
        workflow.confirm_check(pk, by=user_of(request), at=timezone.now())
    except workflow.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Marked as reviewed.{counted}")
    return redirect("admin:policies_policy_change", pk)


set_check_interval = action_button(
    workflow.set_check_interval, "Interval saved.", after=pages.policy_url, form=IntervalForm
)
set_checklists = action_button(
    workflow.set_checklists, "Checklists saved.", after=pages.policy_url, form=ChecklistsForm
)
set_owner = action_button(
    workflow.set_owner, "Owner saved.", after=pages.policy_url, form=OwnerForm
)


def checklists_context(policy: Policy) -> list[tuple[str, str, bool]]:
    """Return each checklist's id and name, and whether it applies to a policy."""
    chosen = policy.checklists
    rows = []
    for name, checklist in CHECKLISTS.items():
        applies = checklist.by_default if chosen is None else name in chosen
        rows.append((name, checklist.name, applies))
    return rows


@require_http_methods(["GET", "POST"])
@action_required("retire")
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Retire a policy, after showing what readers will see."""
    policy, now = get_object_or_404(Policy, pk=pk), timezone.now()
    form = RetireForm(request.POST) if request.method == "POST" else RetireForm()
    if request.method == "POST":
        try:
            workflow.retire(pk, by=user_of(request), at=now, **form.values())
        except workflow.Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Retired. Readers can still read it, under your notice.")
            return redirect("admin:policies_policy_change", pk)
    elif policy.retired_at:
        messages.warning(request, f"{policy} is already retired.")
        return redirect("admin:policies_policy_change", pk)
    readable = Policy.objects.with_version_in_force(at=now)
    context = {
        "title": f"Retire {policy}",
        "policy": policy,
        "upcoming": policy.revisions.upcoming(at=now),  # which prevent retiring it
        "others": readable.filter(retired_at=None, in_force_id__isnull=False).exclude(pk=policy.pk),
        "form": form,
    }
    return pages.render_staff_page(request, "retire.html", context)


@require_http_methods(["GET", "POST"])
@action_required("reinstate")
def reinstate(request: HttpRequest, pk: int) -> HttpResponse:
    """Reinstate a retired policy, after showing what readers will see."""
    if request.method == "POST":
        return _reinstate(request, pk)
    policy = get_object_or_404(Policy, pk=pk)
    if policy.retired_at is None:
        messages.warning(request, f"{policy} is not retired.")
        return redirect("admin:policies_policy_change", pk)
    context = {"title": f"Reinstate {policy}", "policy": policy}
    return pages.render_staff_page(request, "reinstate.html", context)


_reinstate = action_button(
    workflow.reinstate, "Reinstated. Readers no longer see the notice.", after=pages.policy_url
)


@require_http_methods(["GET", "POST"])
@action_required("retire")
def retire_preview(request: HttpRequest, pk: int) -> HttpResponse:
    form = RetireForm(with_placeholders(request.POST, notice="(Your notice.)"))
    return preview_action(request, pk, workflow.retire, Policy.get_absolute_url, form.values)


@require_GET
@action_required("reinstate")
def reinstate_preview(request: HttpRequest, pk: int) -> HttpResponse:
    return preview_action(request, pk, workflow.reinstate, Policy.get_absolute_url)


# --- Translations --------------------------------------------------------------------------------


def translations_context(request: HttpRequest, policy: Policy, rows: list[Row]) -> dict[str, Any]:
    """Return what a policy's page shows about its translations, or about its source."""
    user = user_of(request)
    translations = [row for row in rows if row.policy.translation_of_id == policy.pk]
    known = [row for row in translations if row.in_force or grants.sees(user, row.policy)]
    own = [row.policy for row in known]
    can_be = Q(translation_of=None, retired_at=None, pk__in=grants.visible_policies(user))
    others = Policy.objects.filter(can_be | Q(pk=policy.translation_of_id)).exclude(pk=policy.pk)
    return {
        "may_link": is_allowed(request, "set_translation_of") and not policy.retired_at,
        "may_add_translation": may_create(request)
        and not policy.translation_of_id
        and not policy.retired_at,
        "translations": [row for row in known if grants.sees(user, row.policy)],
        "sources": [] if own else others,
        "prevailing_choices": _prevailing_choices(policy, own),
    }


def _prevailing_choices(policy: Policy, own: list[Policy]) -> list[tuple[str, str]]:
    """Return the languages of which one may prevail, with their names: those in use."""
    if not own:
        return []
    retired = {translation.language for translation in own if translation.retired_at}
    not_offered = retired - {policy.prevailing_language}
    tags = [policy.language, *(translation.language for translation in own)]
    return [(tag, languages.name_of(tag)) for tag in tags if tag not in not_offered]


set_translation_of = action_button(
    workflow.set_translation_of, "Source saved.", after=pages.policy_url, form=SourcePolicyForm
)
set_prevailing_language = action_button(
    workflow.set_prevailing_language,
    "Language saved.",
    after=pages.policy_url,
    form=PrevailingLanguageForm,
)
