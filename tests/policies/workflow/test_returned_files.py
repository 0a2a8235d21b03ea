"""Word files brought back: what is refused, what two people do at the same time."""

import pytest
from django.db import IntegrityError, connection, transaction

from policies import workflow
from policies.database import triggers
from policies.ledger import verify
from policies.models import (
    CommentReply,
    ProposalDecision,
    ReturnedFile,
    ReviewComment,
    Revision,
    SentText,
)
from policies.text import word_export
from policies.workflow import proposal_decisions, returned_files
from tests.factories import NOW, make_document, make_revision, make_user, save_draft
from tests.in_child import patient, using
from tests.policies.ledger.proved_site import problems_after
from tests.policies.text.word_edits import commented, tracked, with_text
from tests.policies.text.word_exports import FACTS

pytestmark = pytest.mark.django_db


def brought_back(revision=None, *, name="counsel.docx", said=("Jane Roe", "Why?")):
    """Bring back a file with a proposal and a comment. revision: None for a new one."""
    revision, ana = revision or make_revision(document=make_document()), make_user("Writers")
    data = tracked(word_export.write(revision.document(), FACTS), "what we do", "all that we do")
    data = commented(data, "little", said)
    how = {"by": ana, "at": NOW, "name": name, "data": data}
    return workflow.bring_back_file(revision.pk, **how), ana


def test_what_is_too_much_in_a_file_is_refused_with_an_explanation(monkeypatch):
    for limit, words in (
        ("MAX_PROPOSALS", "There are 1 changes in this file"),
        ("MAX_FILES", "0 files were uploaded already"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(returned_files, limit, 0)
            with pytest.raises(workflow.TooMany, match=words):
                brought_back()
    assert not ReturnedFile.objects.exists()

    file, _ = brought_back(name="n" * 300 + ".docx")

    assert file.name == "n" * 194 + "….docx"


def test_a_text_that_was_sent_counts_only_if_it_is_the_one_that_the_file_names():
    """Else whoever changes it in the database makes changes in the name of who has the file."""
    revision, writer = make_revision(document=make_document()), make_user("Writers")
    data = word_export.write(revision.document(), FACTS)
    returned_files.keep_sent(revision)
    save_draft(revision, make_document(text="We keep nothing."), by=writer)
    assert returned_files.is_known(revision.policy, "counsel.docx", data)

    sent = SentText.objects.get().markdown
    SentText.objects.update(markdown=sent.replace("little", "all"))

    assert not returned_files.is_known(revision.policy, "counsel.docx", data)


def test_names_and_comments_that_nobody_could_type_here_are_kept_without_their_controls():
    file, _ = brought_back(said=("Jane &#8238; Roe\n", "Why?&#x85;"))

    assert file.comments.get().guest == "Jane Roe"
    assert file.comments.get().text == "Why?"


def test_a_draft_that_is_saved_while_a_proposal_is_accepted_loses_nothing(monkeypatch):
    """Between the merge and its transaction, somebody else saves."""
    file, ana = brought_back()
    merged, calls = proposal_decisions.proposals_of, []

    def and_then_saved(of):
        found = merged(of)
        if not calls:
            new, saves = make_document(text="We keep nothing."), of.revision.saves
            workflow.save_draft(of.revision_id, new, by=ana, at=NOW, seen_saves=saves)
        calls.append(of)
        return found

    monkeypatch.setattr(proposal_decisions, "proposals_of", and_then_saved)
    workflow.accept_proposals(file.pk, by=ana, at=NOW)

    now = Revision.objects.get().document()
    assert len(calls) == 2
    assert now.introduction == "This policy says all that we do."
    assert now.sections[0].body == "We keep nothing."


def test_whoever_brought_the_file_back_is_an_author_of_what_others_accept():
    """They may have written it, so they can't approve it."""
    file, ana = brought_back()
    bob = make_user("Writers", "Reviewers")

    workflow.accept_proposals(file.pk, by=bob, at=NOW)

    revision = Revision.objects.get()
    assert {it.contributed_by_id for it in revision.contributions.all()} >= {ana.pk, bob.pk}
    assert verify().problems == []


def test_what_people_did_with_a_file_whose_accounts_were_deleted_is_known():
    file, ana = brought_back()
    left, _ = ana.pk, ana.delete()
    file, bob = ReturnedFile.objects.get(), make_user("Writers")

    with pytest.raises(workflow.WrongState, match="already, by somebody who has left"):
        brought_back(file.revision)
    workflow.accept_proposals(file.pk, by=bob, at=NOW)
    assert Revision.objects.get().contributions.filter(contributed_by=left).exists()
    bob.delete()
    with pytest.raises(workflow.WrongState, match="accepted already, by somebody who has left"):
        workflow.decline_proposals(file.pk, by=make_user("Writers"), at=NOW)
    assert verify().problems == []


def test_the_database_keeps_files_decisions_and_names_as_they_are():
    file, ana = brought_back()
    workflow.accept_proposals(file.pk, by=ana, at=NOW)
    decision, comment = ProposalDecision.objects.get(), ReviewComment.objects.get()
    other = make_revision()
    by_guest = {"text": "Hm.", "created_at": NOW, "guest": "Jane Roe"}
    for statement in (
        lambda: ReturnedFile.objects.update(text="Other."),
        file.delete,
        lambda: ProposalDecision.objects.update(is_accepted=False),
        decision.delete,
        lambda: ReviewComment.objects.update(guest="Somebody else"),
        lambda: ReviewComment.objects.create(revision=other, file=file, **by_guest),
        lambda: ReviewComment.objects.create(revision=file.revision, **by_guest),
        lambda: CommentReply.objects.create(comment=comment, **by_guest),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            statement()
    assert verify().problems == []


def test_what_was_changed_behind_the_audit_s_back_is_found():
    file, ana = brought_back()
    workflow.accept_proposals(file.pk, by=ana, at=NOW)
    assert verify().problems == []
    triggers.remove(connection)

    changes = [
        (lambda: ReviewComment.objects.update(guest="Somebody else"), "A comment is"),
        (lambda: ReturnedFile.objects.update(text="Something else."), "The Word files"),
        (lambda: ProposalDecision.objects.update(is_accepted=False), "The Word files"),
        (lambda: ProposalDecision.objects.all().delete(), "The Word files"),
    ]
    for change, problem in changes:
        assert problem in str(problems_after(change)), problem


def test_the_work_on_a_file_is_done_in_a_child_process():
    with using(patient()):
        file, ana = brought_back()
        workflow.accept_proposals(file.pk, by=ana, at=NOW)

    assert Revision.objects.get().document().introduction == "This policy says all that we do."


def test_what_a_file_says_is_shortened_where_it_is_too_long():
    file, _ = brought_back(said=("n" * 200, "w" * 10_001))

    comment = file.comments.get()
    assert comment.guest == "n" * 99 + "…"
    assert comment.text == "w" * 9_999 + "…"


def test_of_many_losses_of_one_kind_a_hundred_are_kept_with_their_number():
    revision, ana = make_revision(document=make_document()), make_user("Writers")
    data = tracked(word_export.write(revision.document(), FACTS), "what we do", "all that we do")
    hidden = (
        "</w:t></w:r>" + "<w:r><w:rPr><w:vanish/></w:rPr><w:t>x</w:t></w:r>" * 105 + "<w:r><w:t>"
    )
    data = with_text(data, "little", f"{hidden}little")

    file = workflow.bring_back_file(revision.pk, by=ana, at=NOW, name="a.docx", data=data)

    assert len(file.notes) == 101
    assert file.notes[-1] == "hidden text dropped: and 5 more"
