"""The sitemap (sitemaps.org, 0.9): the pages that are worth finding, and when they changed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from . import moments, translations
from .models import Revision
from .public_page import public
from .xml_text import document

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest

    Absolute = Callable[[str], str]

NAMESPACES = {
    "xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "xmlns:xhtml": "http://www.w3.org/1999/xhtml",
}

# Of the 50,000 addresses that the protocol allows in one file; the others are lists of policies.
MAX_POLICIES = 49_000


@public
def sitemap(request: HttpRequest, language: str) -> HttpResponse:
    """List every policy in force, in all languages, and the list of policies in each."""
    versions = list(
        Revision.objects.in_force(at=timezone.now())
        .select_related("policy")
        .order_by("policy__language", "policy__slug")[:MAX_POLICIES]
    )
    root = ET.Element("urlset", NAMESPACES)
    for tag, changes in _by_language(versions, language).items():
        index = reverse("policies:index", kwargs={"language": tag})
        _url(root, request.build_absolute_uri(index), max(changes, default=None))
    _list(root, versions, request.build_absolute_uri)
    return HttpResponse(document(root), content_type="application/xml; charset=utf-8")


def _list(root: ET.Element, versions: list[Revision], absolute: Absolute) -> None:
    """Add the page of each version's policy, with those of its translations."""
    alternates = translations.among([version.policy for version in versions])
    for version in versions:
        element = _url(root, absolute(version.policy.get_absolute_url()), _changed_at(version))
        for other in alternates.get(version.policy, []):
            href = absolute(other.path)
            attributes = {"rel": "alternate", "hreflang": other.language, "href": href}
            ET.SubElement(element, "xhtml:link", attributes)


def _by_language(versions: list[Revision], language: str) -> dict[str, list[datetime]]:
    """Return when pages changed, by their language: `language` first, even without a page."""
    found: dict[str, list[datetime]] = {language: []}
    for version in versions:
        found.setdefault(version.policy.language, []).append(_changed_at(version))
    return found


def _changed_at(version: Revision) -> datetime:
    """Return when the page of a version's policy last said something else."""
    changes = (version.effective_at, version.policy.retired_at)
    return max(moment for moment in changes if moment)


def _url(root: ET.Element, address: str, changed_at: datetime | None) -> ET.Element:
    element = ET.SubElement(root, "url")
    ET.SubElement(element, "loc").text = address
    if changed_at:
        ET.SubElement(element, "lastmod").text = moments.to_the_second(changed_at)
    return element
