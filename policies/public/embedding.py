"""Pages without the site around them: for the webviews of apps, and for frames."""

from functools import wraps
from typing import Any

from csp.constants import NONE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.clickjacking import xframe_options_exempt

from policies.public import views
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


embed = embeddable(views.policy)
since = embeddable(views.since)
