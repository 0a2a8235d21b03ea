"""Work on a long text keeps nobody else waiting, and ends in words with the text kept."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection

from policies import child_process, workflow
from policies.cache import OF_TEXTS
from policies.child_process import Child
from policies.models import Policy, Revision
from policies.states import Status
from policies.text import document as documents
from policies.text.document import Document, Section
from policies.workflow import open_findings, texts
from tests.factories import (
    NOW,
    make_document,
    make_emergency,
    make_policy,
    make_revision,
    make_user,
    make_version,
    save_draft,
)
from tests.in_child import patient, using
from tests.policies.staff.desk import form, log_in, page, words

BODY = "We keep the *records* of your account for ten years.\n\n" * 500
LONG = Document(
    "A long policy", "", (Section("Scope", "scope", BODY), Section("Next", "next", "…"))
)
TOO_SLOW = "takes too long to process. Divide it"
BUSY = "busy with other long texts. Wait a moment"


class Refusing(Child):
    def __init__(self, refusal):
        super().__init__()
        self._refusal = refusal

    def run(self, function, args, kwargs):
        raise self._refusal


class Noting(Child):
    """Does the work itself, and notes whether a transaction was open meanwhile."""

    def __init__(self):
        super().__init__()
        self.was_in_transaction = []

    def run(self, function, args, kwargs):
        self.was_in_transaction.append(connection.in_atomic_block)
        return function(*args, **kwargs)


class Interrupted(Child):
    """Does the work itself, after somebody else has done something."""

    def __init__(self, *meanwhile):
        super().__init__()
        self._meanwhile = iter(meanwhile)

    def run(self, function, args, kwargs):
        for act in self._meanwhile:
            act()
            break
        return function(*args, **kwargs)


@contextmanager
def anew(child):
    """Pass work to this child, also on texts that were prepared or compared before."""
    OF_TEXTS.clear()
    with using(child):
        yield child


def made_of(document, **changes):
    return make_revision(document=document, **changes)


# --- Words ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_long_text_is_saved_and_previewed_as_without_a_child():
    client, _ = log_in("Writers")
    draft = make_revision()
    changed = form(made_of(LONG), seen_saves=draft.saves)
    alone = client.post(page("preview", draft.pk), changed).json()

    with anew(patient()):
        beside = client.post(page("preview", draft.pk), changed).json()
        assert client.post(page("edit", draft.pk), changed).status_code == 302

    assert beside == alone
    draft.refresh_from_db()
    assert draft.document() == LONG
    assert "<em>records</em>" in draft.html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("refusal", "said"), [(child_process.TooSlow(), TOO_SLOW), (child_process.Busy(), BUSY)]
)
def test_a_text_that_is_not_saved_is_kept_in_the_editor(refusal, said):
    client, _ = log_in("Writers")
    draft = make_revision()
    before = draft.document()
    changed = form(made_of(LONG), seen_saves=draft.saves)

    with anew(Refusing(refusal)):
        response = client.post(page("edit", draft.pk), changed)

    assert response.status_code == 503
    assert f"They are kept for you alone. {refusal}" in words(response)
    assert said in words(response)
    assert response.content.decode().count("We keep the *records* of your account") == 500
    draft = Revision.objects.get(pk=draft.pk)
    assert draft.document() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (child_process.TooSlow(), 422),
        (child_process.Busy(), 503),
        (child_process.Superseded(), 409),
    ],
)
def test_a_preview_says_why_there_is_none(refusal, status):
    client, _ = log_in("Writers")
    draft = made_of(LONG)
    typed = form(draft)

    with anew(Refusing(refusal)):
        response = client.post(page("preview", draft.pk), typed)

    assert response.status_code == status
    assert response.json() == {"problems": {"document": str(refusal)}}


@pytest.mark.django_db
def test_the_editor_opens_and_works_on_no_long_text():
    client, _ = log_in("Writers")
    draft = made_of(LONG)

    with anew(Refusing(child_process.Busy())):
        response = client.get(page("edit", draft.pk))

    assert response.status_code == 200
    assert "*records*" in words(response)
    assert "<em>records</em>" not in words(response)  # its scripts ask for it
    assert "press Preview" in words(response)
    assert BUSY not in words(response)


@pytest.mark.django_db
def test_a_page_that_can_not_be_made_now_offers_to_try_again():
    client, _ = log_in("Reviewers")
    revision = made_of(LONG, status=Status.IN_REVIEW)

    with anew(Refusing(child_process.Busy())):
        response = client.get(page("review", revision.pk))

    assert response.status_code == 503
    assert response["Retry-After"]
    assert BUSY in words(response)
    assert f'<a href="{page("review", revision.pk)}">Try again</a>' in words(response)


@pytest.mark.django_db
@pytest.mark.parametrize("action", ["submit", "justify"])
def test_an_action_that_can_not_be_done_now_changes_nothing(action):
    client, _ = log_in("Writers", "Reviewers")
    draft = made_of(LONG)

    with anew(Refusing(child_process.Busy())):
        if action == "submit":
            with pytest.raises(workflow.NotNow, match="busy with other long texts"):
                workflow.submit(draft.pk, by=make_user("Writers"), at=NOW)
        else:
            sent = {"key": "any", "reason": "It is right as it is."}
            response = client.post(page("justify", draft.pk), sent)
            assert BUSY in words(response)
            assert "It is right as it is." in words(response)

    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


@pytest.mark.django_db
def test_a_file_that_takes_too_long_is_refused_with_an_explanation():
    client, _ = log_in("Writers")
    policy = make_policy()
    file = SimpleUploadedFile("long.md", b"# Long\n\nText.")

    with anew(Refusing(child_process.TooSlow())):
        response = client.post(page("upload", policy.pk), {"file": file})

    assert response.status_code == 422
    assert TOO_SLOW in words(response)
    assert not policy.revisions.exists()


@pytest.mark.django_db
def test_what_was_pasted_and_takes_too_long_is_refused_with_an_explanation():
    client, _ = log_in("Writers")

    with anew(Refusing(child_process.TooSlow())):
        pasted = {"html": f"<p>{'word ' * 5_000}</p>", "labels": ""}
        response = client.post("/admin/policies/paste/", pasted)

    assert response.status_code == 422
    assert TOO_SLOW in response.json()["problem"]


@pytest.mark.django_db
def test_no_reader_of_a_redline_is_sent_away(client):
    policy = make_policy()
    make_version(policy=policy, at=NOW - timedelta(days=1))
    made_of(LONG, policy=policy, status=Status.PUBLISHED)

    with anew(Refusing(child_process.Busy())):
        response = client.get(policy.url("compare", old=1, new=2))

    assert response.status_code == 200
    assert "<em>records</em>" in response.content.decode()


# --- Transactions --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_in_a_transaction_for_a_long_text(tmp_path):
    """A transaction keeps all other writers out (SQLite), or those of the same policy."""
    writer, reviewer, publisher = map(make_user, ("Writers", "Reviewers", "Publishers"))
    emergency = make_user(permissions=["publish_without_approval"])
    policy = make_policy()
    file = tmp_path / "long.md"
    file.write_text(f"---\nlast_updated: 2026-05-02\n---\n# Imported\n\n{BODY}\n")
    with anew(Noting()) as noting:
        assert isinstance(noting, Noting)
        steps = noting.was_in_transaction
        draft = workflow.start_draft(policy.pk, by=writer, at=NOW)
        save_draft(draft, LONG, by=writer)
        with pytest.raises(workflow.Refused, match="not in the saved text"):
            workflow.justify(draft.pk, by=reviewer, at=NOW, key="0" * 64, reason="It is so.")
        workflow.submit(draft.pk, by=writer, at=NOW)
        workflow.approve(draft.pk, by=reviewer, at=NOW)
        before = len(steps)
        OF_TEXTS.clear()
        workflow.publish(draft.pk, by=publisher, at=NOW)
        assert len(steps) > before, "publication examines the text"
        again = workflow.start_draft(policy.pk, by=writer, at=NOW)
        other = Document("Another title", "", LONG.sections)
        save_draft(again, other, by=writer)
        later = NOW + timedelta(days=1)
        make_emergency(again, by=emergency, at=later)
        imported = make_policy()
        workflow.import_draft(imported.pk, LONG, by=None, at=NOW)
        for options in ([], ["--all-or-none"]):
            before = len(steps)
            file.write_text(f"{file.read_text()}\n\nMore.\n")
            call_command("import_policies", str(file), "--publish", *options, verbosity=0)
            assert len(steps) > before
        call_command("rerender", verbosity=0)

    assert Policy.objects.get(slug="long").revisions.published().count() == 2
    assert steps
    assert not any(steps)


@pytest.mark.django_db
def test_a_text_that_was_saved_while_it_was_rendered_is_rendered_again():
    writer, other = make_user("Writers"), make_user("Writers")
    draft = made_of(LONG, writer=writer)

    with anew(Interrupted(saving(draft, "Newer words.", by=other))):
        workflow.submit(draft.pk, by=writer, at=NOW)

    draft = Revision.objects.get(pk=draft.pk)
    assert draft.status == Status.IN_REVIEW
    assert draft.introduction == "Newer words."
    assert "Newer words." in draft.html


@pytest.mark.django_db
def test_a_text_that_is_saved_again_and_again_is_not_submitted():
    writer, other = make_user("Writers"), make_user("Writers")
    draft = made_of(LONG, writer=writer)
    saves = [saving(draft, f"Words {number}.", by=other) for number in range(9)]

    with anew(Interrupted(*saves)), pytest.raises(workflow.WrongState, match="Try again"):
        workflow.submit(draft.pk, by=writer, at=NOW)

    assert Revision.objects.get(pk=draft.pk).status == Status.DRAFT


@pytest.mark.django_db
def test_what_is_published_is_examined_against_what_is_in_force_then():
    """A version that came into force meanwhile has an anchor that this text would lose."""
    policy = make_policy()
    made_of(LONG, policy=policy, status=Status.PUBLISHED, at=NOW - timedelta(days=1))
    other = Document("A long policy", "Other words.", LONG.sections[:1])
    revision = made_of(other, policy=policy, status=Status.APPROVED)
    ready = open_findings.examined_ahead(revision.pk, at=NOW - timedelta(days=2))

    with pytest.raises(open_findings.Outdated):
        open_findings.findings_of(revision, at=NOW, ready=ready)


@pytest.mark.django_db
def test_other_policies_that_are_published_meanwhile_stop_no_publication():
    """Their addresses only lead to suggestions."""
    revision = make_revision(status=Status.APPROVED)
    ready = open_findings.examined_ahead(revision.pk, at=NOW)
    made_of(make_document(text="Write to privacy@softphonez.com."), status=Status.PUBLISHED)

    open_findings.findings_of(revision, at=NOW, ready=ready)


def saving(draft, introduction, *, by):
    def save():
        now = Revision.objects.get(pk=draft.pk)
        text = replace(LONG, introduction=introduction)
        ready = texts.Prepared(text, documents.digest(text), now.rendering.values, frozenset())
        workflow.save_draft(draft.pk, ready, by=by, at=NOW, seen_saves=now.saves)

    return save


@pytest.mark.django_db
def test_what_was_approved_is_not_refused_because_its_findings_take_too_long():
    revision = make_revision(document=LONG, status=Status.IN_REVIEW)
    client, _ = log_in("Reviewers")

    with anew(Refusing(child_process.Busy())):
        answer = client.post(page("approve", revision.pk), {"seen_digest": revision.digest})

    assert answer.status_code == 302
    revision.refresh_from_db()
    assert revision.status == Status.APPROVED
