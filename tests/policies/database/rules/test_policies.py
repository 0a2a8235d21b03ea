"""The rules on what never changes about a policy, and on its addresses."""

# ruff: noqa: S608  names of tables and columns are our own

import pytest
from django.db import transaction
from django.db.models import ProtectedError

from policies import workflow
from policies.models import Address, Policy
from policies.states import Status
from tests.factories import DAY, NOW, make_policy, make_user, make_version
from tests.policies.database.rules.attacks import contents, make_commented_revision, refused

pytestmark = pytest.mark.django_db


def test_deleting_a_policy_takes_nothing_with_it():
    revision = make_commented_revision(Status.PUBLISHED)
    before = contents()

    with pytest.raises(ProtectedError), transaction.atomic():
        revision.policy.delete()
    with pytest.raises(ProtectedError), transaction.atomic():
        Policy.objects.all().delete()

    assert contents() == before


def test_a_policy_without_revisions_is_not_deleted_either():
    policy = Policy.objects.create(slug="terms", name="Terms", created_at=NOW)

    with refused("policy_kept"), transaction.atomic():
        policy.delete()


def test_a_policy_moves_only_to_an_address_of_its_own(execute):
    policy = make_policy()

    with refused("policy_address_kept"), transaction.atomic():
        Policy.objects.filter(pk=policy.pk).update(slug="elsewhere")
    with refused("policy_identity"), transaction.atomic():
        execute("UPDATE policies_policy SET language = 'de' WHERE id = ?", policy.pk)
    Address.objects.create(policy=policy, slug="elsewhere", language="en")
    Policy.objects.filter(pk=policy.pk).update(slug="elsewhere")


def test_an_address_is_given_once_and_for_ever(execute):
    policy, other = make_policy(slug="one"), make_policy(slug="two")
    workflow.rename_policy(policy.pk, by=make_user("Publishers"), at=NOW, slug="three")

    with refused("policy_address_new"), transaction.atomic():
        Policy.objects.create(slug="one", language="en", name="A policy", created_at=NOW)
    with refused("address_not_replaced", "address_is_the_policys"), transaction.atomic():
        Address.objects.create(policy=policy, slug="two", language="en")
    with refused("address_is_the_policys"), transaction.atomic():
        Address.objects.create(policy=policy, slug="drei", language="de")
    with refused("policy_address_kept"), transaction.atomic():
        Policy.objects.filter(pk=other.pk).update(slug="one")
    with refused("address_frozen", "address_place_kept"), transaction.atomic():
        execute("UPDATE policies_address SET policy_id = ? WHERE slug = 'one'", other.pk)
    with refused("address_kept"):
        execute("DELETE FROM policies_address WHERE slug = ?", "one")


def test_a_policys_time_zone_stays_once_it_has_a_version():
    policy = make_policy()
    Policy.objects.filter(pk=policy.pk).update(time_zone="Asia/Tokyo")
    make_version(policy=policy)

    with refused("policy_time_zone_kept"):
        Policy.objects.filter(pk=policy.pk).update(time_zone="Europe/Berlin")


@pytest.mark.parametrize("column", ["id", "created_by_id"])
def test_who_made_a_policy_never_changes(column, execute):
    policy = make_policy()

    with refused("policy_identity", "policy_place_kept"):
        execute(f"UPDATE policies_policy SET {column} = 1000 WHERE id = ?", policy.pk)


def test_when_a_policy_was_made_never_changes():
    policy = make_policy()

    with refused("policy_identity"), transaction.atomic():
        Policy.objects.filter(pk=policy.pk).update(created_at=NOW - DAY)
