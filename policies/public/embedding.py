"""Pages without the site around them: for the webviews of apps, and for frames."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from csp.constants import NONE
from csp.decorators import csp_replace
from django.conf import settings
from django.views.decorators.clickjacking import xframe_options_exempt

from policies.public import views
from policies.public.page import public

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from policies.public.page import View


def embeddable(view: View) -> View:
    """Let the origins in EMBED_ORIGINS, and nobody else, put a page into a frame; also one that has
    moved, by its old address.

    X-Frame-Options knows no list of origins: a page that some may frame must not carry it, and
    its frame-ancestors decides alone (CSP Level 3, section 6.4.2).
    """

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        origins = settings.EMBED_ORIGINS
        framed: Any = csp_replace({"frame-ancestors": origins or [NONE]})(view)
        if origins:
            framed = xframe_options_exempt(framed)
        response: HttpResponse = framed(request, *args, **kwargs)
        if origins:  # for a page that embeds only what allows it (its COEP)
            response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return page


@embeddable
@public()
def embed(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """Show the version in force and nothing else."""
    return views.current_page(request, slug, language, "policies/embed.html")


@embeddable
@public()
def since(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """Show what changed since the version that a user of the app has accepted, nothing else."""
    return views.since_page(request, slug, language, number, "policies/embed_since.html")
