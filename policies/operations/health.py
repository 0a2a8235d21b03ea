"""Probes for whoever runs the site: /healthz and /readyz."""

from collections.abc import Callable

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from policies.database import migration_state, triggers
from policies.models import Revision
from policies.page_cache.server_adapter import IS_ALIVE, NO_DATABASE

TEXT = "text/plain; charset=utf-8"


def probe(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Make a view a probe: no response of it is kept, and other methods get 405, not 403."""
    return csrf_exempt(cache_control(no_store=True)(require_safe(view)))


@probe
def healthz(request: HttpRequest) -> HttpResponse:
    """Respond that the process is alive, whatever the state of the database."""
    return HttpResponse(f"{IS_ALIVE}\n", content_type=TEXT)


@probe
def readyz(request: HttpRequest) -> HttpResponse:
    """Respond with 200 if the database answers, is of this version and has its rules, with nothing
    that gets around them, or else with 503 and what is wrong.
    """
    problem = _problem()
    words = problem or "The database answers, and its rules are in place."
    return HttpResponse(f"{words}\n", content_type=TEXT, status=503 if problem else 200)


def _problem() -> str:
    try:
        is_older = bool(migration_state.missing(connection))
        if migration_state.is_newer(connection):
            # In an upgrade, processes of the last version go on. The rules are the next version's,
            # and this one can't judge them; what counts is that it can still read.
            Revision.objects.select_related("policy", "rendering").first()
            lacks_rules = False
        else:
            lacks_rules = bool(triggers.missing(connection) or triggers.foreign(connection))
    except Error:
        return NO_DATABASE
    if is_older:
        return migration_state.ADVICE
    if lacks_rules:
        return (
            "The database lacks some of its rules, or something gets around them: run "
            "`manage.py check --database default`."
        )
    return ""
