"""Suggestions: other words for a passage, accepted or declined by a writer."""

import pytest
from django.contrib.auth.models import User

from policies import workflow
from policies.ledger import authorship, verify
from policies.models import AuditEvent, Revision
from policies.states import Status
from tests.factories import NOW, make_document, make_revision, make_user, save_draft
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db

TEXT = "We keep your name for 30 days, and your invoices for *ten* years."


def suggested(replacement="7 days", *, quoted="30 days", text=TEXT):
    revision = make_revision(text=text)
    reviewer = make_user("Reviewers", name="ravi")
    how = {"by": reviewer, "at": NOW, "text": "Too long.", "words": quoted}
    comment = workflow.comment(revision.pk, **how, replacement=replacement)
    return revision, comment, reviewer


def body(revision):
    return Revision.objects.get(pk=revision.pk).document().sections[0].body


def test_an_accepted_suggestion_changes_the_draft_and_resolves_the_comment():
    revision, comment, _ = suggested()
    writer, page_of_reader = log_in("Writers", name="ana")[0], page("review", revision.pk)
    shown = words(writer.get(page("edit", revision.pk)))
    assert "Suggested instead: <ins" in shown

    done = writer.post(page("accept_suggestion", revision.pk), {"comment": comment.pk}, follow=True)

    assert "The draft was changed as suggested" in words(done)
    assert body(revision) == TEXT.replace("30 days", "7 days")
    assert "for 7 days" in words(writer.get(page_of_reader))
    comment.refresh_from_db()
    assert comment.resolved_by
    assert comment.resolved_by.username == "ana"
    event = AuditEvent.objects.get(action="accept_suggestion")
    assert event.reason == "#scope"
    assert verify().problems == []


@pytest.mark.parametrize(
    ("roles", "others", "said"),
    [
        (
            ["Writers"],
            [],
            "ravi can’t approve the text any more, as one of its authors. Nobody can.",
        ),
        (["Writers"], ["ben", "cara"], "as one of its authors. ben and cara still can."),
        (["Writers", "Reviewers"], ["ben"], "you and ravi can’t approve the text any more, as its"),
    ],
)
def test_a_writer_is_warned_who_could_still_approve_before_they_accept(roles, others, said):
    revision, comment, _ = suggested()
    client, _ = log_in(*roles, name="ana")
    for name in others:
        make_user("Reviewers", name=name)

    for name in ("edit", "review"):
        assert said in words(client.get(page(name, revision.pk))), name

    again = {"text": "More.", "words": "ten", "replacement": "six"}
    workflow.comment(revision.pk, by=comment.created_by, at=NOW, **again)
    client.post(page("accept_suggestion", revision.pk), {"comment": comment.pk})
    assert "If you accept this" not in words(client.get(page("edit", revision.pk)))


def test_whoever_suggested_what_was_accepted_can_not_approve_it():
    revision, comment, reviewer = suggested()
    ana = make_user("Writers")
    workflow.accept_suggestion(comment.pk, by=ana, at=NOW)
    workflow.submit(revision.pk, by=ana, at=NOW)

    with pytest.raises(workflow.NotAllowed, match="You worked on this revision"):
        workflow.approve(revision.pk, by=reviewer, at=NOW)
    ana.groups.add(*reviewer.groups.all())
    with pytest.raises(workflow.NotAllowed):
        workflow.approve(revision.pk, by=User.objects.get(pk=ana.pk), at=NOW)
    written = {it.name: it.what for it in authorship.authors(revision)}
    assert written["ravi"] == "section 1 (Scope)"

    workflow.approve(revision.pk, by=make_user("Reviewers"), at=NOW)
    workflow.publish(revision.pk, by=make_user("Publishers"), at=NOW)
    assert verify().problems == []


def test_a_suggestion_of_somebody_whose_account_was_deleted_counts_as_theirs():
    revision, comment, reviewer = suggested()
    left, _ = reviewer.pk, reviewer.delete()

    workflow.accept_suggestion(comment.pk, by=make_user("Writers"), at=NOW)

    assert revision.contributions.filter(contributed_by=left).exists()
    assert verify().problems == []


def test_words_that_are_gone_or_changed_are_not_replaced():
    revision, comment, _ = suggested()
    ana = make_user("Writers")
    new = make_document(text=TEXT.replace("30 days", "60 days"))
    saved = save_draft(revision, new, by=ana)

    with pytest.raises(workflow.WrongState, match="would replace are gone"):
        workflow.accept_suggestion(comment.pk, by=ana, at=NOW)

    assert body(saved) == new.sections[0].body
    client, _ = log_in("Writers")
    shown = words(client.get(page("edit", revision.pk)))
    assert "Accept change" not in shown
    assert "Decline change" in shown


@pytest.mark.parametrize(
    ("text", "quoted", "replacement"),
    [
        (TEXT, "for ten years", "for five years"),
        (TEXT, "We keep", "# We keep"),
        ("Plan | Price\n--- | ---\nSmall | 10 euros", "Small", "Small | Large"),
        ("Fees are due.\n\nAt once.", "Fees", "- Fees"),
        ("Fees are due.\n\nAt once.", "Fees are due.", "[fees]: https://softphonez.com"),
    ],
)
def test_words_that_would_not_be_shown_as_they_were_suggested_are_left_to_the_writer(
    text, quoted, replacement
):
    revision, comment, _ = suggested(replacement, quoted=quoted, text=text)

    with pytest.raises(workflow.Incomplete, match=r"Change the text yourself|not be valid"):
        workflow.accept_suggestion(comment.pk, by=make_user("Writers"), at=NOW)

    assert body(revision) == text


def test_only_suggestions_are_accepted_and_once():
    revision, comment, reviewer = suggested()
    ana = make_user("Writers")
    plain = workflow.comment(revision.pk, by=reviewer, at=NOW, text="Hm.")

    with pytest.raises(workflow.Incomplete, match="suggests no other words"):
        workflow.accept_suggestion(plain.pk, by=ana, at=NOW)
    with pytest.raises(workflow.Incomplete, match="suggests no other words"):
        workflow.decline_suggestion(plain.pk, by=ana, at=NOW)
    workflow.accept_suggestion(comment.pk, by=ana, at=NOW)
    with pytest.raises(workflow.WrongState):
        workflow.accept_suggestion(comment.pk, by=ana, at=NOW)


def test_a_suggestion_needs_words(client):
    revision = make_revision(status=Status.IN_REVIEW)
    desk, _ = log_in("Reviewers")

    answer = desk.post(page("comment", revision.pk), {"text": "So.", "replacement": "x"})

    assert "Select the words that are to be replaced." in words(answer)
    assert not revision.comments.exists()
