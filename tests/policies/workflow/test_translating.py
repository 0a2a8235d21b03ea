"""Translations of a policy: the actions, the rules and the proof, the files."""

import json
import re
from dataclasses import replace
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from policies import ledger, workflow
from policies.models import LedgerEntry, Policy, Revision
from policies.states import Status
from policies.text.document import Document, Section
from policies.workflow import preconditions
from tests.factories import (
    DAY,
    NOW,
    confirm,
    make_document,
    make_policy,
    make_revision,
    make_user,
    make_version,
)
from tests.policies.public.public_site import make_family
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db

# --- The actions ----------------------------------------------------------------------------------


def test_what_can_be_no_translation_is_refused():
    english, german = make_family()
    french, terms = make_policy(slug="privacy", language="fr"), make_policy(slug="terms")
    again, by = make_policy(slug="anders", language="de"), make_user("Publishers")
    twice = f"already translated into this language: {german.get_absolute_url()}"

    for policy, source, why in (
        (terms, english, "in the same language"),
        (french, german, "is a translation. Choose its source"),
        (english, french, "has translations"),
        (again, english, twice),
        (french, french, "another policy"),
    ):
        with pytest.raises(workflow.Incomplete, match=why):
            workflow.set_translation_of(policy.pk, by=by, at=NOW, source_id=source.pk)


def test_what_prevails_is_said_of_a_language_that_there_is():
    english, german = make_family()
    by = make_user("Publishers")

    with pytest.raises(workflow.Incomplete):
        workflow.set_prevailing_language(english.pk, by=by, at=NOW, language="fr")
    with pytest.raises(workflow.WrongState):
        workflow.set_prevailing_language(german.pk, by=by, at=NOW, language="de")
    workflow.set_prevailing_language(english.pk, by=by, at=NOW, language="de")
    with pytest.raises(workflow.WrongState, match="prevails"):
        workflow.set_translation_of(german.pk, by=by, at=NOW, source_id=None)
    with pytest.raises(workflow.WrongState, match="Set another prevailing language first"):
        workflow.retire(german.pk, by=by, at=timezone.now(), notice="Gone.")
    workflow.set_prevailing_language(english.pk, by=by, at=NOW, language="en")
    workflow.retire(german.pk, by=by, at=timezone.now(), notice="Gone.")
    with pytest.raises(workflow.Incomplete):
        workflow.set_prevailing_language(english.pk, by=by, at=NOW, language="de")


@pytest.mark.parametrize("action", ["retire", "set_translation_of"])
def test_an_action_is_refused_if_the_source_was_changed_meanwhile(monkeypatch, action):
    """Else nobody would hold the other one, which may come to say that this language prevails."""
    _, german = make_family()
    other = make_version(policy=make_policy(slug="terms")).policy
    locked_policy = preconditions.locked_policy

    def after_somebody_else(*about):
        Policy.objects.filter(pk=german.pk).update(translation_of=other)
        return locked_policy(*about)

    monkeypatch.setattr(preconditions, "locked_policy", after_somebody_else)
    how = {"retire": {"notice": "Gone."}, "set_translation_of": {"source_id": None}}[action]
    with pytest.raises(workflow.WrongState, match="Check it, then try again"):
        getattr(workflow, action)(german.pk, by=make_user("Publishers"), at=timezone.now(), **how)


def test_who_says_what_a_draft_renders_is_one_of_its_authors():
    _, german = make_family(behind=True)
    draft = make_revision(policy=german)
    person = make_user("Writers", "Reviewers")
    workflow.set_source_version(draft.pk, by=person, at=NOW, number=1)
    workflow.submit(draft.pk, by=person, at=NOW)

    with pytest.raises(workflow.NotAllowed):
        workflow.approve(draft.pk, by=person, at=NOW)


# --- The rules and the proof ----------------------------------------------------------------------


def test_the_database_refuses_what_is_no_translation():
    english, german = make_family()
    other = make_version(policy=make_policy(slug="terms", language="fr"))
    draft = make_revision(policy=german)
    attacks = [
        (Policy.objects.filter(pk=other.policy_id), {"translation_of": german}, "authoritative"),
        (Policy.objects.filter(pk=english.pk), {"translation_of": other.policy}, "authoritative"),
        (Revision.objects.filter(pk=draft.pk), {"source_version": other}, "authoritative policy"),
        (
            Revision.objects.filter(policy=german, number=1),
            {"source_version": None},
            "never changes|is a draft",
        ),
    ]

    for rows, change, message in attacks:
        with pytest.raises(IntegrityError, match=message), transaction.atomic():
            rows.update(**change)
    submitted = workflow.submit(draft.pk, by=make_user("Writers"), at=NOW)
    with pytest.raises(IntegrityError, match="while it is a draft"), transaction.atomic():
        Revision.objects.filter(pk=submitted.pk).update(source_version=None)
    with pytest.raises(IntegrityError, match="authoritative"), transaction.atomic():
        Policy.objects.create(
            slug="x", language="pt", name="X", created_at=NOW, translation_of=german
        )
    twice = "takes the place of one|policy_translated_once"
    with pytest.raises(IntegrityError, match=twice), transaction.atomic():
        Policy.objects.create(
            slug="x", language="de", name="X", created_at=NOW, translation_of=english
        )
    with pytest.raises(IntegrityError, match="what_prevails"), transaction.atomic():
        Policy.objects.filter(pk=german.pk).update(prevailing_language="de")


def test_what_a_version_renders_is_in_the_ledger_and_proved(client):
    import jsonschema  # here, since it takes seconds in every process of the tests

    english, _ = make_family()
    workflow.rename_policy(english.pk, by=make_user("Publishers"), at=NOW, slug="data")
    entries = LedgerEntry.objects.filter(event="publication").order_by("sequence")

    assert [it.renders for it in entries] == ["", "en/privacy/1"]
    assert ledger.verify().problems == []
    public = json.loads(client.get("/ledger.json").content)
    assert [(it["event"], it.get("renders"), it["successor"]) for it in public["entries"]] == [
        ("publication", None, ""),
        ("publication", "en/privacy/1", ""),
        ("translation", None, "en/privacy"),
        ("renaming", None, "en/data"),
    ]
    schema = (settings.BASE_DIR / "policies/schemas/ledger.json").read_text()
    jsonschema.validate(public, json.loads(schema))


def test_verify_finds_a_language_that_was_changed_without_the_ledger():
    english, german = make_family()
    by = make_user("Publishers")
    workflow.set_prevailing_language(english.pk, by=by, at=NOW, language="en")
    assert ledger.verify().problems == []

    for other in ("de", "fr", ""):
        Policy.objects.filter(pk=english.pk).update(prevailing_language=other)
        assert ledger.verify().problems == [
            "Privacy policy (en) has another prevailing language than the ledger records."
        ]
    Policy.objects.filter(pk=german.pk).update(translation_of=None)

    assert ledger.verify().problems == [
        "Privacy policy (en) has another prevailing language than the ledger records.",
        "Datenschutz (de) is the translation of another policy than the ledger records.",
    ]


# --- Files ----------------------------------------------------------------------------------------


def test_a_family_goes_out_into_files_and_comes_back(tmp_path):
    _, german = make_family(behind=True)
    make_version(
        policy=german,
        at=timezone.now() - DAY,
        document=make_document(title="Datenschutzerklärung", text="Wir speichern mehr."),
    )
    call_command("export_policies", tmp_path, stdout=StringIO())
    written = (tmp_path / "datenschutz.de.md").read_text(encoding="utf-8")
    assert "translation_of: privacy\nrenders: 2\nrenders_digest: " in written

    said = StringIO()
    call_command("import_policies", tmp_path, publish=True, stdout=said, verbosity=2)
    assert said.getvalue().count("unchanged") == 2

    # Elsewhere its version is the first, and its digest differs.
    for path in tmp_path.iterdir():
        text = path.read_text(encoding="utf-8")
        text = re.sub("^slug: (.*)$", r"slug: other-\1", text, flags=re.MULTILINE)
        text = text.replace("translation_of: privacy", "translation_of: other-privacy")
        path.write_text(text, encoding="utf-8")
    call_command("import_policies", tmp_path, publish=True, stdout=StringIO())

    again = Revision.objects.published().get(policy__slug="other-datenschutz")
    source = Policy.objects.get(slug="other-privacy")
    assert again.policy.translation_of == source
    assert again.source_version == source.revisions.get(number=1)


def test_a_file_that_renders_what_is_not_there_says_so(tmp_path):
    (tmp_path / "terms.md").write_text("# Terms\n\nText.\n", encoding="utf-8")
    (tmp_path / "terms.de.md").write_text(
        f"---\nrenders_digest: {'ab' * 32}\n---\n# Bedingungen\n\nText.\n", encoding="utf-8"
    )
    said = StringIO()

    call_command("import_policies", tmp_path, publish=True, stdout=said)

    assert "is not on this site, so it was not recorded" in said.getvalue()
    assert Revision.objects.published().get(policy__language="de").source_version is None
    assert ledger.verify().problems == []


# --- What is approved is which version it renders, too --------------------------------------------


def make_translation_in_review():
    english, german = make_family()
    writer = make_user("Writers")
    make_version(policy=english, at=timezone.now())
    draft = make_revision(policy=german, writer=writer, at=timezone.now())
    workflow.set_source_version(draft.pk, by=writer, at=timezone.now(), number=1)
    return workflow.submit(draft.pk, by=writer, at=timezone.now()), writer


@pytest.mark.parametrize("action", ["approve", "publish_without_approval"])
def test_another_version_than_was_seen_is_not_approved(client, action):
    revision, writer = make_translation_in_review()
    permissions = ["publish_without_approval", "view_revision"]
    person = make_user("Reviewers", permissions=permissions)
    client.force_login(person)
    confirm(client)
    shown = "review" if action == "approve" else action
    opened = client.get(reverse(f"admin:policies_{shown}", args=[revision.pk]))
    sent = dict(re.findall(r'name="(seen_\w+)" value="(\w+)"', opened.content.decode()))
    reviewer, now = make_user("Reviewers"), timezone.now()
    workflow.request_changes(revision.pk, by=reviewer, at=now, text="Which version?")
    workflow.resolve_comment(revision.comments.get().pk, by=writer, at=now)
    workflow.set_source_version(revision.pk, by=writer, at=now, number=2)
    workflow.submit(revision.pk, by=writer, at=now)

    form = {**sent, "when": "now", "kind": "material", "reason": "A leak.", "change_note": "New."}
    answer = client.post(reverse(f"admin:policies_{action}", args=[revision.pk]), form)

    assert sent["seen_source_version"] == "1"
    assert "was changed after you opened this page. It is now version 2" in answer.content.decode()
    assert Revision.objects.get(pk=revision.pk).status == Status.IN_REVIEW


def test_setting_the_source_of_a_policy_sets_the_source_version_of_its_draft(client):
    english = make_version(policy=make_policy(slug="terms")).policy
    german = make_policy(slug="bedingungen", language="de")
    draft = make_revision(policy=german)
    both = make_user("Publishers", "Reviewers")
    workflow.set_translation_of(german.pk, by=both, at=NOW, source_id=english.pk)
    workflow.submit(draft.pk, by=make_user("Writers"), at=NOW)

    with pytest.raises(workflow.NotAllowed, match="You worked on this revision"):
        workflow.approve(draft.pk, by=both, at=NOW)
    client.force_login(both)
    shown = client.get(reverse("admin:policies_review", args=[draft.pk])).content.decode()
    assert "You worked on this revision, so somebody else must approve it" in shown


def test_a_translation_with_the_headings_of_its_source_needs_a_reason():
    document = Document("Privacy", "", (Section("Data we collect", "data", "Your name."),))
    english = make_version(document=document).policy
    german = make_policy(language="de", translation_of=english)
    untranslated = replace(document, title="Datenschutz")
    revision = make_revision(policy=german, status=Status.APPROVED, document=untranslated)

    with pytest.raises(workflow.Unfinished, match="“Data we collect” – The heading is the same as"):
        workflow.publish(revision.pk, by=make_user("Publishers"), at=NOW)
    client, _ = log_in("Writers", "Reviewers", "Publishers")
    link = f'<a href="{page("review", revision.pk)}#findings" class="count">1 finding<'
    assert link in words(client.get("/admin/"))
    shown = words(client.get(page("review", revision.pk)))
    assert "1 finding in this text: 1 blocks publication" in shown


def test_the_desk_shows_what_was_set_and_what_is_retired():
    english, german = make_family()
    client, _ = log_in("Publishers")
    door = page("set_prevailing_language", english.pk)

    for language in ("de", ""):
        answer = client.post(door, {"language": language}, follow=True)
        assert "Language saved." in words(answer)
    assert "has no text in ²" in words(client.post(door, {"language": "²"}, follow=True))

    make_version(policy=english, at=timezone.now())
    workflow.retire(german.pk, by=make_user("Publishers"), at=timezone.now(), notice="Gone.")
    for address in ("/admin/", f"/admin/policies/policy/{english.pk}/change/"):
        shown = words(client.get(address))
        assert ">Retired</span>" in shown
        assert "Outdated:" not in shown
