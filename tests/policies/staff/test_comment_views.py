"""Comments on a revision: making, answering and resolving them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.utils import timezone

from policies import workflow
from policies.ledger import verify
from policies.models import AuditEvent
from policies.states import Status
from policies.text.document import Document, Section
from tests.factories import (
    make_document,
    make_policy,
    make_revision,
    make_user,
    make_version,
    save_draft,
)
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db


def test_a_comment_is_answered_and_stays_open_until_it_is_resolved():
    revision = make_revision(status=Status.IN_REVIEW)
    client, _ = log_in("Writers", name="ana")
    workflow.comment(
        revision.pk,
        by=make_user("Reviewers", name="ben"),
        at=timezone.now(),
        text="Why?",
        section_anchor="contact",
    )
    remark = revision.comments.get()

    client.post(
        page("reply_to_comment", revision.pk),
        {"comment": remark.pk, "text": "The law asks for it."},
    )

    shown = words(client.get(page("review", revision.pk)))
    assert "The law asks for it." in shown
    assert "about 2. Contact" in shown
    remark.refresh_from_db()
    assert remark.resolved_at is None
    empty = client.post(
        page("reply_to_comment", revision.pk), {"comment": remark.pk, "text": " "}, follow=True
    )
    assert "Enter a reply" in words(empty)
    client.post(page("resolve_comment", revision.pk), {"comment": remark.pk})
    assert "Resolved by ana" in words(client.get(page("review", revision.pk)))


def test_a_suggestion_that_a_writer_followed_by_hand_is_resolved_not_declined():
    draft = make_revision(document=make_document(text="We **keep** little."))
    client, _ = log_in("Writers")
    sent = {"text": "Less.", "words": "We keep little.", "replacement": "We keep nothing."}
    client.post(page("comment", draft.pk), sent)
    chosen = {"comment": draft.comments.get().pk}

    refused = words(client.post(page("accept_suggestion", draft.pk), chosen, follow=True))

    assert "Change the text yourself, then resolve the comment." in refused
    assert f'action="{page("resolve_comment", draft.pk)}"' in refused
    client.post(page("resolve_comment", draft.pk), chosen)
    shown = words(client.get(page("review", draft.pk)))
    assert "Resolved by" in shown
    assert "Declined" not in shown


@pytest.mark.parametrize(
    ("action", "shown"), [("accept_suggestion", "Accepted"), ("decline_suggestion", "Declined")]
)
def test_what_became_of_a_suggestion_is_shown(action, shown):
    draft = make_revision(text="We keep little.")
    client, writer = log_in("Writers")
    comment = workflow.comment(
        draft.pk,
        by=make_user("Reviewers"),
        at=timezone.now(),
        text="Say more.",
        words="keep little",
        replacement="keep nothing",
    )

    client.post(page(action, draft.pk), {"comment": comment.pk})

    assert f"{shown} by {writer}" in words(client.get(page("review", draft.pk)))


def test_a_comment_is_answered_and_resolved_beside_the_text():
    draft = make_revision()
    client, _ = log_in("Writers")
    remark = workflow.comment(draft.pk, by=make_user("Reviewers"), at=timezone.now(), text="Why?")
    editor = client.get(page("edit", draft.pk))
    forms = BeautifulSoup(editor.content, "html.parser").select("#comments form")
    assert [it["action"] for it in forms] == [
        page("resolve_comment", draft.pk),
        page("reply_to_comment", draft.pk),
    ]
    typed = {it["name"]: it.get("value", "") for it in forms[0].select("input")}

    answered = client.post(
        page("reply_to_comment", draft.pk), {**typed, "text": "The law asks for it."}
    )
    assert answered["Location"] == page("edit", draft.pk) + "#comments"
    assert "The law asks for it." in words(client.get(answered["Location"]))
    refused = client.post(page("reply_to_comment", draft.pk), {**typed, "text": "x" * 10_001})
    assert f'<a href="{answered["Location"]}"' in words(refused)
    resolved = client.post(page("resolve_comment", draft.pk), typed)
    assert resolved["Location"] == answered["Location"]
    assert "Why?" not in words(client.get(resolved["Location"]))
    remark.refresh_from_db()
    assert remark.resolved_at


def test_a_comment_on_another_revision_can_be_neither_replied_to_nor_resolved():
    other, revision = make_revision(), make_revision()
    remark = workflow.comment(other.pk, by=make_user("Writers"), at=timezone.now(), text="Why?")
    client, _ = log_in("Writers")

    for action in ("reply_to_comment", "resolve_comment"):
        typed = {"comment": remark.pk, "text": "So."}
        answer = client.post(page(action, revision.pk), typed, follow=True)
        assert "This revision has no such comment. Nothing was changed." in words(answer)

    answer = client.post(page("reply_to_comment", revision.pk), {"text": "So."})
    assert "So.</textarea>" in words(answer)
    remark.refresh_from_db()
    assert remark.resolved_at is None
    assert not remark.replies.exists()


@pytest.mark.parametrize("typed", [{"text": "a\x00b"}, {"text": "a", "section": "\x00"}])
def test_a_comment_that_can_not_be_kept_is_refused_with_an_explanation(typed):
    revision = make_revision(status=Status.IN_REVIEW)
    client, _ = log_in("Reviewers")

    answer = client.post(page("comment", revision.pk), typed, follow=True)

    assert "Null characters are not allowed." in words(answer)
    assert not revision.comments.exists()


# --- On words ------------------------------------------------------------------------------------

TEXT = "We keep your name for 30 days, and your invoices for ten years."


def saved(draft, text, *, moved=False):
    """Save a draft with another text of its first section, as its last one if it is moved."""
    document = make_document(text=text)
    sections = document.sections[::-1] if moved else document.sections
    document = replace(document, sections=sections)
    by = make_user("Writers")
    return save_draft(draft, document, by=by, at=timezone.now())


def test_a_comment_on_words_is_shown_beside_them_and_linked_both_ways():
    draft = make_revision(text=TEXT, status=Status.IN_REVIEW)
    client, _ = log_in("Reviewers", name="ravi")

    typed = {"text": "Why so long?", "section": "scope", "words": "ten\n years", "preceding": "for"}
    client.post(page("comment", draft.pk), typed)

    remark = draft.comments.get()
    shown = words(client.get(page("review", draft.pk)))
    assert (
        f'for <mark class="quoted"><span id="words-{remark.pk}"></span>ten years</mark>'
        f'<a class="to-comment" href="#comment-{remark.pk}" aria-label="Comment 1, by ravi">1</a>.'
    ) in shown
    assert f'<a href="#words-{remark.pk}">“ten years”</a>' in shown
    assert remark.section_anchor == "scope"


def test_words_in_an_unchanged_section_are_shown_without_unfolding_it():
    policy = make_version(policy=make_policy()).policy
    document = replace(make_document(text=TEXT), title="Another title")
    make_version(policy=policy, document=document, at=timezone.now())
    draft = make_revision(policy=policy, document=replace(document, title="A third title"))
    client, _ = log_in("Writers")
    closed = words(client.get(page("review", draft.pk)))

    client.post(page("comment", draft.pk), {"text": "Why?", "words": "ten years"})

    assert closed.count('<details class="unchanged"> ') == 2
    shown = words(client.get(page("review", draft.pk)))
    assert shown.count('<details class="unchanged" open>') == 1
    assert '<mark class="quoted">' in shown


def test_a_comment_stays_with_its_words_through_edits_and_moves():
    draft = make_revision(text=TEXT)
    client, _ = log_in("Writers")
    client.post(page("comment", draft.pk), {"text": "Why?", "words": "ten years"})
    remark = draft.comments.get()

    draft = saved(draft, f"This is new. {TEXT.replace('your invoices', 'all invoices')}")
    assert f'<span id="words-{remark.pk}"></span>ten years' in words(
        client.get(page("review", draft.pk))
    )
    draft = saved(draft, TEXT, moved=True)
    shown = words(client.get(page("review", draft.pk)))
    assert f'<span id="words-{remark.pk}"></span>ten years' in shown
    assert '<a href="#scope">about 2. Scope</a>' in shown
    editor = words(client.get(page("edit", draft.pk)))
    assert '<a href="#at-scope" data-find="ten years">“ten years”</a>' in editor


def test_a_comment_whose_words_are_gone_says_so_with_the_old_words():
    draft = make_revision(text=TEXT)
    client, _ = log_in("Writers")
    client.post(page("comment", draft.pk), {"text": "Why?", "words": "ten years"})

    draft = saved(draft, TEXT.replace("ten years", "eleven years"))

    for name in ("review", "edit"):
        shown = words(client.get(page(name, draft.pk)))
        assert 'The text it was about is gone: <del dir="auto">ten years</del>' in shown
        assert "words-" not in shown.replace("comment-words", "")


def test_words_of_the_introduction_and_of_a_first_version_can_be_commented_on():
    draft = make_revision(text=TEXT)
    client, _ = log_in("Reviewers")
    form = words(client.get(page("review", draft.pk)))
    assert "Comment on “Scope”" in form
    assert 'href="?section=contact#comment-text"' in form

    client.post(page("comment", draft.pk), {"text": "Is it so?", "words": "what we do"})

    shown = words(client.get(page("review", draft.pk)))
    assert "says <mark" in shown
    assert "what we do</mark>" in shown


NOT_QUOTED = [
    ({"words": "twelve years"}, "are not in the text. Copy them from it"),
    ({"words": "ten years", "section": "contact"}, "are not in the text"),
    ({"words": "o"}, "more than once. Copy a few more"),
    ({"words": "This policy says what we do. Scope"}, "are not in the text"),
    ({"words": "x" * 1_001}, "This has 1,001 characters. Shorten it to 1,000 or fewer."),
    ({"words": "a\u202eb"}, "control character (U+202E)"),
    ({"words": "ten years", "section": "nowhere"}, "has no section #nowhere"),
]


def test_words_that_can_not_be_quoted_are_refused_and_the_comment_comes_back():
    draft = make_revision(text=TEXT)
    client, _ = log_in("Reviewers")

    for typed, problem in NOT_QUOTED:
        answer = client.post(page("comment", draft.pk), {"text": "Why?", **typed})

        assert answer.status_code == 422
        assert problem in words(answer)
        assert "Why?</textarea>" in words(answer)
    assert not draft.comments.exists()


def test_words_at_fault_can_be_corrected_where_they_were_typed():
    draft = make_revision(document=make_document(text="We keep it for ten years."))
    client, _ = log_in("Reviewers")
    typed = {"section": "scope", "words": "twelve years", "replacement": "5 years", "text": "Why?"}

    answer = client.post(page("comment", draft.pk), typed)

    form = BeautifulSoup(answer.content, "html.parser").select_one("form#say")
    assert form
    at_fault = form.select_one("[aria-invalid=true]")
    assert at_fault
    assert (at_fault["name"], at_fault.text) == ("words", "twelve years")
    assert f'<a href="#{at_fault["id"]}">The words that this is about are not' in words(answer)
    assert f'href="{page("review", draft.pk)}?section=contact#comment-text"' in words(answer)
    kept = {str(it["name"]): it.text.strip() for it in form.select("textarea")}
    kept["section"] = str(form.select("option[selected]")[0]["value"])
    assert kept == typed
    client.post(page("comment", draft.pk), {**kept, "words": "ten years"})
    assert draft.comments.get().quotation["replacement"] == "5 years"


def test_a_comment_to_what_was_discarded_meanwhile_can_be_copied():
    draft = make_revision(status=Status.DISCARDED)
    client, _ = log_in("Reviewers")

    answer = client.post(page("comment", draft.pk), {"text": "Why?"})

    assert answer.status_code == 422
    assert "Why?</textarea>" in words(answer)


def test_words_of_the_introduction_that_a_section_has_too_are_found_by_what_is_around():
    document = replace(make_document(text="Keep it. All."), introduction="We keep it.")
    draft = make_revision(document=document)
    client, _ = log_in("Reviewers")
    selected = {"words": "it", "preceding": "We keep", "following": "."}

    client.post(page("comment", draft.pk), {"text": "What?", "section": "", **selected})

    comment = draft.comments.get()
    assert (comment.section_anchor, comment.quotation["prefix"]) == ("", "We keep ")


def test_sections_are_named_as_readers_see_their_headings():
    sections = (Section("1. Your [data](https://softphonez.com)", "data", "Ours."),)
    draft = make_revision(document=Document("Terms", "", sections))
    client, _ = log_in("Reviewers")
    client.post(page("comment", draft.pk), {"text": "Why?", "section": "data"})

    shown = BeautifulSoup(client.get(page("review", draft.pk)).content, "html.parser").text

    assert "about 1. Your data" in shown
    assert "section 1 (1. Your data)" in shown
    assert "](https" not in shown


def test_a_section_whose_heading_shows_nothing_can_be_commented_on_and_keeps_its_place():
    sections = (Section("&nbsp;", "blank", "A."), Section("Contact", "contact", "B."))
    draft = make_revision(document=Document("Terms", "", sections))
    client, _ = log_in("Reviewers")

    shown = BeautifulSoup(client.get(page("review", draft.pk)).content, "html.parser")

    offered = [it["value"] for it in shown.select("#comment-section option")]
    assert offered == ["", "blank", "contact"]
    assert "section 2 (Contact)" in shown.text


def test_words_in_two_sections_need_a_section():
    text = "Write to privacy@softphonez.com."
    draft = make_revision(text=text)
    client, _ = log_in("Reviewers")
    typed = {"text": "Why?", "words": text}

    assert "in more than one section" in words(client.post(page("comment", draft.pk), typed))
    client.post(page("comment", draft.pk), {**typed, "section": "contact"})

    assert draft.comments.get().section_anchor == "contact"


def test_resolved_comments_are_not_marked():
    draft = make_revision(text=TEXT)
    client, _ = log_in("Writers")
    client.post(page("comment", draft.pk), {"text": "Why?", "words": "ten years"})

    client.post(page("resolve_comment", draft.pk), {"comment": draft.comments.get().pk})

    shown = words(client.get(page("review", draft.pk)))
    assert '<mark class="quoted">' not in shown
    assert "“ten years”" in shown


def test_the_audit_and_the_mail_have_the_words_that_a_comment_is_about(
    mailoutbox, django_capture_on_commit_callbacks
):
    writer = make_user("Writers")
    User.objects.filter(pk=writer.pk).update(email="writer@softphonez.com")
    draft = make_revision(text=TEXT, writer=writer)
    client, _ = log_in("Reviewers")

    with django_capture_on_commit_callbacks(execute=True):
        client.post(page("comment", draft.pk), {"text": "Why?", "words": "ten years"})

    event = AuditEvent.objects.get(action="comment")
    assert event.facts["section"] == "scope"
    assert event.facts["quotation"]["exact"] == "ten years"
    assert "> ten years" in str(mailoutbox[-1].body)
    assert verify().problems == []


# --- Requesting changes --------------------------------------------------------------------------


def test_who_has_commented_requests_changes_without_another_comment():
    revision = make_revision(status=Status.IN_REVIEW)
    client, _ = log_in("Reviewers")
    asked = client.post(page("request_changes", revision.pk), {"text": ""}, follow=True)
    assert "Enter a comment: what has to change?" in words(asked)
    assert "Sends the draft back to its writers, with this comment." in words(asked)

    client.post(page("comment", revision.pk), {"text": "Too long."})
    shown = words(client.get(page("review", revision.pk)))
    done = client.post(page("request_changes", revision.pk), follow=True)

    assert "with your comments: you need no other one." in shown
    assert "Changes requested. The draft is back" in words(done)
    revision.refresh_from_db()
    assert revision.status == Status.DRAFT
    assert [it.text for it in revision.comments.all()] == ["Too long."]
    assert verify().problems == []


def test_a_comment_of_somebody_else_or_from_before_or_resolved_does_not_request_changes():
    revision = make_revision(status=Status.IN_REVIEW)
    client, reviewer = log_in("Reviewers")
    before = revision.submitted_at - timedelta(days=1)
    workflow.comment(revision.pk, by=make_user("Reviewers"), at=timezone.now(), text="No.")
    workflow.comment(revision.pk, by=reviewer, at=before, text="Too long.")
    done = workflow.comment(revision.pk, by=reviewer, at=timezone.now(), text="Too short.")
    workflow.resolve_comment(done.pk, by=reviewer, at=timezone.now())

    refused = client.post(page("request_changes", revision.pk), {"text": " "}, follow=True)

    assert "Enter a comment: what has to change?" in words(refused)
    revision.refresh_from_db()
    assert revision.status == Status.IN_REVIEW


def test_changes_are_requested_with_a_comment_on_words():
    revision = make_revision(text=TEXT, status=Status.IN_REVIEW)
    client, _ = log_in("Reviewers")

    client.post(page("request_changes", revision.pk), {"text": "Five.", "words": "ten years"})

    assert revision.comments.get().quotation["exact"] == "ten years"
    assert '<mark class="quoted">' in words(client.get(page("review", revision.pk)))
