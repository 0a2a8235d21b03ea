"""The desk's editor and what stands beside the text: nothing typed is lost."""

import re
import sys
from contextlib import contextmanager
from dataclasses import replace
from html import unescape
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from policies import workflow
from policies.models import AuditEvent, Revision, UnsavedText
from policies.states import Status
from policies.text import document as documents
from policies.text.document import Document, Section
from tests.factories import NOW, make_policy, make_revision, make_user, save_draft
from tests.policies.staff.desk import form, log_in, page, words

pytestmark = pytest.mark.django_db

# --- Writing -------------------------------------------------------------------------------------


def test_saving_stores_the_whole_document():
    client, writer = log_in("Writers")
    draft = make_revision()
    changed = form(
        draft,
        title="New title",
        heading=["Scope today", "Added"],
        anchor=["scope", ""],
        body=["Other words.", "More."],
    )

    response = client.post(page("edit", draft.pk), changed)

    assert response.status_code == 302
    draft.refresh_from_db()
    assert draft.document() == Document(
        "New title",
        "This policy says what we do.",
        (Section("Scope today", "scope", "Other words."), Section("Added", "added", "More.")),
    )
    assert draft.contributions.filter(contributed_by=writer).exists()


def test_a_save_reads_each_part_of_a_text_once():
    client, _ = log_in("Writers")
    draft = make_revision()
    body = "We keep (a) names and [addresses](/a).\n\n(a) One\n(b) Two"
    others = [section.body for section in draft.document().sections[1:]]
    changed = form(draft, body=[body, *others])

    with parsed_texts() as texts:
        assert client.post(page("edit", draft.pk), changed).status_code == 302

    assert texts.count(body) == 1
    assert len(texts) == len(set(texts))


@contextmanager
def parsed_texts():
    """Collect each text that the grammar reads."""
    texts = []

    def note(frame, event, _):
        if event == "call" and frame.f_code.co_qualname == "MarkdownIt.parse":
            texts.append(frame.f_locals["src"])

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield texts
    finally:
        sys.setprofile(before)


def test_a_second_click_on_save_is_not_a_conflict():
    client, _ = log_in("Writers")
    draft = make_revision()
    changed = form(draft, title="Once")

    assert client.post(page("edit", draft.pk), changed).status_code == 302
    assert client.post(page("edit", draft.pk), changed).status_code == 302
    assert Revision.objects.get(pk=draft.pk).saves == draft.saves + 1


def test_a_button_changes_the_form_and_saves_nothing():
    client, _ = log_in("Writers")
    draft = make_revision()

    both = ["Scope", "Contact"]
    for button, headings in (
        ("add", [*both, ""]),
        ("up:2", both[::-1]),
        ("remove:1", both[1:]),
        *((button, both) for button in ("preview", "up:²", "x" * 5000)),
    ):
        response = client.post(page("edit", draft.pk), form(draft, do=button, title="Typed"))

        assert response.status_code == 200
        assert re.findall('name="heading"[^>]* value="([^"]*)"', words(response)) == headings
        assert ("<h1>Typed</h1>" in words(response)) is (button == "preview")
        assert 'value="Typed"' in words(response)
        assert "It is not saved in the draft yet" in words(response)
    assert Revision.objects.get(pk=draft.pk).title == draft.title


def test_what_can_not_be_saved_is_shown_again_with_its_reason():
    client, _ = log_in("Writers")
    draft = make_revision()
    heading, body = ["Scope", ""], ["# No\n\ntext", "Words"]

    response = client.post(page("edit", draft.pk), form(draft, heading=heading, body=body))

    assert response.status_code == 422
    text = words(response)
    assert "Your changes were not saved." in text
    assert "a heading of the level of sections" in text
    assert "# No" in text


LOST = [
    *({name: []} for name in ("title", "introduction", "heading", "anchor", "body")),
    *({name: ["One", "Two", "Three"]} for name in ("heading", "anchor", "body")),
    *({name: ["none", ""]} for name in ("title", "introduction", "numbering")),
    {"body": ["Only one."]},
    {"edge": ["begin"]},
    {"heading": [], "anchor": [], "body": []},
]


@pytest.mark.parametrize("address", ["edit", "keep", "preview", "changes"])
def test_a_form_of_which_a_part_did_not_arrive_changes_nothing(address):
    client, writer = log_in("Writers")
    draft = make_revision()
    kept = form(draft, do="add", title="Kept before", window="1")
    client.post(page("edit", draft.pk), kept)
    before = UnsavedText.objects.values_list("fields").get()
    sent = form(draft, title="Typed", window="1", writer=writer.pk)

    for lost in LOST:
        answer = client.post(page(address, draft.pk), sent | lost)

        assert answer.status_code == 422, lost
        assert "The form did not arrive as it was sent" in words(answer)
    assert Revision.objects.get(pk=draft.pk).document() == draft.document()
    assert UnsavedText.objects.values_list("fields").get() == before


def test_the_editors_own_form_is_complete_and_one_that_is_cut_anywhere_is_refused():
    client, _ = log_in("Writers")
    draft = make_revision()
    names = re.findall(r'name="(\w+)"', form_of(client.get(page("edit", draft.pk)), "draft"))
    assert (names[1], names[-1]) == ("edge", "edge")
    whole = urlencode({**form(draft, title="Cut"), "edge": "end"}, doseq=True)

    for end in [*(at for at, sign in enumerate(whole) if sign in "&=+"), len(whole) - 1]:
        sent = f"edge=begin&{whole[:end]}"
        answer = client.post(
            page("edit", draft.pk), sent, content_type="application/x-www-form-urlencoded"
        )
        assert answer.status_code == 422, sent

    assert Revision.objects.get(pk=draft.pk).title == draft.title


def test_a_form_that_sends_no_numbering_leaves_it_as_it_is():
    client, _ = log_in("Writers")
    numbered = replace(make_revision().document(), numbering="none")
    draft = make_revision(document=numbered)

    client.post(page("edit", draft.pk), form(draft, title="Other"))

    assert Revision.objects.get(pk=draft.pk).document() == replace(numbered, title="Other")


def test_an_incomplete_draft_is_saved_for_everybody_and_completed_before_it_is_submitted():
    client, _ = log_in("Writers")
    other, _ = log_in("Writers", "Reviewers")
    draft = make_revision()
    sent = form(draft, title=" ", heading=["", "Contact"], anchor=["", ""], body=["Words.", ""])

    assert client.post(page("edit", draft.pk), sent).status_code == 302
    assert "[No heading yet]" in words(other.get(page("review", draft.pk)))
    opened = other.get(page("edit", draft.pk))
    assert [it[1].heading for it in opened.context["sections"]] == ["", "Contact"]
    for name, more in (("submit", {}), ("publish_without_approval", {"reason": "Urgent."})):
        by = make_user("Writers", permissions=["policies.publish_without_approval"])
        with pytest.raises(workflow.Incomplete, match=r"no title\. Section 1 has no heading\."):
            getattr(workflow, name)(draft.pk, by=by, at=timezone.now(), **more)

    now = Revision.objects.get(pk=draft.pk)
    assert documents.parse(documents.serialize(now.document())) == now.document()
    sent = form(now, title="T", heading=["Scope", "Contact"], do="submit")
    assert client.post(page("edit", draft.pk), sent).status_code == 302
    assert [it.anchor for it in Revision.objects.get(pk=draft.pk).sections.all()] == [
        *("scope", "contact")
    ]


def test_a_text_beyond_the_bound_is_refused_with_an_explanation_and_comes_back():
    client, _ = log_in("Writers")
    draft = make_revision()

    response = client.post(page("edit", draft.pk), form(draft, introduction="word " * 800_000))

    assert response.status_code == 422
    assert "Nothing was saved; it is all still here" in words(response)
    assert response.content.count(b"word ") > 700_000


def test_a_form_beyond_every_bound_gets_an_explanation():
    client, _ = log_in("Writers")
    draft = make_revision()

    response = client.post(page("edit", draft.pk), form(draft, introduction="x" * 9_000_000))

    assert response.status_code == 413
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1_000_000
    assert f"The text is larger than {most} MB." in words(response)
    assert "Go back: what you typed is still there" in words(response)


def test_nobody_overwrites_what_somebody_else_saved_meanwhile():
    mine, _ = log_in("Writers")
    draft = make_revision()
    theirs = Document("Their title", "Theirs.", (*draft.document().sections, Section("N", "n")))
    stale = form(draft, title="My title", heading=["Scope", "Contact"])
    save_draft(draft, theirs, at=timezone.now())

    response = mine.post(page("edit", draft.pk), stale)

    assert response.status_code == 409
    text = words(response)
    assert "was saved by" in text
    assert "somebody else has saved this draft" in text
    assert "<ins>My</ins><span> title</span>" in text
    assert "<ins>Their</ins><span> title</span>" in text
    assert Revision.objects.get(pk=draft.pk).document() == theirs

    now = Revision.objects.get(pk=draft.pk).saves
    chosen = {**stale, "do": "choose", "seen_saves": now, **of_theirs("introduction", "#n")}
    assert mine.post(page("edit", draft.pk), chosen).status_code == 302
    saved = Revision.objects.get(pk=draft.pk).document()
    assert (saved.title, saved.introduction) == ("My title", "Theirs.")
    assert [it.anchor for it in saved.sections] == ["scope", "contact", "n"]


def test_whoever_saved_a_draft_in_another_window_is_not_called_somebody_else():
    client, _ = log_in("Writers")
    draft = make_revision()
    client.post(page("edit", draft.pk), form(draft, title="In one window"))

    conflict = client.post(page("edit", draft.pk), form(draft, title="In another"))

    assert conflict.status_code == 409
    assert "this draft has changed since you opened it" in words(conflict)
    assert "somebody else has saved" not in words(conflict)


def test_a_form_without_valid_fingerprints_overwrites_nothing():
    mine, _ = log_in("Writers")
    draft = make_revision()
    stale = {**form(draft, title="Mine"), "seen_saves": 0}

    for said in ("", "{", "[1]", '{"title": 7}', "[" * 100_000):
        asked = mine.post(page("edit", draft.pk), {**stale, "seen_parts": said})

        assert asked.status_code == 409, said
        assert "Your version and the saved one differ in this part." in words(asked)


def form_of(page, name):
    found = re.search(rf'<form[^>]* id="{name}".*?</form>', words(page))
    assert found
    return found[0]


def of_theirs(*names):
    """Return the form's fields by which somebody keeps the other writer's text of these parts."""
    return {f"keep {name}": "theirs" for name in names}


def test_sections_called_introduction_and_title_are_not_taken_for_the_text_above_them():
    mine, _ = log_in("Writers")
    sections = (Section("Introduction", "introduction", "I."), Section("Title", "title", "T."))
    draft = make_revision(document=Document("Terms", "Above.", sections))
    stale = form(draft, title="Mine", introduction="Mine.", body=["Mine.", "Mine."])
    changed = (replace(sections[0], body="Theirs."), replace(sections[1], body="Theirs."))
    save_draft(draft, Document("Theirs", "Theirs.", changed), at=timezone.now())

    asked = mine.post(page("edit", draft.pk), stale)

    offered = re.findall(r'name="keep ([^"]*)" value="theirs"', words(asked))
    assert len(set(offered)) == 4
    now = Revision.objects.get(pk=draft.pk).saves
    chosen = {**stale, "do": "choose", "seen_saves": now, **of_theirs(offered[0], offered[2])}
    assert mine.post(page("edit", draft.pk), chosen).status_code == 302
    saved = Revision.objects.get(pk=draft.pk).document()
    assert (saved.title, saved.introduction) == ("Theirs", "Mine.")
    assert [it.body for it in saved.sections] == ["Theirs.", "Mine."]


def test_what_was_typed_into_a_draft_that_is_no_draft_any_more_is_not_lost():
    client, writer = log_in("Writers")
    draft = make_revision(writer=writer)
    workflow.submit(draft.pk, by=writer, at=timezone.now())

    response = client.post(page("edit", draft.pk), form(draft, title="Typed"))

    assert response.status_code == 422
    assert 'value="Typed"' in words(response)
    assert "in review now" in words(response)
    assert client.get(page("edit", draft.pk)).status_code == 302


def test_what_was_typed_survives_an_expired_session():
    client, _ = log_in("Writers", name="wanda")
    writer = make_user("Writers", name="wilma")
    writer.set_password("a long password")
    writer.save()
    draft = make_revision()
    client.logout()

    asked = client.post(page("edit", draft.pk), form(draft, title='Typed "here"'))

    assert "You were logged out." in words(asked)
    kept = re.search(r'name="kept" value="([^"]*)"', asked.content.decode())
    assert kept
    credentials = {"next": page("edit", draft.pk), "kept": unescape(kept[1])}
    wrong = client.post("/admin/login/", {**credentials, "username": "wilma", "password": "wrong"})
    assert 'name="kept"' in words(wrong)
    back = client.post(
        "/admin/login/", {**credentials, "username": "wilma", "password": "a long password"}
    )
    assert "Resubmit" in words(back)
    assert "Typed &quot;here&quot;" in words(back)
    assert f'action="{page("edit", draft.pk)}"' in words(back)
    again = client.post(page("edit", draft.pk), form(draft, title='Typed "here"'))
    assert again.status_code == 302


def test_what_was_kept_is_never_sent_elsewhere(client):
    user = make_user("Writers", name="wilma")
    user.set_password("a long password")
    user.save()
    sent = {"kept": "{}", "username": "wilma", "password": "a long password"}

    for target in ("https://evil.example/", "//evil.example", "javascript:x"):
        response = client.post("/admin/login/", {**sent, "next": target})

        assert response.status_code == 302
        assert response["Location"].startswith("/admin/")
        client.logout()


# --- Beside the text -----------------------------------------------------------------------------


def test_the_preview_is_what_readers_will_see_and_saves_nothing():
    client, _ = log_in("Writers")
    draft = make_revision()
    changed = form(draft, body=["**Bold** <script>alert(1)</script>", "x"])

    answer = client.post(page("preview", draft.pk), changed).json()

    assert "<strong>Bold</strong>" in answer["preview"]
    assert "<script" not in answer["preview"]
    assert Revision.objects.get(pk=draft.pk).saves == draft.saves


def test_a_preview_takes_and_gives_only_the_sections_that_are_not_known_yet():
    client, _ = log_in("Writers")
    draft = make_revision()
    digest, changed = re.compile(r'data-digest="(\w+)"'), "We keep *nothing*."
    before = client.post(page("preview", draft.pk), form(draft)).json()["preview"]
    have, bodies = digest.findall(before), {"body": [changed, draft.document().sections[1].body]}
    whole = client.post(page("preview", draft.pk), form(draft, **bodies)).json()
    short = form(draft, body=[changed, ""], unsent="contact", have=" ".join(have))

    answer = client.post(page("preview", draft.pk), short).json()
    client.post(page("edit", draft.pk), form(draft, title="Saved by somebody else"))
    outdated = client.post(page("preview", draft.pk), short)

    assert answer["findings"] == whole["findings"]
    assert digest.findall(answer["preview"]) == digest.findall(whole["preview"])
    assert "<em>nothing</em>" in answer["preview"]
    assert not re.search("says what we do|privacy@", answer["preview"])
    assert outdated.status_code == 412


def test_a_preview_leaves_out_findings_that_the_page_has_until_one_is_answered():
    client, writer = log_in("Writers", "Publishers")
    draft = make_revision(text="It is [TBD]. See [a place](#nowhere).", writer=writer)
    digests = re.compile(r'data-digest="(\w+)"')

    def found(**fields):
        return client.post(page("preview", draft.pk), form(draft, **fields)).json()["findings"]

    first = found()
    have = " ".join(digests.findall(first))
    again = found(have=have, title="Another title")
    (key,) = re.findall(r'name="key" value="(\w+)"', first)
    workflow.justify(draft.pk, by=writer, at=NOW, key=key, reason="It will be there.")
    answered = found(have=have)

    assert "[TBD]" in first
    assert digests.findall(again) == digests.findall(first)
    assert "TBD" not in again
    assert "It will be there." in answered
    assert "TBD" not in answered


def test_the_preview_of_an_invalid_document_shows_its_problems():
    client, _ = log_in("Writers")
    draft = make_revision()

    response = client.post(page("preview", draft.pk), form(draft, title="T" * 301))

    assert response.status_code == 422
    assert "Shorten it" in response.json()["problems"]["title"]


def test_writers_see_reviewers_comments_on_their_desk_and_beside_the_text():
    client, writer = log_in("Writers")
    draft = make_revision(status=Status.IN_REVIEW, writer=writer)
    reviewer, at = make_user("Reviewers", name="Rita"), timezone.now()
    done = workflow.comment(draft.pk, by=reviewer, at=at, text="Whose?", section_anchor="scope")
    workflow.comment(draft.pk, by=reviewer, at=at, text="Which data?", section_anchor="scope")
    workflow.request_changes(draft.pk, by=reviewer, at=at, text="Shorter.")
    workflow.resolve_comment(done.pk, by=reviewer, at=at)
    comments = f"{page('review', draft.pk)}#comments"

    desk, editor = words(client.get("/admin/")), words(client.get(page("edit", draft.pk)))

    assert f'<a href="{comments}">2 unresolved comments</a>' in desk
    for expected in ("Which data?", "about 1. Scope", "Shorter.", "Rita", f'href="{comments}"'):
        assert expected in editor
    assert "Whose?" not in editor


def test_a_finding_stays_justified_while_its_sentence_is_unchanged():
    client, writer = log_in("Writers")
    text = Document("T", "", (Section("A", "a", "See [there](#nowhere), http://a.co."),))
    draft = make_revision(document=text, writer=writer)
    before = words(client.get(page("edit", draft.pk)))
    found = re.search(r'name="key" value="([0-9a-f]{64})"', before)
    assert found
    assert "1 to fix or justify" in before
    link = f'<a href="{page("edit", draft.pk)}#findings" class="count">1 finding<'
    assert link in words(client.get("/admin/"))
    answer = {"key": found[1], "reason": "The page follows next week."}

    client.post(page("justify", draft.pk), answer)
    client.post(page("justify", draft.pk), answer)

    assert AuditEvent.objects.filter(action="justify").count() == 1
    after = words(client.get(page("edit", draft.pk)))
    assert "The page follows next week." in after
    assert "1 justified" in after
    assert "to fix or justify" not in after
    assert "1 finding<" not in words(client.get("/admin/"))
    workflow.submit(draft.pk, by=writer, at=timezone.now())
    workflow.approve(draft.pk, by=make_user("Reviewers"), at=timezone.now())
    workflow.publish(draft.pk, by=make_user("Publishers"), at=timezone.now())
    again = workflow.start_draft(draft.policy_id, by=writer, at=timezone.now())
    assert "The page follows next week." in words(client.get(page("edit", again.pk)))
    desk = words(client.get("/admin/"))
    assert "1 finding<" not in desk


def test_pasted_html_comes_back_as_markdown_and_what_was_left_out_is_reported():
    client, _ = log_in("Writers")
    plain = {"markdown": "A **bold** word", "headings": 0, "note": ""}
    assert client.post("/admin/policies/paste/", {"html": "A <b>bold</b> word"}).json() == plain
    html = "<h1>Data</h1><p>One<img src=x></p><h1>Cookies</h1>"

    answer = client.post("/admin/policies/paste/", {"html": html}).json()

    assert answer["markdown"] == "### Data\n\nOne\n\n### Cookies"
    assert answer["note"].startswith("Left out of what you pasted: pictures. Its 2 headings are")


def test_json_from_an_editor_that_holds_no_texts_is_refused():
    client, _ = log_in("Writers")

    for texts in ("", "[" * 100_000, f"[{'9' * 6_000}]", "NaN", '{"a": 1}', "[null]", '[["a"]]'):
        answer = client.post("/admin/policies/blocks/", {"texts": texts})

        assert (answer.status_code, answer.json()) == (422, {"problem": "Send a list of texts."})


def test_five_megabytes_of_paste_are_refused_with_an_explanation():
    client, _ = log_in("Writers")

    response = client.post("/admin/policies/paste/", {"html": "<p>x</p>" * 660_000})

    assert response.status_code == 422
    assert response.json()["problem"]


# --- Files ---------------------------------------------------------------------------------------


def test_a_file_becomes_a_draft_with_a_list_of_what_was_lost():
    client, writer = log_in("Writers")
    policy = make_policy()
    file = SimpleUploadedFile("terms.md", b"# Terms\n\n<u>x</u>\n\n## Use {.c}\n\nBe kind.\n")

    response = client.post(page("upload", policy.pk), {"file": file})

    draft = Revision.objects.get()
    assert (draft.title, draft.status, draft.created_by) == ("Terms", Status.DRAFT, writer)
    assert "underlining has no sign in Markdown" in words(response)
    assert page("edit", draft.pk) in words(response)
    file.seek(0)

    again = client.post(page("upload", policy.pk), {"file": file})

    assert "underlining has no sign in Markdown" in words(again)
    assert Revision.objects.get() == draft
    (act,) = AuditEvent.objects.filter(action="import_draft")
    assert act.reason.startswith("terms.md: ")
    assert "underlining has no sign in Markdown" in act.reason


def test_many_losses_of_one_kind_are_counted_on_the_page_and_listed_below():
    client, _ = log_in("Writers")
    text = "# Terms\n\n<mark>x</mark>\n\n" + "<u>x</u>\n\n" * 12
    file = SimpleUploadedFile("terms.md", text.encode())

    shown = words(client.post(page("upload", make_policy().pk), {"file": file}))

    assert "<summary>underlining has no sign in Markdown (12 times)</summary>" in shown
    assert all(f"<li>line {line}: x</li>" in shown for line in range(5, 28, 2))
    assert "line 3: highlighting has no sign in Markdown: x" in shown


def test_what_no_page_shows_of_a_file_is_listed_with_the_lines():
    client, _ = log_in("Writers")
    image = b"![a](https://x.test/m.png)"
    file = SimpleUploadedFile("terms.md", b"# Terms\n\n" + image + b"\n\n" + image + b"\n")

    shown = words(client.post(page("upload", make_policy().pk), {"file": file}))

    kind = "Image from another site is shown as a link"
    assert f"<summary>{kind} (2 times)</summary>" in shown
    assert "<li>line 3: https://x.test/m.png</li><li>line 5: https://x.test/m.png</li>" in shown
    assert "Everything was converted" not in shown


def test_a_file_in_another_language_than_its_policy_gets_a_note():
    client, _ = log_in("Writers")
    czech = "Osobní údaje, které nám poskytnete při zřízení účtu, zpracováváme pouze pro vás. "
    file = SimpleUploadedFile("terms.html", f'<html lang="cs"><p>{czech * 3}</p>'.encode())

    shown = words(client.post(page("upload", make_policy().pk), {"file": file}))

    assert "text seems to be in another language: cs, not en" in shown


def test_of_many_losses_the_audit_keeps_the_first():
    client, _ = log_in("Writers")
    text = "".join(f"## Use {number} {{.c{number}}}\n\nBe kind.\n\n" for number in range(100))
    file = SimpleUploadedFile("terms.md", f"# Terms\n\n{text}".encode())

    shown = words(client.post(page("upload", make_policy().pk), {"file": file}))

    assert all(f"{{.c{number}}}" in shown for number in range(100))
    (act,) = AuditEvent.objects.filter(action="import_draft")
    assert act.reason.startswith("terms.md: ")
    assert (len(act.reason), act.reason[-1]) == (2_000, "…")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.md", b"caf\xe9", "not UTF-8"),
        ("a.pdf", b"%PDF", "Files of this kind"),
        ("a.docx", b"no zip", "Word"),
        ("a.md", b"x" * 10_000_001, "larger than 10 MB"),
    ],
)
def test_an_unreadable_file_is_refused_with_a_reason(name, data, reason):
    client, _ = log_in("Writers")

    response = client.post(
        page("upload", make_policy().pk), {"file": SimpleUploadedFile(name, data)}
    )

    assert reason in words(response)
    assert not Revision.objects.exists()


def test_any_revision_can_be_downloaded_as_markdown():
    client, _ = log_in("Reviewers")
    draft = make_revision()

    response = client.get(page("markdown", draft.pk))

    assert response.content.decode() == documents.serialize(draft.document())
    assert f"{draft.policy.slug}-draft-{draft.pk}.md" in response["Content-Disposition"]


# --- Handing in, and the rest --------------------------------------------------------------------


def test_submitting_saves_what_was_typed_and_a_second_click_changes_nothing():
    client, _ = log_in("Writers")
    draft = make_revision()

    typed = form(draft, do="submit", title="As I want it")
    asked = client.post(page("edit", draft.pk), typed)
    first = client.post(asked["Location"], follow=True)
    second = client.post(asked["Location"], follow=True)
    again = client.post(page("edit", draft.pk), typed, follow=True)

    assert asked["Location"] == page("submit", draft.pk)
    assert "Submitted for review" in words(first)
    assert "in review now" in words(second)
    assert "only a draft can be submitted" in words(again)
    assert "Nothing was saved" not in words(again)
    handed_in = Revision.objects.get(pk=draft.pk)
    assert (handed_in.status, handed_in.title) == (Status.IN_REVIEW, "As I want it")


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"heading": ["", "Contact"], "title": "Mine"}, 422, "Give this section a heading"),
        ({"seen_saves": 0, "title": "Mine"}, 409, "It was not submitted for review."),
    ],
    ids=["a heading is missing", "somebody saved meanwhile"],
)
def test_a_text_that_can_not_be_saved_is_not_submitted_and_comes_back(typed, status, said):
    client, _ = log_in("Writers")
    draft = make_revision()

    answer = client.post(page("edit", draft.pk), form(draft, do="submit", **typed))

    assert answer.status_code == status
    assert said in words(answer)
    assert "Mine" in answer.content.decode()
    assert Revision.objects.get(pk=draft.pk).status == Status.DRAFT


def test_a_discarded_draft_is_kept():
    client, _ = log_in("Writers")
    draft = make_revision()

    answer = client.post(page("discard", draft.pk), follow=True)

    assert answer.redirect_chain[-1][0] == page("policy_change", draft.policy_id)
    assert "Discarded. The text is kept in the history." in words(answer)
    assert Revision.objects.get(pk=draft.pk).status == Status.DISCARDED


def test_the_editor_shows_only_the_checklists_of_its_policy():
    client, _ = log_in("Writers")
    draft = make_revision()
    before = words(client.get(page("edit", draft.pk)))
    draft.policy.checklists = ["minnesota"]
    draft.policy.save(update_fields=["checklists"])

    after = words(client.get(page("edit", draft.pk)))

    assert "GDPR Article 13(1)(a)" in before
    assert "Minn. Stat." not in before
    assert "GDPR Article 13(1)(a)" not in after
    assert "Minn. Stat. § 325M.16, subd. 1(a)(7)" in after


def test_the_page_of_a_policy_offers_the_checklists():
    client, _ = log_in("Publishers")
    policy = make_policy()

    shown = client.get(page("policy_change", policy.pk)).content.decode()

    assert 'value="gdpr" checked>' in shown
    assert 'value="google-play">' in shown


def test_demo_staff_have_one_role_each_and_passwords_that_work(client, capsys):
    call_command("create_demo_staff")

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    for line in lines:
        role, *_, username, _, password = line.split()
        assert client.login(username=username, password=password)
        response = client.get("/admin/")
        assert response.status_code == 200
        assert response.wsgi_request.user.groups.get().name == f"{role}s"
        assert response.wsgi_request.user.email == f"{username}@example.com"


def test_demo_staff_get_no_e_mails_and_do_not_belong_on_a_public_site(monkeypatch, mailoutbox):
    call_command("create_demo_staff")
    call_command("create_demo_staff")
    assert mailoutbox == []
    monkeypatch.setattr(settings, "HTTPS", True)

    with pytest.raises(CommandError, match="do not belong"):
        call_command("create_demo_staff")

    call_command("create_demo_staff", anyway=True)
