"""The public pages. Each asks one question of the database and renders one template.

No view reads the query string, a cookie or the session: what a page says depends on its URL and
the time alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from .models import Revision

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
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


@require_safe
def policy(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the version in force."""
    version = (
        Revision.objects.in_force(at=timezone.now())
        .filter(policy__slug=slug, policy__language=settings.LANGUAGE_CODE)
        .select_related("policy", "rendering")
        .first()
    )
    if version is None:
        raise Http404(f"No version of {slug} is in force.")
    context = {"policy": version.policy, "version": version, **_page()}
    return render(request, "policies/policy.html", context)


def _page() -> dict[str, str]:
    """What every page says of itself: its language, its direction, whose it is."""
    language = settings.LANGUAGE_CODE
    return {
        "language": language,
        "direction": "rtl" if translation.get_language_info(language)["bidi"] else "ltr",
        "organisation": settings.ORGANISATION_NAME,
    }
