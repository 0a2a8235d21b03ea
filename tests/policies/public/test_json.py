"""Versions, their facts and the ledger in forms for programs."""

import hashlib
import json

import pytest
from django.utils import timezone

from policies import languages, workflow
from policies.public import json_data
from policies.text.document import Document, Section, digest
from tests.factories import make_policy, make_user, make_version
from tests.policies.public.public_site import make_history

pytestmark = pytest.mark.django_db


def test_the_markdown_is_byte_for_byte_what_was_approved(client):
    document = Document(
        title="Größe “und” مرحبا",
        introduction="Zeile  \nnoch eine",
        sections=(Section(heading="範囲", anchor="範囲", body="| a | b |\n|---|---|\n| 1 | 2 |"),),
    )
    version = make_version(policy=make_policy(slug="privacy"), document=document)

    response = client.get("/privacy/versions/1.md")

    assert hashlib.sha256(response.content).hexdigest() == version.digest == digest(document)
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert "immutable" in response["Cache-Control"]
    assert "Größe “und” مرحبا".encode() in client.get("/privacy/versions/1.json").content


def test_current_json_has_everything_that_an_app_needs(client):
    make_history()

    response = client.get("/privacy/current.json")
    answer = response.json()

    assert (answer["version"], answer["last_material_version"]) == (2, 1)
    assert answer["next"]["version"] == 4
    assert answer["urls"]["html"] == "http://testserver/privacy/versions/2/"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert len(response.content) < 1500, "An app asks for it at each start: it must stay small."


SCHEMAS = {
    "/privacy/current.json": "current",
    "/privacy/versions/1.json": "version",
    "/privacy/versions/3.json": "version",
    "/privacy/versions/4.json": "version",
    "/privacy/versions/3/notice.json": "notice",
    "/privacy/versions/4/notice.json": "notice",
    "/ledger.json": "ledger",
}


def test_json_keeps_to_the_schema_that_it_links(client):
    import jsonschema  # here, since it takes seconds in every process of the tests

    make_history()

    for url, schema in SCHEMAS.items():
        response = client.get(url)

        assert response["Link"] == f'<http://testserver/schemas/{schema}.json>; rel="describedby"'
        served = client.get(f"/schemas/{schema}.json")
        assert served["Content-Type"] == "application/schema+json"
        checker = jsonschema.Draft202012Validator(
            without_other_names(served.json()), format_checker=jsonschema.FormatChecker()
        )
        assert [error.message for error in checker.iter_errors(response.json())] == [], url


def without_other_names(schema):
    """Return a schema with all its parts, which allows only the names that it describes. (Those
    that are served allow others: names may be added.)
    """
    if isinstance(schema, list):
        return [without_other_names(it) for it in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if "properties" in schema else {}
    return {name: without_other_names(it) for name, it in schema.items()} | closed


def test_json_names_each_clause_of_a_version(client):
    import jsonschema

    body = "2.1 You may:\n(a) read;\n(b) write.\n\n(c) Go. {#go}"
    document = Document("Terms", "", (Section("Fees", "fees", body),), clauses=True)
    policy = make_version(document=document).policy

    answer = client.get(f"/{policy.slug}/versions/1.json").json()

    assert answer["document"]["clauses"] is True
    assert [(it["label"], it["anchor"]) for it in answer["clauses"]] == [
        ("2.1", "fees-2.1"),
        ("2.1(a)", "fees-2.1.a"),
        ("2.1(b)", "fees-2.1.b"),
        ("2.1(c)", "go"),
    ]
    schema = client.get("/schemas/version.json").json()
    assert [*jsonschema.Draft202012Validator(schema).iter_errors(answer)] == []


def test_anyone_can_recompute_the_ledger(client):
    policy = make_history()
    workflow.withdraw(
        policy.revisions.get(number=4).pk,
        by=make_user("Publishers"),
        at=timezone.now(),
        reason="No.",
    )
    workflow.retire(policy.pk, by=make_user("Publishers"), at=timezone.now(), notice="Gone.")

    ledger = client.get("/ledger.json").json()

    previous = ""
    for entry in ledger["entries"]:
        claimed = entry.pop("digest")
        text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(text.encode()).hexdigest() == claimed
        assert entry["previous_digest"] == previous
        previous = claimed
    assert ledger["head"] == previous
    assert len(ledger["entries"]) == 7


def test_a_long_ledger_comes_in_pages_that_link_back(client, monkeypatch):
    monkeypatch.setattr(json_data, "LEDGER_PAGE", 2)
    make_history()  # five entries

    sequences, url, pages = [], "/ledger.json", []
    while url:
        page = client.get(url).json()
        pages.append(url)
        sequences = [entry["sequence"] for entry in page["entries"]] + sequences
        url = page["previous"]

    assert sequences == [1, 2, 3, 4, 5]
    assert pages[1:] == ["http://testserver/ledger/2.json", "http://testserver/ledger/1.json"]
    assert "immutable" in client.get("/ledger/1.json")["Cache-Control"]
    assert client.get("/ledger/3.json").status_code == 404


# --- Notices, and errors -----------------------------------------------------------------------


def test_current_json_says_since_when_a_version_is_announced_and_what_to_show(client):
    policy = make_history()
    upcoming = policy.revisions.get(number=4)
    assert upcoming.effective_at is not None

    answer = client.get("/privacy/current.json").json()

    day = languages.written_day(policy.day_of(upcoming.effective_at), "en")
    assert answer["next"]["notice"] == f"Privacy Policy: new version from {day}. What is new."
    assert answer["next"]["announced_at"] == json_data.iso_time(upcoming.published_at)
    assert answer["notice"].endswith(". A comma.")
    assert answer["announced_at"] < answer["next"]["announced_at"]


def test_a_long_change_note_is_cut_in_the_notice(client):
    make_history(note="Very long. " * 80)

    notice = client.get("/privacy/current.json").json()["notice"]

    assert len(notice) < 250
    assert notice.endswith("…")


def test_the_markdown_in_force_is_at_an_address_of_its_own(client):
    make_history()

    response = client.get("/privacy/current.md")

    digest = client.get("/privacy/current.json").json()["digest"]
    assert hashlib.sha256(response.content).hexdigest() == digest
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert response["Link"] == '<http://testserver/privacy/versions/2.md>; rel="canonical"'
    assert "max-age=60" in response["Cache-Control"]


NOWHERE = [
    *("/privacy/versions/99.json", "/nothing/current.json", "/nothing.json", "/de/no/current.json")
]


def test_errors_at_json_addresses_are_problems_that_any_site_may_read(client):
    make_history()

    for path in NOWHERE:
        response = client.get(path, headers={"Accept": "text/html"})

        assert response["Content-Type"] == "application/problem+json", path
        answer = response.json()
        assert (response.status_code, answer["status"], answer["title"]) == (404, 404, "Not Found")
        assert answer["detail"]
        assert response["Access-Control-Allow-Origin"] == "*"


def test_a_method_that_is_not_allowed_is_a_problem_that_names_those_that_are(client):
    make_history()

    response = client.post("/privacy/current.json")

    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, response.json()["title"]) == (405, "Method Not Allowed")
    assert response["Allow"] == "GET, HEAD"
