"""Rules on what is only ever added: removed anchors, and the entries of both chains."""

# ruff: noqa: S608  every name and value in this SQL is our own

from policies.database.rules.conditions import CLOCK, Rule, append_only, status_of, table_of


def removed_anchor_rules() -> list[Rule]:
    anchor, ledger = table_of("RemovedAnchor"), table_of("LedgerEntry")
    message = "What departs with a version is recorded when it is published, once."
    return [
        Rule(
            "departure_at_publication",
            anchor,
            "INSERT",
            f"COALESCE({status_of('NEW.revision_id')}, '') <> 'published' OR EXISTS ("
            f"SELECT 1 FROM {ledger} e WHERE e.revision_id = NEW.revision_id)",
            message,
        ),
        *append_only("departure", anchor, message),
    ]


def ledger_rules() -> list[Rule]:
    ledger = table_of("LedgerEntry")
    return [
        *chain_rules("LedgerEntry", "ledger"),
        Rule(
            "ledger_event_once",
            ledger,
            "INSERT",
            f"NEW.event <> 'rescheduling' AND EXISTS (SELECT 1 FROM {ledger} e"
            " WHERE e.revision_id = NEW.revision_id AND e.event = NEW.event)",
            "A version is published once, and withdrawn once.",
        ),
        Rule(
            "ledger_rescheduling",
            ledger,
            "INSERT",
            f"NEW.event = 'rescheduling' AND NOT EXISTS (SELECT 1 FROM {table_of('Revision')} r"
            " WHERE r.id = NEW.revision_id AND r.status = 'published'"
            f" AND r.effective_at > {CLOCK} AND NEW.effective_at > {CLOCK})",
            "Only an upcoming version is rescheduled, to a time that is still to come.",
        ),
    ]


def chain_rules(model: str, name: str) -> list[Rule]:
    table = table_of(model)
    last = f"(SELECT MAX(sequence) FROM {table})"
    return [
        Rule(
            f"{name}_appended",
            table,
            "INSERT",
            f"NEW.sequence <> COALESCE({last}, 0) + 1 OR NEW.previous_digest <> COALESCE("
            f"(SELECT digest FROM {table} WHERE sequence = {last}), '')",
            f"The {name} is a chain: an entry follows the last one.",
        ),
        *append_only(name, table, f"The {name} is append-only."),
    ]
