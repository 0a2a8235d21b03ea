"""Reminding people that a policy is due for its periodic check."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User

from policies.mail import notices
from policies.models import Mail, Policy
from policies.workflow import periodic_checks


@dataclass(frozen=True)
class Reminder:
    """What people are reminded of. remind_on: the day that this reminder counts for."""

    policy: Policy
    due_on: date
    remind_on: date
    people: list[User]


def reminders(*, at: datetime) -> list[Reminder]:
    """Return the reminders that count at `at`, one for each policy that is due for its check."""
    return [
        Reminder(
            policy,
            due_on,
            remind_on(due_on, policy.day_of(at)),
            notices.review_audience(policy),
        )
        for policy, due_on in periodic_checks.overdue(at=at)
    ]


def remind_on(due_on: date, today: date) -> date:
    """Return the latest day, up to `today`, on which a reminder is to be sent.

    The day itself, each week for four weeks, then every four weeks.
    """
    weeks = (today - due_on).days // 7
    if weeks > 4:
        weeks -= weeks % 4
    return due_on + timedelta(weeks=weeks)


def queue(due: list[Reminder]) -> None:
    """Queue one mail for each reminder and person, unless that was done before.

    Unsent ones that are no longer due are deleted: the policy was checked meanwhile.
    """
    current = {(reminder.policy.pk, reminder.remind_on) for reminder in due}
    for mail in Mail.objects.filter(event__isnull=True, sent_at__isnull=True):
        if (mail.policy_id, mail.remind_on) not in current:
            mail.delete()
    mails: list[Mail] = []
    for reminder in due:
        policy, due_on, remind_on = reminder.policy, reminder.due_on, reminder.remind_on
        mails += [
            Mail(user=user, policy=policy, due_on=due_on, remind_on=remind_on)
            for user in reminder.people
        ]
    Mail.objects.bulk_create(mails, ignore_conflicts=True)
