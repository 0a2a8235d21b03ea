"""The desk: a policy as a whole: creating, renaming, checking, retiring and reinstating it.

Also what it is a translation of, of which version, and which language prevails.
"""

from typing import Any

from django.conf.locale import LANG_INFO
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from policies import languages, ledger, workflow
from policies.models import Policy, Revision
from policies.models.fields import default_time_zone, time_zones
from policies.public import comparisons, translations
from policies.staff.forms import (
    ChecklistsForm,
    EditorForm,
    IntervalForm,
    PolicyForm,
    PrevailingLanguageForm,
    RenameForm,
    RetireForm,
    SourcePolicyForm,
    with_placeholders,
)
from policies.staff.pages import (
    action_button,
    action_required,
    is_allowed,
    outcome_as_message,
    policy_url,
    preview_action,
    render_staff_page,
    user_of,
)
from policies.text.findings import CHECKLISTS


@require_http_methods(["GET", "POST"])
@action_required("create_policy")
def add_policy(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        form, by, at = PolicyForm(request.POST), user_of(request), timezone.now()
        with form.showing_refusal(), transaction.atomic():
            policy = workflow.create_policy(by=by, at=at, **form.values())
            draft = workflow.start_draft(policy.pk, by=by, at=at, blank=True)
            return redirect("admin:policies_edit", draft.pk)
    else:
        asked = request.GET.get("translation_of", "")
        language = "" if asked else "en"
        initial = {"language": language, "time_zone": default_time_zone(), "translation_of": asked}
        form = PolicyForm(initial=initial)
    source = form.source
    context = {
        "title": f"New translation of {source.label}" if source else "New policy",
        "source": source,
        "form": form,
        "sources": Policy.objects.filter(translation_of=None, retired_at=None),
        "tags": [(tag, languages.name_of(tag)) for tag in sorted(LANG_INFO)],
        "zones": sorted(time_zones()),
    }
    return render_staff_page(request, "add_policy.html", context)


@require_GET
@action_required("save_draft")
def link_targets(request: HttpRequest) -> HttpResponse:
    """Answer with JSON: the policies that a text can link to, each with its name and its path."""
    readable = Policy.objects.with_version_in_force(at=timezone.now())
    found = readable.filter(in_force_id__isnull=False, retired_at=None)
    targets = [{"name": it.label, "path": it.get_absolute_url()} for it in found]
    return JsonResponse({"policies": targets})


@require_http_methods(["GET", "POST"])
@action_required("rename_policy")
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a policy to another address, to which the old one redirects for ever; rename it."""
    policy = get_object_or_404(Policy, pk=pk)
    form = RenameForm(request.POST, policy=policy)
    if request.method == "POST":
        with form.showing_refusal():
            messages.success(request, _rename(request, policy, form.touched()))
            return redirect("admin:policies_policy_change", pk)
    title = f"Rename {policy}"
    context = {"title": title, "policy": policy, "is_public": ledger.is_public(policy)}
    return render_staff_page(request, "rename.html", {**context, "form": form})


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
    with outcome_as_message(request, f"Confirmed as still correct.{counted}"):
        workflow.confirm_check(pk, by=user_of(request), at=timezone.now())
    return redirect("admin:policies_policy_change", pk)


set_check_interval = action_button(
    "set_check_interval", "Interval saved.", after=policy_url, form=IntervalForm
)


set_checklists = action_button(
    "set_checklists", "Checklists saved.", after=policy_url, form=ChecklistsForm
)


def checklists_context(policy: Policy) -> list[tuple[str, str, bool]]:
    """Return each checklist's id and name, and whether it applies to a policy."""
    return [
        (name, one.name, one.by_default if policy.checklists is None else name in policy.checklists)
        for name, one in CHECKLISTS.items()
    ]


@require_http_methods(["GET", "POST"])
@action_required("retire")
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Retire a policy, after showing what readers will see."""
    policy, now = get_object_or_404(Policy, pk=pk), timezone.now()
    form = RetireForm(request.POST) if request.method == "POST" else RetireForm()
    if request.method == "POST":
        with form.showing_refusal():
            workflow.retire(pk, by=user_of(request), at=now, **form.values())
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
    return render_staff_page(request, "retire.html", context)


@require_http_methods(["GET", "POST"])
@action_required("reinstate")
def reinstate(request: HttpRequest, pk: int) -> HttpResponse:
    """Reinstate a retired policy, after showing what readers will see."""
    policy = get_object_or_404(Policy, pk=pk)
    if request.method == "POST":
        with outcome_as_message(request, "Reinstated. Readers no longer see the notice."):
            workflow.reinstate(pk, by=user_of(request), at=timezone.now())
    elif policy.retired_at:
        context: dict[str, Any] = {"title": f"Reinstate {policy}", "policy": policy}
        return render_staff_page(request, "reinstate.html", context)
    else:
        messages.warning(request, f"{policy} is not retired.")
    return redirect("admin:policies_policy_change", pk)


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


def translations_context(request: HttpRequest, policy: Policy) -> dict[str, Any]:
    """Return what a policy's page shows about its translations, or about its source."""
    now = timezone.now()
    in_force = policy.revisions.select_related("source_version").effective(at=now).first()
    known = translations.all_translated_from(at=now, policy__translation_of=policy)
    own = list(policy.translations.all())
    retired = {it.language for it in own if it.retired_at}
    can_be = Q(translation_of=None, retired_at=None) | Q(pk=policy.translation_of_id)
    others = Policy.objects.filter(can_be).exclude(pk=policy.pk)
    return {
        "may_link": is_allowed(request, "set_translation_of") and not policy.retired_at,
        "may_add_translation": is_allowed(request, "create_policy")
        and not policy.translation_of_id
        and not policy.retired_at,
        "translated_from": translations.translated_from(in_force, at=now) if in_force else None,
        "translations": [(it, known[it.pk][1] if it.pk in known else None) for it in own],
        "sources": [] if own else others,
        "prevailing_choices": [
            (tag, languages.name_of(tag))
            for tag in [policy.language, *(it.language for it in own)]
            if tag not in retired or tag == policy.prevailing_language
        ]
        if own
        else [],
    }


def source_context(revision: Revision, form: EditorForm) -> dict[str, Any]:
    """Return what a translator needs beside the draft: the source, and what is new in it."""
    policy, now = revision.policy, timezone.now()
    source = policy.translation_of
    if source is None:
        return {}
    versions = list(source.revisions.published().order_by("-number"))
    published = policy.revisions.newest()
    # The published version may be a translation of another policy, its source before.
    translated = translations.of_source(source, published.source_version) if published else None
    old = translated or translations.of_source(source, revision.source_version)
    in_force = next((it for it in versions if it.effective_at and it.effective_at <= now), None)
    candidates = [it for it in (in_force, revision.source_version) if it]
    new = max(candidates, key=lambda it: it.number or 0, default=None)
    # `new` may be the earlier one: the version that was translated may have been withdrawn since.
    changes = comparisons.of_versions(old, new) if old and new and old != new else None
    stored = revision.source_version.number if revision.source_version else None
    return {
        "source": source,
        "source_versions": versions,
        "source_version": form.value("source_version") or stored,
        "seen_source_version": form.value("seen_source_version") or stored,
        "source_old": old,
        "source_new": new,
        "source_changes": changes,
        "is_first": translated is None,
    }


set_translation_of = action_button(
    "set_translation_of", "Source saved.", after=policy_url, form=SourcePolicyForm
)
set_prevailing_language = action_button(
    "set_prevailing_language", "Language saved.", after=policy_url, form=PrevailingLanguageForm
)
