"""Which events a publication and the acts after it make, and what they say."""

import html
import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from policies import workflow
from policies.models import AuditEvent, LedgerEntry, WebhookFormat
from policies.public import listed_urls, openapi
from policies.webhooks import events
from tests.factories import (
    DAY,
    NOW,
    make_document,
    make_import,
    make_policy,
    make_user,
    make_version,
)
from tests.policies.ledger.proved_site import make_site

pytestmark = pytest.mark.django_db

# What readers find in current.json and in a version's JSON under the same name.
AS_IN_CURRENT = {
    *("policy", "language", "version", "title", "announced_at", "effective_at", "last_updated"),
    *("digest", "notice"),
}
AS_IN_VERSION = {"kind", "change_note", "withdrawn_at", "withdrawal_reason", "digest"}


def names(*, until=None):
    now = timezone.now()
    return [it.name for it in events.events(since=now - 7 * DAY, until=until or now)]


def problems_of(payload):
    import jsonschema

    schema = openapi.document()["components"]["schemas"]["webhook"]
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    validator = jsonschema.Draft202012Validator(schema, format_checker=checker)
    return [it.message for it in validator.iter_errors(payload)]


def data_of(name):
    now = timezone.now()
    (event,) = [it for it in events.events(since=now - 7 * DAY, until=now) if it.name == name]
    payload = json.loads(events.body_of(event, WebhookFormat.STANDARD))
    assert payload["type"] == name
    assert problems_of(payload) == []
    assert payload["timestamp"].endswith("Z")
    return payload["data"]


def text_of(name):
    now = timezone.now()
    (event,) = [it for it in events.events(since=now - 7 * DAY, until=now) if it.name == name]
    return json.loads(events.body_of(event, WebhookFormat.SLACK))["text"]


def test_an_upcoming_version_takes_effect_by_the_clock_and_not_before():
    now = timezone.now()
    make_version(at=now, effective_at=now + DAY)

    assert names() == ["policy.published", "policy.upcoming"]
    assert names(until=now + DAY - timedelta(seconds=1)) == names()
    assert names(until=now + DAY) == [*names(), "policy.in_force"]


def test_what_happens_to_a_policy_as_a_whole():
    now, publisher = timezone.now(), make_user("Publishers")
    policy = make_version(at=now - 30 * DAY).policy
    workflow.rename_policy(policy.pk, by=publisher, at=now, slug="data-protection")
    workflow.retire(policy.pk, by=publisher, at=now, notice="We closed the shop.")
    workflow.reinstate(policy.pk, by=publisher, at=now)

    assert names() == ["policy.renamed", "policy.retired", "policy.reinstated"]
    former = data_of("policy.renamed")["former_policy"]
    assert (former.startswith("policy-"), data_of("policy.renamed")["policy"]) == (
        True,
        "data-protection",
    )
    assert data_of("policy.retired")["notice"] == "We closed the shop."


def test_of_an_imported_history_only_the_version_in_force_has_taken_effect():
    now, policy = timezone.now(), make_policy()
    for days in (300, 200, 100):
        document = make_document(text=f"Of {days} days ago.")
        make_import(document, policy=policy, at=now, effective_at=now - days * DAY)

    assert names() == [*["policy.published"] * 3, "policy.in_force"]
    assert data_of("policy.in_force")["version"] == 3


def test_the_facts_are_those_of_the_public_json(client, settings):
    now = timezone.now()
    policy = make_policy(slug="privacy")
    make_version(policy=policy, at=now - 30 * DAY)
    make_version(policy=policy, at=now, change_note="We keep less.")

    data = data_of("policy.in_force")
    current = client.get("/privacy/current.json").json()
    version = client.get("/privacy/versions/2.json").json()

    assert {name: data[name] for name in AS_IN_CURRENT} == {it: current[it] for it in AS_IN_CURRENT}
    assert {name: data[name] for name in AS_IN_VERSION} == {it: version[it] for it in AS_IN_VERSION}
    assert data["change_note"] == "We keep less."
    assert data["urls"].pop("changes") == f"{settings.SITE_URL}/privacy/compare/1/2/"
    assert data["urls"].items() <= current["urls"].items()
    assert data["url"] == f"{settings.SITE_URL}/privacy/"


def test_the_schema_and_the_documentation_have_every_event():
    """If this fails: policies/schemas/webhook.json and docs/webhooks.md list them in order."""
    schema = openapi.document()["components"]["schemas"]["webhook"]
    page = (settings.BASE_DIR / "docs" / "webhooks.md").read_text("utf-8")

    assert schema["properties"]["type"]["enum"] == [*events.EVENTS, events.TEST]
    assert [name for name in events.EVENTS if f"`{name}`" not in page] == []


def test_a_test_keeps_to_the_published_schema():
    body = events.test_body(WebhookFormat.STANDARD, name="Intranet", at=timezone.now())

    assert problems_of(json.loads(body)) == []
    assert problems_of({"type": "policy.lost", "timestamp": "yesterday", "data": {}}) != []


def test_nothing_that_people_wrote_calls_anybody_in_slack():
    now = timezone.now()
    policy = make_policy(name="Terms & <!channel>")
    make_version(policy=policy, at=now - 30 * DAY)
    note = "<!here> <https://softphonez.com|free> & more"
    version = make_version(policy=policy, at=now, change_note=note)

    text = text_of("policy.in_force")
    links = text.splitlines()[-1]
    assert "&lt;!here&gt; &lt;https://softphonez.com|free&gt; &amp; more" in text
    assert text.startswith("*Terms &amp; &lt;!channel&gt;*: A version has taken effect.")
    assert text.count("<") == links.count("<") == 2
    assert f"{version.policy.url('version', number=2)}|Read it>" in links
    assert "|What changed>" in links


@pytest.mark.slow
def test_every_event_is_one_of_the_public_ledger_and_says_only_what_readers_can_see(client):
    """A site where everything was done, drafts and reviews included.

    If this fails, an event would send to everybody what only staff may know.
    """
    make_site()
    public = "".join(
        client.get(url).content.decode("utf-8", "replace")
        for url in listed_urls.listed_paths()
        if url.endswith(("/", ".json", "/notice.txt"))
    )
    entries = set(LedgerEntry.objects.values_list("digest", flat=True))
    found = events.events(since=NOW - 4000 * DAY, until=timezone.now())

    assert AuditEvent.objects.count() > 2 * len(entries)
    assert len(found) > 5
    for event in found:
        assert event.entry.digest in entries
        data = json.loads(events.body_of(event, WebhookFormat.STANDARD))["data"]
        for words in strings_in(data):
            assert shown(words) in shown(public), (event.name, words)


def strings_in(value):
    if isinstance(value, dict):
        value = [*value.values()]
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from strings_in(inner)


def shown(text):
    """Return a text as JSON and HTML have it, without escapes."""
    return html.unescape(text).replace("\\n", " ").replace('\\"', '"')
