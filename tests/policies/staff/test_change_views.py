"""What a draft changes, shown and undone change by change; two texts to choose from."""

import json
import re
from dataclasses import replace
from hashlib import sha256
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from policies import workflow
from policies.models import Revision
from policies.staff.change_views import MAX_SHOWN
from policies.staff.editing import DraftText
from policies.staff.two_texts import fingerprints
from policies.text.document import Document, Section
from tests.factories import make_document, make_revision, make_user, make_version, save_draft
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


def make_draft(document=BASE):
    version = make_version(document=document)
    writer = make_user("Writers")
    return workflow.start_draft(version.policy_id, by=writer, at=timezone.now())


def undo_of(html, name):
    found = re.search(rf'value="(undo:\w+)"[^>]* aria-label="Undo: {name}"', html)
    assert found, html
    return found[1]


def test_an_uploaded_draft_is_compared_with_the_newest_version_in_the_outline_as_well():
    client, writer = log_in("Writers")
    policy = make_version(document=BASE).policy
    text = replace(BASE, sections=(*BASE.sections, Section("New", "new", "Words.")))
    draft = workflow.import_draft(policy.pk, text, by=writer, at=timezone.now(), file="terms.docx")

    html = client.get(page("edit", draft.pk)).content.decode()

    based_on = re.findall(r'<li class="section" id="at-(\w+)" data-base="(\d*)"', html)
    assert [(anchor, bool(base)) for anchor, base in based_on] == [
        ("keeping", True),
        ("sharing", True),
        ("new", False),
    ]
    assert (
        "undo:" in client.post(page("edit", draft.pk), form(draft, do="changes")).content.decode()
    )


def test_each_change_against_the_version_is_shown_and_can_be_undone():
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


def test_changes_are_shown_and_undone_without_scripts():
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
        ({"do": "undo:0", "introduction": "# A"}, "level of sections"),
        ({"do": "changes", "introduction": "# A"}, "level of sections"),
        ({}, "Nothing has changed since"),
    ],
)
def test_what_can_not_be_shown_or_undone_has_a_reason(changes, reason):
    client, _ = log_in("Writers")
    draft = make_draft()

    answer = client.post(page("changes", draft.pk), form(draft, **changes)).json()

    assert reason in (answer.get("problem") or answer["changes"])


def test_a_first_version_has_nothing_to_be_compared_with():
    client, _ = log_in("Writers")
    draft = make_revision(document=make_document())

    answer = client.post(page("changes", draft.pk), form(draft)).json()

    assert "first version" in answer["changes"]


def test_more_changes_than_can_be_shown_are_counted():
    client, _ = log_in("Writers")
    lines = MAX_SHOWN + 1
    draft = make_draft(Document("T", "- a\n" * lines))

    answer = client.post(page("changes", draft.pk), form(draft, introduction="- b\n" * lines))

    assert f"There are {lines:,} changes" in answer.json()["changes"]


# --- Two texts -----------------------------------------------------------------------------------


def edited(draft, **changes):
    """Return the editor's form with the fingerprints of the text that it was opened with."""
    opened = DraftText.of(draft.document())
    return form(draft, **changes) | {"seen_parts": fingerprints(opened)}


@pytest.mark.parametrize("opened", ["", "{", "[]", '{"#scope": 7}', '{"#scope": ["Scope", "No."]}'])
def test_without_the_text_that_both_began_with_they_are_compared_with_each_other(opened):
    client, _ = log_in("Writers")
    draft = make_revision(text="We keep a little.")
    mine = edited(draft, body=["We keep no data.", "Write to us."]) | {"opened_parts": opened}
    theirs = make_document(text="We keep all data.")
    save_draft(draft, theirs, at=timezone.now())

    page_of_choices = words(client.post(page("edit", draft.pk), mine))

    assert "<ins>no</ins>" in page_of_choices
    assert "<ins>all</ins>" in page_of_choices


def test_a_lone_surrogate_in_what_a_form_carries_breaks_no_page():
    """JSON can hold one; no page, and no database, can."""
    client, _ = log_in("Writers")
    draft = make_revision()
    mine = edited(draft, title="Mine")
    mine["seen_parts"] = json.dumps({"title": sha256(b'["\\ud800"]').hexdigest()[:16]})
    mine["opened_parts"] = '{"title": ["\\ud800"]}'
    save_draft(draft, make_document(title="Theirs"), at=timezone.now())

    assert client.post(page("edit", draft.pk), mine).status_code == 409
    now = Revision.objects.get(pk=draft.pk).saves
    client.post(page("edit", draft.pk), {**mine, "do": "choose", "seen_saves": now})
    assert Revision.objects.get(pk=draft.pk).title == "Mine"


def test_a_file_is_compared_with_the_draft_and_what_is_chosen_is_saved():
    client, writer = log_in("Writers")
    draft = make_revision(document=BASE)
    data = (
        b"# Terms\n\nHello.\n\n## How long we keep it\n\n"
        b"We keep data for 14 days in the EU. See [this](#how-long-we-keep-it).\n\n"
        b"## New\n\n<u>x</u>\n"
    )
    assert "upload" in words(client.get(page("edit", draft.pk)))

    shown = client.post(
        page("upload", draft.policy_id), {"file": SimpleUploadedFile("terms.md", data)}
    )

    assert Revision.objects.get(pk=draft.pk).document() == BASE
    assert "underlining has no sign" in words(shown)
    assert "<del>30</del><ins>14</ins>" in words(shown)
    fields = fields_of(words(shown))
    # The heading is another one, but links to the section work.
    assert fields["anchor"] == ["keeping", "new"]
    assert "[this](#keeping)" in fields["body"][0]
    chosen = {**fields, "do": "choose", "keep #sharing": "theirs"}
    unknown = {**chosen, "seen_saves": 0, "seen_parts": ""}
    assert client.post(page("edit", draft.pk), unknown).status_code == 409
    assert client.post(page("edit", draft.pk), chosen).status_code == 302
    draft.refresh_from_db()
    assert [it.anchor for it in draft.document().sections] == ["keeping", "new", "sharing"]
    assert draft.contributions.filter(contributed_by=writer).exists()


def fields_of(html):
    found = {}
    for name, value in re.findall(r'name="(seen_\w+)" value="([^"]*)"', html):
        found.setdefault(name, []).append(unescape(value))
    for name, value in re.findall(r'<textarea name="(\w+)" hidden> (.*?)</textarea>', html):
        found.setdefault(name, []).append(unescape(value))
    return found
