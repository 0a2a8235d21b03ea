"""Files at fixed addresses that robots and researchers look for: robots.txt, security.txt and the
sitemap (sitemaps.org, 0.9), with the pages that are worth finding and when they changed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

from django.conf import settings
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from policies.models import LedgerEntry, Policy, Revision
from policies.models.policy import public_url
from policies.public import translations
from policies.public.page import public
from policies.text import timestamps
from policies.text.xml_text import document

PLAIN = "text/plain; charset=utf-8"

# RFC 9116, section 2.5.5, wants less than a year. By the day, so that the file changes once a day.
SECURITY_TXT_LASTS = timedelta(days=180)


@public()
def robots(request: HttpRequest, *, desk: str) -> HttpResponse:
    """Return robots.txt (RFC 9309). Pages not to be indexed have a meta element, to be read.

    desk: its path, since reversing its name would load it.
    """
    sitemap = public_url(reverse("policies:sitemap"))
    lines = ["User-agent: *", f"Disallow: {desk}", "", f"Sitemap: {sitemap}"]
    return HttpResponse("\n".join(lines) + "\n", content_type=PLAIN)


@public(goes_by_clock=True)
def security(request: HttpRequest) -> HttpResponse:
    """Return security.txt (RFC 9116), if the settings name a contact."""
    if not settings.SECURITY_CONTACTS:
        raise Http404("SECURITY_CONTACT is not set.")
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [f"Contact: {contact}" for contact in settings.SECURITY_CONTACTS]
    lines.append(f"Expires: {timestamps.to_the_second(today + SECURITY_TXT_LASTS)}")
    if request.is_secure():  # section 2.5.2: a web address must begin with https
        lines.append(f"Canonical: {public_url(request.path)}")
    return HttpResponse("\n".join(lines) + "\n", content_type=PLAIN)


NAMESPACES = {
    "xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "xmlns:xhtml": "http://www.w3.org/1999/xhtml",
}

# Of the 50,000 addresses that the protocol allows in one file; the others are lists of policies.
MAX_POLICIES = 49_000


@public()
def sitemap(request: HttpRequest, language: str) -> HttpResponse:
    """List every policy in force, in all languages, and the list of policies in each."""
    versions = list(
        Revision.objects.in_force(at=timezone.now())
        .select_related("policy")
        .order_by("policy__language", "policy__slug")[:MAX_POLICIES]
    )
    changed_at = _changes(versions)
    by_language: dict[str, list[datetime]] = {language: []}  # first, even without a page
    for policy, time in changed_at.items():
        by_language.setdefault(policy.language, []).append(time)
    root = ET.Element("urlset", NAMESPACES)
    for tag, times in by_language.items():
        index = reverse("policies:index", kwargs={"language": tag})
        _url(root, public_url(index), max(times, default=None))
    alternates = translations.alternates_among(changed_at)
    for policy, time in changed_at.items():
        element = _url(root, public_url(policy.get_absolute_url()), time)
        for other in alternates[policy]:
            href = public_url(other.path)
            attributes = {"rel": "alternate", "hreflang": other.language, "href": href}
            ET.SubElement(element, "xhtml:link", attributes)
    return HttpResponse(document(root), content_type="application/xml; charset=utf-8")


def _changes(versions: Iterable[Revision]) -> dict[Policy, datetime]:
    """Return when the page of each version's policy last changed: one query.

    That is when the version took effect, or when something was recorded of the policy as a whole
    since: it was retired or reinstated, got another address, or another language prevails.
    """
    recorded = LedgerEntry.objects.filter(revision=None).order_by().values_list("policy")
    of_policies = dict(recorded.annotate(Max("recorded_at")))
    changes: dict[Policy, datetime] = {}
    for version in versions:
        if version.effective_at:  # always, of what is in force
            recorded_at = of_policies.get(version.policy_id, version.effective_at)
            changes[version.policy] = max(version.effective_at, recorded_at)
    return changes


def _url(root: ET.Element, address: str, changed_at: datetime | None) -> ET.Element:
    element = ET.SubElement(root, "url")
    ET.SubElement(element, "loc").text = address
    if changed_at:
        ET.SubElement(element, "lastmod").text = timestamps.to_the_second(changed_at)
    return element
