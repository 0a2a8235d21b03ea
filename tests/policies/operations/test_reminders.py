"""Reminders of periodic checks: who gets one, and how often."""

from datetime import date

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from policies import workflow
from policies.models import MailOptOut
from policies.operations import reminders
from tests.factories import DAY, make_version
from tests.policies.mail.received import make_overdue, received
from tests.policies.mail.received import people as people

pytestmark = pytest.mark.django_db


def test_a_due_check_is_announced_once_however_often_the_command_runs(people, capsys):
    policy = make_overdue(days=2).policy
    make_version()
    MailOptOut.objects.create(user=people.willi, kind="review_due")

    call_command("send_reminders", dry_run=True)
    assert mail.outbox == []
    assert "reminds wanda, pia, paul" in capsys.readouterr().out
    call_command("send_reminders")
    call_command("send_reminders")

    mails = received()
    assert set(mails) == {"wanda", "pia", "paul"}
    assert mails["pia"].subject.startswith("Privacy policy: periodic check due since ")
    assert f"http://testserver/admin/policies/policy/{policy.pk}/change/" in mails["pia"].body
    assert "every 12 months" in mails["pia"].body


def test_an_owner_alone_is_reminded_and_everybody_if_that_person_can_not_be(people):
    policy = make_overdue(days=2).policy
    workflow.set_owner(policy.pk, by=people.pia, at=timezone.now(), owner_id=people.rosa.pk)

    call_command("send_reminders")

    assert [it.to for it in mail.outbox] == [[people.rosa.email]]
    mail.outbox.clear()
    people.rosa.is_active = False
    people.rosa.save()
    call_command("send_reminders")
    assert set(received()) == {"wanda", "willi", "pia", "paul"}


@pytest.mark.parametrize(
    ("days", "expected"), [(0, 0), (6, 0), (7, 7), (28, 28), (35, 28), (55, 28), (56, 56), (90, 84)]
)
def test_reminders_come_weekly_and_then_every_four_weeks(days, expected):
    due = date(2026, 5, 2)

    assert reminders.remind_on(due, due + days * DAY) == due + expected * DAY
