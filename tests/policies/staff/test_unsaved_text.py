"""What somebody types into the editor is kept for them alone, until they save it."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.utils import timezone

from policies import workflow
from policies.models import AuditEvent, Revision, UnsavedText
from policies.states import Status
from policies.text.markdown.limits import MAX_CHARACTERS
from policies.workflow import unsaved_texts
from tests.factories import make_policy, make_revision, make_user
from tests.policies.staff.desk import form, log_in, page, words

pytestmark = pytest.mark.django_db


def keep(client, draft, writer, **changes):
    fields = form(draft, **{"window": "1", "writer": writer.pk, **changes})
    return client.post(page("keep", draft.pk), fields, headers={"Accept": "application/json"})


def test_what_was_typed_is_shown_to_its_writer_alone_until_it_is_saved():
    client, writer = log_in("Writers")
    other, _ = log_in("Writers")
    draft = make_revision()
    before = AuditEvent.objects.count()

    answer = keep(client, draft, writer, title="Typed", heading=["", ""], body=["# No", ""])

    assert answer.status_code == 200
    text = words(client.get(page("edit", draft.pk)))
    assert 'value="Typed"' in text
    assert "# No" in text
    assert "It is not saved in the draft yet" in text
    assert "Typed" not in words(other.get(page("edit", draft.pk)))
    assert Revision.objects.get(pk=draft.pk).saves == draft.saves
    assert AuditEvent.objects.count() == before
    assert not draft.contributions.filter(contributed_by=writer).exists()

    saved = form(draft, title="Typed", kept=answer.json()["kept"])
    assert client.post(page("edit", draft.pk), saved).status_code == 302
    assert "not yet saved" not in words(client.get(page("edit", draft.pk)))
    assert not UnsavedText.objects.exists()


def test_a_script_that_saves_gets_what_its_form_sends_with_the_next_save():
    client, _ = log_in("Writers")
    draft = make_revision()
    headers = {"Accept": "application/json"}
    sent = form(draft, title="First")

    now = client.post(page("edit", draft.pk), sent, headers=headers).json()

    context = client.get(page("edit", draft.pk)).context
    assert now == {"kept": "", **{it: context[it] for it in ("seen_saves", "seen_parts")}}
    assert now["seen_saves"] == draft.saves + 1
    again = {**sent, **now, "title": "Second"}
    assert client.post(page("edit", draft.pk), again).status_code == 302
    refused = client.post(page("edit", draft.pk), {**sent, "title": "Third"}, headers=headers)
    assert refused.status_code == 409


def test_it_can_be_discarded_for_the_saved_draft():
    client, writer = log_in("Writers")
    draft = make_revision()
    kept = keep(client, draft, writer, title="Typed").json()["kept"]

    client.post(page("edit", draft.pk), form(draft, do="forget", title="Typed", kept=kept))

    assert f'value="{draft.title}"' in words(client.get(page("edit", draft.pk)))


@pytest.mark.parametrize("changes", [{"do": "add"}, {"body": ["# No", ""]}])
def test_a_button_that_saves_nothing_keeps_the_text(changes):
    """Without scripts, too."""
    client, _ = log_in("Writers")
    draft = make_revision()

    client.post(page("edit", draft.pk), form(draft, introduction="Typed.", **changes))

    assert "Typed." in words(client.get(page("edit", draft.pk)))
    assert "Typed." not in Revision.objects.get(pk=draft.pk).introduction


def test_a_text_that_is_older_than_the_saved_draft_leads_to_both_texts():
    client, writer = log_in("Writers")
    draft = make_revision()
    keep(client, draft, writer, title="Mine")
    other, _ = log_in("Writers")
    other.post(page("edit", draft.pk), form(draft, title="Theirs"))

    opened = client.get(page("edit", draft.pk))

    assert 'value="Mine"' in words(opened)
    assert "The draft has been saved since" in words(opened)
    context = opened.context
    sent = form(draft, title="Mine", seen_saves=context["seen_saves"], kept=context["kept"].pk)
    conflict = client.post(page("edit", draft.pk), sent)
    assert conflict.status_code == 409
    now = Revision.objects.get(pk=draft.pk).saves
    choice = {**sent, "do": "choose", "seen_saves": now, "kept": conflict.context["kept"]}
    assert client.post(page("edit", draft.pk), choice).status_code == 302
    assert Revision.objects.get(pk=draft.pk).title == "Mine"
    assert not UnsavedText.objects.exists()


def test_no_window_overwrites_what_was_typed_in_another():
    client, writer = log_in("Writers")
    draft = make_revision()
    kept = keep(client, draft, writer, title="First").json()["kept"]

    gone_on = keep(client, draft, writer, title="Second", kept=kept).json()
    forked = keep(client, draft, writer, title="Other", kept=kept, window="2").json()

    assert "note" not in gone_on
    assert "another window" in forked["note"]
    text = words(client.get(page("edit", draft.pk)))
    assert 'value="Other"' in text
    link = f"?text={gone_on['kept']}"
    assert link in text
    assert 'value="Second"' in words(client.get(page("edit", draft.pk) + link))
    for number in range(9):
        keep(client, draft, writer, window=f"many-{number}")
    assert UnsavedText.objects.count() == unsaved_texts.MAX_TEXTS


def test_what_is_kept_has_no_more_room_than_a_text_and_the_newest_is_never_forgotten():
    client, writer = log_in("Writers")
    draft, other = make_revision(), make_revision(policy=make_policy(slug="terms"))
    keep(client, other, writer, introduction="x" * MAX_CHARACTERS)
    for window in "abc":
        long = f"{window}1 “É”\n" * (MAX_CHARACTERS // 16)
        assert keep(client, draft, writer, window=window, introduction=long).status_code == 200

    refused = keep(client, draft, writer, window="d", introduction="x" * (MAX_CHARACTERS + 100_000))

    assert refused.status_code == 413
    assert "too long to be kept while you write" in refused.json()["problem"]
    assert [it.window for it in draft.unsaved_texts.all()] == ["c", "b"]
    assert other.unsaved_texts.count() == 1
    sent = form(draft, introduction="x" * (MAX_CHARACTERS + 100_000), window="c")
    assert client.post(page("edit", draft.pk), sent).status_code == 422
    assert [it.window for it in draft.unsaved_texts.all()] == ["c", "b"]


def test_what_2_0_0_kept_of_a_form_that_was_cut_off_is_not_opened():
    client, writer = log_in("Writers")
    draft = make_revision()
    keep(client, draft, writer, title="Typed")
    row = UnsavedText.objects.get()
    row.fields = row.fields.replace('"introduction"', '"int"')
    row.save()

    shown = client.get(page("edit", draft.pk))

    assert 'value="Typed"' not in words(shown)
    assert UnsavedText.objects.exists()


def test_what_2_0_0_kept_beyond_that_is_forgotten_by_a_migration():
    writer, draft = make_user("Writers"), make_revision()
    rows = [("newest", 8_000_000), ("older", 10), ("oldest", 8_000_000)]
    for window, length in reversed(rows):
        fields = {"window": window, "fields": "x" * length, "kept_at": timezone.now()}
        draft.unsaved_texts.create(kept_by=writer, **fields)
    migration = import_module("policies.migrations.0028_bound_unsaved_texts")

    migration.forget_what_is_beyond(apps, SimpleNamespace(connection=connection))

    assert [it.window for it in draft.unsaved_texts.all()] == ["newest"]


@pytest.mark.parametrize(("button", "title"), [("save", "Mine"), ("forget", "Privacy Policy")])
def test_after_a_save_the_saved_draft_is_shown_not_the_text_of_another_window(button, title):
    client, writer = log_in("Writers")
    draft = make_revision()
    other = keep(client, draft, writer, title="Other", window="2").json()["kept"]
    kept = keep(client, draft, writer, title="Mine").json()["kept"]

    sent = form(draft, do=button, title="Mine", window="1", kept=kept)
    shown = words(client.post(page("edit", draft.pk), sent, follow=True))

    assert f'value="{title}"' in shown
    assert "It is not saved in the draft yet" not in shown
    assert f"?text={other}" in shown
    assert 'value="Other"' in words(client.get(page("edit", draft.pk)))


def test_a_text_that_arrives_twice_from_the_page_that_was_left_is_kept_once():
    """Browsers send it as they leave the page, and the next page sends the copy that it finds."""
    client, writer = log_in("Writers")
    draft = make_revision()
    copy = keep(client, draft, writer, title="Mine").json()["kept"]
    assert f'name="kept" value="{copy}"' in words(client.get(page("edit", draft.pk)))
    keep(client, draft, writer, title="Mine")

    sent = form(draft, title="Mine", window="2", kept=copy)
    shown = words(client.post(page("edit", draft.pk), sent, follow=True))

    assert "other text that is not saved" not in shown
    assert not UnsavedText.objects.exists()


def test_a_text_that_is_what_another_window_has_saved_is_no_other_text():
    client, writer = log_in("Writers")
    draft = make_revision()
    keep(client, draft, writer, title="Mine")

    sent = form(draft, title="Mine", window="2")
    shown = words(client.post(page("edit", draft.pk), sent, follow=True))

    assert "Saved." in shown
    assert "not saved" not in shown


def test_nothing_is_kept_for_somebody_who_logs_in_in_the_same_browser():
    client, _ = log_in("Writers")
    draft, before = make_revision(), make_user("Writers")

    answer = keep(client, draft, before, title="Of the one before")

    assert answer.status_code == 409
    assert answer.json()["problem"] == "Somebody else has logged in here."
    assert not UnsavedText.objects.exists()


def test_a_script_learns_that_its_session_has_ended_and_gets_the_token_of_the_next():
    client, writer = Client(enforce_csrf_checks=True), make_user("Writers")
    draft = make_revision()
    client.get("/admin/login/")
    origin, old = {"Origin": "http://testserver"}, client.cookies["csrftoken"].value

    def attempt(token):
        fields = form(draft, window="1", writer=writer.pk, csrfmiddlewaretoken=token)
        headers = {"Accept": "application/json", **origin}
        return client.post(page("keep", draft.pk), fields, headers=headers)

    assert attempt(old).status_code == 401
    client.force_login(writer)
    client.cookies["csrftoken"] = "b" * 32

    stale = attempt(old)
    assert stale.status_code == 403
    assert attempt(stale.json()["token"]).status_code == 200


def test_what_nobody_comes_back_to_goes():
    client, writer = log_in("Writers")
    draft, discarded = make_revision(), make_revision(policy=make_policy(slug="other"))
    for it in (draft, discarded):
        keep(client, it, writer)
    workflow.discard(discarded.pk, by=writer, at=timezone.now())
    assert UnsavedText.objects.get().revision == draft

    UnsavedText.objects.update(kept_at=timezone.now() - timedelta(days=unsaved_texts.MAX_DAYS + 1))
    other, another = log_in("Writers")
    keep(other, draft, another)

    assert UnsavedText.objects.get().kept_by == another


def test_a_text_of_a_draft_that_was_submitted_is_kept_and_says_so():
    client, writer = log_in("Writers")
    draft = make_revision(status=Status.IN_REVIEW)

    answer = keep(client, draft, writer, title="Typed").json()

    assert answer["note"] == "This is no longer a draft, so nobody can save it."
    assert UnsavedText.objects.exists()
