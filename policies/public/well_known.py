"""Files at fixed addresses that robots and researchers look for."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from policies.public.page import public
from policies.text import timestamps

PLAIN = "text/plain; charset=utf-8"

# RFC 9116, section 2.5.5, wants less than a year. By the day, so that the file changes once a day.
SECURITY_TXT_LASTS = timedelta(days=180)


@public()
def robots(request: HttpRequest, *, desk: str) -> HttpResponse:
    """Return robots.txt (RFC 9309). Pages not to be indexed have a meta element, to be read.

    desk: its path, since reversing its name would load it.
    """
    sitemap = request.build_absolute_uri(reverse("policies:sitemap"))
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
        lines.append(f"Canonical: {request.build_absolute_uri(request.path)}")
    return HttpResponse("\n".join(lines) + "\n", content_type=PLAIN)
