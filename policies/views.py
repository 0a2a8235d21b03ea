"""The public pages. Each asks a few questions of the database and renders one template.

No view reads the query string, a cookie or the session: what a page says depends on its URL and
the time alone.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from . import comparisons, documents, public_json
from .models import LedgerEntry, Policy, Revision
from .standing import VersionAt, stand
from .states import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    View = Callable[..., HttpResponse]

# A page that can change is fresh for a minute; after that an old copy will do while a new one is
# fetched, and for a day while the site can't be reached (RFC 5861).
CHANGING = {
    "public": True,
    "max_age": 60,
    "stale_while_revalidate": 600,
    "stale_if_error": 86400,
}
# What is frozen never changes.
FOR_EVER = {"public": True, "max_age": 31536000, "immutable": True}


def public(view: View, *, caching: dict[str, Any] | None = None) -> View:
    """Make a view a public page: GET and HEAD only, and cached as `caching` says."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_cache_control(response, **(caching or CHANGING))
        return response

    return require_safe(page)


# --- Pages -------------------------------------------------------------------------------------


@public
def index(request: HttpRequest) -> HttpResponse:
    """List the policies that have a version in force, in the default language."""
    versions = (
        Revision.objects.in_force(at=timezone.now())
        .filter(policy__language=settings.LANGUAGE_CODE)
        .select_related("policy")
        .order_by("policy__name")
    )
    policies = [{"policy": version.policy, "version": version} for version in versions]
    return render(request, "policies/index.html", {"policies": policies, **_page()})


@public
def policy(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the version in force, and announce the next one."""
    now = timezone.now()
    version = _in_force(slug, now)
    upcoming = Revision.objects.upcoming(at=now).filter(policy=version.policy)
    context = {"policy": version.policy, "version": version, "upcoming": upcoming, **_page()}
    return render(request, "policies/policy.html", context)


@public
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """List all versions of a policy, the newest first."""
    found = _policy(slug)
    versions = found.revisions.numbered().order_by("-number")
    timeline = stand(list(versions), at=timezone.now())
    if not timeline:
        raise Http404(f"{found} has no version yet.")
    return render(
        request, "policies/history.html", {"policy": found, "timeline": timeline, **_page()}
    )


@public
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show one version for ever, saying at the top what it is."""
    found = _version_at(slug, number, timezone.now())
    context = {"policy": found.version.policy, "version": found.version, "found": found, **_page()}
    return render(request, "policies/version.html", context)


@public
def on(request: HttpRequest, slug: str, day: str) -> HttpResponse:
    """Lead to the version that was in force on a day, by the policy's time zone.

    Where several were, to the one that was at the day's end. A day that can't be answered gets a
    page that says why.
    """
    found = _policy(slug)
    try:
        wanted = date.fromisoformat(day)
        end = found.start_of(wanted + timedelta(days=1)) - timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return _no_answer(request, found, "malformed", day)
    now = timezone.now()
    if wanted > found.day_of(now):
        return _no_answer(request, found, "future", day)
    then = Revision.objects.in_force(at=min(now, end)).filter(policy=found).first()
    if then is None:
        return _no_answer(request, found, "before", day)
    return redirect("policies:version", slug, then.number)


@public
def compare(request: HttpRequest, slug: str, old: int, new: int) -> HttpResponse:
    """Show the redline of any two versions, the earlier one first."""
    if old == new:
        return redirect("policies:version", slug, old)
    if old > new:
        return redirect("policies:compare", slug, new, old)
    return _redline(request, _numbered(slug, old), _numbered(slug, new), "policies/compare.html")


@public
def since(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show what changed from a version to the one in force: where apps send their users.

    A version that is not in force yet leads to its own page, which says so.
    """
    accepted, current = _numbered(slug, number), _in_force(slug, timezone.now())
    if (accepted.number or 0) > (current.number or 0):
        return redirect("policies:version", slug, number)
    return _redline(request, accepted, current, "policies/since.html")


def _redline(request: HttpRequest, old: Revision, new: Revision, template: str) -> HttpResponse:
    changes = None if old == new else comparisons.of(old, new)
    context = {"policy": new.policy, "old": old, "version": new, "redline": changes, **_page()}
    return render(request, template, context)


def _no_answer(request: HttpRequest, found: Policy, why: str, day: str) -> HttpResponse:
    first = found.revisions.published().order_by("effective_at").first()
    context = {"policy": found, "why": why, "day": day, "first": first, **_page()}
    return render(request, "policies/no_version_on.html", context, status=404)


# --- For programs ------------------------------------------------------------------------------


def version_markdown(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Answer with the very bytes that the version's digest covers."""
    found = _numbered(slug, number)
    text = documents.serialize(found.document())
    return HttpResponse(text.encode(), content_type="text/markdown; charset=utf-8")


version_markdown = public(version_markdown, caching=FOR_EVER)


@public
def version_json(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Answer with what is known of one version."""
    found = _version_at(slug, number, timezone.now())
    return _json(request, "version", public_json.version_as_json(found, request.build_absolute_uri))


@public
def current_json(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with the version in force: what an app asks before it shows an update sheet."""
    now = timezone.now()
    current = _in_force(slug, now)
    versions = current.policy.revisions.published()
    last_material = versions.filter(
        kind=Kind.MATERIAL, effective_at__lte=current.effective_at
    ).order_by("-number")
    answer = public_json.current_as_json(
        current.policy,
        current,
        last_material.values_list("number", flat=True).first(),
        versions.upcoming(at=now).first(),
        request.build_absolute_uri,
    )
    return _json(request, "current", answer)


@public
def ledger_json(request: HttpRequest) -> HttpResponse:
    """Answer with the public chain and its head."""
    entries = list(LedgerEntry.objects.order_by("sequence"))
    return _json(request, "ledger", public_json.ledger_as_json(entries))


def _json(request: HttpRequest, name: str, answer: dict[str, Any]) -> HttpResponse:
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Access-Control-Allow-Origin"] = "*"
    schema = request.build_absolute_uri(f"/schemas/{name}.json")
    response["Link"] = f'<{schema}>; rel="describedby"'
    return response


@public
def schema(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with the JSON Schema of one of our answers."""
    path = settings.BASE_DIR / "policies" / "schemas" / f"{name}.json"
    if name not in {"current", "ledger", "version"}:
        raise Http404(f"There is no schema {name}.")
    response = HttpResponse(path.read_bytes(), content_type="application/schema+json")
    response["Access-Control-Allow-Origin"] = "*"
    return response


# --- What views ask ----------------------------------------------------------------------------


def _policy(slug: str) -> Policy:
    return get_object_or_404(Policy, slug=slug, language=settings.LANGUAGE_CODE)


def _numbered(slug: str, number: int) -> Revision:
    versions = Revision.objects.numbered().select_related("policy", "rendering")
    return get_object_or_404(
        versions, policy__slug=slug, policy__language=settings.LANGUAGE_CODE, number=number
    )


def _in_force(slug: str, at: datetime) -> Revision:
    versions = Revision.objects.in_force(at=at).select_related("policy", "rendering")
    return get_object_or_404(versions, policy__slug=slug, policy__language=settings.LANGUAGE_CODE)


def _version_at(slug: str, number: int, at: datetime) -> VersionAt:
    """Return a version as it stands: two queries besides its own, however many versions."""
    found = _numbered(slug, number)
    published = found.policy.revisions.published()
    following = published.filter(effective_at__gt=found.effective_at).order_by("effective_at")
    current = Revision.objects.in_force(at=at).filter(policy=found.policy)
    others = {v.pk: v for v in [*following[:1], *current] if v.pk != found.pk}
    return stand([found, *others.values()], at=at)[0]


def _page() -> dict[str, str]:
    """What every page says of itself: its language, its direction, whose it is."""
    language = settings.LANGUAGE_CODE
    return {
        "language": language,
        "direction": "rtl" if translation.get_language_info(language)["bidi"] else "ltr",
        "organisation": settings.ORGANISATION_NAME,
    }
