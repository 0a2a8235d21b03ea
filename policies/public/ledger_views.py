"""The public chain of publications, as programs get it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from policies.models import LedgerEntry
from policies.public import json_data
from policies.public.page import FOR_EVER, for_programs, json_response, public


@for_programs
@public()
def newest(request: HttpRequest) -> HttpResponse:
    """Answer with the head of the public chain and its newest entries."""
    last = LedgerEntry.objects.order_by("-sequence").first()
    return _page_of(request, (last.sequence - 1) // json_data.LEDGER_PAGE + 1 if last else 1)


@for_programs
@public(caching=FOR_EVER)
def page(request: HttpRequest, number: int) -> HttpResponse:
    """Answer with a full page of the chain, the first entries being on page 1."""
    if not LedgerEntry.objects.filter(sequence=number * json_data.LEDGER_PAGE).exists():
        raise Http404(f"Page {number} of the ledger is not full yet: see /ledger.json.")
    return _page_of(request, number)


def _page_of(request: HttpRequest, number: int) -> HttpResponse:
    first = (number - 1) * json_data.LEDGER_PAGE + 1
    entries = LedgerEntry.objects.filter(
        sequence__range=(first, first + json_data.LEDGER_PAGE - 1)
    ).order_by("sequence")
    earlier = reverse("policies:ledger_page", args=[number - 1]) if number > 1 else None
    previous = request.build_absolute_uri(earlier) if earlier else None
    return json_response(request, "ledger", json_data.ledger_as_json(list(entries), previous))
