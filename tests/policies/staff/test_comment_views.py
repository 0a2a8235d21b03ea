"""Comments on a revision: making, answering and resolving them."""

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from policies import workflow
from policies.states import Status
from tests.factories import make_revision, make_user
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db


def test_a_comment_is_answered_and_stays_open_until_it_is_resolved() -> None:
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


def test_a_comment_is_answered_and_resolved_beside_the_text() -> None:
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


def test_a_comment_on_another_revision_can_be_neither_replied_to_nor_resolved() -> None:
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


def test_a_comment_on_a_section_holds_approval_up_until_it_is_resolved() -> None:
    revision = make_revision(status=Status.IN_REVIEW)
    client, _ = log_in("Reviewers", name="ravi")

    client.post(page("comment", revision.pk), {"text": "Why <this>?", "section": "scope"})
    shown = words(client.get(page("review", revision.pk)))
    assert "Why &lt;this&gt;?" in shown
    assert '<a href="#scope">about 1. Scope</a>' in shown
    blocked = client.post(
        page("approve", revision.pk), {"seen_digest": revision.digest}, follow=True
    )
    assert "must be resolved" in words(blocked)

    remark = revision.comments.get()
    client.post(page("resolve_comment", revision.pk), {"comment": remark.pk})
    client.post(page("approve", revision.pk), {"seen_digest": revision.digest})
    revision.refresh_from_db()
    assert revision.status == Status.APPROVED


@pytest.mark.parametrize("typed", [{"text": "a\x00b"}, {"text": "a", "section": "\x00"}])
def test_a_comment_that_can_not_be_kept_is_refused_in_words(typed: dict[str, str]) -> None:
    revision = make_revision(status=Status.IN_REVIEW)
    client, _ = log_in("Reviewers")

    answer = client.post(page("comment", revision.pk), typed, follow=True)

    assert "Null characters are not allowed." in words(answer)
    assert not revision.comments.exists()
