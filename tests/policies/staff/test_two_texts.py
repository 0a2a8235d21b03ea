"""Two people write in one draft: what they changed in different places is merged by itself."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from policies import workflow
from policies.models import Revision, UnsavedText
from policies.staff.editing import DraftText
from policies.staff.two_texts import fingerprints
from policies.text.document import Document, Section
from tests.factories import make_revision, make_user, make_version, save_draft
from tests.policies.public.public_site import make_family
from tests.policies.staff.desk import form, log_in, page, words

pytestmark = pytest.mark.django_db

ONE, TWO, THREE = "The first one is about us.", "The second one is about you.", "The third one."
A, B, C = (Section(it, it.lower(), f"{ONE}\n\n{TWO}\n\n{THREE}") for it in "ABC")
BASE = Document("Terms", "Hello.", (A, B, C))
NEW = Section("New", "new", "Words.")


def ana():
    user = make_user("Writers")
    User.objects.filter(pk=user.pk).update(first_name="Ana", last_name="Lopez")
    return User.objects.get(pk=user.pk)


def edited(draft, text, **changes):
    """Return the editor's form with another text, as a page without scripts sends it."""
    bodies = {
        name: [getattr(it, name) for it in text.sections] for name in ("heading", "anchor", "body")
    }
    fields = {"title": text.title, "introduction": text.introduction, "numbering": text.numbering}
    seen = fingerprints(DraftText.of(draft.document()))
    return form(draft, **bodies, **fields, seen_parts=seen, **changes)


def opened(*sections):
    """Return what a script adds to the form: the sections that were changed, as they were."""
    return json.dumps({f"#{it.anchor}": [it.heading, it.body] for it in sections})


def with_sections(*sections, **changes):
    return replace(BASE, sections=sections, **changes)


def words_of(section, **words):
    body = section.body
    for old, new in words.items():
        body = body.replace(old, new)
    return replace(section, body=body)


@pytest.mark.parametrize(
    ("mine", "theirs", "both", "from_ana"),
    [
        (
            with_sections(words_of(A, first="1st"), B, C),
            with_sections(A, words_of(B, second="2nd"), C),
            with_sections(words_of(A, first="1st"), words_of(B, second="2nd"), C),
            "“B”",
        ),
        (
            with_sections(A, B, C, title="Mine"),
            with_sections(A, B, C, introduction="Theirs.", numbering="none"),
            with_sections(A, B, C, title="Mine", introduction="Theirs.", numbering="none"),
            "introduction, numbering",
        ),
        (
            with_sections(A, NEW, words_of(B, first="1st"), C),
            with_sections(A, B),
            with_sections(A, NEW, words_of(B, first="1st")),
            "“C”",
        ),
        (
            with_sections(A, B),
            with_sections(NEW, words_of(B, first="1st"), A, C),
            with_sections(NEW, words_of(B, first="1st"), A),
            "“New”, “B”, the order of sections",
        ),
        (
            with_sections(C, A, words_of(B, first="1st")),
            with_sections(A, C, B, NEW),
            with_sections(C, A, words_of(B, first="1st"), NEW),
            "“New”",
        ),
    ],
    ids=["sections", "beside them", "removed and added", "moved", "both moved"],
)
def test_what_two_people_changed_in_different_places_is_merged_and_named(
    mine, theirs, both, from_ana
):
    client, writer = log_in("Writers")
    draft = make_revision(document=BASE)
    sent = edited(draft, mine)
    save_draft(draft, theirs, by=ana(), at=timezone.now())

    shown = words(client.post(page("edit", draft.pk), sent, follow=True))

    assert Revision.objects.get(pk=draft.pk).document() == both
    assert f"Changed meanwhile, and kept: {from_ana} (Ana Lopez)." in shown
    assert "Saved." in shown
    assert ("You have both moved sections; their order is yours." in shown) == (
        mine.sections[0] == C
    )
    assert draft.contributions.filter(contributed_by=writer).exists()
    assert not UnsavedText.objects.exists()


def test_paragraphs_of_one_section_are_merged_if_a_script_sent_how_it_was():
    client, _ = log_in("Writers")
    draft = make_revision(document=BASE)
    sent = edited(draft, with_sections(words_of(A, first="1st"), B, C), opened_parts=opened(A))
    save_draft(draft, with_sections(words_of(A, third="3rd"), B, C), by=ana(), at=timezone.now())
    theirs = Revision.objects.get(pk=draft.pk).document()

    # A script gets no page, and then sends the form for one.
    kept = client.post(page("edit", draft.pk), sent, headers={"Accept": "application/json"})
    assert (kept.status_code, "was saved by" in kept.json()["problem"]) == (409, True)
    assert Revision.objects.get(pk=draft.pk).document() == theirs
    assert client.post(page("edit", draft.pk), sent).status_code == 302

    assert Revision.objects.get(pk=draft.pk).document().sections[0] == words_of(
        A, first="1st", third="3rd"
    )


def edit_same_paragraph(opened_parts):
    mine = with_sections(words_of(A, first="1st"), words_of(B, first="1st"), C, NEW)
    theirs = with_sections(words_of(A, first="earliest"), words_of(C, first="last"), B)
    return mine, theirs, {"opened_parts": opened_parts}


def removed_and_changed(_):
    mine = with_sections(words_of(B, first="1st"), C, NEW)
    return mine, with_sections(words_of(A, first="earliest"), words_of(C, first="last"), B), {}


@pytest.mark.parametrize("chosen", ["mine", "theirs"])
@pytest.mark.parametrize(
    ("case", "script"),
    [(edit_same_paragraph, ""), (edit_same_paragraph, opened(A, B)), (removed_and_changed, "")],
    ids=["without scripts", "with scripts", "removed by one"],
)
def test_only_a_true_conflict_is_asked_about_and_the_rest_is_merged(case, script, chosen):
    client, _ = log_in("Writers")
    draft = make_revision(document=BASE)
    mine, theirs, more = case(script)
    sent = edited(draft, mine, **more)
    save_draft(draft, theirs, by=ana(), at=timezone.now())

    answer = client.post(page("edit", draft.pk), sent)

    assert answer.status_code == 409
    asked = words(answer)
    assert "Ana Lopez’s version, saved" in asked
    assert re.findall(r'name="choice" value="([^"]*)"', asked) == ["#a"]
    fields = fields_of(asked)
    unsaid = client.post(page("edit", draft.pk), {**fields, "do": "choose"})
    assert (unsaid.status_code, "which version of “a” to keep" in words(unsaid)) == (422, True)
    assert Revision.objects.get(pk=draft.pk).document() == theirs
    choice = {**fields, "keep #a": chosen, "do": "choose"}
    assert client.post(page("edit", draft.pk), choice).status_code == 302
    now = Revision.objects.get(pk=draft.pk).document()
    bodies = {it.anchor: it for it in now.sections}
    of_each = {"mine": mine, "theirs": theirs}[chosen]
    assert bodies.pop("a", None) == next((it for it in of_each.sections if it.anchor == "a"), None)
    assert [*bodies] == ["c", "new", "b"]
    assert bodies == {"c": words_of(C, first="last"), "b": words_of(B, first="1st"), "new": NEW}
    assert not UnsavedText.objects.exists()


def fields_of(html):
    found = {}
    hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', html)
    texts = re.findall(r'<textarea name="(\w+)" hidden> (.*?)</textarea>', html)
    for name, value in [*hidden, *texts]:
        if name != "csrfmiddlewaretoken":
            value = unescape(value).replace(" The ", "\n\nThe ")
            found.setdefault(name, []).append(value)
    return found


def test_the_page_of_a_conflict_sends_a_section_though_both_have_removed_all():
    client, _ = log_in("Writers")
    draft = make_revision(document=BASE)
    sent = {**edited(draft, with_sections(title="Mine")), "heading": "", "anchor": "", "body": ""}
    save_draft(draft, with_sections(title="Theirs"), by=ana(), at=timezone.now())
    asked = client.post(page("edit", draft.pk), sent).content.decode()
    names = re.findall(r'<(?:input|textarea)[^>]* name="(heading|anchor|body)"', asked)

    assert "Choose which to keep" in asked
    assert names == ["heading", "anchor", "body"]


def test_a_text_that_was_kept_before_others_saved_is_merged_when_it_is_saved():
    client, _ = log_in("Writers")
    draft = make_revision(document=BASE)
    kept = edited(draft, with_sections(words_of(A, first="1st"), B, C), do="add", window="1")
    client.post(page("edit", draft.pk), kept)
    suggested = workflow.comment(
        draft.pk, by=ana(), at=timezone.now(), text="No.", words="Hello.", replacement="Goodbye."
    )
    workflow.accept_suggestion(suggested.pk, by=make_user("Writers"), at=timezone.now())

    page_now = words(client.get(page("edit", draft.pk)))
    assert (
        "The draft has been saved since: when you save, the changes of both are kept." in page_now
    )
    client.post(page("edit", draft.pk), {**kept, "do": "save"})

    now = Revision.objects.get(pk=draft.pk).document()
    assert now == with_sections(words_of(A, first="1st"), B, C, introduction="Goodbye.")


def test_a_source_version_that_two_translators_changed_is_not_overwritten_unseen():
    client, _ = log_in("Writers")
    english, german = make_family(behind=True)
    make_version(policy=english, at=timezone.now() - timedelta(days=1))
    draft = workflow.start_draft(german.pk, by=ana(), at=timezone.now())
    opened_with = client.get(page("edit", draft.pk)).context["source_version"]
    other = next(number for number in (1, 2, 3) if number != opened_with)
    mine = next(number for number in (1, 2, 3) if number not in {opened_with, other})
    workflow.set_source_version(draft.pk, by=ana(), at=timezone.now(), number=other)
    sent = form(draft, title="Mine", source_version=mine, seen_source_version=opened_with)

    refused = client.post(page("edit", draft.pk), sent)

    assert refused.status_code == 422
    assert f"It is now version {other}. Nothing was done." in words(refused)
    now = Revision.objects.get(pk=draft.pk)
    assert (now.source_version.number, now.title) == (other, draft.title)
    again = {**sent, "seen_source_version": refused.context["seen_source_version"]}
    assert client.post(page("edit", draft.pk), again).status_code == 302
    assert Revision.objects.get(pk=draft.pk).source_version.number == mine
