"""Which events there are, and what each says: taken from the ledger, and from the clock.

Nothing is stored when something is published: the ledger has it already. An event is named by its
entry's digest, so whoever asks twice gets the same events.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from django.conf import settings
from django.db.models import Q

from policies import languages
from policies.models import LedgerEntry, Revision, WebhookFormat
from policies.models.policy import public_url
from policies.public import change_notices
from policies.public.json_data import iso_time, rescheduled, urls
from policies.states import Status

# Their names hold for ever: receivers compare them. What each means, for the form at the desk.
EVENTS: Final = {
    "policy.published": "A version was published, whenever it takes effect",
    "policy.upcoming": "A version was published that takes effect later",
    "policy.rescheduled": "An upcoming version was moved to another day",
    "policy.in_force": "A version has taken effect",
    "policy.withdrawn": "An upcoming version was withdrawn",
    "policy.retired": "A policy was retired",
    "policy.reinstated": "A retired policy was reinstated",
    "policy.renamed": "A policy has another address",
}
TEST: Final = "webhook.test"
_OF_LEDGER = {
    LedgerEntry.Event.RESCHEDULING: "policy.rescheduled",
    LedgerEntry.Event.WITHDRAWAL: "policy.withdrawn",
    LedgerEntry.Event.RETIREMENT: "policy.retired",
    LedgerEntry.Event.REINSTATEMENT: "policy.reinstated",
    LedgerEntry.Event.RENAMING: "policy.renamed",
}


@dataclass(frozen=True)
class Event:
    """Something that readers can see has happened. entry: of the ledger, what it is about."""

    name: str
    happened_at: datetime
    entry: LedgerEntry

    @property
    def message_id(self) -> str:
        """What names it in every try, to every receiver. It has no full stop: it is signed."""
        return f"{self.entry.digest[:32]}_{self.name.partition('.')[2]}"

    @property
    def about(self) -> str:
        number = self.entry.version
        return f"{self.entry.policy}, version {number}" if number else str(self.entry.policy)


def events(*, since: datetime, until: datetime) -> list[Event]:
    """Return what happened from one time to another, both included, the first event first."""
    entries = LedgerEntry.objects.filter(
        # The version's own date: the entry keeps the one that it was announced for.
        Q(recorded_at__gte=since) | Q(revision__effective_at__gte=since),
        recorded_at__lte=until,
    )
    found = [
        event
        for entry in entries.select_related("policy__successor", "revision").order_by("sequence")
        for event in _events_of(entry, until)
        if since <= event.happened_at <= until
    ]
    return sorted(found, key=attrgetter("happened_at"))


def _events_of(entry: LedgerEntry, at: datetime) -> Iterator[Event]:
    if name := _OF_LEDGER.get(LedgerEntry.Event(entry.event)):
        yield Event(name, entry.recorded_at, entry)
    version = entry.revision
    if entry.event != LedgerEntry.Event.PUBLICATION or not (version and version.effective_at):
        return
    yield Event("policy.published", entry.recorded_at, entry)
    if version.effective_at > entry.recorded_at:
        yield Event("policy.upcoming", entry.recorded_at, entry)
    if version.status == Status.PUBLISHED and _took_effect_here(version, entry.recorded_at, at):
        yield Event("policy.in_force", max(version.effective_at, entry.recorded_at), entry)


def _took_effect_here(version: Revision, published_at: datetime, at: datetime) -> bool:
    """Return whether a version took effect on this site by `at`: what an import brings along of
    earlier times did so elsewhere, but for the one that is in force.
    """
    effect = version.effective_at
    if effect is None or effect > at:
        return False
    return effect >= published_at or version.policy.revisions.effective(at=at).first() == version


def body_of(event: Event, form: str) -> str:
    """Return what is sent, as JSON. form: of WebhookFormat."""
    with languages.page_in(event.entry.policy.language):
        data = _data_of(event)
    if form == WebhookFormat.SLACK:
        return _as_slack(event.name, data)
    return standard(event.name, data, event.happened_at)


def standard(name: str, data: dict[str, Any], at: datetime) -> str:
    """Return a payload of Standard Webhooks ("Payload structure")."""
    return _json({"type": name, "timestamp": iso_time(at), "data": data})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _data_of(event: Event) -> dict[str, Any]:
    """Return the facts, named as in the public JSON, with the policy as it is called now."""
    entry, policy = event.entry, event.entry.policy
    data: dict[str, Any] = {
        "policy": policy.slug,
        "language": policy.language,
        "name": policy.name,
        "url": public_url(policy.get_absolute_url()),
    }
    if entry.revision:
        data |= _version_data(entry.revision)
    elif event.name == "policy.renamed":
        data |= {"former_policy": entry.slug}
    elif event.name == "policy.retired":
        successor = policy.successor
        data |= {
            "notice": entry.notice,
            "successor": public_url(successor.get_absolute_url()) if successor else None,
        }
    return data


def _version_data(version: Revision) -> dict[str, Any]:
    policy, number = version.policy, version.number
    before = policy.revisions.filter(number__lt=number).newest()
    changes = before and policy.url("compare", old=before.number, new=number)
    return {
        "version": number,
        "title": version.title,
        "announced_at": iso_time(version.published_at),
        "effective_at": iso_time(version.effective_at),
        **rescheduled(version),
        "last_updated": version.last_updated_on and version.last_updated_on.isoformat(),
        "kind": version.kind,
        "change_note": version.change_note,
        "notice": change_notices.short_text(version),
        "withdrawn_at": iso_time(version.withdrawn_at),
        "withdrawal_reason": version.withdrawal_reason,
        "digest": version.digest,
        "urls": {
            **urls(policy, number),
            "changes": public_url(changes) if changes else None,
        },
    }


def _as_slack(name: str, data: dict[str, Any]) -> str:
    """Return one message in Slack's mrkdwn; what people wrote can't call or link anything in it."""
    what = data.get("notice") or data.get("former_policy", "")
    lines = [f"*{_escaped_for_slack(data['name'])}*: {EVENTS[name]}.", _escaped_for_slack(what)]
    url_of = data.get("urls", {})
    links = [(url_of.get("html", data["url"]), "Read it"), (url_of.get("changes"), "What changed")]
    lines.append(" · ".join(f"<{url}|{words}>" for url, words in links if url))
    return _json({"text": "\n".join(filter(None, lines))})


def _escaped_for_slack(text: str) -> str:
    """Return a text without what Slack reads as a call or a link (its "Escaping text")."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_body(form: str, *, name: str, at: datetime) -> str:
    """Return what a test sends. name: of the endpoint."""
    if form == WebhookFormat.SLACK:
        endpoint = f"“{_escaped_for_slack(name)}”"
        return _json({"text": f"A test of the webhook {endpoint} from {settings.SITE_URL}."})
    return standard(TEST, {"webhook": name, "url": settings.SITE_URL}, at)
