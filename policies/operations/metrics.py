"""What Prometheus asks of the site: /metrics, for whoever has METRICS_TOKEN; a 404 if none is set.

Nothing in it is about a person or a draft's words. The numbers of requests are of all processes of
this server (page_cache/worker_metrics.py); the database is asked when Prometheus asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from policies.mail import outbox
from policies.models import LedgerEntry, Revision, Subscription, WebhookDelivery
from policies.operations.health import TEXT, probe
from policies.states import OPEN, Status

if TYPE_CHECKING:
    from prometheus_client import Metric


@probe
def metrics(request: HttpRequest) -> HttpResponse:
    """Respond in the format of Prometheus; 401 without the key, 404 where there is none."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        challenge = {"WWW-Authenticate": "Bearer"}
        words = "Send the key: Authorization: Bearer …\n"
        return HttpResponse(words, status=401, content_type=TEXT, headers=challenge)
    # Loaded for whoever has the key only.
    from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

    from policies.page_cache import worker_metrics

    registry = worker_metrics.of_all_processes()
    registry.register(_OfTheDatabase())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class _OfTheDatabase:
    """What the database holds. If it does not answer, only that is reported."""

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily

        try:
            numbers = _numbers()
        except Error:
            numbers = {}
        yield GaugeMetricFamily(
            "policies_database_up", "Whether the database answers", value=bool(numbers)
        )
        for name, (words, number) in numbers.items():
            yield GaugeMetricFamily(name, words, value=number)


def _numbers() -> dict[str, tuple[str, int]]:
    newest = LedgerEntry.objects.order_by("-sequence").values_list("sequence", flat=True).first()
    numbers = {
        "policies_ledger_entries": ("Entries of the public ledger", newest or 0),
        "policies_awaiting_late_approval": (
            "Publications without approval that nobody has approved since",
            Revision.objects.awaiting_late_approval().count(),
        ),
        "policies_mails_waiting": (
            "E-mails that could not be sent yet",
            outbox.waiting(at=timezone.now()),
        ),
    }
    if settings.SUBSCRIPTIONS:
        numbers["policies_subscribers"] = (
            "Subscriptions to e-mails about changes, of all policies",
            Subscription.objects.count(),
        )
    numbers["policies_webhooks_failing"] = (
        "Deliveries of webhooks that failed and will be tried again",
        WebhookDelivery.objects.waiting().filter(tries__gt=0).count(),
    )
    for status in (it for it in Status if it in OPEN):
        words = f"Revisions that are {status.label.lower()}"
        number = Revision.objects.filter(status=status).count()
        numbers[f"policies_revisions_{status}"] = (words, number)
    return numbers
