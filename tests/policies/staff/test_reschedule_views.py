"""Rescheduling on the desk."""

import pytest
from django.utils import timezone

from policies import workflow
from policies.models import AuditEvent, Revision
from tests.factories import DAY, make_user, make_version
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db


def upcoming():
    policy = make_version(at=timezone.now() - 100 * DAY).policy
    effect = (timezone.now() + 60 * DAY).replace(second=0, microsecond=0)
    return make_version(policy=policy, at=timezone.now(), effective_at=effect)


def in_a_form(moment):
    return f"{moment:%Y-%m-%dT%H:%M}"


def test_the_page_shows_the_present_day_and_moves_the_version_to_another():
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
    assert f"announced for {version.policy.in_words(effect)}" in words(answer)
    assert Revision.objects.get(pk=version.pk).effective_at == effect + 14 * DAY
    act = AuditEvent.objects.get(action="reschedule")
    assert act.reason.endswith("The app comes later.")


def test_an_earlier_day_asks_for_a_reason_for_shorter_notice():
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


def test_the_pages_of_the_policy_and_of_the_version_offer_to_move_and_to_withdraw_it():
    client, _ = log_in("Publishers")
    version = upcoming()

    for shown in (page("review", version.pk), page("policy_change", version.policy_id)):
        answer = client.get(shown).text
        assert page("reschedule", version.pk) in answer
        assert page("withdraw", version.pk) in answer
    reader, _ = log_in("Writers")
    on_its_page = reader.get(page("policy_change", version.policy_id)).text
    assert page("withdraw", version.pk) not in on_its_page
