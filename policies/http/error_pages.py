"""The error pages, in the language of the address that was asked for."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.middleware import csrf
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext

from policies import languages
from policies.http.upload_limits import WholeRequestTooBig
from policies.models import Revision
from policies.public import translations
from policies.public.page import is_json_address, problem_response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer to a request that can't be read, in words: too large, or not understood."""
    limits = (
        # The first is one of the second, too.
        (WholeRequestTooBig, "request", settings.UPLOAD_MAX_REQUEST_SIZE // 1_000_000),
        (RequestDataTooBig, "text", settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1_000_000),
        (TooManyFieldsSent, "fields", settings.DATA_UPLOAD_MAX_NUMBER_FIELDS),
        (TooManyFilesSent, "files", settings.DATA_UPLOAD_MAX_NUMBER_FILES),
    )
    for kind, what, most in limits:
        if isinstance(exception, kind):
            response = _apology(request, 400, too_large=what, most=most)
            response.status_code = 413  # RFC 9110, section 15.5.14
            return response
    return _apology(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer to somebody who may not do this: on the desk, or with a preview link."""
    return _apology(request, 403)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer to a form without its token, or with an old one. One that a page of the desk sent can
    be sent again as it is; else the page explains what to do.
    """
    if settings.STAFF and _is_from_the_desk(request, reason):
        from django.contrib import admin  # a node without staff does not load it

        site: Any = admin.site
        answer: HttpResponse = site.stale_form(request)
        return answer
    return _apology(request, 403, form_is_stale=True)


def _is_from_the_desk(request: HttpRequest, reason: str) -> bool:
    """Return whether a page of the desk sent the form and only its token is wrong: every log-in
    makes a new one. No page of another site can claim our origin (RFC 6454, section 7.3).
    """
    origin, match = request.META.get("HTTP_ORIGIN"), request.resolver_match
    return (
        origin is not None
        and reason != csrf.REASON_BAD_ORIGIN % origin
        and match is not None
        and match.namespace == "admin"
        and match.url_name not in {"login", "logout"}
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer in the language of the address, and offer what there is in another language."""
    match = request.resolver_match
    slug, language = match.kwargs.get("slug") if match else None, languages.of_path(request.path)
    now, offers, announced = timezone.now(), [], None
    if slug:
        offers = translations.offered_instead(slug, language, at=now)
    if slug and not offers:
        revisions = Revision.objects.select_related("policy").filter(
            policy__slug=slug, policy__language=language
        )
        # Nothing is in force, so each version with a number is upcoming or withdrawn.
        upcoming = revisions.upcoming(at=now).first()
        announced = upcoming or revisions.numbered().order_by("-number").first()
    return _apology(
        request,
        404,
        offers=offers,
        wanted=language,
        announced=announced,
        from_the_desk=match is not None and match.namespace == "admin",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer in the language of the address; asks nothing of the database."""
    return _apology(request, 500)


def _apology(request: HttpRequest, status: int, **about: object) -> HttpResponse:
    """Render the page of an error. It is interface throughout, and in the interface's language."""
    language = languages.interface(languages.of_path(request.path))
    with languages.page_in(language):
        if is_json_address(request):
            detail = gettext("There is no page at this address") if status == 404 else ""
            return problem_response(status, detail)
        # Without the request, and so without what context processors might ask for.
        page = render_to_string(f"{status}.html", {**about, **languages.frame(language)})
    return HttpResponse(page, status=status)
