"""Submitting to a reviewer, reassigning, reminders, and what the first page shows of it."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.utils import timezone

from policies import workflow
from policies.models import Revision
from policies.states import Status
from tests.factories import DAY, make_policy, make_revision, make_user
from tests.policies.staff.desk import log_in, page, table, words

pytestmark = pytest.mark.django_db


def today():
    return timezone.now().date()


def submitted(writer, *, name="Privacy policy", **asked):
    policy = make_policy(name=name)
    draft = make_revision(writer=writer, policy=policy, at=timezone.now())
    return workflow.submit(draft.pk, by=writer, at=timezone.now(), **asked)


def tasks(client):
    soup = BeautifulSoup(client.get("/admin/").content, "html.parser")
    return [" ".join(it.get_text(" ").split()) for it in soup.select(".tasks li")]


def test_the_page_before_a_submission_asks_whom_and_lists_what_is_open():
    client, writer = log_in("Writers", "Reviewers", name="wim")
    make_user("Reviewers", name="rosa")
    draft = make_revision(writer=writer, text="Ask [TBD].")
    workflow.comment(draft.pk, by=make_user("Writers"), at=timezone.now(), text="Why?")

    shown = client.get(page("submit", draft.pk))

    soup = BeautifulSoup(shown.content, "html.parser")
    assert [it.get_text() for it in soup.select("#reviewer option")] == ["Any reviewer", "rosa"]
    assert "1 finding in this text: 1 blocks publication" in words(shown)
    assert soup.select_one(f'.finding a[href="{page("review", draft.pk)}#scope"]')
    assert "1 comment on this revision must be resolved before it can be approved." in words(shown)
    assert Revision.objects.get(pk=draft.pk).status == Status.DRAFT


def test_a_submission_names_a_reviewer_a_day_and_a_note():
    client, writer = log_in("Writers")
    rosa = make_user("Reviewers", name="rosa")
    draft = make_revision(writer=writer)
    due_on = today() + 3 * DAY

    sent = {"reviewer": rosa.pk, "due_on": due_on.isoformat(), "note": "Section 2 <is> new."}
    said = words(client.post(page("submit", draft.pk), sent, follow=True))

    assert "Submitted for review. It is now on rosa’s desk." in said
    assert f"Waiting for rosa’s review, due {due_on:%B} {due_on.day}, {due_on.year}" in said
    assert "Section 2 &lt;is&gt; new." in said
    request = Revision.objects.get(pk=draft.pk).review_request
    assert request is not None
    assert (request.reviewer, request.due_on) == (rosa, due_on)


def test_a_submission_that_is_refused_comes_back_with_what_was_typed():
    client, writer = log_in("Writers")
    draft = make_revision(writer=writer)

    for sent, said in (
        ({"due_on": "2001-01-01"}, "This day is in the past."),
        ({"due_on": "soon"}, "Enter a valid date."),
        ({"reviewer": "999999"}, "This person can’t do that."),
        ({"reviewer": "x" * 50}, "Enter a whole number."),
        ({"note": "Kept. " + "x" * 10_000}, "Shorten it to 10,000"),
    ):
        answer = client.post(page("submit", draft.pk), {"note": "Kept.", **sent})

        assert answer.status_code == 422
        assert said in words(answer)
        assert "Kept." in words(answer)
    assert Revision.objects.get(pk=draft.pk).status == Status.DRAFT


def test_a_reviewers_first_page_begins_with_what_they_are_asked_for_and_the_overdue():
    client, rosa = log_in("Reviewers", name="rosa")
    writer, other = make_user("Writers"), make_user("Reviewers", name="ravi")
    submitted(writer, name="For anyone")
    submitted(writer, name="For Ravi", reviewer_id=other.pk)
    submitted(writer, name="For Rosa", reviewer_id=rosa.pk, due_on=today())
    submitted(writer, name="Later", reviewer_id=rosa.pk, due_on=today() + DAY)
    then = timezone.now() - 3 * DAY
    draft = make_revision(writer=writer, policy=make_policy(name="Late"), at=then)
    asked = {"reviewer_id": rosa.pk, "due_on": then.date()}
    workflow.submit(draft.pk, by=writer, at=then, **asked)

    first = tasks(client)

    assert [it.split(" Submitted for review")[0].rstrip(" ·") for it in first] == [
        f"To review Late Waiting for your review, overdue since {in_words(then.date())}",
        f"To review For Rosa Waiting for your review, due {in_words(today())}",
        f"To review Later Waiting for your review, due {in_words(today() + DAY)}",
        "To review For anyone Waiting for a review",
        "To review For Ravi Waiting for ravi’s review",
    ]


def in_words(day):
    return f"{day:%B} {day.day}, {day.year}"


def test_an_overdue_review_is_marked_and_can_be_taken_over():
    client, rosa = log_in("Reviewers", name="rosa")
    writing, writer = log_in("Writers")
    then = timezone.now() - 3 * DAY
    draft = make_revision(writer=writer, at=then)
    due_on = then.date() + DAY
    workflow.submit(draft.pk, by=writer, at=then, reviewer_id=rosa.pk, due_on=due_on)

    assert f"your review, overdue since {in_words(due_on)}" in tasks(client)[0]
    (row,) = table(writing, "?show=mine&show=due&show=review")
    assert row[1:] == [
        "New In review rosa",
        "",
        f"Review overdue since {due_on:%b} {due_on.day}, {due_on.year}",
    ]
    other, ravi = log_in("Reviewers", name="ravi")
    sent = {"reviewer": ravi.pk, "due_on": due_on.isoformat()}
    other.post(page("reassign_review", draft.pk), sent)
    assert f"your review, overdue since {in_words(due_on)}" in tasks(other)[0]


def test_a_writers_first_page_shows_who_has_what_they_submitted():
    client, writer = log_in("Writers")
    rosa = make_user("Reviewers", name="rosa")
    submitted(writer, name="Terms", reviewer_id=rosa.pk, due_on=today())
    submitted(make_user("Writers"), name="Of somebody else")

    assert [row[:2] for row in table(client)] == [
        ["Of somebody else", "New In review"],
        ["Terms", "New In review rosa"],
    ]
    assert [row[0] for row in table(client, "?show=mine")] == ["Terms"]
    assert "Nothing needs your attention." in words(client.get("/admin/"))


def test_a_reviewer_who_can_not_review_any_more_keeps_nobody_waiting():
    client, _ = log_in("Reviewers")
    writing, writer = log_in("Writers")
    rosa = make_user("Reviewers", name="rosa")
    revision = submitted(writer, reviewer_id=rosa.pk)
    User.objects.filter(pk=rosa.pk).update(is_active=False)

    assert "a review. rosa was asked, but can’t review it any more" in tasks(client)[0]
    assert table(writing)[0][1] == "New In review"
    client.post(page("approve", revision.pk), {"seen_digest": revision.digest})
    assert Revision.objects.get(pk=revision.pk).status == Status.APPROVED


def test_another_reviewer_takes_over_with_one_button_and_keeps_the_day():
    client, ravi = log_in("Reviewers", name="ravi")
    rosa = make_user("Reviewers", name="rosa")
    due_on = today() + DAY
    revision = submitted(make_user("Writers"), reviewer_id=rosa.pk, due_on=due_on)
    soup = BeautifulSoup(client.get(page("review", revision.pk)).content, "html.parser")
    button = soup.find("button", string="Take over this review")
    assert button is not None
    form = button.find_parent("form")
    assert form is not None
    fields = {str(it["name"]): str(it["value"]) for it in form.find_all("input")}

    said = words(client.post(str(form["action"]), fields, follow=True))

    assert "Review reassigned." in said
    assert "Waiting for your review, due" in said
    assert "Take over this review" not in said
    request = Revision.objects.get(pk=revision.pk).review_request
    assert request is not None
    assert (request.reviewer, request.due_on, request.asked_by) == (ravi, due_on, ravi)


def test_what_nobody_has_can_be_taken():
    client, _ = log_in("Reviewers", name="ravi")
    revision = submitted(make_user("Writers"))

    shown = client.get(page("review", revision.pk))

    assert "Take this review" in words(shown)


def test_a_writer_reassigns_and_reminds_once_a_day():
    client, writer = log_in("Writers")
    rosa = make_user("Reviewers", name="rosa")
    User.objects.filter(pk=rosa.pk).update(email="rosa@softphonez.com")
    revision = submitted(writer)

    sent = {"reviewer": rosa.pk, "note": "You know the law."}
    said = words(client.post(page("reassign_review", revision.pk), sent, follow=True))
    assert "Waiting for rosa’s review</p>" in said.replace(" </p>", "</p>")
    assert "You know the law." in said
    assert "Take over this review" not in said
    said = words(client.post(page("nudge", revision.pk), follow=True))
    assert "Reminder sent." in said
    said = words(client.post(page("nudge", revision.pk), follow=True))
    assert "A reminder was sent on" in said


def test_a_reminder_that_nobody_gets_is_not_called_sent():
    client, writer = log_in("Writers")
    revision = submitted(writer, reviewer_id=make_user("Reviewers").pk)

    said = words(client.post(page("nudge", revision.pk), follow=True))

    assert "No e-mail was sent: none of its reviewers gets such e-mails." in said
    assert "Reminder sent." not in said


def test_a_note_that_is_refused_when_reassigning_comes_back():
    client, writer = log_in("Writers")
    revision = submitted(writer)

    sent = {"note": "Kept. " + "x" * 10_000}
    answer = client.post(page("reassign_review", revision.pk), sent)

    assert answer.status_code == 422
    assert "Kept." in words(answer)


def test_a_day_that_is_refused_when_reassigning_can_be_corrected_beside_the_note():
    client, writer = log_in("Writers")
    revision = submitted(writer)

    answer = client.post(
        page("reassign_review", revision.pk), {"due_on": "2020-01-01", "note": "Kept."}
    )

    form = BeautifulSoup(answer.content, "html.parser").select_one("form:has(#due_on)")
    assert form
    assert form.select_one("details[open]")
    assert [it["name"] for it in form.select("[aria-invalid=true]")] == ["due_on"]
    assert form.select_one("#note").text == "Kept."
    assert "in the past" in words(answer)


def test_who_wrote_it_is_not_offered_it_and_can_not_take_it():
    client, writer = log_in("Writers", "Reviewers", name="wim")
    rosa = make_user("Reviewers", name="rosa")
    revision = submitted(writer, reviewer_id=rosa.pk)

    assert "Take over this review" not in words(client.get(page("review", revision.pk)))
    sent = {"reviewer": writer.pk}
    said = words(client.post(page("reassign_review", revision.pk), sent, follow=True))
    assert "Wim worked on this revision" in said


def test_the_first_page_asks_no_more_for_more_submissions(django_assert_max_num_queries):
    client, writer = log_in("Writers", "Reviewers")
    reviewers = [make_user("Reviewers") for _ in range(3)]

    def add():
        for it in reviewers:
            submitted(writer, reviewer_id=it.pk)
            submitted(it, reviewer_id=None)

    def queries():
        with django_assert_max_num_queries(60) as counted:
            client.get("/admin/")
        return len(counted.captured_queries)

    for it in reviewers:
        it.groups.add(*writer.groups.all())
    add()
    before = queries()
    add()
    assert queries() == before
