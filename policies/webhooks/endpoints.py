"""Endpoints: set up by staff or by the environment, with secrets that can be changed."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from itertools import chain, count
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from policies import ledger
from policies.ledger import chains
from policies.models import WebhookEndpoint
from policies.models.webhooks import ROTATION
from policies.text.short_text import in_short
from policies.webhooks import signing
from policies.webhooks.events import EVENTS

# Characters of a host's name that a name, or the audit, shows.
MAX_HOST = 50


def secrets_of(endpoint: WebhookEndpoint, *, at: datetime) -> Sequence[str]:
    """Return the secrets that sign what is sent at `at`, the newest first."""
    if endpoint.is_of_environment:
        return list(settings.WEBHOOK_SECRETS)
    still = endpoint.rotated_at and at < endpoint.rotated_at + ROTATION
    return [endpoint.secret, endpoint.old_secret] if still else [endpoint.secret]


@transaction.atomic
def rotate(endpoint: WebhookEndpoint, *, by: User, at: datetime) -> None:
    """Give an endpoint a new secret. The one before signs, too, until ROTATION is over."""
    endpoint.secret = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk).secret
    endpoint.old_secret, endpoint.secret = endpoint.secret, signing.new_secret()
    endpoint.rotated_at, endpoint.rotated_by = at, by
    endpoint.save(update_fields=["old_secret", "secret", "rotated_at", "rotated_by"])
    record("change_webhook_secret", endpoint, by=by, at=at)


@transaction.atomic
def disable_gone(endpoint: WebhookEndpoint, *, at: datetime) -> None:
    """Disable an endpoint that answered 410 Gone, unless staff have changed it meanwhile."""
    reason = "It answered 410 Gone."
    as_asked = {"pk": endpoint.pk, "url": endpoint.url, "enabled_at__isnull": False}
    now = WebhookEndpoint.objects.select_for_update().filter(**as_asked).first()
    if now:
        now.disable(reason)
        record("disable_webhook", now, by=None, at=at, what=reason)


def record(
    action: str, endpoint: WebhookEndpoint, *, by: User | None, at: datetime, what: str = ""
) -> None:
    """Append to the audit what was done to an endpoint, in the transaction that does it.

    by: None for the site itself. what: for people, such as the names of the fields that changed.
    """
    host = in_short(urlsplit(endpoint.url).hostname or "", MAX_HOST)
    reason = f"{endpoint.name} ({host}){what and ': '}{what}"
    facts, actor = chains.webhook_facts(endpoint), "" if by else "the site itself"
    ledger.record_act(action, None, by=by, at=at, actor=actor, reason=reason, facts=facts)


def follow_environment(*, at: datetime) -> None:
    """Make the endpoints without a secret of their own what WEBHOOKS lists, for all events.

    One that it no longer lists is disabled; what it was sent is kept. One that answered 410 Gone
    remains disabled until the command has run without it in the list.
    """
    listed = list(settings.WEBHOOKS)
    known = WebhookEndpoint.objects.filter(secret="")
    in_use = Q(enabled_at__isnull=False) | ~Q(disabled_reason="")
    for endpoint in known.exclude(url__in=listed).filter(in_use):
        endpoint.disable()
    for url in listed:
        start = {"name": _free_name_of(url), "events": list(EVENTS), "enabled_at": at}
        endpoint, _ = known.get_or_create(url=url, defaults=start)
        if endpoint.events != list(EVENTS):  # there are more since an upgrade
            endpoint.events = list(EVENTS)
            endpoint.save(update_fields=["events"])
        if endpoint.enabled_at is None and not endpoint.disabled_reason:
            endpoint.enable(by=None, at=at)


def _free_name_of(url: str) -> str:
    """Return a name that no endpoint has yet, which does not show the whole URL."""
    host = in_short(urlsplit(url).hostname or "", MAX_HOST)
    name = f"WEBHOOKS {host} {hashlib.sha256(url.encode()).hexdigest()[:8]}"
    taken = set(WebhookEndpoint.objects.values_list("name", flat=True))
    names = chain([name], (f"{name} {number}" for number in count(2)))
    return next(candidate for candidate in names if candidate not in taken)
