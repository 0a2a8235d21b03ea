"""What a draft changes, shown while it is written, and undone change by change."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone

from policies import workflow
from policies.models import Revision
from policies.states import Status
from policies.text.document import Document, Section
from tests.factories import make_document, make_revision, make_user
from tests.policies.staff.desk import form, log_in, page, words

pytestmark = pytest.mark.django_db

BASE = Document(
    "Terms",
    "Hello.",
    (
        Section("Keeping", "keeping", "We keep data for 30 days in the EU."),
        Section("Sharing", "sharing", "Nobody else gets any of your data."),
    ),
)


def make_draft(document: Document = BASE) -> Revision:
    """Make a draft that is based on a version with this text."""
    version = make_revision(status=Status.PUBLISHED, document=document)
    writer = make_user("Writers")
    return workflow.start_draft(version.policy_id, by=writer, at=timezone.now())


def undo_of(html: str, name: str) -> str:
    """Return what the button sends that undoes the change of this name."""
    found = re.search(rf'value="(undo:\w+)"[^>]* aria-label="Undo: {name}"', html)
    assert found, html
    return found[1]


def test_each_change_against_the_version_is_shown_and_can_be_undone() -> None:
    client, _ = log_in("Writers")
    draft = make_draft()
    typed = form(
        draft,
        introduction="Hello. ",
        heading=["Keeping", "", "New"],
        anchor=["keeping", "", ""],
        body=["We keep data for 14 days in the UK.", "", "Words."],
    )

    shown = client.post(page("changes", draft.pk), typed).json()["changes"]
    answer = client.post(page("changes", draft.pk), {**typed, "do": undo_of(shown, "30 → 14")})

    text = answer.json()["text"]
    assert [it["body"] for it in text["sections"]] == [
        "We keep data for 30 days in the UK.",
        "Words.",
        "",
    ]
    assert text["indexes"] == [0, 2, 1]
    assert text["introduction"] == "Hello. "
    assert "30 → 14" not in answer.json()["changes"]
    restored = client.post(
        page("changes", draft.pk), {**typed, "do": undo_of(shown, "section removed")}
    )
    text = restored.json()["text"]
    assert [it["anchor"] for it in text["sections"]] == ["keeping", "sharing", "", ""]
    assert text["indexes"] == [0, None, 2, 1]
    assert Revision.objects.get(pk=draft.pk).document() == BASE


def test_changes_are_shown_and_undone_without_scripts() -> None:
    client, _ = log_in("Writers")
    draft = make_draft()
    typed = form(draft, title="General terms", introduction="Hello, you.", do="changes")

    shown = words(client.post(page("edit", draft.pk), typed))
    undone = client.post(page("edit", draft.pk), {**typed, "do": undo_of(shown, "added: , you")})

    assert "Hello.</textarea>" in words(undone)
    assert 'value="General terms"' in words(undone)
    assert "added: , you" not in words(undone)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"do": "undo:0"}, "not in the text any more"),
        ({"do": "undo:0", "title": ""}, "The title is empty"),
        ({"do": "changes", "title": ""}, "The title is empty"),
        ({}, "Nothing has changed since"),
    ],
)
def test_what_can_not_be_shown_or_undone_has_a_reason(changes: dict[str, Any], reason: str) -> None:
    client, _ = log_in("Writers")
    draft = make_draft()

    answer = client.post(page("changes", draft.pk), form(draft, **changes)).json()

    assert reason in (answer.get("problem") or answer["changes"])


def test_a_first_version_has_nothing_to_be_compared_with() -> None:
    client, _ = log_in("Writers")
    draft = make_revision(document=make_document())

    answer = client.post(page("changes", draft.pk), form(draft)).json()

    assert "first version" in answer["changes"]
