"""The desk: a policy as a whole: making, renaming, checking, retiring and reinstating it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from policies import languages, ledger, workflow
from policies.models import Policy, Revision
from policies.models.fields import default_time_zone, time_zones
from policies.staff import dry_run
from policies.staff.editing import whole_number
from policies.staff.pages import may, outcome_as_message, page, user_of
from policies.text.limits import MAX_SLUG

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "POST"])
@may("create_policy")
def add_policy(request: HttpRequest) -> HttpResponse:
    """Make a policy and begin its first draft."""
    fields = ("name", "slug", "language", "time_zone", "translation_of")
    # A link on a policy's page brings translation_of in the query string.
    given = request.POST if request.method == "POST" else request.GET
    typed = {name: given.get(name, "").strip() for name in fields}
    problem = None
    if request.method == "POST":
        try:
            return redirect("admin:policies_edit", _first_draft(request, **typed).pk)
        except workflow.Refused as refusal:
            problem = refusal
    source = _source(typed["translation_of"])
    title = f"New translation of {source.label}" if source else "New policy"
    context = {"title": title, "source": source, "typed": typed, "problem": problem, **_choices()}
    return page(request, "add_policy.html", context, refused=bool(problem))


def _source(typed: str) -> Policy | None:
    """Return the policy that a new one is to be a translation of; None if the form names none."""
    return Policy.objects.filter(pk=whole_number(typed) or 0).first()


def _choices() -> dict[str, Any]:
    """Return the choices that the form for a new policy offers."""
    return {
        "sources": Policy.objects.filter(translation_of=None, retired_at=None),
        "tags": [(tag, languages.name_of(tag)) for tag in sorted(LANG_INFO)],
        "zones": sorted(time_zones()),
        "zone": default_time_zone(),
    }


@transaction.atomic
def _first_draft(
    request: HttpRequest,
    *,
    name: str,
    slug: str,
    language: str,
    time_zone: str,
    translation_of: str,
) -> Revision:
    """Make a policy and its draft, or neither. Raises what the actions raise.

    Without a slug, a translation gets that of its source: /de/privacy/ beside /privacy/.
    """
    by = user_of(request)
    at = timezone.now()
    source = _source(translation_of)
    address = slug or (source.slug if source else _slug_of(name))
    if name and not address:
        raise workflow.Incomplete("Choose an address: none can be made from this name.", "slug")
    policy = workflow.create_policy(
        slug=address,
        name=name,
        language=_tag(language),
        time_zone=time_zone or None,
        translation_of_id=source.pk if source else None,
        by=by,
        at=at,
    )
    return workflow.start_draft(policy.pk, by=by, at=at, blank=True)


def _tag(typed: str) -> str:
    """Return a language's tag, given the tag or the language's name; the site's own if empty."""
    names = {languages.name_of(tag).casefold(): tag for tag in sorted(LANG_INFO, reverse=True)}
    names |= {languages.own_name(tag).casefold(): tag for tag in sorted(LANG_INFO, reverse=True)}
    return names.get(typed.casefold(), typed) or settings.LANGUAGE_CODE


def _slug_of(name: str) -> str:
    """Return the slug made from a name; from a long name, as many of its first words as fit."""
    slug = slugify(name.replace("_", " "))
    if len(slug) <= MAX_SLUG:
        return slug
    return slug[: MAX_SLUG + 1].rpartition("-")[0] or slug[:MAX_SLUG]


@require_http_methods(["GET", "POST"])
@may("rename_policy")
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a policy to another address, to which the old one redirects for ever; rename it."""
    policy = get_object_or_404(Policy, pk=pk)
    typed = {it: request.POST.get(it, getattr(policy, it)).strip() for it in ("name", "slug")}
    problem = None
    if request.method == "POST":
        try:
            messages.success(request, _renamed(request, policy, typed))
            return redirect("admin:policies_policy_change", pk)
        except workflow.Refused as refusal:
            problem = refusal
    longest = Policy._meta.get_field("name").max_length
    about = {"policy": policy, "is_public": ledger.is_public(policy), "longest_name": longest}
    context = {"title": f"Rename {policy}", **about, "typed": typed, "problem": problem}
    return page(request, "rename.html", context, refused=bool(problem))


@transaction.atomic
def _renamed(request: HttpRequest, policy: Policy, typed: dict[str, str]) -> str:
    """Make the changes in the form, all or none; return a message that says what was done.

    A field that was not touched is left alone, even if somebody else has changed its value since
    the form was opened. Raises what the actions raise.
    """
    by = user_of(request)
    at, said = timezone.now(), []
    seen = {it: request.POST.get(f"seen_{it}", getattr(policy, it)) for it in typed}
    if typed["name"] != seen["name"]:
        corrected = workflow.correct_name(policy.pk, by=by, at=at, name=typed["name"])
        said.append(f"It is called “{corrected.name}” now.")
    if typed["slug"] != seen["slug"] or not said:
        moved = workflow.rename_policy(policy.pk, by=by, at=at, slug=typed["slug"])
        address = moved.get_absolute_url()
        if ledger.is_public(moved):
            said.append(f"It is at {address} now, and its old address leads there.")
        else:
            said.append(f"It will be at {address}.")
    return " ".join(said)


@require_POST
@may("confirm_check")
def confirm_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that the policy was checked and is still right."""
    is_due_again = get_object_or_404(Policy, pk=pk).check_every_months is not None
    said = f"Recorded.{' The next check is counted from today.' if is_due_again else ''}"
    with outcome_as_message(request, said):
        workflow.confirm_check(pk, by=user_of(request), at=timezone.now())
    return redirect("admin:policies_policy_change", pk)


@require_POST
@may("set_check_interval")
def set_check_interval(request: HttpRequest, pk: int) -> HttpResponse:
    """Set how often a policy is to be checked."""
    months = request.POST.get("months", "").strip()
    number = (whole_number(months) or 0) if months else None
    with outcome_as_message(request, "Saved."):
        workflow.set_check_interval(pk, by=user_of(request), at=timezone.now(), months=number)
    return redirect("admin:policies_policy_change", pk)


@require_http_methods(["GET", "POST"])
@may("retire")
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Retire a policy, after showing what readers will see."""
    policy = get_object_or_404(Policy, pk=pk)
    if request.method == "GET" and policy.retired_at:
        messages.warning(request, f"{policy} is retired already.")
        return redirect("admin:policies_policy_change", pk)
    if request.method == "GET":
        return _retirement_form(request, policy)
    notice = request.POST.get("notice", "")
    successor = whole_number(request.POST.get("successor"))
    by, at = user_of(request), timezone.now()
    try:
        workflow.retire(pk, by=by, at=at, notice=notice, successor_id=successor)
    except workflow.Refused as refusal:
        return _retirement_form(request, policy, refusal)
    messages.success(request, "Retired. Its page says so, and stays readable.")
    return redirect("admin:policies_policy_change", pk)


def _retirement_form(
    request: HttpRequest, policy: Policy, problem: workflow.Refused | None = None
) -> HttpResponse:
    """Show the form, with upcoming versions, which forbid retiring, and possible successors."""
    now = timezone.now()
    readable = Policy.objects.with_version_in_force(at=now)
    context = {
        "title": f"Retire {policy}",
        "policy": policy,
        "upcoming": policy.revisions.upcoming(at=now),
        "others": readable.filter(retired_at=None, in_force_id__isnull=False).exclude(pk=policy.pk),
        "notice": request.POST.get("notice", ""),
        "successor": whole_number(request.POST.get("successor")),
        "problem": problem,
    }
    return page(request, "retire.html", context, refused=bool(problem))


@require_http_methods(["GET", "POST"])
@may("reinstate")
def reinstate(request: HttpRequest, pk: int) -> HttpResponse:
    """Reinstate a retired policy, after showing what readers will see."""
    policy = get_object_or_404(Policy, pk=pk)
    if request.method == "GET" and policy.retired_at is None:
        messages.warning(request, f"{policy} is not retired.")
        return redirect("admin:policies_policy_change", pk)
    if request.method == "POST":
        with outcome_as_message(request, "It is in use again; the notice is gone."):
            workflow.reinstate(pk, by=user_of(request), at=timezone.now())
        return redirect("admin:policies_policy_change", pk)
    context = {"title": f"Take {policy} up again", "policy": policy}
    return page(request, "reinstate.html", context)


@require_http_methods(["GET", "POST"])
@may("retire")
def retire_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the policy's page as it would be once it is retired."""
    notice = request.POST.get("notice", "").strip() or "(Your notice.)"
    successor = whole_number(request.POST.get("successor"))
    return dry_run.shown(
        request, pk, workflow.retire, Policy.get_absolute_url, notice=notice, successor_id=successor
    )


@require_GET
@may("reinstate")
def reinstate_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the policy's page as it would be once it is reinstated."""
    return dry_run.shown(request, pk, workflow.reinstate, Policy.get_absolute_url)
