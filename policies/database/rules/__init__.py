"""The rules that the database itself enforces by triggers, whoever writes to it.

A rule is a condition on OLD and NEW. Conditions are written once, in PostgreSQL's SQL; triggers.py
translates the few differences for SQLite, and makes triggers of the rules. Names and messages are
those of version 1.0.

    conditions.py    what a rule is, and the SQL that its condition is made of
    revisions.py     which moves there are, who approves, what publication sets, when a text changes
    policies.py      what never changes about a policy, its addresses, what it translates
    reviews.py       comments, answers to findings, preview links, late approvals
    records.py       removed anchors, the ledger and the audit

The rules hold against every client of the database except its owner, who can drop triggers or (on
PostgreSQL) set session_replication_role; on SQLite, whoever can write to the file is its owner.
What the owner does is discovered by `manage.py verify`, which recomputes what the rows must be.
"""

# ruff: noqa: S608  every name and value in this SQL is our own

from collections.abc import Iterator

from policies.database.rules.conditions import Rule, short_name, table_of, taken
from policies.database.rules.policies import policy_rules, translation_rules
from policies.database.rules.records import chain_rules, ledger_rules, removed_anchor_rules
from policies.database.rules.reviews import review_rules
from policies.database.rules.revisions import revision_rules, text_rules

# The models whose tables have rules.
GUARDED = (
    *("Revision", "Section", "Rendering", "Contribution", "Policy", "ReviewComment"),
    *("LateApproval", "LedgerEntry", "AuditEvent", "Address", "RemovedAnchor"),
    *("Justification", "CommentReply", "PreviewLink", "Overruling"),
    *("ReviewRequest", "ReturnedFile", "ProposalDecision"),
)


def rules() -> list[Rule]:
    """Return every rule, in a fixed order."""
    return [
        *revision_rules(),
        *translation_rules(),
        *text_rules(),
        *policy_rules(),
        *review_rules(),
        *removed_anchor_rules(),
        *ledger_rules(),
        *chain_rules("AuditEvent", "audit"),
        *(
            Rule(
                f"{short_name(name)}_not_replaced",
                table_of(name),
                "INSERT",
                taken(name),
                "A new row never takes the place of one that is there.",
            )
            for name in GUARDED
        ),
    ]


def sqlite_rules() -> list[Rule]:
    """Return the rules that only SQLite needs.

    It compares times as text, so each must be in the format in which Django writes it. And if the
    primary key is not SQLite's own rowid, INSERT OR REPLACE can also replace a row by its rowid.
    (If an INSERT gives none, NEW.rowid is -1.)
    """
    place_rules = []
    for model in GUARDED:
        table, name = table_of(model), short_name(model)
        message = "A row keeps its place, and no other takes it."
        place_rules += [
            Rule(
                f"{name}_place_not_taken",
                table,
                "INSERT",
                f"EXISTS (SELECT 1 FROM {table} t WHERE t.rowid = NEW.rowid)",
                message,
            ),
            Rule(f"{name}_place_kept", table, "UPDATE", "OLD.rowid <> NEW.rowid", message),
        ]
    return [*place_rules, *_format_rules()]


def _format_rules() -> Iterator[Rule]:
    column = "NEW.effective_at"
    whole = f"strftime('%Y-%m-%d %H:%M:%S', substr({column}, 1, 19))"
    is_ours = (
        f"{column} IS {whole} || substr({column}, 20) AND (length({column}) = 19"
        f" OR substr({column}, 20) GLOB '.{'[0-9]' * 6}')"
    )
    refused = f"{column} IS NOT NULL AND NOT ({is_ours})"
    message = "A time is stored as YYYY-MM-DD HH:MM:SS, in UTC, with six decimals or none."
    revision, ledger = table_of("Revision"), table_of("LedgerEntry")
    yield Rule("revision_effective_format", revision, "UPDATE", refused, message)
    yield Rule("ledger_effective_format", ledger, "INSERT", refused, message)
