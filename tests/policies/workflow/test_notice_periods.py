"""The notice that readers are given of material changes."""

from datetime import datetime

import pytest

from policies import workflow
from policies.models import AuditEvent, Policy
from policies.states import Kind, Status
from policies.workflow.notice_periods import first_allowed
from tests.factories import (
    DAY,
    NOW,
    make_document,
    make_import,
    make_policy,
    make_revision,
    make_user,
    make_version,
)

pytestmark = pytest.mark.django_db


def with_notice(days):
    policy = make_version(at=NOW - 100 * DAY).policy
    return workflow.set_notice_period(policy.pk, by=make_user("Publishers"), at=NOW, days=days)


def publish(policy, *, effective_at, **other):
    revision = make_revision(status=Status.APPROVED, policy=policy)
    given = {"kind": Kind.MATERIAL, "change_note": "New.", "effective_at": effective_at, **other}
    return workflow.publish(revision.pk, by=make_user("Publishers"), at=NOW, **given)


@pytest.mark.parametrize("days", [None, 29])
def test_a_material_change_with_less_notice_needs_a_reason(days):
    policy = with_notice(30)
    when = NOW + days * DAY if days else None

    with pytest.raises(workflow.Incomplete) as refused:
        publish(policy, effective_at=when)

    assert refused.value.about == ("short_notice_reason",)
    assert "Readers are given 30 days of notice." in str(refused.value)
    assert "June 2, 2026, 00:00 (UTC)" in str(refused.value)


def test_a_first_version_and_an_import_need_no_notice():
    policy = make_policy()
    workflow.set_notice_period(policy.pk, by=make_user("Publishers"), at=NOW, days=30)

    publish(policy, effective_at=None)

    assert make_import(make_document(), policy=policy, at=NOW + DAY).number == 2


def test_the_reason_of_an_emergency_is_reason_enough():
    policy = with_notice(30)
    draft = make_revision(policy=policy)

    version = workflow.publish_without_approval(
        draft.pk, by=make_user(is_superuser=True), at=NOW, reason="A leak.", change_note="New."
    )

    assert AuditEvent.objects.get(action="publish_without_approval").reason == "A leak."
    assert version.number == 2


def test_the_first_allowed_day_leaves_whole_days_by_the_policys_clock():
    policy = Policy(time_zone="Asia/Tokyo", notice_days=15)
    at = datetime.fromisoformat("2026-05-02T16:00:00+00:00")  # May 3 in Tokyo

    assert first_allowed(policy, at=at) == datetime.fromisoformat("2026-05-19T00:00:00+09:00")
    assert first_allowed(Policy(), at=at) is None
