"""Versions, and what changed between two, as Word files."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection

from policies import child_process
from policies.models import KeptFile
from policies.public import kept_files
from tests.factories import NOW, make_document, make_import, make_policy
from tests.policies.text.word_exports import back, document, resolved, tag

pytestmark = pytest.mark.django_db

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def versions():
    policy = make_policy(slug="privacy", name="Privacy")
    return [
        make_import(make_document(text=f"We keep data for {days} days."), policy=policy, at=at)
        for days, at in ((30, NOW), (60, NOW + timedelta(days=1)))
    ]


def test_a_version_can_be_had_as_a_word_file_that_has_its_text(client, versions):
    answer = client.get("/privacy/versions/1.docx")

    assert answer.status_code == 200
    assert answer["Content-Type"] == WORD
    assert answer["Content-Disposition"] == 'attachment; filename="privacy-1.docx"'
    assert "max-age=60" in answer["Cache-Control"]
    assert back(answer.content) == versions[0].document()
    again = client.get("/privacy/versions/1.docx", headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    assert client.post("/privacy/versions/1.docx").status_code == 405
    assert client.get("/privacy/versions/9.docx").status_code == 404


def test_the_changes_between_two_versions_are_tracked_changes(client, versions):
    answer = client.get("/privacy/compare/1/2.docx")

    assert answer["Content-Disposition"] == 'attachment; filename="privacy-1-2.docx"'
    marks = list(document(answer.content).iter(tag("ins"), tag("del")))
    assert ["".join(it.itertext()) for it in marks] == ["30", "60"]
    assert back(answer.content) == versions[1].document()
    assert back(resolved(answer.content, accept=False)) == versions[0].document()


ADDRESSES = ("/privacy/versions/1.docx", "/privacy/compare/1/2.docx")


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_file_is_made_once_and_kept_for_all_processes(client, versions, monkeypatch, address):
    first = client.get(address).content
    monkeypatch.setattr(child_process, "run", too_busy)

    assert client.get(address).content == first
    assert KeptFile.objects.count() == 1


def too_busy(*_, **__):
    raise child_process.Busy


def test_many_word_files_push_out_no_pdf(client, versions, monkeypatch):
    monkeypatch.setattr(kept_files, "MAX_KEPT", 1)
    KeptFile.objects.create(revision=versions[0], origin="http://testserver", begun_at=NOW)

    for address in ADDRESSES:
        client.get(address)

    kinds = [*KeptFile.objects.order_by("pk").values_list("kind", flat=True)]
    assert kinds == ["pdf", f"docx-{versions[0].pk}"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite locks the whole database")
def test_a_reader_does_not_wait_for_whoever_writes(client, versions):
    database = sqlite3.connect(connection.settings_dict["NAME"], uri=True, isolation_level=None)
    with closing(database) as other:
        other.execute("BEGIN IMMEDIATE")
        connection.cursor().execute("PRAGMA busy_timeout = 600000")

        answer = client.get("/privacy/versions/1.docx")

        other.execute("ROLLBACK")
    assert answer.status_code == 200
    assert not KeptFile.objects.exists()
    client.get("/privacy/versions/1.docx")
    assert KeptFile.objects.count() == 1


def test_while_too_many_files_are_being_made_the_answer_is_to_come_again(
    client, versions, monkeypatch
):
    monkeypatch.setattr(child_process, "run", too_busy)

    answer = client.get("/privacy/versions/1.docx")

    assert answer.status_code == 503
    assert "Retry-After" in answer
    assert not KeptFile.objects.exists()


def test_versions_in_the_wrong_order_or_twice_lead_to_the_right_file(client, versions):
    wrong = client.get("/privacy/compare/2/1.docx")
    twice = client.get("/privacy/compare/2/2.docx")

    assert (wrong.status_code, wrong["Location"]) == (302, "/privacy/compare/1/2.docx")
    assert (twice.status_code, twice["Location"]) == (302, "/privacy/versions/2.docx")
    assert client.get("/privacy/compare/1/9.docx").status_code == 404
