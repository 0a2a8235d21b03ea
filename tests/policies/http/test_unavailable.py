"""What staff and readers get while the database can't be used."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError
from django.test import Client

from policies.http import resubmission

EDIT = "/admin/policies/revision/1/edit/"


def client_whose_session_raises(monkeypatch, error):
    """A client whose session can't be read; the test has no database at all."""

    def load(self):
        raise error

    monkeypatch.setattr(SessionStore, "load", load)
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "x" * 32
    return client


AWAY = [
    OperationalError("database is locked"),
    InterfaceError("connection already closed"),
    DatabaseError("file is not a database"),
]


@pytest.mark.parametrize("error", AWAY)
def test_what_was_sent_is_kept_on_the_page_to_be_sent_again(monkeypatch, error):
    client = client_whose_session_raises(monkeypatch, error)

    response = client.post(
        f"{EDIT}?tab=1",
        {"title": '"><script>', "body": ["\nOne", "Two"], "csrfmiddlewaretoken": "old-token"},
    )

    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert "no-store" in response["Cache-Control"]
    assert "form-action 'self'" in response["Content-Security-Policy"]
    page = response.content.decode()
    assert f'<form method="post" action="{EDIT}?tab=1">' in page
    assert "&quot;&gt;&lt;script&gt;</textarea>" in page
    assert '<textarea name="body" hidden>\n\nOne</textarea>' in page
    assert '<textarea name="body" hidden>\nTwo</textarea>' in page
    assert "old-token" not in page
    assert page.count("csrfmiddlewaretoken") == 1


def test_a_password_is_not_written_into_the_page(monkeypatch):
    client = client_whose_session_raises(monkeypatch, AWAY[0])
    fields = {"username": "wilma", "old_password": "tiger", "new_password1": "lion"}

    page = client.post("/admin/password_change/", fields).content.decode()

    assert "wilma" in page
    assert "tiger" not in page
    assert "lion" not in page


def test_a_file_has_to_be_chosen_again(monkeypatch):
    client = client_whose_session_raises(monkeypatch, AWAY[0])
    upload = SimpleUploadedFile("policy.md", b"# Policy")

    page = client.post(EDIT, {"note": "See the file.", "document": upload}).content.decode()

    assert "choose it again" in page
    assert "See the file." in page


def test_a_reader_gets_an_explanation_while_the_database_is_away(monkeypatch):
    response = client_whose_session_raises(monkeypatch, AWAY[0]).get(EDIT)

    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "Please try again in a moment." in response.content.decode()
    assert "<form" not in response.content.decode()


def as_cause():
    error = ValueError("could not be read")
    error.__cause__ = AWAY[0]
    return error


@pytest.mark.parametrize(
    ("error", "status"),
    [(IntegrityError("once only"), 500), (ValueError("ours"), 500), (as_cause(), 503)],
)
def test_only_failures_of_the_database_are_answered_with_503(monkeypatch, error, status):
    assert client_whose_session_raises(monkeypatch, error).get(EDIT).status_code == status


@pytest.mark.parametrize(
    "damaged", ["", "[]", "{", '{"a": 1}', '{"a": null}', "[" * 100_000, '"text"']
)
def test_a_stored_text_that_is_not_a_form_has_no_fields(damaged):
    assert resubmission.from_text(damaged) == []


def test_a_lone_surrogate_is_replaced():
    assert resubmission.from_text(r'{"a\ud800": ["\udfff", "\ud83d\ude00"]}') == [
        ("a?", "?"),
        ("a?", "😀"),
    ]


@pytest.mark.parametrize(
    "back",
    [resubmission.as_fields, lambda them: resubmission.from_text(resubmission.as_text(them))],
)
def test_a_form_is_shown_again_without_secrets(back):
    form = [("a", ["1", "2"]), ("csrfmiddlewaretoken", ["t"]), ("Password2", ["p"]), ("b", [""])]
    assert back(form) == [("a", "1"), ("a", "2"), ("b", "")]
