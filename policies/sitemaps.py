"""The sitemap (sitemaps.org, 0.9): the pages that are worth finding, and when they changed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from . import atom
from .alternates import alternates
from .models import Revision
from .views import public

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest

    Absolute = Callable[[str], str]

# What the protocol allows in one file.
MOST = 50_000


@public
def sitemap(request: HttpRequest, language: str) -> HttpResponse:
    """List the list of policies and every policy in force, in all languages."""
    versions = list(
        Revision.objects.in_force(at=timezone.now())
        .select_related("policy")
        .order_by("policy__language", "policy__slug")[: MOST - 1]
    )
    policies = [version.policy for version in versions]
    absolute = request.build_absolute_uri
    root = ET.Element(
        "urlset",
        {
            "xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9",
            "xmlns:xhtml": "http://www.w3.org/1999/xhtml",
        },
    )
    changes = [_changed_at(version) for version in versions]
    _url(root, absolute(reverse("policies:index")), max(changes, default=None))
    for policy, changed_at in zip(policies, changes, strict=True):
        element = _url(root, absolute(policy.get_absolute_url()), changed_at)
        for other in alternates(policy, among=policies):
            ET.SubElement(
                element,
                "xhtml:link",
                {"rel": "alternate", "hreflang": other.language, "href": absolute(other.path)},
            )
    return HttpResponse(atom.document(root), content_type="application/xml; charset=utf-8")


def _changed_at(version: Revision) -> datetime:
    """Return when the page of a version's policy last said something else."""
    moments = (version.effective_at, version.policy.retired_at)
    return max(moment for moment in moments if moment)


def _url(root: ET.Element, address: str, changed_at: datetime | None) -> ET.Element:
    element = ET.SubElement(root, "url")
    ET.SubElement(element, "loc").text = address
    if changed_at:
        ET.SubElement(element, "lastmod").text = atom.moment(changed_at)
    return element
