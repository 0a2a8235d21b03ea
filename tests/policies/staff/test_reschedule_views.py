"""Rescheduling on the desk."""

from datetime import timedelta

import pytest
from django.utils import timezone

from policies import workflow
from policies.models import AuditEvent, Revision
from policies.states import Status
from tests.factories import make_policy, make_revision, make_user, make_version
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def upcoming() -> Revision:
    policy = make_version(at=timezone.now() - 100 * DAY).policy
    effect = (timezone.now() + 60 * DAY).replace(second=0, microsecond=0)
    return make_revision(
        status=Status.PUBLISHED, policy=policy, at=timezone.now(), effective_at=effect
    )


def in_a_form(moment: object) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"


def test_the_page_shows_the_present_day_and_moves_the_version_to_another() -> None:
    client, _ = log_in("Publishers")
    version = upcoming()
    url, effect = page("reschedule", version.pk), version.effective_at
    assert effect

    answer = client.get(url)
    assert in_a_form(effect) in answer.text
    assert "needs no new approval" in words(answer)

    sent = {"effective": in_a_form(effect + 14 * DAY), "reason": "The app comes later."}
    answer = client.post(url, sent, follow=True)

    assert "Rescheduled." in words(answer)
    assert Revision.objects.get(pk=version.pk).effective_at == effect + 14 * DAY
    act = AuditEvent.objects.get(action="reschedule")
    assert act.reason.endswith("The app comes later.")


@pytest.mark.parametrize(
    ("typed", "field", "problem"),
    [
        ({"effective": ""}, "effective", "Enter the day and time"),
        ({"effective": "tomorrow"}, "effective", "such as 2030-05-31 09:00"),
        ({"effective": "2020-01-01T00:00"}, "effective", "in the past"),
        ({"reason": ""}, "reason", "Enter a reason"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    typed: dict[str, str], field: str, problem: str
) -> None:
    client, _ = log_in("Publishers")
    version = upcoming()
    sent = {"effective": in_a_form(timezone.now() + 90 * DAY), "reason": "Later."}

    answer = client.post(page("reschedule", version.pk), sent | typed)

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert problem in words(answer)


def test_a_time_that_the_clocks_skip_is_refused() -> None:
    client, _ = log_in("Publishers")
    policy = make_policy()
    type(policy).objects.filter(pk=policy.pk).update(time_zone="Europe/Berlin")
    policy.refresh_from_db()
    version = make_revision(
        status=Status.PUBLISHED, policy=policy, effective_at=timezone.now() + 900 * DAY
    )

    answer = client.post(
        page("reschedule", version.pk), {"effective": "2029-03-25T02:30", "reason": "Later."}
    )

    assert "the clocks go forward" in words(answer)


def test_an_earlier_day_asks_for_a_reason_for_shorter_notice() -> None:
    client, _ = log_in("Publishers")
    version = upcoming()
    workflow.set_notice_period(
        version.policy_id, by=make_user("Publishers"), at=timezone.now(), days=30
    )
    sent = {"effective": in_a_form(timezone.now() + 5 * DAY), "reason": "The law."}

    answer = client.post(page("reschedule", version.pk), sent)
    assert answer.context["form"].errors.keys() == {"short_notice_reason"}
    client.post(page("reschedule", version.pk), {**sent, "short_notice_reason": "A court order."})

    assert "30 days of notice: A court order." in AuditEvent.objects.get(action="reschedule").reason


def test_what_is_in_force_leads_back_to_its_page() -> None:
    client, _ = log_in("Publishers")
    version = make_version(at=timezone.now() - DAY)

    answer = client.get(page("reschedule", version.pk), follow=True)

    assert "only an upcoming version can be rescheduled" in words(answer)


def test_the_review_page_of_an_upcoming_version_offers_it() -> None:
    client, _ = log_in("Publishers")
    version = upcoming()

    assert page("reschedule", version.pk) in client.get(page("review", version.pk)).text
