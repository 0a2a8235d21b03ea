"""The groups that every `migrate` makes and mends."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from policies.permissions import ACTIONS
from policies.roles import ROLES

pytestmark = pytest.mark.django_db


def permissions_of(role):
    permissions = Group.objects.get(name=role).permissions.select_related("content_type")
    return {f"{it.content_type.app_label}.{it.codename}" for it in permissions}


def test_migrating_gives_each_role_its_permissions_and_no_other():
    assert {role: permissions_of(role) for role in ROLES} == {
        role: set(names) for role, names in ROLES.items()
    }


def test_publishing_without_approval_is_the_only_action_that_no_role_allows():
    given = {name for names in ROLES.values() for name in names}
    asked = {name: set(it.permissions) for name, it in ACTIONS.items() if it.permissions}
    without = {name for name, permissions in asked.items() if not given & permissions}

    assert without == {"publish_without_approval"}


def test_no_role_may_both_write_and_approve_or_approve_and_publish():
    alone = {"policies.write_revision", "policies.review_revision", "policies.publish_revision"}

    for role, names in ROLES.items():
        assert len(alone & set(names)) == 1, role


def test_nobody_can_be_given_leave_to_delete_history():
    for model in apps.get_app_config("policies").get_models():
        assert "delete" not in model._meta.default_permissions, model
    assert not Permission.objects.filter(
        content_type__app_label="policies", codename__startswith="delete"
    )


def test_migrating_again_repairs_roles_removes_nothing_and_leaves_other_groups_alone():
    extra = Permission.objects.get(codename="view_ledgerentry")
    Group.objects.get(name="Writers").permissions.set([extra])
    Group.objects.filter(name="Reviewers").delete()
    Group.objects.create(name="Auditors").permissions.add(extra)

    call_command("migrate", verbosity=0)

    assert permissions_of("Writers") == {*ROLES["Writers"], "policies.view_ledgerentry"}
    assert permissions_of("Reviewers") == set(ROLES["Reviewers"])
    assert permissions_of("Auditors") == {"policies.view_ledgerentry"}
