"""Rules on what never changes about a policy, and on the addresses that it has or had."""

# ruff: noqa: S608  every name and value in this SQL is our own

from policies.database.rules.conditions import Rule, changed, rules_on, table_of


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
        Rule("address_frozen", address, "UPDATE", "TRUE", "An address once given stays given."),
        Rule("address_kept", address, "DELETE", "TRUE", "An address once given stays given."),
    ]
