"""The roles that every installation has: groups with permissions. `migrate` makes and repairs them.

Additive: a permission that somebody added to a group stays, and a person may have several roles.
"""

from typing import Final

from policies.permissions import PERMISSIONS

_VIEW = ("policies.view_policy", "policies.view_revision", "policies.view_reviewcomment")
# Permissions that Django makes for each model.
_DJANGOS = {
    "Writers": (*_VIEW, "policies.add_policy"),
    "Reviewers": _VIEW,
    "Publishers": (
        *_VIEW,
        "policies.view_ledgerentry",
        "policies.view_auditevent",
        "policies.change_policy",
    ),
}


def _own_permissions(role: str) -> list[str]:
    rows = PERMISSIONS.items()
    return [f"policies.{codename}" for codename, (*_, holder) in rows if holder == role]


ROLES: Final[dict[str, tuple[str, ...]]] = {
    role: (*permissions, *_own_permissions(role)) for role, permissions in _DJANGOS.items()
}


def make_groups(using: str) -> None:
    """Give each role its group in a database, with the permissions that it lacks."""
    from django.contrib.auth.models import Group, Permission

    for role, names in ROLES.items():
        group, _ = Group.objects.using(using).get_or_create(name=role)
        codenames = [name.removeprefix("policies.") for name in names]
        permissions = Permission.objects.using(using).filter(
            content_type__app_label="policies", codename__in=codenames
        )
        group.permissions.add(*permissions.exclude(group=group))
