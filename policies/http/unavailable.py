"""The page for when the database does not answer, or a long text takes too long: 503, with what the
user typed kept on it.

Nothing here may ask the database: no session, no user, no message.
"""

import sys
from collections.abc import Callable
from contextlib import suppress

from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from policies import child_process, languages
from policies.http import resubmission
from policies.http.error_pages import server_error
from policies.public.page import is_json_address, problem_response, with_form

RETRY_AFTER = "10"  # seconds (RFC 9110, section 10.2.3)

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
    return _page_to_send_again(request)


class HeavyWork:
    """Middleware: answers in words where a view has not got its turn to work on a long text."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, child_process.NotNow):
            return never_cache(_page_to_send_again)(request, why=str(error))
        return None


def _page_to_send_again(request: HttpRequest, why: str = "") -> HttpResponse:
    """why: a sentence in English; "": the database is away."""
    if is_json_address(request):
        response = problem_response(503, why)
        response["Retry-After"] = RETRY_AFTER
        return response
    fields, had_files = list[tuple[str, str]](), False  # nothing of what can't be read
    with suppress(UnreadablePostError, MultiPartParserError, SuspiciousOperation):
        fields, had_files = resubmission.as_fields(request.POST.lists()), bool(request.FILES)
    address = request.get_full_path()
    context = {"fields": fields, "had_files": had_files, "address": address, "problem": why}
    language = languages.interface(languages.of_path(request.path))
    with languages.page_in(language):
        response = render(request, "503.html", {**context, **languages.frame(language)}, status=503)
    response["Retry-After"] = RETRY_AFTER
    return with_form(response)


def _is_for_the_database(error: BaseException | None) -> bool:
    """Return whether an exception, or a cause or context of it, means that the database is away."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, _AWAY) or type(error) is DatabaseError:
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False
