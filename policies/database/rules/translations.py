"""Rules on translations: each names its authoritative policy, and a version of it."""

# ruff: noqa: S608  every name and value in this SQL is our own

from __future__ import annotations

from policies.database.rules.conditions import Operation, Rule, changed, table_of


def translation_rules() -> list[Rule]:
    """Return the rules. Above all, a translation is never the translation of another one."""
    policy, revision = table_of("Policy"), table_of("Revision")
    source = "SELECT 1 FROM {0} p WHERE p.id = NEW.translation_of_id AND {1}"
    hangs_wrongly = (
        "NEW.translation_of_id IS NOT NULL AND (EXISTS ("
        + source.format(policy, "(p.translation_of_id IS NOT NULL OR p.language = NEW.language)")
        + ") OR NEW.translation_of_id = NEW.id"
        f" OR EXISTS (SELECT 1 FROM {policy} p WHERE p.translation_of_id = NEW.id))"
    )
    renders_another = (
        f"NEW.renders_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {revision} r, {policy} p"
        " WHERE p.id = NEW.policy_id AND r.id = NEW.renders_id"
        " AND r.policy_id = p.translation_of_id AND r.number IS NOT NULL)"
    )
    return [
        *(
            Rule(
                f"policy_translation_{operation.lower()}",
                policy,
                operation,
                f"{when}{hangs_wrongly}",
                "A translation is of an authoritative policy in another language.",
            )
            for operation, when in _each_time("translation_of_id")
        ),
        Rule(
            "policy_translated_by_one",
            policy,
            "UPDATE",
            f"{changed(['translation_of_id'])} AND EXISTS (SELECT 1 FROM {policy} p"
            " WHERE p.translation_of_id = NEW.translation_of_id AND p.language = NEW.language"
            " AND p.id <> NEW.id)",
            "A policy has one translation into each language, and no other takes its place.",
        ),
        *(
            Rule(
                f"revision_renders_{operation.lower()}",
                revision,
                operation,
                f"{when}{renders_another}",
                "A translation renders a numbered version of its authoritative policy.",
            )
            for operation, when in _each_time("renders_id")
        ),
        Rule(
            "revision_renders_kept",
            revision,
            "UPDATE",
            f"{changed(['renders_id'])} AND NOT (OLD.status = 'draft' AND NEW.status = 'draft')"
            " AND NOT (OLD.renders_id IS NULL AND NEW.status = 'published'"
            " AND OLD.status <> 'published')",
            "Which version a translation renders is said while it is a draft, or left to its"
            " publication.",
        ),
    ]


def _each_time(column: str) -> tuple[tuple[Operation, str], ...]:
    """Return the operations that give a column a value, each with the SQL to put before a rule's
    condition: an UPDATE counts only if it changes the column.
    """
    return ("INSERT", ""), ("UPDATE", f"{changed([column])} AND ")
