"""Rules on translations: each names its authoritative policy, and a version of it."""

# ruff: noqa: S608  every name and value in this SQL is our own

from policies.database.rules.conditions import Rule, changed, rules_on, table_of


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
