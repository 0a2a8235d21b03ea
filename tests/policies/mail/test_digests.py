"""Threads and daily digests, over a real mail server."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from policies import workflow
from policies.mail import notices, staff_mails
from policies.models import Mail, MailOptOut, MailThread, Revision
from policies.states import Status
from tests.factories import DAY, NOW, make_policy, make_revision
from tests.policies.mail.received import act as act
from tests.policies.mail.received import people as people
from tests.policies.mail.smtp import inbox as inbox

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def wants_digest(user):
    MailOptOut.objects.create(user=user, kind=notices.SINGLE)


def let_a_day_pass():
    """Make all mails a day older: those that were not sent are due now, the last digest is past."""
    Mail.objects.update(recorded_at=F("recorded_at") - DAY, sent_at=F("sent_at") - DAY)


def text_of(message):
    body = message.get_body(("plain",))
    assert body
    return " ".join(body.get_content().split())


def submit(act, people, name, **asked):
    draft = make_revision(writer=people.wanda, policy=make_policy(name=name))
    act(workflow.submit, draft.pk, by=people.wanda, **asked)
    return draft


# --- Threads -------------------------------------------------------------------------------------


def test_all_mails_to_a_person_about_a_revision_answer_the_first(people, act, inbox):
    pk = submit(act, people, "Terms").pk
    act(workflow.comment, pk, by=people.ravi, text="Why?")
    act(workflow.comment, pk, by=people.wanda, text="Because.")
    act(workflow.reassign_review, pk, by=people.wanda, reviewer_id=people.ravi.pk)
    Mail.objects.all().delete()  # as after some days
    act(workflow.nudge, pk, by=people.wanda)

    first, *later = inbox.of("ravi")
    assert first["In-Reply-To"] is None
    assert len(later) == 3
    assert {it["In-Reply-To"] for it in later} == {first["Message-ID"]}
    assert {it["References"] for it in later} == {first["Message-ID"]}
    assert len({it["Message-ID"] for it in inbox.messages}) == len(inbox.messages)
    (to_wanda,) = inbox.of("wanda")
    assert to_wanda["In-Reply-To"] is None


def test_a_first_mail_that_is_sent_again_is_the_same_message(people, act, inbox):
    inbox.refused.add("ravi@example.com")
    pk = submit(act, people, "Terms").pk
    inbox.refused.clear()
    act(workflow.nudge, pk, by=people.wanda)
    call_command("send_reminders")

    reminder, first = inbox.of("ravi")
    assert reminder["In-Reply-To"] == first["Message-ID"]
    assert first["In-Reply-To"] is None


def test_another_revision_is_another_thread(people, act, inbox):
    submit(act, people, "Terms")
    submit(act, people, "Privacy")

    assert [it["In-Reply-To"] for it in inbox.of("ravi")] == [None, None]


def test_a_thread_begins_once(people):
    revision = make_revision()
    event = revision.audit_events.earliest("sequence")
    MailThread.objects.create(user=people.ravi, revision=revision, event=event)

    with pytest.raises(IntegrityError), transaction.atomic():
        MailThread.objects.create(user=people.ravi, revision=revision, event=event)
    people.ravi.delete()
    assert not MailThread.objects.exists()


# --- What they say -------------------------------------------------------------------------------


def test_a_subject_says_what_is_wanted_of_which_policy_by_when(people, act, inbox):
    pk = submit(act, people, "Terms", due_on=NOW.date(), note="Look at <b>section 2</b>.").pk
    (asked,) = inbox.of("ravi")
    assert asked["Subject"] == "Terms: please review by May 2, 2026"
    text = asked.get_body(("plain",))
    assert text is not None
    assert "Any reviewer can do it by May 2, 2026." in text.get_content()
    assert "> Look at <b>section 2</b>." in text.get_content()
    html = asked.get_body(("html",))
    assert html is not None
    assert "Look at &lt;b&gt;section 2&lt;/b&gt;." in html.get_content()

    act(workflow.nudge, pk, by=people.wanda)
    assert inbox.of("ravi")[-1]["Subject"] == "Terms: reminder: please review by May 2, 2026"
    act(workflow.approve, pk, by=people.ravi)
    assert inbox.of("pia")[-1]["Subject"] == "Terms: approved, please publish"
    assert inbox.of("wanda")[-1]["Subject"] == "Terms: approved"


def test_only_the_reviewer_who_is_asked_gets_a_mail_and_all_if_that_one_can_not_review(
    people, act, inbox
):
    pk = submit(act, people, "Terms", reviewer_id=people.ravi.pk).pk
    assert [it["To"] for it in inbox.messages] == ["ravi@example.com"]

    inbox.messages.clear()
    act(workflow.reassign_review, pk, by=people.wanda, reviewer_id=people.rosa.pk)
    assert "please review" in inbox.of("rosa")[0]["Subject"]
    (no_more,) = inbox.of("ravi")
    assert no_more["Subject"] == "Terms: review reassigned"
    assert inbox.of("wanda") == []  # who did it

    inbox.messages.clear()
    act(workflow.reassign_review, pk, by=people.ravi, reviewer_id=people.ravi.pk)
    (taken,) = inbox.of("wanda")
    assert taken["Subject"] == "Terms: review reassigned"
    assert "took over the review of" in text_of(taken)
    act(workflow.reassign_review, pk, by=people.ravi, reviewer_id=people.rosa.pk, note="I am away.")
    given = text_of(inbox.of("wanda")[-1])
    assert "asked rosa to review" in given
    assert "I am away." in given

    inbox.messages.clear()
    User.objects.filter(pk=people.rosa.pk).update(is_active=False)
    act(workflow.nudge, pk, by=people.wanda)
    assert [it["To"] for it in inbox.messages] == ["ravi@example.com"]


def test_a_reminder_about_a_submission_that_was_withdrawn_is_not_sent(people, act, inbox):
    inbox.refused |= {"ravi@example.com", "rosa@example.com"}
    pk = submit(act, people, "Terms").pk
    inbox.refused.clear()
    act(workflow.withdraw_submission, pk, by=people.wanda, at=NOW + MINUTE)
    act(workflow.submit, pk, by=people.wanda, at=NOW + 2 * MINUTE)
    call_command("send_reminders")

    assert len(inbox.of("ravi")) == 1


# --- Digests -------------------------------------------------------------------------------------


def test_a_digest_holds_all_mails_of_a_day_and_others_get_theirs_at_once(people, act, inbox):
    wants_digest(people.ravi)
    submit(act, people, "Terms")
    submit(act, people, "Cookies", note="Two\nlines.")

    assert (len(inbox.of("ravi")), len(inbox.of("rosa"))) == (0, 2)
    assert staff_mails.waiting_count(at=timezone.now()) == 0
    call_command("send_reminders")
    assert inbox.of("ravi") == []
    let_a_day_pass()
    assert staff_mails.waiting_count(at=timezone.now()) == 2
    for _ in range(2):
        call_command("send_reminders")

    (digest,) = inbox.of("ravi")
    assert digest["Subject"] == "Daily digest: Terms: please review; Cookies: please review"
    assert digest["Auto-Submitted"] == "auto-generated"
    for kind in ("plain", "html"):
        body = digest.get_body((kind,))
        assert body is not None
        text = body.get_content().replace("\r\n", "\n")
        assert text.index("Terms: please review") < text.index("Cookies: please review")
        assert text.count("/review/") == 2
        assert ("> Two\n> lines." if kind == "plain" else "Two\nlines.") in text


def test_there_is_one_digest_a_day_and_what_comes_later_is_in_the_next(people, act, inbox):
    wants_digest(people.ravi)
    submit(act, people, "Terms")
    let_a_day_pass()
    call_command("send_reminders")
    submit(act, people, "Cookies")
    since = staff_mails.last_digest_time(at=timezone.now())
    Mail.objects.filter(sent_at=None).update(recorded_at=since - MINUTE)  # it came out late

    call_command("send_reminders")
    assert len(inbox.of("ravi")) == 1
    let_a_day_pass()
    call_command("send_reminders")

    assert [it["Subject"] for it in inbox.of("ravi")] == [
        *("Daily digest: Terms: please review", "Daily digest: Cookies: please review")
    ]


def test_a_digest_that_fails_is_sent_by_the_next_run(people, act, inbox):
    wants_digest(people.ravi)
    submit(act, people, "Terms")
    let_a_day_pass()
    inbox.refused.add("ravi@example.com")
    with pytest.raises(CommandError, match="1 failed"):
        call_command("send_reminders")
    inbox.refused.clear()
    call_command("send_reminders")

    assert len(inbox.of("ravi")) == 1


def test_a_run_that_is_killed_loses_nothing_and_sends_the_same_message_again(people, act, inbox):
    wants_digest(people.ravi)
    submit(act, people, "Terms")
    submit(act, people, "Cookies")
    let_a_day_pass()
    call_command("send_reminders")
    Mail.objects.filter(user=people.ravi).update(sent_at=None)
    call_command("send_reminders")  # within the lease: another run may be sending it
    assert len(inbox.of("ravi")) == 1

    submit(act, people, "Later")
    Mail.objects.filter(user=people.ravi, tried_at=None).update(
        recorded_at=staff_mails.last_digest_time(at=timezone.now()) - MINUTE
    )
    of_the_digest = Mail.objects.filter(user=people.ravi, tried_at__isnull=False)
    of_the_digest.update(tried_at=timezone.now() - staff_mails.LEASE)
    for _ in range(2):
        call_command("send_reminders")
    let_a_day_pass()
    call_command("send_reminders")

    first, again, next_day = inbox.of("ravi")
    assert first["Message-ID"] == again["Message-ID"] != next_day["Message-ID"]
    assert first["Subject"] == again["Subject"]
    assert next_day["Subject"] == "Daily digest: Later: please review"


def test_a_digest_leaves_out_what_is_out_of_date(people, act, inbox):
    wants_digest(people.ravi)
    submit(act, people, "Terms")
    done = submit(act, people, "Cookies")
    only_done = submit(act, people, "Alone")
    for it in (done, only_done):
        workflow.approve(it.pk, by=people.rosa, at=NOW)
    assert Revision.objects.get(pk=done.pk).status == Status.APPROVED
    let_a_day_pass()
    call_command("send_reminders")

    (digest,) = inbox.of("ravi")
    assert digest["Subject"] == "Daily digest: Terms: please review"


def test_a_clock_that_was_a_year_ahead_delays_no_digest(people, act, inbox):
    wants_digest(people.ravi)
    submit(act, people, "Terms")
    let_a_day_pass()
    call_command("send_reminders")
    submit(act, people, "Privacy")
    later = {it: F(it) + 365 * DAY for it in ("recorded_at", "sent_at")}
    Mail.objects.update(**later)

    call_command("send_reminders")

    assert [it["Subject"] for it in inbox.of("ravi")][1:] == [
        "Daily digest: Privacy: please review"
    ]


def test_who_wants_no_digest_any_more_gets_what_was_kept_for_it(people, act, inbox):
    wants_digest(people.ravi)
    submit(act, people, "Terms")
    MailOptOut.objects.filter(user=people.ravi).delete()
    call_command("send_reminders")

    (single,) = inbox.of("ravi")
    assert single["Subject"] == "Terms: please review"


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (datetime(2026, 5, 2, 6, 59), datetime(2026, 5, 1, 7, 0)),
        (datetime(2026, 5, 2, 7, 0), datetime(2026, 5, 2, 7, 0)),
        (datetime(2026, 5, 2, 23, 0), datetime(2026, 5, 2, 7, 0)),
    ],
)
def test_digests_are_due_in_the_morning(now, last):
    zone = timezone.get_default_timezone()

    found = staff_mails.last_digest_time(at=now.replace(tzinfo=zone))

    assert found == last.replace(tzinfo=zone)


def test_a_person_sets_a_daily_digest_and_back(people, client):
    client.force_login(people.ravi)
    kinds = list(notices.KINDS)

    client.post("/admin/mail/", {"kind": kinds, "often": "daily"})
    assert [it.kind for it in MailOptOut.objects.filter(user=people.ravi)] == [notices.SINGLE]
    assert 'value="daily" checked' in client.get("/admin/mail/").content.decode()
    client.post("/admin/mail/", {"kind": kinds, "often": "each"})
    assert not MailOptOut.objects.exists()
