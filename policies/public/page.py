"""What makes a view a public page: for how long it stays fresh, who may read it, where it moved."""

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from policies import languages
from policies.models import Address, Policy
from policies.models.policy import public_url
from policies.public.inline_assets import STYLE_SOURCES
from policies.public.web_links import Link

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


def public(
    *, caching: Mapping[str, Any] = CHANGING, goes_by_clock: bool = False
) -> Callable[[View], View]:
    """Make a view a public page: GET and HEAD only, and cached as `caching` says.

    goes_by_clock: its content depends on the time, so no process keeps it in memory.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with languages.page_in(kwargs.get("language", settings.LANGUAGE_CODE)):
                try:
                    response = view(request, *args, **kwargs)
                except Http404:
                    moved = _redirect_if_renamed(request, **kwargs)
                    if moved is None:
                        raise
                    patch_cache_control(moved, **CHANGING)  # it may move again, even back
                    return moved
                patch_cache_control(response, **caching)
                return response

        safe: Any = csrf_exempt(require_safe(page))  # what it refuses gets 405, not 403
        # For page_cache/from_django.py: what nobody may keep may depend on more than its address.
        safe.is_public = "no_store" not in caching and not goes_by_clock
        safe.goes_by_clock = goes_by_clock
        return safe  # type: ignore[no-any-return]

    return decorate


def _redirect_if_renamed(
    request: HttpRequest, slug: str = "", language: str = "", **_: Any
) -> HttpResponse | None:
    address = Address.objects.public().filter(slug=slug, language=language)
    policy = Policy.objects.filter(addresses__in=address).exclude(slug=slug).first()
    if policy is None or request.resolver_match is None:
        return None
    arguments = {**request.resolver_match.kwargs, "slug": policy.slug}
    view_name = request.resolver_match.view_name
    response: HttpResponse = redirect(view_name, permanent=True, **arguments)
    return response


def with_style(name: str) -> Callable[[View], View]:
    """Make a view one whose pages may have the style that {% style name %} writes."""

    def allow(view: View) -> View:
        allowed: Any = csp_update({"style-src": [STYLE_SOURCES[name]]})(view)
        return wraps(view)(allowed)

    return allow


def private(response: HttpResponse) -> HttpResponse:
    """Make a response one that no cache keeps, that no search engine finds, and from which no other
    site learns where its reader came from.
    """
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def with_policy(response: HttpResponse, directives: dict[str, list[str]]) -> HttpResponse:
    """Give a response directives in place of those of the site's Content Security Policy."""
    response.own_policy = directives  # type: ignore[attr-defined]
    return response


def own_policy(response: HttpResponseBase) -> dict[str, list[str]]:
    """Return the directives that `with_policy` gave a response; none if it has the site's."""
    return getattr(response, "own_policy", {})


def with_form(response: HttpResponse, **also: list[str]) -> HttpResponse:
    """Let a page have a form, as no public page may otherwise. also: more directives."""
    return with_policy(response, {"form-action": [SELF], **also})


def require_readable(request: HttpRequest) -> None:
    """Raise BadRequest for a form on which Django's form parser fails."""
    try:
        _ = request.POST
    except (LookupError, TypeError, ValueError) as error:
        raise BadRequest("The form can't be read.") from error


def with_cors_headers(view: View) -> View:
    """Let scripts and pages of any site use the response (CORS, CORP), redirects included."""

    @wraps(view)
    def with_cors(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == 405 and is_json_address(request):
            allowed = response["Allow"]
            response = problem_response(405)
            response["Allow"] = allowed
        return _for_any_site(response)

    return with_cors


def _for_any_site(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def json_response(name: str, data: dict[str, Any]) -> HttpResponse:
    """Return JSON that keeps to the schema of this name, with a link to the schema."""
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})
    schema = public_url(reverse("policies:schema", args=[name]))
    response["Link"] = str(Link(schema, "describedby"))
    return response


# --- Errors at addresses that answer in JSON (RFC 9457) ------------------------------------------


def is_json_address(request: HttpRequest) -> bool:
    """Return whether an address answers in JSON. No address of the desk has such a name."""
    return request.path.endswith(".json")


def problem_response(status: int, detail: str = "") -> HttpResponse:
    """Return an error that any site's scripts may read, as what they asked for. detail: a sentence
    for people; "" for none.
    """
    # "about:blank": the status says all (section 4.2.1).
    content = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    response = JsonResponse(
        {**content, **({"detail": detail} if detail else {})},
        status=status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )
    return _for_any_site(response)
