"""Versions in other forms than HTML: as PDF and as Akoma Ntoso."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from policies import languages
from policies.public import legal_xml, pdfs
from policies.public.page import for_programs, public
from policies.public.views import numbered_version

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest


@for_programs
@public
def akoma_ntoso(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """Answer with a version as Akoma Ntoso XML."""
    version = numbered_version(slug, language, number)
    content = legal_xml.of(version, request.build_absolute_uri)
    return HttpResponse(content, content_type="application/akn+xml")


@public
def _kept_pdf(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    if not pdfs.are_made():
        raise Http404("This site makes no PDFs.")
    version = numbered_version(slug, language, number)
    content = pdfs.get_or_make(version, _origin(request), at=timezone.now())
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{version.policy.slug}-{number}.pdf"'
    return response


def _origin(request: HttpRequest) -> str:
    """Return scheme and host for the addresses in a PDF.

    A request may name any port of an allowed host, and any subdomain where ALLOWED_HOSTS has a
    leading dot. Whoever makes one up gets a PDF that is kept anyway: else a stranger could have one
    printed for each port and each name there is.
    """
    host, port = split_domain_port(request.get_host())
    if host.lower() not in settings.ALLOWED_HOSTS:
        return settings.SITE_URL
    known = str(urlsplit(settings.SITE_URL).port)
    return f"{request.scheme}://{host}" + (f":{port}" if port == known else "")


@csrf_exempt  # as what `public` makes: other methods are answered with 405
def pdf(request: HttpRequest, **which: Any) -> HttpResponse:
    """Answer with a version as PDF; while it is being made, or can't be, say when to ask again."""
    try:
        return _kept_pdf(request, **which)
    except pdfs.CanNotBeMade as failure:
        return _come_again(request, "pdf_failed.html", which["language"], failure.seconds)
    except pdfs.NotYet as not_yet:
        return _come_again(request, "pdf_not_yet.html", which["language"], not_yet.seconds)


def _come_again(request: HttpRequest, page: str, language: str, seconds: int) -> HttpResponse:
    with languages.page_in(language):
        context = {"seconds": seconds, **languages.frame(language)}
        response = render(request, f"policies/{page}", context, status=503)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    # It is no mistake: without this, Django writes each of a thousand into the log as one.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
