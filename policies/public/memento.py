"""Time travel for programs: TimeGate and TimeMap of a policy (Memento, RFC 7089, pattern 2.1)."""

from datetime import UTC, datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import RFC1123_DATE, parse_http_date

from policies.models import Policy, version_status
from policies.models.policy import public_url
from policies.public import link_relations
from policies.public.page import public, with_cors_headers
from policies.public.web_links import as_document, as_header


# Nobody may keep an answer: it depends on Accept-Datetime, which is in no key of the pages that are
# kept in memory, and which many caches leave out of theirs in spite of Vary.
@public(caching={"no_store": True})
def timegate(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """Lead to the version that was in force at the time that Accept-Datetime names.

    Without one, to the version in force; for a time before the first version, to the first. A time
    that can't be read is answered with 400 (RFC 7089, section 4.5).
    """
    policy = get_object_or_404(Policy.objects.public(), slug=slug, language=language)
    now = timezone.now()
    try:
        wanted = min(_accept_datetime(request) or now, now)
    except ValueError as error:
        response = HttpResponse(f"{error}\n", status=400, content_type="text/plain; charset=utf-8")
    else:
        mementos = policy.revisions.effective(at=now).select_related("policy")
        chosen = mementos.filter(effective_at__lte=wanted).first() or mementos.last()
        if chosen is None:
            raise Http404(f"No version of {policy} has taken effect.")
        adjacent = version_status.adjacent_to(chosen, at=now)
        response = redirect(public_url(policy.url("version", number=chosen.number)))
        response["Link"] = as_header(link_relations.of_timegate(chosen, adjacent))
    response["Vary"] = "accept-datetime"
    return response


def _accept_datetime(request: HttpRequest) -> datetime | None:
    """Return the last instant of the second that Accept-Datetime names (Mementos are listed to the
    second), None without the header. Raises ValueError with words for the client.
    """
    value = request.headers.get("Accept-Datetime")
    if value is None:
        return None
    try:
        if not RFC1123_DATE.match(value):
            raise ValueError
        named = datetime.fromtimestamp(parse_http_date(value), tz=UTC)
        return named + timedelta(microseconds=999_999)
    except (ValueError, OverflowError):
        raise ValueError(
            "Accept-Datetime must be a date such as Sat, 02 May 2026 00:00:00 GMT (RFC 7089)."
        ) from None


@with_cors_headers
@public()
def timemap(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """List the Mementos of a policy, first to last (RFC 7089, section 5)."""
    policy = get_object_or_404(Policy.objects.public(), slug=slug, language=language)
    mementos = policy.revisions.effective(at=timezone.now()).order_by("number")
    refs = version_status.version_refs(mementos)
    if not refs:
        raise Http404(f"No version of {policy} has taken effect.")
    links = link_relations.timemap(policy, refs)
    return HttpResponse(as_document(links), content_type=link_relations.LINK_FORMAT)
