"""Pages without the site around them: for the webviews of apps, and for frames."""

from functools import wraps
from typing import Any

from csp.constants import NONE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt

from policies import languages
from policies.models import Revision
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


def with_own_404(view: View) -> View:
    """Answer in the look of an embedded page where a policy is in force and has no such version."""

    @wraps(view)
    def page(
        request: HttpRequest, slug: str, language: str, number: int, **options: Any
    ) -> HttpResponse:
        try:
            return view(request, slug=slug, language=language, number=number, **options)
        except Http404:
            in_force = Revision.objects.effective(at=timezone.now()).select_related("policy")
            current = in_force.filter(policy__slug=slug, policy__language=language).first()
            if current is None:
                raise
        with languages.page_in(language):
            context = {"policy": current.policy, "number": number, **languages.frame(language)}
            return render(request, "policies/embed_no_version.html", context, status=404)

    return page


embed = embeddable(views.policy)
since = embeddable(with_own_404(views.since))
