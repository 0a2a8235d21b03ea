"""Findings that are justified and overruled: by whom, for how long, and what the audit keeps."""

import pytest
from django.db import connection

from policies import ledger, workflow
from policies.database import triggers
from policies.models import AuditEvent, Justification, Overruling, Revision
from policies.states import Status
from policies.text.document import Document
from policies.text.findings import Level
from policies.workflow import open_findings
from tests.factories import NOW, make_document, make_revision, make_user

pytestmark = pytest.mark.django_db

# A name that a rule takes for a placeholder, and no mistake.
BLOCK = make_document(text="The band [TBD] plays.")


def examined(revision):
    found = open_findings.findings_of(Revision.objects.get(pk=revision.pk), at=NOW)
    return [it for it in found if it.finding.level != Level.ADVICE]


def keys(revision):
    return " ".join(it.finding.key for it in examined(revision))


def is_open(revision):
    return any(it.is_open for it in examined(revision))


def overrule(revision, *, reason="It is their name.", **who):
    by = who.get("by") or make_user("Reviewers")
    workflow.overrule(revision.pk, by=by, at=NOW, key=keys(revision), reason=reason)


def publish(revision):
    return workflow.publish(revision.pk, by=make_user("Publishers"), at=NOW, change_note="New.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ask [TBD].", r"fix or overrule its findings\. 1\. Scope: “Ask \[TBD\]\.” – .*[^)]\Z"),
        ("Ask [TBD]. Or [TBC].", r"fix or overrule its findings.*\(and 1 more\)\Z"),
        ("See [it](#nowhere).", r"fix or justify its findings"),
    ],
)
def test_a_refusal_to_publish_says_what_to_do_about_which_findings(text, words):
    revision = make_revision(status=Status.APPROVED, text=text)

    with pytest.raises(workflow.Unfinished, match=words):
        publish(revision)


# --- Overruling -----------------------------------------------------------------------------------


def test_nobody_overrules_in_a_text_that_they_wrote_not_even_a_superuser():
    author = make_user(is_superuser=True)
    revision = make_revision(document=BLOCK, writer=author)

    with pytest.raises(workflow.NotAllowed, match="somebody else must overrule its findings"):
        overrule(revision, by=author)

    assert is_open(revision)


def save(revision, document, **who):
    saves = Revision.objects.get(pk=revision.pk).saves
    workflow.save_draft(revision.pk, document, at=NOW, seen_saves=saves, **who)


def test_an_overruling_does_not_count_once_its_author_writes_in_the_text():
    revision = make_revision(document=BLOCK)
    both = make_user("Writers", "Reviewers", name="bo")
    overrule(revision, by=both)
    assert not is_open(revision)

    save(revision, Document(BLOCK.title, "Another introduction.", BLOCK.sections), by=both)

    (found,) = examined(revision)
    assert found.is_open
    assert (found.overruling, found.overruled_by) == (None, "bo")
    workflow.submit(revision.pk, by=both, at=NOW)
    workflow.approve(revision.pk, by=make_user("Reviewers"), at=NOW)
    with pytest.raises(workflow.Unfinished):
        publish(revision)
    overrule(revision)
    assert publish(revision).number == 1
    assert ledger.verify().problems == []


def test_a_row_that_an_author_got_into_the_database_does_not_count():
    author = make_user("Writers", "Reviewers")
    revision = make_revision(status=Status.APPROVED, document=BLOCK, writer=author)
    with triggers.lifted(connection):
        Overruling.objects.create(
            policy=revision.policy,
            key=keys(revision),
            reason="I say so.",
            overruled_at=NOW,
            overruled_by=author,
        )

    with pytest.raises(workflow.Unfinished):
        publish(revision)
    (problem,) = ledger.verify().problems
    assert problem == "An overruling is not as the audit records it: “I say so.”."


def test_a_document_without_text_is_never_overruled():
    revision = make_revision(status=Status.APPROVED, document=Document("Privacy Policy", "***"))

    with pytest.raises(workflow.WrongState, match="there is no text"):
        overrule(revision)
    # Nor by somebody who gets around the workflow.
    Overruling.objects.create(
        policy=revision.policy,
        key=keys(revision),
        reason="Why not?",
        overruled_at=NOW,
        overruled_by=make_user("Reviewers"),
    )
    with pytest.raises(workflow.Unfinished, match="no introduction"):
        publish(revision)


def test_only_what_blocks_is_overruled_and_only_once():
    revision = make_revision(document=make_document(text="See [it](#nowhere)."))
    with pytest.raises(workflow.WrongState, match="can't be overruled"):
        overrule(revision)
    with pytest.raises(workflow.Incomplete, match="not in the saved text"):
        workflow.overrule(
            revision.pk, by=make_user("Reviewers"), at=NOW, key="f" * 64, reason="It is so."
        )

    revision = make_revision(document=BLOCK)
    overrule(revision, by=make_user("Reviewers", name="rita"))
    with pytest.raises(workflow.WrongState, match="already overruled by rita: It is their name"):
        overrule(revision)


# --- Withdrawing ----------------------------------------------------------------------------------


def test_an_overruling_that_is_withdrawn_blocks_again():
    revision = make_revision(status=Status.APPROVED, document=BLOCK)
    overrule(revision)
    other = make_user("Reviewers")

    workflow.withdraw_overruling(revision.pk, by=other, at=NOW, key=keys(revision))

    with pytest.raises(workflow.Unfinished):
        publish(revision)
    assert Overruling.objects.get().withdrawn_by == other
    with pytest.raises(workflow.WrongState, match="not overruled any more"):
        workflow.withdraw_overruling(revision.pk, by=other, at=NOW, key=keys(revision))
    overrule(revision)
    assert publish(revision).number == 1
    assert ledger.verify().problems == []


def test_what_two_people_overruled_one_after_the_other_is_withdrawn_together():
    revision = make_revision(document=BLOCK)
    both = make_user("Writers", "Reviewers")
    overrule(revision, by=both)
    save(revision, Document(BLOCK.title, "Another introduction.", BLOCK.sections), by=both)
    overrule(revision)

    workflow.withdraw_overruling(revision.pk, by=make_user("Reviewers"), at=NOW, key=keys(revision))

    assert is_open(revision)
    assert not Overruling.objects.filter(withdrawn_at=None).exists()
    assert ledger.verify().problems == []


def test_an_author_withdraws_no_overruling():
    author = make_user("Writers", "Reviewers")
    revision = make_revision(document=BLOCK, writer=author)
    overrule(revision)

    with pytest.raises(workflow.NotAllowed):
        workflow.withdraw_overruling(revision.pk, by=author, at=NOW, key=keys(revision))


# --- Many at once ---------------------------------------------------------------------------------


DOUBTFUL = make_document(text="\n\n".join(f"See [place {n}](#nowhere)." for n in range(42)))


def test_the_same_sentence_is_answered_once_and_counted_as_often_as_it_is_there():
    revision = make_revision(text="\n\n".join(["Ask [TBD]."] * 3))

    overrule(revision)

    facts = AuditEvent.objects.get(action="overrule").facts
    assert (facts["count"], len(facts["findings"]), Overruling.objects.count()) == (3, 1, 1)


def test_those_that_somebody_else_has_answered_meanwhile_are_passed_over():
    revision = make_revision(document=DOUBTFUL)
    every, writer = keys(revision), make_user("Writers")
    first = every.split()[0]
    workflow.justify(revision.pk, by=writer, at=NOW, key=first, reason="A first one.")

    workflow.justify(revision.pk, by=writer, at=NOW, key=f"{every} {'f' * 64}", reason="The rest.")

    assert Justification.objects.filter(reason="The rest.").count() == 41
    with pytest.raises(workflow.WrongState, match="already justified"):
        workflow.justify(revision.pk, by=writer, at=NOW, key=every, reason="Again.")
    assert ledger.verify().problems == []
