"""The roles that every installation has: groups with permissions, made and mended by `migrate`.

Additive: a permission that somebody added to a group stays, and a person may have several roles.
Publishing without approval is in no role: it is given to a person by name.
"""

ROLES: dict[str, tuple[str, ...]] = {
    "Writers": (
        "policies.view_policy",
        "policies.view_revision",
        "policies.view_reviewcomment",
        "policies.add_policy",
        "policies.write_revision",
    ),
    "Reviewers": (
        "policies.view_policy",
        "policies.view_revision",
        "policies.view_reviewcomment",
        "policies.review_revision",
    ),
    "Publishers": (
        "policies.view_policy",
        "policies.view_revision",
        "policies.view_reviewcomment",
        "policies.view_ledgerentry",
        "policies.view_auditevent",
        "policies.change_policy",
        "policies.publish_revision",
        "policies.rename_policy",
        "policies.retire_policy",
    ),
}
