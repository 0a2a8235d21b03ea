"""Word files that come back: proposals, conflicts and comments, over HTTP."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from policies import workflow
from policies.ledger import verify
from policies.models import AuditEvent, ReturnedFile, Revision, SentText
from policies.states import Status
from policies.text.importing import returned
from policies.workflow.proposal_decisions import proposals_of
from tests.factories import NOW, make_document, make_revision, make_user, make_version, save_draft
from tests.policies.staff.desk import form, log_in, page, words
from tests.policies.text.word_edits import answered, commented, tracked, with_text

pytestmark = pytest.mark.django_db

TEXT = "We keep your name for 30 days, and your invoices for *ten* years."
JSON = {"Accept": "application/json"}


def a_draft(text=TEXT):
    return make_revision(text=text)


def exported(client, revision):
    return client.get(page("word", revision.pk)).content


def upload(data, name="counsel.docx", **fields):
    return {"file": SimpleUploadedFile(name, data), **fields}


def bring_back(client, revision, data, **fields):
    return client.post(page("bring_back_file", revision.pk), upload(data, **fields), follow=True)


def texts_of(revision):
    return [it.body for it in Revision.objects.get(pk=revision.pk).document().sections]


def ids(file):
    """Return the ids of the changes in the order of the text, which PostgreSQL's JSON has not."""
    return [it.id for it in proposals_of(file).found.listed]


def test_words_that_were_made_bold_with_changes_tracked_are_named_with_who_did_it():
    revision = a_draft()
    client, _ = log_in("Writers")
    begin, end = '<w:r><w:t xml:space="preserve">', "</w:t></w:r>"
    who = 'w:id="900" w:author="Jane Roe" w:date="2026-05-01T09:30:00Z"'
    looks = f"<w:rPr><w:b/><w:rPrChange {who}><w:rPr/></w:rPrChange></w:rPr>"
    bold = f"{end}<w:r>{looks}<w:t>30 days</w:t></w:r>{begin}"
    data = with_text(exported(client, revision), "30 days", bold)

    shown = words(bring_back(client, revision, data))

    assert "30 days → **30 days**" in shown
    assert "Jane Roe</bdi>, May 1, 2026, 09:30" in shown
    assert "changed without tracking" not in shown


def test_a_file_goes_out_is_edited_and_comes_back_and_each_change_is_decided_on():
    revision = a_draft()
    client, ana = log_in("Writers", "Reviewers", name="ana")
    data = tracked(exported(client, revision), "30 days", "14 days")
    data = tracked(data, "Write to", "Please write to", "John Doe")
    data = with_text(data, "This policy says", "This notice says")

    shown = words(bring_back(client, revision, data))

    assert "was compared with the draft: 3 proposals." in shown
    assert "<del>30</del><ins>14</ins>" in shown
    assert "Jane Roe</bdi>, May 1, 2026, 09:30" in shown
    assert shown.count("changed without tracking") == 1
    assert texts_of(revision)[0] == TEXT
    assert "3 proposals from counsel.docx</a> wait" in words(client.get(page("edit", revision.pk)))

    file = ReturnedFile.objects.get()
    _, days, please = ids(file)
    sent = {"file": file.pk, "change": days}
    shown = words(client.post(page("accept_proposals", revision.pk), sent, follow=True))
    assert "Accepted. The draft was changed." in shown
    assert texts_of(revision)[0] == TEXT.replace("30", "14")
    sent = {"file": file.pk, "change": please}
    answer = client.post(page("decline_proposals", revision.pk), sent, headers=JSON).json()
    assert answer["done"] == "Declined. The draft was not changed."
    assert "Decided: 2" in answer["parts"]["proposals"]
    shown = words(client.get(page("review", revision.pk)))
    assert "1 proposal from counsel.docx</a> waits" in shown

    event = AuditEvent.objects.get(action="accept_proposals")
    assert event.facts["sources"] == ["Jane Roe"]
    assert event.facts["changes"] == [days]
    assert AuditEvent.objects.get(action="decline_proposals").facts["sources"] == ["John Doe"]
    admin, _ = log_in("Publishers")
    audit = words(admin.get(page("audit", revision.policy_id)))
    assert "Section scope (1 proposal of Jane Roe, in counsel.docx)" in audit
    table = admin.get(page("audit_csv", revision.policy_id)).content.decode()
    assert '"#scope (1 proposal of Jane Roe, in counsel.docx)"' in table
    assert '" (1 proposal of John Doe, in counsel.docx)"' in table
    workflow.submit(revision.pk, by=ana, at=NOW)
    with pytest.raises(workflow.NotAllowed, match="You worked on this revision"):
        workflow.approve(revision.pk, by=ana, at=NOW)
    assert verify().problems == []


def test_all_proposals_are_accepted_at_once_and_a_second_tab_is_refused():
    revision = a_draft()
    client, _ = log_in("Writers", name="ana")
    data = tracked(tracked(exported(client, revision), "30 days", "14 days"), "Write", "Do write")
    bring_back(client, revision, data)
    file = ReturnedFile.objects.get()

    client.post(page("accept_proposals", revision.pk), {"file": file.pk, "change": ""})
    again = {"file": file.pk, "change": ids(file)[0]}
    shown = words(client.post(page("accept_proposals", revision.pk), again, follow=True))
    answer = client.post(page("decline_proposals", revision.pk), again, headers=JSON)

    assert texts_of(revision) == [TEXT.replace("30", "14"), "Do write to privacy@softphonez.com."]
    assert "This was accepted already, by ana on" in shown
    assert "No proposals are waiting for a decision." in shown
    assert answer.status_code == 422
    assert "accepted already" in answer.json()["problem"]
    assert AuditEvent.objects.filter(action="accept_proposals").count() == 1
    assert verify().problems == []


def test_two_proposals_in_one_paragraph_are_decided_on_one_by_one():
    revision = a_draft()
    client, ana = log_in("Writers")
    data = tracked(exported(client, revision), "30 days", "14 days")
    bring_back(client, revision, tracked(data, "your name", "your full name"))
    file = ReturnedFile.objects.get()
    full, days = ids(file)

    workflow.decline_proposals(file.pk, by=ana, at=NOW, changes=[full])
    left = words(client.get(page("proposals", revision.pk)))
    assert "<span>We keep your</span><span></span><span> name for</span>" in left
    workflow.accept_proposals(file.pk, by=ana, at=NOW, changes=[days])

    assert texts_of(revision)[0] == TEXT.replace("30", "14")


def test_a_file_is_compared_with_what_was_sent_whatever_became_of_the_draft():
    revision = a_draft()
    client, ana = log_in("Writers")
    data = tracked(exported(client, revision), "30 days", "14 days")
    saved = make_document(text=f"{TEXT}\n\nWe moved on.", title="Privacy")
    save_draft(revision, saved, by=ana)
    assert SentText.objects.count() == 1

    shown = words(bring_back(client, revision, data))

    assert "was compared with an earlier text of the draft: 1 proposal." in shown
    assert "Conflict" not in shown
    client.post(
        page("accept_proposals", revision.pk), {"file": ReturnedFile.objects.get().pk, "change": ""}
    )
    now = Revision.objects.get(pk=revision.pk).document()
    assert (now.title, now.sections[0].body) == (
        "Privacy",
        saved.sections[0].body.replace("30", "14"),
    )


def in_conflict():
    """A paragraph that the draft and the file have changed in different ways."""
    revision = a_draft()
    client, ana = log_in("Writers")
    data = tracked(exported(client, revision), "30 days", "14 days")
    data = tracked(data, "Write to", "Please write to")
    new = make_document(text=TEXT.replace("30 days", "60 days"))
    save_draft(revision, new, by=ana)
    bring_back(client, revision, data)
    return client, Revision.objects.get(pk=revision.pk), ReturnedFile.objects.get()


def test_a_conflict_shows_three_texts_and_is_never_resolved_silently():
    client, revision, file = in_conflict()

    shown = words(client.get(page("proposals", revision.pk)))
    assert "Conflict: Scope" in shown
    assert "<span>We keep your name for 30 days" in shown  # as it was sent
    assert "<del>30</del><ins>60</ins>" in shown
    assert "<del>30</del><ins>14</ins>" in shown
    conflict = {"file": file.pk, "change": ids(file)[0]}
    shown = words(client.post(page("accept_proposals", revision.pk), conflict, follow=True))
    assert "The draft was changed in the same place." in shown
    client.post(page("accept_proposals", revision.pk), {"file": file.pk, "change": ""})
    assert "60 days" in texts_of(revision)[0]
    assert texts_of(revision)[1].startswith("Please")
    shown = words(client.get(page("proposals", revision.pk)))
    assert "Conflict: Scope" in shown

    stale = conflict | {"seen_saves": revision.saves}
    shown = words(client.post(page("accept_proposals", revision.pk), stale, follow=True))
    assert "The draft was saved after you opened this page." in shown
    saves = Revision.objects.get(pk=revision.pk).saves
    client.post(page("accept_proposals", revision.pk), conflict | {"seen_saves": saves})
    assert texts_of(revision)[0] == TEXT.replace("30", "14")
    assert verify().problems == []


def test_in_a_conflict_the_draft_s_text_may_stay():
    client, revision, file = in_conflict()

    conflict = {"file": file.pk, "change": ids(file)[0]}
    client.post(page("decline_proposals", revision.pk), conflict)

    assert "60 days" in texts_of(revision)[0]
    assert "Conflict" not in words(client.get(page("proposals", revision.pk)))


def test_what_was_changed_by_hand_as_proposed_is_no_conflict():
    client, revision, _ = in_conflict()
    by_hand = form(revision, body=[TEXT.replace("30", "14"), "Write to privacy@softphonez.com."])
    client.post(page("edit", revision.pk), by_hand)

    shown = words(client.get(page("proposals", revision.pk)))

    assert "Conflict" not in shown
    assert "The draft has this already." in shown


def test_a_file_of_a_version_comes_back_to_the_draft_and_once_only():
    version = make_version(text=TEXT)
    client, _ = log_in("Writers", name="ana")
    data = tracked(exported(client, version), "30 days", "14 days")

    answer = client.post(page("upload", version.policy_id), upload(data), follow=True)

    assert "“counsel.docx” was compared with version 1: 1 proposal." in words(answer)
    draft = version.policy.revisions.get(status=Status.DRAFT)
    assert draft.document() == version.document()
    shown = words(bring_back(client, draft, data))
    assert "This file was uploaded already, by ana on" in shown
    assert ReturnedFile.objects.count() == 1


def test_a_reviewer_who_brought_the_file_back_is_named_before_it_is_accepted():
    revision = a_draft()
    client, _ = log_in("Writers")
    reviewer, _ = log_in("Writers", "Reviewers", name="ravi")
    data = tracked(exported(client, revision), "30 days", "14 days")
    bring_back(reviewer, revision, data)

    shown = words(client.get(page("proposals", revision.pk)))

    assert "If you accept this, ravi can’t approve the text any more" in shown
    assert "Nobody can." in shown


def test_after_publication_the_proposals_wait_no_more():
    revision = a_draft()
    client, ana = log_in("Writers")
    bring_back(client, revision, tracked(exported(client, revision), "30 days", "14 days"))
    workflow.submit(revision.pk, by=ana, at=NOW)
    workflow.approve(revision.pk, by=make_user("Reviewers"), at=NOW)
    workflow.publish(revision.pk, by=make_user("Publishers"), at=NOW)
    file = ReturnedFile.objects.get()

    shown = words(
        client.post(
            page("accept_proposals", revision.pk), {"file": file.pk, "change": ""}, follow=True
        )
    )

    assert "“Accept” was refused" in shown
    assert "Proposals can be accepted or declined while the text is a draft." in shown
    assert texts_of(revision)[0] == TEXT
    assert "1 proposal" not in words(client.get(page("review", revision.pk)))
    assert verify().problems == []


def test_a_file_from_elsewhere_is_compared_with_the_text_that_one_chooses():
    revision = a_draft()
    client, _ = log_in("Writers")
    data = tracked(exported(client, revision), "30 days", "14 days")
    data = with_text(data, "PolicyDigest", "SomethingElse", "docProps/custom.xml")

    answer = client.post(page("bring_back_file", revision.pk), upload(data))
    assert answer.status_code == 422
    assert "Choose the text with which it is to be compared." in words(answer)
    shown = words(bring_back(client, revision, data, compare_with=revision.pk))

    assert "was compared with the draft: 1 proposal." in shown
    assert "Jane Roe" in shown


def test_the_comments_of_a_file_become_comments_at_their_words_once():
    revision = a_draft()
    client, _ = log_in("Writers")
    out = exported(client, revision)
    said = [("Jane Roe", "Why so long?"), ("John Doe", "For taxes.")]

    shown = words(bring_back(client, revision, commented(out, "your invoices", *said)))
    assert "0 proposals and 2 new comments" in shown
    bring_back(client, revision, commented(tracked(out, "30", "14"), "your invoices", *said))

    comment = revision.comments.get()
    assert (comment.guest, comment.text) == ("Jane Roe", "Why so long?")
    assert comment.quotation["exact"] == "your invoices"
    assert comment.section_anchor == "scope"
    assert [(it.guest, it.text) for it in comment.replies.all()] == [("John Doe", "For taxes.")]
    shown = words(client.get(page("review", revision.pk)))
    assert 'Jane Roe</bdi></strong> <span class="from-outside">in <bdi>counsel.docx' in shown
    events = AuditEvent.objects.filter(action__endswith="_by_file").order_by("sequence")
    assert [it.actor for it in events] == [
        "Jane Roe (in counsel.docx)",
        "John Doe (in counsel.docx)",
    ]
    assert verify().problems == []


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\xff" * 100])
def test_what_is_not_a_word_file_is_refused_with_an_explanation(data):
    revision = a_draft()
    client, _ = log_in("Writers")

    answer = client.post(page("bring_back_file", revision.pk), upload(data))

    assert answer.status_code == 422
    assert "counsel.docx: " in words(answer)
    assert not ReturnedFile.objects.exists()


def test_what_a_file_says_is_escaped_and_never_active():
    revision = a_draft()
    client, _ = log_in("Writers")
    evil = "&lt;img src=x onerror=alert(1)&gt;"
    data = tracked(exported(client, revision), "30 days", evil, f"{evil}&#8238;")
    data = commented(data, "your invoices", (evil, evil))

    shown = words(bring_back(client, revision, data, name="x.docx"))
    shown += words(client.get(page("review", revision.pk)))

    assert "onerror" in shown
    assert "<img" not in shown
    assert "\u202e" not in shown


def test_comments_go_out_with_a_file_and_only_answers_come_back():
    revision = a_draft()
    client, _ = log_in("Writers", name="ana")
    about = {"text": "Too long?", "words": "30 days", "replacement": "7 days"}
    client.post(page("comment", revision.pk), about)
    address = f"{page('word', revision.pk)}?comments=yes"
    assert address in words(client.get(page("edit", revision.pk)))
    assert address in words(client.get(page("review", revision.pk)))
    out = client.get(address).content

    sent = returned.read_returned("a.docx", out).comments
    assert [(it.author, it.text) for it in sent] == [
        ("ana", "Too long?\nSuggested instead: 7 days")
    ]
    assert sent[0].quotation
    assert sent[0].quotation.exact == "30 days"
    bring_back(client, revision, answered(out, "Jane Roe", "Seven will do."))

    comment = revision.comments.get()
    assert [(it.guest, it.text) for it in comment.replies.all()] == [("Jane Roe", "Seven will do.")]
    assert verify().problems == []


def test_a_redline_comes_back_as_proposals_to_the_draft_alone():
    version = make_version(text=TEXT)
    draft = make_revision(policy=version.policy, text=TEXT.replace("30 days", "20 days"))
    client, _ = log_in("Writers")
    data = client.get(page("word_changes", draft.pk)).content

    shown = words(bring_back(client, draft, tracked(data, "Write to", "Please write to")))

    assert "was compared with the draft: 1 proposal." in shown
    assert "Jane Roe" in shown
