"""Rules on what never changes about a policy, on the addresses that it has or had, and on what it
translates: each translation names its authoritative policy, and a version of it.
"""

# ruff: noqa: S608  every name and value in this SQL is our own

from policies.database.rules.conditions import Rule, append_only, changed, rules_on, table_of


def policy_rules() -> list[Rule]:
    policy, revision, address = table_of("Policy"), table_of("Revision"), table_of("Address")
    same = "a.slug = NEW.slug AND a.language = NEW.language"
    updated = {
        "policy_identity": (
            changed(["id", "language", "created_at", "created_by_id"]),
            "Who made a policy, when and in which language, never changes.",
        ),
        "policy_address_kept": (
            f"{changed(['slug'])} AND (NOT EXISTS (SELECT 1 FROM {address} a"
            f" WHERE a.policy_id = NEW.id AND {same})"
            f" OR EXISTS (SELECT 1 FROM {policy} t WHERE t.id <> NEW.id"
            " AND t.slug = NEW.slug AND t.language = NEW.language))",
            "A policy moves only to an address that is its own: rename it.",
        ),
        "policy_time_zone_kept": (
            f"{changed(['time_zone'])} AND EXISTS ("
            f"SELECT 1 FROM {revision} r WHERE r.policy_id = OLD.id AND r.number IS NOT NULL)",
            "Published dates are by the policy's time zone, which therefore stays.",
        ),
    }
    return [
        Rule(
            "policy_address_new",
            policy,
            "INSERT",
            f"EXISTS (SELECT 1 FROM {address} a WHERE {same})",
            "A slug that was once used is never given to another policy.",
        ),
        *rules_on(policy, "UPDATE", updated),
        Rule("policy_kept", policy, "DELETE", "TRUE", "A policy is never deleted: retire it."),
        Rule(
            "address_is_the_policys",
            address,
            "INSERT",
            f"NOT EXISTS (SELECT 1 FROM {policy} p WHERE p.id = NEW.policy_id"
            " AND p.language = NEW.language)"
            f" OR EXISTS (SELECT 1 FROM {policy} p WHERE p.id <> NEW.policy_id"
            " AND p.slug = NEW.slug AND p.language = NEW.language)",
            "An address is one policy's, in its language.",
        ),
        *append_only("address", address, "An address once given stays given."),
    ]


def translation_rules() -> list[Rule]:
    """Return the rules. Above all, a translation is never the translation of another one."""
    policy, revision = table_of("Policy"), table_of("Revision")
    of_wrong_source = (
        f"NEW.translation_of_id IS NOT NULL AND (EXISTS (SELECT 1 FROM {policy} p"
        " WHERE p.id = NEW.translation_of_id"
        " AND (p.translation_of_id IS NOT NULL OR p.language = NEW.language))"
        " OR NEW.translation_of_id = NEW.id"
        f" OR EXISTS (SELECT 1 FROM {policy} p WHERE p.translation_of_id = NEW.id))"
    )
    of_wrong_version = (
        f"NEW.renders_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {revision} r, {policy} p"
        " WHERE p.id = NEW.policy_id AND r.id = NEW.renders_id"
        " AND r.policy_id = p.translation_of_id AND r.number IS NOT NULL)"
    )
    source_changed, version_changed = changed(["translation_of_id"]), changed(["renders_id"])
    source_message = "A translation is of an authoritative policy in another language."
    version_message = "A translation renders a numbered version of its authoritative policy."
    policy_updated = {
        "policy_translation_update": (f"{source_changed} AND {of_wrong_source}", source_message),
        "policy_translated_by_one": (
            f"{source_changed} AND EXISTS (SELECT 1 FROM {policy} p"
            " WHERE p.translation_of_id = NEW.translation_of_id AND p.language = NEW.language"
            " AND p.id <> NEW.id)",
            "A policy has one translation into each language, and no other takes its place.",
        ),
    }
    revision_updated = {
        "revision_renders_update": (f"{version_changed} AND {of_wrong_version}", version_message),
        "revision_renders_kept": (
            f"{version_changed} AND NOT (OLD.status = 'draft' AND NEW.status = 'draft')"
            " AND NOT (OLD.renders_id IS NULL AND NEW.status = 'published'"
            " AND OLD.status <> 'published')",
            "Which version a translation renders is said while it is a draft, or left to its"
            " publication.",
        ),
    }
    return [
        Rule("policy_translation_insert", policy, "INSERT", of_wrong_source, source_message),
        *rules_on(policy, "UPDATE", policy_updated),
        Rule("revision_renders_insert", revision, "INSERT", of_wrong_version, version_message),
        *rules_on(revision, "UPDATE", revision_updated),
    ]
