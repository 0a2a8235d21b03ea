"""Probes for whoever runs the site, /healthz and /readyz, and /metrics for Prometheus.

Nothing in the metrics is about a person or a draft's words. The numbers of requests are of all
processes of this server (page_cache/worker_metrics.py); the database is asked when Prometheus asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db import Error, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from policies.database import migration_state, triggers
from policies.mail import staff_mails
from policies.models import JobRun, LedgerEntry, Revision, Subscription, WebhookDelivery
from policies.page_cache.without_django import IS_ALIVE, NO_DATABASE
from policies.states import OPEN, Status
from policies.webhooks import witnesses

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
    that gets around them, or else with 503 and what is wrong. While the database is known to be
    silent, page_cache.without_django.py responds with 503 before a request comes here.
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

    registry = worker_metrics.metrics_of_all_processes()
    registry.register(_DatabaseCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class _DatabaseCollector:
    """What the database holds. If it does not answer, only that is reported."""

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily

        try:
            numbers, runs = _numbers(), list(JobRun.objects.order_by("name"))
        except Error:
            numbers, runs = {}, []
        yield GaugeMetricFamily(
            "policies_database_up", "Whether the database answers", value=bool(numbers)
        )
        for name, (words, number) in numbers.items():
            yield GaugeMetricFamily(name, words, value=number)
        if not numbers:
            return
        ended = GaugeMetricFamily(
            "policies_job_ended_timestamp_seconds",
            "When a regular job last ended, on any machine",
            labels=["job"],
        )
        succeeded = GaugeMetricFamily(
            "policies_job_succeeded_timestamp_seconds",
            "When a regular job last ended without an error",
            labels=["job"],
        )
        for run in runs:
            ended.add_metric([run.name], run.ended_at.timestamp())
            if run.succeeded_at:
                succeeded.add_metric([run.name], run.succeeded_at.timestamp())
        yield ended
        yield succeeded
        words = "For how long there has been something that a witness of the log has not signed"
        behind = GaugeMetricFamily("policies_witness_behind_seconds", words, labels=["witness"])
        for name, since in witnesses.behind():
            behind.add_metric([name], (timezone.now() - since).total_seconds() if since else 0)
        yield behind


def _numbers() -> dict[str, tuple[str, int]]:
    newest = LedgerEntry.objects.values_list("sequence", flat=True).last()
    numbers = {
        "policies_ledger_entries": ("Entries of the public ledger", newest or 0),
        "policies_awaiting_late_approval": (
            "Publications without approval that nobody has approved since",
            Revision.objects.awaiting_late_approval().count(),
        ),
        "policies_mails_waiting": (
            "E-mails that could not be sent yet",
            staff_mails.waiting_count(at=timezone.now()),
        ),
    }
    if settings.OIDC_ISSUER:
        from policies.staff.accounts.records import EMERGENCY  # not on a node without staff

        numbers["policies_emergency_log_ins"] = (
            "Log-ins to emergency accounts, although there is single sign-on",
            LogEntry.objects.filter(change_message=EMERGENCY).count(),
        )
    if settings.SUBSCRIPTIONS:
        numbers["policies_subscribers"] = (
            "Subscriptions to e-mails about changes, of all policies",
            Subscription.objects.count(),
        )
    numbers["policies_webhooks_failing"] = (
        "Deliveries of webhooks that failed and will be tried again",
        WebhookDelivery.objects.waiting().filter(tries__gt=0).count(),
    )
    for status in [status for status in Status if status in OPEN]:
        words = f"Revisions that are {status.label.lower()}"
        number = Revision.objects.filter(status=status).count()
        numbers[f"policies_revisions_{status}"] = (words, number)
    return numbers
