"""What two features do to each other: maintenance and editors, a withdrawal and what follows it."""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from policies import documents, ledger, texts, triggers, workflow
from policies.models import AuditEvent, Departure, Policy, Rendering, Revision
from policies.pages.answers import Page
from policies.pages.memory import Key, Memory
from policies.states import Kind, Status
from policies.workflow import LAST_MOMENT, WrongState
from tests.factories import (
    NOW,
    confirm,
    make_document,
    make_policy,
    make_revision,
    make_user,
    make_version,
)
from tests.policies.desk import log_in, page, words
from tests.policies.pages_site import BODY, FIRST, HEADERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from policies.documents import Document

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


# --- Rendering again, while people work ----------------------------------------------------------


def test_a_draft_that_is_saved_while_it_is_rendered_again_shows_what_was_saved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The HTML of the text before was stored, and published under the approval of the new one."""
    writer = make_user("Writers")
    draft = make_revision(writer=writer, document=make_document(text="We sell everything."))
    prepare, saved = texts.prepare, []

    def slowly(document: Document) -> Any:
        if not saved:
            saved.append(document)
            new = make_document(text="We sell nothing.")
            workflow.save_draft(draft.pk, new, by=writer, at=NOW, seen_saves=draft.saves)
        return prepare(document)

    monkeypatch.setattr(texts, "prepare", slowly)
    call_command("rerender")

    assert saved
    revision = Revision.objects.get()
    assert "We sell nothing." in revision.html
    assert "everything" not in revision.html
    assert not AuditEvent.objects.filter(verb="rerender").exists()


def test_rendering_again_makes_the_html_of_a_version_that_has_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    policy = make_version().policy
    make_version(policy=policy, at=NOW + DAY)
    with triggers.lifted(connection):
        Rendering.objects.filter(revision__number=1).delete()

    call_command("rerender")

    assert "2 texts rendered again, 1 changed." in capsys.readouterr().out
    assert ledger.verify().problems == []
    assert not Departure.objects.exists()


# --- Withdrawing, with versions behind -----------------------------------------------------------


def queue(*kinds: Kind) -> tuple[Policy, list[Revision]]:
    """Return a policy with a version in force, and versions of these kinds one day apart."""
    now = timezone.now()
    policy = make_version(policy=make_policy(slug="privacy"), at=now - DAY).policy
    behind = [
        make_revision(
            status=Status.PUBLISHED,
            policy=policy,
            at=now,
            kind=kind,
            effective_at=now + number * DAY,
        )
        for number, kind in enumerate(kinds, start=1)
    ]
    return policy, behind


def test_a_material_version_is_not_withdrawn_from_under_an_editorial_one(client: Client) -> None:
    """Its text would come into force as a correction, and no app would ask its users."""
    _, (material, editorial) = queue(Kind.MATERIAL, Kind.EDITORIAL)
    by = make_user("Publishers")

    with pytest.raises(WrongState, match=r"version 3 is to follow it as an editorial change"):
        workflow.withdraw(material.pk, by=by, at=timezone.now(), reason="No.")

    workflow.withdraw(editorial.pk, by=by, at=timezone.now(), reason="No.")
    workflow.withdraw(material.pk, by=by, at=timezone.now(), reason="No.")
    assert client.get("/privacy/current.json").json()["last_material_version"] == 1


@pytest.mark.parametrize("behind", [Kind.MATERIAL, Kind.EDITORIAL])
def test_an_editorial_version_is_withdrawn_whatever_comes_behind_it(behind: Kind) -> None:
    _, (first, _) = queue(Kind.EDITORIAL, behind)

    workflow.withdraw(first.pk, by=make_user("Publishers"), at=timezone.now(), reason="No.")

    assert Revision.objects.get(pk=first.pk).status == Status.WITHDRAWN


def test_in_the_last_moment_before_its_time_a_version_is_not_withdrawn() -> None:
    """Whoever waited for a lock was let through after readers had seen it."""
    _, (version,) = queue(Kind.MATERIAL)
    assert version.effective_at
    by = make_user("Publishers")

    with pytest.raises(WrongState, match="too late to withdraw it"):
        workflow.withdraw(version.pk, by=by, at=version.effective_at - LAST_MOMENT, reason="No.")

    before = version.effective_at - LAST_MOMENT - timedelta(seconds=1)
    workflow.withdraw(version.pk, by=by, at=before, reason="No.")


# --- What a publisher saw and chose --------------------------------------------------------------


def test_in_an_emergency_only_the_text_that_was_seen_is_published() -> None:
    writer = make_user("Writers")
    draft = make_revision(writer=writer)
    client, _ = log_in(permissions=["publish_without_approval", "view_revision"])
    confirm(client)
    door = page("rush", draft.pk)
    seen = client.get(door).content.decode()
    assert f'name="seen_digest" value="{draft.digest}"' in seen
    typed = {"when": "now", "reason": "A court order.", "seen_digest": draft.digest}
    new = make_document(text="Since then.")
    workflow.save_draft(draft.pk, new, by=writer, at=NOW, seen_saves=draft.saves)

    refused = client.post(door, typed)

    assert refused.status_code == 422
    assert "look at the text as it is now" in words(refused)
    assert "A court order." in words(refused)
    assert Revision.objects.get().status == Status.DRAFT
    assert f'value="{documents.digest(new)}"' in words(refused)
    client.post(door, {**typed, "seen_digest": documents.digest(new)})
    assert Revision.objects.get().status == Status.PUBLISHED


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"when": "now", "effective": "2099-05-02T09:30"}, "You gave a day and a time"),
        ({"effective": "2099-05-02T09:30"}, "Choose when it takes effect."),
        ({"when": "some day"}, "Choose when it takes effect."),
        ({"when": "now", "kind": "huge"}, "Choose the kind of change"),
    ],
)
@pytest.mark.parametrize("door", ["publish", "publish_preview"])
def test_nothing_is_published_by_a_choice_that_was_not_made(
    typed: dict[str, str], why: str, door: str
) -> None:
    """A day that somebody typed beside “At once” was ignored, and the version public for ever."""
    revision = make_revision(status=Status.APPROVED)
    client, _ = log_in("Publishers")

    refused = client.post(page(door, revision.pk), typed)

    assert refused.status_code == 422
    assert why in words(refused)
    assert Revision.objects.get().status == Status.APPROVED


# --- What readers and reviewers are told ---------------------------------------------------------


@pytest.mark.parametrize("embed", ["", "embed/"])
def test_before_anything_is_in_force_since_leads_to_the_versions_own_page(
    client: Client, embed: str
) -> None:
    policy = make_policy(slug="privacy")
    upcoming = timezone.now() + DAY
    version = make_version(policy=policy, at=timezone.now(), effective_at=upcoming)

    for _ in range(2):
        answer = client.get(f"/privacy/{embed}since/1/")
        assert (answer.status_code, answer["Location"]) == (302, "/privacy/versions/1/")
        if version.status == Status.PUBLISHED:
            version = workflow.withdraw(
                version.pk, by=make_user("Publishers"), at=timezone.now(), reason="No."
            )


def test_reviewers_and_publishers_see_which_anchors_would_be_lost() -> None:
    """Only the writer did, in the editor."""
    policy = make_version(policy=make_policy(slug="privacy"), at=NOW).policy
    section, *_ = Revision.objects.get().document().sections
    without = documents.Document("Privacy Policy", "We keep little.")
    client, _ = log_in("Reviewers", "Publishers")
    revision = make_revision(policy=policy, document=without, status=Status.IN_REVIEW)

    assert f"#{section.anchor}" in words(client.get(page("review", revision.pk)))


def test_a_version_as_akoma_ntoso_is_not_redated_by_somebody_elses_renaming(client: Client) -> None:
    make_version(policy=make_policy(slug="privacy"), at=NOW)
    other = make_policy(slug="datenschutz", language="de")
    make_version(policy=other, at=NOW - 30 * DAY)
    before = client.get("/privacy/versions/1.akn.xml").content

    by = make_user("Publishers")
    workflow.rename_policy(other.pk, by=by, at=NOW, slug="privacy")

    assert client.get("/privacy/versions/1.akn.xml").content == before


# --- Readers and makers of pages -----------------------------------------------------------------


class Read(OrderedDict[Key, Page]):
    """Pages that a reader moves whenever somebody begins to go through them."""

    def __iter__(self) -> Iterator[Key]:
        found = super().__iter__()
        self.move_to_end(next(super().__iter__()))
        return found


def test_pages_are_put_into_memory_while_readers_move_them() -> None:
    """The oldest was looked for with an iterator, which a reader's move breaks."""
    one = Page(HEADERS, BODY, FIRST)
    memory = Memory(limit=2 * one.size)
    memory._pages = Read()

    for number in range(5):
        memory.put(("http", "testserver", f"/{number}/"), one)

    assert len(memory) == 2
    assert memory.size == 2 * one.size
