"""The page for when the database does not answer: 503, with what the user typed kept on it.

Nothing here may ask the database: no session, no user, no message.
"""

import sys
from contextlib import suppress

from csp.constants import SELF
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from policies import languages
from policies.http import resubmission
from policies.http.error_pages import server_error

# Raised when the database is away, hangs, is locked, is full or gives up (a file that is no
# database, or a damaged one: a plain DatabaseError); not when a statement makes no sense to it,
# which is our fault and a 500.
_AWAY = (OperationalError, InterfaceError)


@never_cache
def failed(request: HttpRequest) -> HttpResponse:
    """Answer where a view has failed: 503 if it was because of the database, 500 otherwise.

    Called by Django while it handles the exception (handler500).
    """
    if not _is_for_the_database(sys.exception()):
        return server_error(request)
    fields, had_files = list[tuple[str, str]](), False  # nothing of what can't be read
    with suppress(UnreadablePostError, MultiPartParserError, SuspiciousOperation):
        fields, had_files = resubmission.as_fields(request.POST.lists()), bool(request.FILES)
    context = {"fields": fields, "had_files": had_files, "address": request.get_full_path()}
    language = languages.interface(languages.of_path(request.path))
    with languages.page_in(language):
        response = render(request, "503.html", {**context, **languages.frame(language)}, status=503)
    response["Retry-After"] = "10"  # seconds (RFC 9110, section 10.2.3)
    response._csp_replace = {"form-action": [SELF]}  # type: ignore[attr-defined]
    return response


def _is_for_the_database(error: BaseException | None) -> bool:
    """Return whether an exception, or a cause or context of it, means that the database is away."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, _AWAY) or type(error) is DatabaseError:
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False
