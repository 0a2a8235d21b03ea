"""How entries are chained, and what their digests cover."""

import copy
import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from policies import ledger
from policies.ledger import chains
from policies.models import AuditEvent, LedgerEntry, PreviewLink, Revision, WebhookEndpoint
from policies.states import WITHDRAWAL_COLUMNS, Status
from tests.factories import NOW, make_policy, make_user, make_version
from tests.policies.database.rules.attacks import make_commented_revision

# --- Canonical JSON ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1, "a": None}, b'{"a":null,"b":1}'),
        ("Ä “ß” 漢", '"Ä “ß” 漢"'.encode()),
        ('"\\\n', b'"\\"\\\\\\n"'),
        (datetime(2026, 5, 2, 12, tzinfo=UTC), b'"2026-05-02T12:00:00.000000Z"'),
        (datetime(2026, 5, 2, 12, 0, 0, 1, tzinfo=UTC), b'"2026-05-02T12:00:00.000001Z"'),
        (
            datetime(2026, 5, 2, 14, tzinfo=timezone(timedelta(hours=2))),
            b'"2026-05-02T12:00:00.000000Z"',
        ),
        (date(2026, 5, 2), b'"2026-05-02"'),
        ([True, 0, ""], b'[true,0,""]'),
    ],
)
def test_canonical_json_is_written_in_one_way(value, expected):
    assert chains.canonical_json(value) == expected


# --- What digests cover ------------------------------------------------------------------------

# What an entry's digest leaves out: itself, and keys that verification compares with the rows.
LEFT_OUT = {"digest", "policy_id", "revision_id"}


def attributes(model):
    return {field.attname for field in model._meta.local_concrete_fields}


def columns(model):
    return {str(field.column) for field in model._meta.local_concrete_fields}


@pytest.mark.parametrize(
    ("entry", "column"),
    [
        *((LedgerEntry, column) for column in sorted(attributes(LedgerEntry) - LEFT_OUT)),
        *((AuditEvent, column) for column in sorted(attributes(AuditEvent) - {"digest"})),
    ],
)
def test_an_entrys_digest_covers_each_of_its_columns(entry, column):
    blank = {
        field.attname: "" if isinstance(field, (models.CharField, models.TextField)) else None
        for field in entry._meta.local_concrete_fields
    }
    changed = blank | {column: 7 if blank[column] is None else "7"}

    digests = {chains.entry_digest(entry(**values)) for values in (blank, changed)}

    assert len(digests) == 2


@pytest.mark.django_db
def test_a_ledger_entry_names_nobody_in_public():
    """Who had a part in a publication stays private: the ledger has only a digest of it."""
    people = {
        "writer": make_user("Writers", name="ana.lopez"),
        "reviewer": make_user("Reviewers", name="ben.lopez"),
        "publisher": make_user("Publishers", name="cyn.lopez"),
    }
    make_version(**people)

    public = chains.canonical_json(chains.public_facts(LedgerEntry.objects.get())).decode()

    assert "lopez" not in public
    assert not {key for key in json.loads(public) if key.endswith("_by")}


@pytest.mark.django_db
def test_the_private_digest_covers_every_column_of_a_version_and_of_its_rows():
    revision = make_commented_revision(Status.PUBLISHED)

    facts = chains.private_facts(revision)

    assert set(facts["revision"]) <= columns(Revision)
    for name in ("sections", "contributions", "comments"):
        model = Revision._meta.get_field(name).related_model
        assert isinstance(model, type)
        assert facts[name], name
        for row in facts[name]:
            assert set(row) == columns(model) - {"quotation", "link_id", "guest", "file_id"}
    assert set(facts) == {"revision", "time_zone", "sections", "contributions", "comments"}
    assert facts["time_zone"] == revision.policy.time_zone


@pytest.mark.django_db
def test_the_private_digest_covers_what_came_later_where_it_is_set():
    """If this fails: CONTRIBUTING.md, Add a column, says where a column is named."""
    revision = Revision.objects.get(pk=make_version().pk)
    before, facts = chains.private_digest(revision), chains.private_facts(revision)["revision"]
    later = columns(Revision) - WITHDRAWAL_COLUMNS - set(facts)
    assert {"renders_id", "clauses", "numbering"} <= later

    for field in Revision._meta.local_concrete_fields:
        if field.column in later:
            changed = copy.copy(revision)
            setattr(changed, field.attname, "7")
            assert chains.private_digest(changed) != before, field.column


@pytest.mark.django_db
def test_what_the_audit_records_of_links_and_webhooks_is_the_same_for_ever():
    """Their entries' digests are made of it."""
    link = PreviewLink(pk=7, expires_at=NOW)
    until = NOW.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    assert chains.link_facts(link) == {"link": 7, "expires_at": until}
    link.takes_comments = True
    assert chains.link_facts(link) == {"link": 7, "expires_at": until, "takes_comments": True}

    endpoint = WebhookEndpoint.objects.create(
        name="Chat", url="https://chat.example.com/hook", format="slack", events=["published"]
    )
    facts = {
        "webhook": endpoint.pk,
        "url": hashlib.sha256(b"https://chat.example.com/hook").hexdigest(),
        "format": "slack",
        "events": ["published"],
        "policies": [],
        "enabled": False,
    }
    assert chains.webhook_facts(endpoint) == facts
    endpoint.enabled_at = NOW
    assert chains.webhook_facts(endpoint) == {**facts, "enabled": True}


# --- The chain ---------------------------------------------------------------------------------


def audit_event(policy):
    return AuditEvent(action="retire", done_at=NOW, actor="Ana", policy=policy)


@pytest.mark.django_db
def test_appending_costs_as_many_queries_for_the_thousandth_entry_as_for_the_first():
    policy = make_policy()
    counts = []

    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            chains.append(audit_event(policy))
        counts.append(len(queries))

    assert len(set(counts)) == 1
    assert counts[0] <= 3


# --- What is recorded --------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_audit_keeps_the_name_that_a_person_had():
    person = make_user("Writers")
    person.first_name, person.last_name = "Ana", "López"
    person.save()
    policy = make_policy()

    ledger.record_act("comment", policy, by=person, at=NOW, reason="Why?")
    person.last_name = "Smith"
    person.save()

    event = AuditEvent.objects.order_by("-sequence")[0]
    assert (event.actor, event.done_by, event.reason) == ("Ana López", person, "Why?")
