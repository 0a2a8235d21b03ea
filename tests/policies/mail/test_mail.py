"""E-mails about actions: who gets which, and what they say."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import transaction

from policies import workflow
from policies.mail import messages, notices
from policies.models import AuditEvent, MailOptOut, Policy, Revision
from policies.permissions import ACTIONS
from policies.states import Status
from policies.text import word_export
from policies.text.document import Document
from tests.factories import (
    IN_FIFTY_YEARS,
    NOW,
    make_document,
    make_policy,
    make_revision,
    make_version,
)
from tests.policies.mail.received import act as act
from tests.policies.mail.received import make_staff, received
from tests.policies.mail.received import people as people
from tests.policies.staff.desk import log_in, page, words
from tests.policies.text.word_edits import commented, tracked
from tests.policies.text.word_exports import FACTS

pytestmark = pytest.mark.django_db


# --- Who gets one --------------------------------------------------------------------------------


def test_each_step_notifies_those_who_can_act_on_it_or_took_part(people, act):
    it = people
    pk = make_revision(writer=it.wanda).pk

    mails = act(workflow.submit, pk, by=it.wanda)
    assert set(mails) == {"ravi", "rosa"}
    mails = act(workflow.comment, pk, by=it.ravi, text="Too long.")
    assert set(mails) == {"wanda"}
    mails = act(workflow.comment, pk, by=it.wanda, text="Which part?")
    assert set(mails) == {"ravi"}
    mails = act(workflow.request_changes, pk, by=it.rosa, text="Shorter, please.")
    assert set(mails) == {"wanda"}
    assert "Shorter, please." in mails["wanda"].body
    for remark in Revision.objects.get(pk=pk).comments.all():
        assert act(workflow.resolve_comment, remark.pk, by=it.wanda) == {}
    act(workflow.submit, pk, by=it.willi)
    mails = act(workflow.approve, pk, by=it.ravi)
    assert set(mails) == {"pia", "paul", "wanda"}
    assert f"http://testserver{page('publish', pk)}" in mails["pia"].body
    assert page("publish", pk) not in mails["wanda"].body
    publication = {"change_note": "Shorter.", "effective_at": IN_FIFTY_YEARS}
    mails = act(workflow.publish, pk, by=it.pia, **publication)
    assert set(mails) == {"paul", "wanda", "ravi"}
    mails = act(workflow.withdraw, pk, by=it.paul, reason="A mistake.")
    assert set(mails) == {"pia", "wanda", "ravi"}


def test_a_word_file_that_comes_back_notifies_writers_and_whoever_submitted_the_text(people, act):
    it = people
    revision = make_revision(writer=it.wanda, document=make_document())
    first = act(workflow.submit, revision.pk, by=it.willi)["ravi"]
    act(workflow.comment, revision.pk, by=it.ravi, text="Let us ask counsel.")
    data = word_export.write(revision.document(), FACTS)
    data = tracked(commented(data, "little", ("Jane Roe", "Why?")), "what we do", "all we do")

    file = {"by": it.willi, "name": "counsel.docx", "data": data}
    mails = act(workflow.bring_back_file, revision.pk, **file)

    assert set(mails) == {"wanda", "ravi"}
    assert mails["wanda"].subject == "Privacy policy: Word file brought back"
    assert "counsel.docx" in mails["wanda"].body
    assert "1 proposal (Jane Roe), 1 comment" in mails["wanda"].body
    assert f"http://testserver{page('proposals', revision.pk)}" in mails["wanda"].body
    references = mails["ravi"].extra_headers["In-Reply-To"], first.extra_headers["Message-ID"]
    assert references[0] == references[1]

    data = tracked(word_export.write(revision.document(), FACTS), "what we do", "some of it")
    file = {"by": it.ravi, "name": "other.docx", "data": data}
    with pytest.raises(workflow.NotAllowed):
        act(workflow.bring_back_file, revision.pk, **file)
    file = {"by": it.wanda, "name": "other.docx", "data": data}
    assert set(act(workflow.bring_back_file, revision.pk, **file)) == {"willi", "ravi"}


def test_reopening_notifies_whoever_had_approved(people, act):
    pk = make_revision(status=Status.APPROVED, writer=people.wanda, reviewer=people.ravi).pk

    assert set(act(workflow.reopen, pk, by=people.pia)) == {"wanda", "ravi"}
    assert set(act(workflow.discard, pk, by=people.willi)) == {"wanda", "ravi"}


def test_a_publication_without_approval_notifies_everybody_who_could_approve_it(people, act):
    both = make_staff("both", "Writers", "Reviewers")
    hasty = make_staff("hasty", permissions=["policies.publish_without_approval"])
    pk = make_revision(writer=both).pk

    mails = act(workflow.publish_without_approval, pk, by=hasty, reason="A court order.")

    assert set(mails) == {"ravi", "rosa", "both", "pia", "paul"}
    assert "PUBLISHED WITHOUT APPROVAL" in mails["ravi"].subject
    assert "A court order." in mails["ravi"].body
    assert page("review", pk) in mails["ravi"].body
    assert "If it is right, approve it." in mails["ravi"].body
    assert "approve it." not in mails["both"].body
    mails = act(workflow.approve_afterwards, pk, by=people.ravi)
    assert {"both", "pia"} <= set(mails)


def test_retiring_and_reinstating_notify_writers_and_publishers(people, act):
    policy = make_version().policy

    mails = act(workflow.retire, policy.pk, by=people.pia, notice="See the new one.")
    assert set(mails) == {"wanda", "willi", "paul"}
    assert "See the new one." in mails["paul"].body
    assert set(act(workflow.reinstate, policy.pk, by=people.pia)) == {"wanda", "willi", "paul"}


def test_saving_importing_and_a_refused_action_notify_nobody(people, act):
    draft = make_revision(writer=people.wanda)
    changed = make_document(text="Other words.")

    assert act(workflow.import_draft, make_policy().pk, document=changed, by=people.wanda) == {}
    assert act(workflow.save_draft, draft.pk, document=changed, by=people.wanda, seen_saves=2) == {}
    assert set(act(workflow.submit, draft.pk, by=people.wanda)) == {"ravi", "rosa"}
    mail.outbox.clear()
    with pytest.raises(workflow.WrongState):
        act(workflow.submit, draft.pk, by=people.wanda)
    assert mail.outbox == []


def test_what_is_rolled_back_notifies_nobody(people, django_capture_on_commit_callbacks):
    draft = make_revision(writer=people.wanda)

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        workflow.submit(draft.pk, by=people.wanda, at=NOW)
        transaction.set_rollback(True)

    assert mail.outbox == []


def test_only_active_staff_with_an_address_and_the_right_to_see_it_are_notified(people, act):
    draft = make_revision(writer=people.wanda)
    User.objects.filter(pk=people.ravi.pk).update(is_active=False)
    User.objects.filter(pk=people.rosa.pk).update(email="")
    make_staff("blind", permissions=["policies.review_revision"])
    outside = make_staff("outside", "Reviewers")
    User.objects.filter(pk=outside.pk).update(is_staff=False)
    make_staff("able", "Reviewers")

    assert set(act(workflow.submit, draft.pk, by=people.wanda)) == {"able"}


def test_writers_who_lost_the_right_to_look_are_not_notified(people, act):
    pk = make_revision(status=Status.IN_REVIEW, writer=people.wanda).pk
    people.wanda.groups.clear()

    assert act(workflow.request_changes, pk, by=people.ravi, text="No.") == {}


def test_superusers_are_notified_where_nobody_else_could_act(act):
    boss, writer = make_staff("boss", is_superuser=True), make_staff("both", "Writers", "Reviewers")
    draft = make_revision(writer=writer)

    assert set(act(workflow.submit, draft.pk, by=writer)) == {"boss"}
    assert set(act(workflow.approve, draft.pk, by=boss)) == {"both"}


def test_a_kind_that_somebody_switched_off_is_sent_to_the_others(people, act):
    MailOptOut.objects.create(user=people.ravi, kind="handed_in")
    draft = make_revision(writer=people.wanda)

    assert set(act(workflow.submit, draft.pk, by=people.wanda)) == {"rosa"}
    act(workflow.comment, draft.pk, by=people.ravi, text="Hm.")
    assert set(act(workflow.comment, draft.pk, by=people.wanda, text="Yes?")) == {"ravi"}


def test_every_notice_is_of_an_action_and_of_a_kind_and_has_a_message():
    """If this fails: NOTICES is in policies/mail/notices.py, MESSAGES in messages.py beside it."""
    assert set(notices.MAIL_RULES) <= set(ACTIONS)
    assert set(notices.MAIL_RULES) == set(messages.MESSAGES)
    assert {it.kind for it in notices.MAIL_RULES.values()} | {"review_due"} == set(notices.KINDS)


# --- What it says --------------------------------------------------------------------------------


def test_a_mail_says_who_did_what_and_where_to_go_in_text_and_html(people, act):
    draft = make_revision(writer=people.wanda)
    people.wanda.first_name, people.wanda.last_name = "Wanda", "O'Hara & <Sons>"

    sent = act(workflow.submit, draft.pk, by=people.wanda)["ravi"]

    html, kind = sent.alternatives[0]
    link = f"http://testserver{page('review', draft.pk)}"
    assert sent.subject == "Privacy policy: please review"
    assert sent.from_email == "Policies <policies@example.com>"
    assert "Wanda O'Hara & <Sons> submitted “Privacy Policy” for review" in sent.body
    assert "May 2, 2026, 12:00 (UTC)" in sent.body
    assert f"\n{link}\n" in sent.body
    assert "http://testserver/admin/mail/" in sent.body
    assert kind == "text/html"
    assert "Wanda O&#x27;Hara &amp; &lt;Sons&gt;" in html
    assert f'href="{link}"' in html
    assert "src=" not in html
    headers = sent.message()
    assert headers["Auto-Submitted"] == "auto-generated"
    assert "References" not in headers
    assert (
        headers["Message-ID"] == f"<act-{AuditEvent.objects.count()}-{people.ravi.pk}@testserver>"
    )


def test_the_mail_about_a_publication_has_its_change_note_and_its_time_in_the_policys_zone(
    people, act
):
    policy = make_policy()
    Policy.objects.filter(pk=policy.pk).update(time_zone="Europe/Berlin")
    first = make_revision(status=Status.APPROVED, policy=policy, writer=people.wanda)
    at = datetime(2026, 6, 30, 22, 0, tzinfo=UTC)

    sent = act(
        workflow.publish,
        first.pk,
        by=people.pia,
        change_note="We keep <less>.\nMuch less.",
        effective_at=at,
    )["wanda"]

    assert sent.subject == "Privacy policy: version 1 published, in force from July 1, 2026"
    assert (
        "takes effect on July 1, 2026, 00:00 (Europe/Berlin). The change is material." in sent.body
    )
    assert "Change note:\n\n> We keep <less>.\n> Much less.\n" in sent.body
    assert "We keep &lt;less&gt;.\nMuch less." in sent.alternatives[0][0]
    assert f"http://testserver/{policy.slug}/versions/1/" in sent.body


def test_a_comment_has_the_words_that_it_suggests(people, act):
    revision = make_revision(
        status=Status.IN_REVIEW,
        writer=people.wanda,
        document=Document("Privacy", "On 30 days.", ()),
    )
    about = {"section_anchor": "", "words": "30 days", "prefix": "On ", "suffix": "."}

    sent = act(
        workflow.comment, revision.pk, by=people.ravi, text="Why?", **about, replacement="six weeks"
    )["wanda"]

    assert (
        "About:\n\n> 30 days\n\nSuggested instead:\n\n> six weeks\n\nComment:\n\n> Why?"
        in sent.body
    )
    assert '<blockquote dir="auto">six weeks</blockquote>' in sent.alternatives[0][0]


def test_whoever_a_comment_is_assigned_to_is_asked_to_answer_it(people, act):
    draft = make_revision(writer=people.wanda)
    remark = workflow.comment(draft.pk, by=people.ravi, at=NOW, text="Is this so?", words="")

    mails = act(workflow.assign_comment, remark.pk, by=people.ravi, assignee_id=people.pia.pk)

    assert set(mails) == {"pia"}
    assert mails["pia"].subject == "Privacy policy: please answer a comment"
    assert "> Is this so?" in mails["pia"].body
    assert f"{page('review', draft.pk)}#comment-{remark.pk}" in mails["pia"].body
    assert act(workflow.assign_comment, remark.pk, by=people.ravi, assignee_id=None) == {}


def test_no_name_gets_into_the_headers(people, act):
    revision = make_revision(status=Status.IN_REVIEW, writer=people.wanda)
    name = "Privacy\r\nBcc: all@example.com\x1b[2J" + "x" * 150
    Policy.objects.filter(pk=revision.policy_id).update(name=name)
    people.ravi.first_name = "Ravi\nTo: all@example.com"

    sent = act(workflow.comment, revision.pk, by=people.ravi, text="a\n.\nb")["wanda"]

    assert sent.subject.startswith("Privacy Bcc: all@example.com[2Jxxx")
    assert len(sent.subject) <= 180
    message = sent.message()
    assert message["Bcc"] is None
    assert message.get_all("To") == ["wanda@example.com"]
    assert "\nTo: all" not in sent.body


# --- The page ------------------------------------------------------------------------------------


def test_each_person_chooses_which_mails_they_get_and_for_nobody_else():
    client, user = log_in("Reviewers", name="ravi")
    other = make_staff("rosa", "Reviewers")
    shown = words(client.get("/admin/mail/"))
    assert "Your account has no e-mail address" in shown
    assert shown.count(' name="kind" ') == shown.count(" checked") - 1 == len(notices.KINDS)

    User.objects.filter(pk=user.pk).update(email="ravi@example.com")
    answer = client.post(
        "/admin/mail/",
        {"kind": ["handed_in", "nonsense"], "often": "each", "user": other.pk},
        follow=True,
    )

    assert "ravi@example.com" in words(answer)
    assert words(answer).count(" checked") == 2  # this kind, and each e-mail at once
    off = MailOptOut.objects.filter(user=user)
    assert {it.kind for it in off} == set(notices.KINDS) - {"handed_in"}
    assert not MailOptOut.objects.exclude(user=user).exists()
    refused = client.post("/admin/mail/", {}, follow=True)
    assert "Nothing was saved" in words(refused)
    assert off.count() == len(notices.KINDS) - 1
    client.post("/admin/mail/", {"kind": list(notices.KINDS), "often": "each"})
    assert not MailOptOut.objects.exists()


def test_the_page_is_linked_from_the_desk_and_is_for_staff_alone(client):
    staff, _ = log_in()
    assert 'href="/admin/mail/"' in words(staff.get("/admin/"))
    assert staff.get("/admin/mail/").status_code == 200
    assert client.get("/admin/mail/").status_code == 302
    assert "/admin/login/" in client.get("/admin/mail/")["Location"]


def test_a_form_on_the_desk_sends_once_even_if_it_is_sent_twice(
    people, django_capture_on_commit_callbacks
):
    client, writer = log_in("Writers")
    draft = make_revision(writer=writer)

    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            client.post(page("submit", draft.pk), HTTP_HOST="localhost")

    assert set(received()) == {"ravi", "rosa"}
    assert "localhost" not in received()["ravi"].body


def test_links_to_a_desk_with_a_host_of_its_own_lead_there(people, act, settings):
    settings.STAFF_URL = "https://desk.example.com"
    pk = make_revision(writer=people.wanda).pk

    mails = act(workflow.submit, pk, by=people.wanda)

    text = str(next(iter(mails.values())).body)
    assert f"https://desk.example.com/admin/policies/revision/{pk}/review/" in text
    assert "http://testserver/admin/" not in text
