"""Refuses forms that can't be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class MalformedFormsMiddleware:
    """Answers 400 to a form on which Django's form parser fails.

    Comes right before the CSRF middleware, which is otherwise the first to read a form.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Read the form now, if the CSRF check is going to. Raises BadRequest."""
        if request.method == "POST" and not getattr(view, "csrf_exempt", False):
            try:
                _ = request.POST
            except (LookupError, TypeError, ValueError) as error:
                raise BadRequest("The form can't be read.") from error
