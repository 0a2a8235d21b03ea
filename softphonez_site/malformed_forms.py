"""Forms that nobody can read: refused as such."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class MalformedFormsMiddleware:
    """Answers 400 where Django's reader of forms fails on what is in one.

    Stands right before the check against forged forms, which is the first to read them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Read the form now, if anybody is going to. Raises BadRequest."""
        if request.method == "POST" and not getattr(view, "csrf_exempt", False):
            try:
                _ = request.POST
            except (LookupError, TypeError, ValueError) as error:
                raise BadRequest("The form can't be read.") from error
