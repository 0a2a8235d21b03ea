"""Errors for programs: application/problem+json (RFC 9457), at addresses that answer in JSON."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse


def is_for_programs(request: HttpRequest) -> bool:
    """Return whether an address answers in JSON. No address of the desk has such a name."""
    return request.path.endswith(".json")


def problem(status: int, detail: str = "") -> HttpResponse:
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
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
