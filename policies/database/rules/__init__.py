"""The rules that the database itself enforces by triggers, whoever writes to it.

A rule is a condition on OLD and NEW, written once, in PostgreSQL's SQL; triggers.py translates the
few differences for SQLite, and makes triggers of the rules. Names and messages are those of version
1.0. Most rules are data:

    revisions.toml  which moves there are, who approves, what publication sets, when a text changes
    policies.toml   what never changes about a policy, its addresses, what it translates
    reviews.toml    comments, answers to findings, preview links, late approvals
    records.toml    removed anchors, the ledger and the audit
    conditions.py   what a rule is, and the SQL that conditions are made of

Each has

    name        of the rule, and with a prefix of its trigger
    on          the operation and the table; "append-only" for a table in which nothing is changed
                (the rule NAME_frozen) or deleted (NAME_kept)
    refused_if  the condition under which that is refused; always, if there is none
    message     what is then said

A condition has SQL in braces: `{open}` and others of conditions.WORDS, or of the table `[words]` in
its own file, each of which may use those before it.

The rules hold against every client of the database except its owner, who can drop triggers or (on
PostgreSQL) set session_replication_role; on SQLite, whoever can write to the file is its owner.
What the owner does is discovered by `manage.py verify`, which recomputes what the rows must be.
"""

# ruff: noqa: S608  every name and value in this SQL is our own

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from policies.database.rules.conditions import WORDS, Rule, short_name, table_of, taken
from policies.text.short_text import one_line

FOLDER = Path(__file__).parent
FILES = ("revisions", "policies", "reviews", "records")

# The models whose tables have rules.
GUARDED = (
    *("Revision", "Section", "Rendering", "Contribution", "Policy", "ReviewComment"),
    *("LateApproval", "LedgerEntry", "AuditEvent", "Address", "RemovedAnchor"),
    *("Justification", "CommentReply", "PreviewLink", "Overruling"),
    *("ReviewRequest", "ReturnedFile", "ProposalDecision"),
)


@cache
def rules() -> tuple[Rule, ...]:
    """Return every rule, in a fixed order. Read from the disk once in a process."""
    return (
        *(rule for file in FILES for rule in _rules_of(FOLDER / f"{file}.toml")),
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
    )


def _rules_of(file: Path) -> Iterator[Rule]:
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    words = dict(WORDS)
    for name, sql in table.get("words", {}).items():
        words[name] = _expanded(sql, words)
    for rule in table["rule"]:
        name, message = rule["name"], rule["message"]
        operation, on = rule["on"].split()
        condition = _expanded(rule.get("refused_if", "TRUE"), words)
        if operation == "append-only":
            yield Rule(f"{name}_frozen", on, "UPDATE", condition, message)
            yield Rule(f"{name}_kept", on, "DELETE", condition, message)
        else:
            yield Rule(name, on, operation, condition, one_line(message))


def _expanded(sql: str, words: Mapping[str, object]) -> str:
    """Return SQL on one line, with what is in braces written out."""
    return one_line(sql).format_map(words)


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


# What is written later than the rest of a row, and compared by queries.
_SET_LATER = {
    "revision_effective_format": ("Revision", "effective_at"),
    "comment_resolved_format": ("ReviewComment", "resolved_at"),
    "overruling_withdrawn_format": ("Overruling", "withdrawn_at"),
    "link_revoked_format": ("PreviewLink", "revoked_at"),
}


def _format_rules() -> Iterator[Rule]:
    message = "A time is stored as YYYY-MM-DD HH:MM:SS, in UTC, with six decimals or none."
    for name, (model, column) in _SET_LATER.items():
        yield Rule(name, table_of(model), "UPDATE", is_other_notation(f"NEW.{column}"), message)
    ledger, refused = table_of("LedgerEntry"), is_other_notation("NEW.effective_at")
    yield Rule("ledger_effective_format", ledger, "INSERT", refused, message)


def is_other_notation(column: str, *, is_day: bool = False) -> str:
    """Return SQL: a time (is_day: a day) is not written as Django writes it to SQLite."""
    if is_day:
        return f"({column} IS NOT NULL AND {column} IS NOT date({column}))"
    whole = f"strftime('%Y-%m-%d %H:%M:%S', substr({column}, 1, 19))"
    is_ours = (
        f"{column} IS {whole} || substr({column}, 20) AND (length({column}) = 19"
        f" OR substr({column}, 20) GLOB '.{'[0-9]' * 6}')"
    )
    return f"({column} IS NOT NULL AND NOT ({is_ours}))"
