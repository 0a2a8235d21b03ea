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

ROLES: Final[dict[str, tuple[str, ...]]] = {
    role: (
        *permissions,
        *(f"policies.{codename}" for codename, (*_, its) in PERMISSIONS.items() if its == role),
    )
    for role, permissions in _DJANGOS.items()
}
