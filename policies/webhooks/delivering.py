"""Which deliveries are due, and what comes of each try.

`manage.py send_webhooks` runs every minute. It adds a delivery for each event and endpoint, once,
and tries what is due. Whoever tries a delivery moves its time away (outbox.py); if that process
dies, it is due again after LEASE. So a receiver gets each event at least once, and always under the
same id.
"""

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Q
from django.utils import timezone

from policies import outbox
from policies.database.transactions import retry_while_locked
from policies.models import WebhookDelivery, WebhookEndpoint
from policies.models.webhooks import LONGEST_WAIT
from policies.outbox import Outcome
from policies.text.short_text import cut, one_line
from policies.webhooks import endpoints, events, requesting, signing
from policies.webhooks.events import Event

logger = logging.getLogger(__name__)

# When it is tried again after each try, as the specification suggests; after the last, never.
BACK_OFF = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20)),
    LONGEST_WAIT,
)
# Longer than one try can take (requesting.TIMEOUT, and the look-up of a name).
LEASE = timedelta(minutes=2)
# How long an event is news, if the command did not run meanwhile.
NEWS = timedelta(days=7)
# Longer than NEWS: while a delivery is there, its event is not sent a second time.
KEPT_FOR = timedelta(days=30)
# Tries in one run of the command.
MAX_TRIES = 100
# Characters of an answer in the log.
MAX_SHOWN = 200
GONE = 410


def run(*, at: datetime) -> Outcome:
    """Add what has happened, and try what is due: MAX_TRIES at most.

    Endpoints take turns. One that fails is left alone until the next run: it must not keep the
    others waiting.
    """
    endpoints.follow_environment(at=at)
    _drop_old(at=at)
    add_deliveries(at=at)
    outcome, failing = Outcome(), set[int]()
    for due in list(WebhookDelivery.objects.due(at=at)[:MAX_TRIES]):
        if due.endpoint_id in failing:
            continue
        delivery = attempt(due)
        if delivery is None:
            continue
        if delivery.sent_at:
            outcome.sent += 1
            continue
        failing.add(delivery.endpoint_id)
        if delivery.due_at:
            outcome.failed += 1
        else:
            outcome.given_up += 1
    return outcome


def add_deliveries(*, at: datetime) -> None:
    """Add one delivery for each event and each endpoint that wants it, if there is none yet."""
    enabled = WebhookEndpoint.objects.filter(enabled_at__isnull=False)
    wanting = list(enabled.prefetch_related("policies"))
    if not wanting:
        return
    happened = events.events(since=at - NEWS, until=at)
    for endpoint in wanting:
        known = set(endpoint.deliveries.values_list("message_id", flat=True))
        rows = [
            _delivery(event, endpoint, at)
            for event in happened
            if _is_wanted(event, endpoint) and event.message_id not in known
        ]
        add = partial(WebhookDelivery.objects.bulk_create, rows, ignore_conflicts=True)
        retry_while_locked(add)


def _is_wanted(event: Event, endpoint: WebhookEndpoint) -> bool:
    only = {policy.pk for policy in endpoint.policies.all()}
    return (
        event.name in endpoint.events
        and (not only or event.entry.policy_id in only)
        and endpoint.enabled_at is not None
        and event.happened_at >= endpoint.enabled_at
    )


def _delivery(event: Event, endpoint: WebhookEndpoint, at: datetime) -> WebhookDelivery:
    return WebhookDelivery(
        endpoint=endpoint,
        message_id=event.message_id,
        event=event.name,
        about=event.about,
        body=events.body_of(event, endpoint.format),
        recorded_at=at,
        due_at=at,
    )


def add_test(endpoint: WebhookEndpoint, *, at: datetime) -> WebhookDelivery:
    """Add a delivery that says nothing but that it is a test. It is tried once."""
    return endpoint.deliveries.create(
        message_id=f"{secrets.token_hex(16)}_test",
        event=events.TEST,
        about="A test",
        body=events.test_body(endpoint.format, name=endpoint.name, at=at),
        recorded_at=at,
        due_at=at,
    )


def make_due(delivery: WebhookDelivery, *, at: datetime) -> None:
    """Let a delivery be tried at `at` once more, whatever came of it so far."""
    delivery.due_at, delivery.sent_at = at, None
    delivery.save(update_fields=["due_at", "sent_at"])


def _drop_old(*, at: datetime) -> None:
    old = WebhookDelivery.objects.filter(recorded_at__lt=at - KEPT_FOR, due_at__isnull=True)
    retry_while_locked(old.delete)


def attempt(due: WebhookDelivery) -> WebhookDelivery | None:
    """Try a delivery, and return it as it is then; None if another process is at it.

    If it no longer waits, since its endpoint was disabled or deleted meanwhile, it is not tried
    again. The endpoint is read when this begins: staff may have changed it during the run.
    """
    row, free = WebhookDelivery.objects.filter(pk=due.pk), Q(due_at=due.due_at)
    mine = outbox.reserve(row, free, due_at=timezone.now() + LEASE, tries=due.tries + 1)
    delivery = mine.first()
    if delivery is None:
        return None
    endpoint, claimed_until = delivery.endpoint, delivery.due_at
    try:
        answer = _post(delivery, endpoints.secrets_of(endpoint, at=timezone.now()))
        delivery.status, said = answer.status, answer.text
    except (requesting.RequestRefused, requesting.RequestFailed) as error:
        delivery.status, said = None, str(error)
    delivery.answer = cut(_visible(said), MAX_SHOWN)
    status = delivery.status or 0
    if 200 <= status < 300:
        delivery.sent_at, delivery.due_at = timezone.now(), None
    else:
        delivery.due_at = _next_try(delivery)
        mine = mine.filter(due_at=claimed_until)
    stored = ("status", "answer", "sent_at", "due_at")
    outbox.store(mine, **{name: getattr(delivery, name) for name in stored})
    if not delivery.sent_at:
        logger.warning(
            "Webhook %d: %s was not delivered, try %d: %s",
            *(endpoint.pk, delivery.event, delivery.tries, status or said),
        )
    if status == GONE:
        retry_while_locked(partial(endpoints.disable_gone, endpoint, at=timezone.now()))
        delivery.due_at = None
        logger.warning("Webhook %d is disabled: it answered 410 Gone.", endpoint.pk)
    return delivery


def _post(delivery: WebhookDelivery, signed_with: Sequence[str]) -> requesting.ReceivedAnswer:
    if not signed_with:
        raise requesting.RequestFailed("There is no secret. Set WEBHOOK_SECRET.")
    body = delivery.body.encode()
    signed = signing.headers(delivery.message_id, body, at=timezone.now(), signed_with=signed_with)
    headers = {"content-type": "application/json", "user-agent": "policies-webhooks/1", **signed}
    return requesting.post(delivery.endpoint.url, body, headers)


def _next_try(delivery: WebhookDelivery) -> datetime | None:
    """Return when a delivery that has failed is tried again; None if it is given up."""
    if delivery.event == events.TEST or delivery.tries > len(BACK_OFF):
        return None
    return timezone.now() + BACK_OFF[delivery.tries - 1]


def _visible(text: str) -> str:
    """Return a text on one line, without characters that can't be shown, or stored (NUL)."""
    return one_line("".join(character if character.isprintable() else " " for character in text))
