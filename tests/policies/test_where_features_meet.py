"""How features affect each other: maintenance and editors, a withdrawal and what follows it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from policies import ledger, workflow
from policies.database import triggers
from policies.models import AuditEvent, RemovedAnchor, Rendering, Revision
from policies.states import Kind, Status
from policies.text import document as documents
from policies.workflow import NotAllowed, WrongState, texts
from policies.workflow.preconditions import LAST_MOMENT
from tests.factories import (
    DAY,
    NOW,
    confirm,
    make_document,
    make_policy,
    make_revision,
    make_user,
    make_version,
    save_draft,
)
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db


# --- Rendering again, while people work ----------------------------------------------------------


def test_a_draft_that_is_saved_while_it_is_rendered_again_shows_what_was_saved(monkeypatch):
    """The HTML of the text before was stored, and published under the approval of the new one."""
    writer = make_user("Writers")
    draft = make_revision(writer=writer, text="We sell everything.")
    prepare, saved = texts.prepare, []

    def slowly(document, policy):
        if not saved:
            saved.append(document)
            new = make_document(text="We sell nothing.")
            save_draft(draft, new, by=writer)
        return prepare(document, policy)

    monkeypatch.setattr(texts, "prepare", slowly)
    call_command("rerender")

    assert saved
    revision = Revision.objects.get()
    assert "We sell nothing." in revision.html
    assert "everything" not in revision.html
    assert not AuditEvent.objects.filter(action="rerender").exists()


def test_rendering_again_makes_the_html_of_a_version_that_has_none(capsys):
    policy = make_version().policy
    make_version(policy=policy, at=NOW + DAY)
    with triggers.lifted(connection):
        Rendering.objects.filter(revision__number=1).delete()

    call_command("rerender")

    assert "2 texts rendered again, 1 changed." in capsys.readouterr().out
    assert ledger.verify().problems == []
    assert not RemovedAnchor.objects.exists()


# --- Whose text it is ----------------------------------------------------------------------------


def test_nobody_approves_their_own_words_by_way_of_a_draft_that_was_discarded():
    """Somebody else began a draft with it, handed it in as it was, and counted as its author."""
    both = make_user("Writers", "Reviewers", name="ann")
    first = make_revision(writer=both)
    workflow.discard(first.pk, by=both, at=NOW)
    colleague = make_user("Writers", name="cleo")
    draft = first
    for _ in range(2):
        draft = workflow.start_draft(first.policy_id, by=colleague, at=NOW, based_on=draft.pk)
        workflow.discard(draft.pk, by=colleague, at=NOW)
    draft = workflow.start_draft(first.policy_id, by=colleague, at=NOW, based_on=draft.pk)
    workflow.submit(draft.pk, by=colleague, at=NOW)

    with pytest.raises(NotAllowed, match="You worked on this revision"):
        workflow.approve(draft.pk, by=both, at=NOW)

    shown = words(log_in("Reviewers")[0].get(page("review", draft.pk)))
    assert "ann: the title" in shown.replace("ann: started it, ", "ann: ")
    assert "cleo: started it" in shown
    workflow.approve(draft.pk, by=make_user("Reviewers"), at=NOW)
    assert ledger.verify().problems == []


def test_the_author_of_a_discarded_text_may_have_left():
    author = make_user("Writers")
    draft = make_revision(writer=author)
    workflow.discard(draft.pk, by=author, at=NOW)
    left, _ = author.pk, author.delete()
    by = make_user("Writers")

    begun = workflow.start_draft(draft.policy_id, by=by, at=NOW, based_on=draft.pk)

    assert {it.contributed_by_id for it in begun.contributions.all()} == {left, by.pk}


def test_whoever_wrote_what_is_published_may_approve_what_others_make_of_it():
    author = make_user("Writers", "Reviewers")
    version = make_version(writer=author)
    revision = make_revision(policy=version.policy, status=Status.IN_REVIEW)

    assert workflow.approve(revision.pk, by=author, at=NOW).status == Status.APPROVED


# --- A file for a policy that was just made ------------------------------------------------------


def test_a_file_takes_the_place_of_a_draft_in_which_nothing_is_written_yet():
    """A new policy begins with such a draft, so no policy could begin with a file."""
    client, writer = log_in("Writers")
    client.post("/admin/policies/policy/add/", {"name": "Fair use", "slug": "fair-use"})
    draft = Revision.objects.get()
    assert "Upload a file instead" in words(client.get(page("edit", draft.pk)))
    file = SimpleUploadedFile("fair.md", b"# Fair use\n\n## Be fair\n\nTo all.\n")

    client.post(page("upload", draft.policy_id), {"file": file})

    assert [it.heading for it in Revision.objects.get().document().sections] == ["Be fair"]
    assert Revision.objects.get().contributions.get().contributed_by == writer
    file = SimpleUploadedFile("fair.md", b"# Fair use\n\n## Be quick\n\nTo all.\n")
    asked = client.post(page("upload", draft.policy_id), {"file": file})
    assert "Nothing is saved until you do." in words(asked)
    assert [it.heading for it in Revision.objects.get().document().sections] == ["Be fair"]


def test_a_command_takes_no_draft_that_somebody_has_started():
    policy = make_policy()
    workflow.start_draft(policy.pk, by=make_user("Writers"), at=NOW, blank=True)

    with pytest.raises(WrongState, match="Continue with it"):
        workflow.import_draft(policy.pk, make_document(), by=None, at=NOW)


# --- Withdrawing, with versions behind -----------------------------------------------------------


def queue(*kinds):
    """Return a policy with a version in force, and versions of these kinds one day apart."""
    now = timezone.now()
    policy = make_version(policy=make_policy(slug="privacy"), at=now - DAY).policy
    behind = [
        make_version(policy=policy, at=now, kind=kind, effective_at=now + number * DAY)
        for number, kind in enumerate(kinds, start=1)
    ]
    return policy, behind


def test_a_material_version_is_not_withdrawn_from_under_an_editorial_one(client):
    """Its text would come into force as a correction, and no app would ask its users."""
    _, (material, editorial) = queue(Kind.MATERIAL, Kind.EDITORIAL)
    by = make_user("Publishers")

    with pytest.raises(WrongState, match=r"version 3 corrects it as an editorial change"):
        workflow.withdraw(material.pk, by=by, at=timezone.now(), reason="No.")

    workflow.withdraw(editorial.pk, by=by, at=timezone.now(), reason="No.")
    workflow.withdraw(material.pk, by=by, at=timezone.now(), reason="No.")
    assert client.get("/privacy/current.json").json()["last_material_version"] == 1


@pytest.mark.parametrize(
    "kinds", ["editorial material", "editorial editorial", "material material"]
)
def test_a_version_is_withdrawn_from_before_one_that_does_not_correct_it(kinds):
    _, (first, _) = queue(*map(Kind, kinds.split()))

    workflow.withdraw(first.pk, by=make_user("Publishers"), at=timezone.now(), reason="No.")

    assert Revision.objects.get(pk=first.pk).status == Status.WITHDRAWN


def test_in_the_last_moment_before_its_time_a_version_is_not_withdrawn():
    """Whoever waited for a lock was let through after readers had seen it."""
    _, (version,) = queue(Kind.MATERIAL)
    assert version.effective_at
    by = make_user("Publishers")

    with pytest.raises(WrongState, match="too late to withdraw it"):
        workflow.withdraw(version.pk, by=by, at=version.effective_at - LAST_MOMENT, reason="No.")

    before = version.effective_at - LAST_MOMENT - timedelta(seconds=1)
    workflow.withdraw(version.pk, by=by, at=before, reason="No.")


# --- What a publisher saw and chose --------------------------------------------------------------


def test_in_an_emergency_only_the_text_that_was_seen_is_published():
    writer = make_user("Writers")
    draft = make_revision(writer=writer)
    client, _ = log_in(permissions=["publish_without_approval", "view_revision"])
    confirm(client)
    door = page("publish_without_approval", draft.pk)
    seen = client.get(door).content.decode()
    assert f'name="seen_digest" value="{draft.digest}"' in seen
    typed = {"when": "now", "reason": "A court order.", "seen_digest": draft.digest}
    new = make_document(text="Since then.")
    save_draft(draft, new, by=writer)

    refused = client.post(door, typed)

    assert refused.status_code == 422
    assert "Read the text as it is now" in words(refused)
    assert "A court order." in words(refused)
    assert Revision.objects.get().status == Status.DRAFT
    assert f'value="{documents.digest(new)}"' in words(refused)
    client.post(door, {**typed, "seen_digest": documents.digest(new)})
    assert Revision.objects.get().status == Status.PUBLISHED


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"when": "now", "effective": "2099-05-02T09:30"}, "You entered a day and time"),
        ({"effective": "2099-05-02T09:30"}, "Choose when it takes effect."),
        ({"when": "some day"}, "Choose when it takes effect."),
        ({"when": "now", "kind": "huge"}, "Choose the kind of change"),
    ],
)
def test_no_preview_is_shown_of_a_choice_that_was_not_made(typed, why):
    """A day that somebody typed beside “At once” was ignored, and the version public for ever."""
    revision = make_revision(status=Status.APPROVED)
    client, _ = log_in("Publishers")

    refused = client.post(page("publish_preview", revision.pk), typed)

    assert refused.status_code == 422
    assert why in words(refused)
    assert Revision.objects.get().status == Status.APPROVED


# --- What reviewers are told ---------------------------------------------------------------------


def test_a_reviewer_sees_the_title_that_is_approved():
    revision = make_revision(
        policy=make_policy(name="Fair use"),
        document=make_document(title="Acceptable Use Policy"),
        status=Status.IN_REVIEW,
    )
    client, _ = log_in("Reviewers")

    assert "Acceptable Use Policy</p>" in words(client.get(page("review", revision.pk)))


def test_who_decided_what_and_when_is_shown_beside_a_text():
    policy = make_version(policy=make_policy(slug="privacy"), at=NOW).policy
    version = make_revision(
        status=Status.WITHDRAWN,
        policy=policy,
        reviewer=make_user("Reviewers", name="ravi"),
        publisher=make_user("Publishers", name="paul"),
        at=NOW,
    )
    client, _ = log_in("Reviewers")

    shown = words(client.get(page("review", version.pk)))

    assert "Privacy policy, version 2: withdrawn" in shown
    for fact in ("<dd>ravi, ", "<dd>paul, ", "<dd>What is new.</dd>", "<dd>A mistake was found."):
        assert fact in shown
