"""The database's own walls: what is published, recorded or approved can't be changed by any door.

A rule is a condition on OLD and NEW under which the database refuses. Conditions are written once,
in the SQL that SQLite and PostgreSQL share; only the wrapping differs. Triggers are made anew
after every migrate (SQLite drops a table's triggers when a migration rebuilds it), and a system
check reports one that is missing or different.

The rules hold against every client of the database short of its owner, who can drop triggers.
Against the owner stands `manage.py verify`, which recomputes what the rows must say.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.apps import apps
from django.db import transaction

from .states import MOVES, MOVES_WITHOUT_APPROVAL, NUMBERED, OPEN, Basis, Status

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Model

PREFIX = "policies_wall_"
Operation = Literal["INSERT", "UPDATE", "DELETE"]


@dataclass(frozen=True)
class Rule:
    """Refuse `operation` on `table` when `condition` (SQL over NEW and OLD) is true."""

    name: str
    table: str
    operation: Operation
    condition: str
    message: str

    @property
    def trigger(self) -> str:
        return f"{PREFIX}{self.name}"


def _model(name: str) -> type[Model]:
    return apps.get_model("policies", name)


def _table(name: str) -> str:
    return _model(name)._meta.db_table


def _columns(name: str, *, without: frozenset[str] = frozenset()) -> list[str]:
    return [
        field.column
        for field in _model(name)._meta.local_concrete_fields
        if field.column not in without
    ]


def _changed(columns: list[str]) -> str:
    """SQL: at least one of the columns differs between OLD and NEW, NULL counting as a value."""
    return "(" + " OR ".join(f'OLD."{c}" IS DISTINCT FROM NEW."{c}"' for c in columns) + ")"


def _quoted(values: frozenset[Status] | frozenset[Basis]) -> str:
    return "(" + ", ".join(f"'{value}'" for value in sorted(values)) + ")"


def _moves(moves: dict[Status, frozenset[Status]], extra: str = "") -> str:
    return " OR ".join(
        f"(OLD.status = '{old}' AND NEW.status IN {_quoted(new)}{extra})"
        for old, new in sorted(moves.items())
        if new
    )


def _status_of(column: str) -> str:
    return f"(SELECT status FROM {_table('Revision')} WHERE id = {column})"  # noqa: S608  names are ours


_WITHDRAWAL = frozenset({"status", "withdrawn_at", "withdrawn_by_id", "withdrawal_reason"})
_TEXT = ["title", "introduction", "digest", "saves", "saved_at", "saved_by_id"]
_LEFT_OPEN = frozenset(
    {
        *("status", "submitted_at", "submitted_by_id"),
        *("approved_at", "approved_by_id", "approved_digest"),
        *("discarded_at", "discarded_by_id"),
        *("number", "kind", "change_note", "effective_at", "last_updated_on"),
        *("published_at", "published_by_id", "basis", "basis_reason"),
        *_TEXT,
    }
)


def rules() -> list[Rule]:
    """Return every rule, in a fixed order."""
    return [
        *_revision_rules(),
        *_text_rules(),
        *_policy_rules(),
        *_review_rules(),
        *_chain_rules("LedgerEntry", "ledger"),
        *_chain_rules("AuditEvent", "audit"),
    ]


def _revision_rules() -> list[Rule]:
    revision = _table("Revision")
    contribution = _table("Contribution")
    comment = _table("ReviewComment")
    others = f"SELECT 1 FROM {revision} r WHERE r.policy_id = NEW.policy_id AND r.id <> NEW.id"  # noqa: S608
    published_now = "NEW.status = 'published' AND OLD.status <> 'published'"
    wrote = (
        f"EXISTS (SELECT 1 FROM {contribution} c"  # noqa: S608
        " WHERE c.revision_id = NEW.id AND c.contributed_by_id = NEW.approved_by_id)"
    )
    return [
        Rule(
            "revision_born_draft",
            revision,
            "INSERT",
            "NEW.status <> 'draft' OR NEW.approved_at IS NOT NULL",
            "A revision begins as a draft; workflow.py moves it from there.",
        ),
        Rule(
            "revision_not_replaced",
            revision,
            "INSERT",
            f"EXISTS (SELECT 1 FROM {revision} r WHERE r.id = NEW.id"  # noqa: S608
            f" OR (r.policy_id = NEW.policy_id AND r.status IN {_quoted(OPEN)}))",
            "There is one open revision per policy, and a new one never takes its place.",
        ),
        Rule(
            "revision_kept",
            revision,
            "DELETE",
            "TRUE",
            "Revisions are never deleted: discard a draft, or publish a new version.",
        ),
        Rule(
            "revision_frozen",
            revision,
            "UPDATE",
            f"OLD.status IN {_quoted(NUMBERED | {Status.DISCARDED})} AND NOT ("
            "OLD.status = 'published' AND NEW.status = 'withdrawn' AND NOT "
            f"{_changed(_columns('Revision', without=_WITHDRAWAL))})",
            "A published revision never changes: publish a new version instead.",
        ),
        Rule(
            "revision_identity",
            revision,
            "UPDATE",
            _changed(_columns("Revision", without=_LEFT_OPEN | _WITHDRAWAL)),
            "What a revision is, and where it came from, never changes.",
        ),
        Rule(
            "revision_moves",
            revision,
            "UPDATE",
            "OLD.status <> NEW.status AND NOT ("
            + _moves(MOVES)
            + " OR "
            + _moves(
                MOVES_WITHOUT_APPROVAL,
                f" AND NEW.basis IN {_quoted(frozenset(Basis) - {Basis.APPROVAL})}",
            )
            + ")",
            "This move between states does not exist: see policies/states.py.",
        ),
        Rule(
            "revision_text",
            revision,
            "UPDATE",
            f"{_changed(_TEXT)} AND NOT (OLD.status = 'draft' AND NEW.status = 'draft')",
            "Only a draft's text can change: request changes or reopen it first.",
        ),
        Rule(
            "revision_approval",
            revision,
            "UPDATE",
            f"{_changed(['approved_at', 'approved_by_id', 'approved_digest'])} AND NOT ("
            "(OLD.status = 'in_review' AND NEW.status = 'approved')"
            " OR (NEW.status = 'draft' AND NEW.approved_at IS NULL))",
            "An approval is given in review, and only reopening takes it back.",
        ),
        Rule(
            "revision_approval_void",
            revision,
            "UPDATE",
            f"NEW.status IN {_quoted(frozenset({Status.DRAFT, Status.IN_REVIEW}))}"
            " AND NEW.approved_at IS NOT NULL",
            "An approval ends when the text can change again.",
        ),
        Rule(
            "revision_four_eyes",
            revision,
            "UPDATE",
            f"(NEW.status = 'approved' OR ({published_now} AND NEW.basis = 'approval')) AND {wrote}",
            "Nobody may approve a revision that they wrote or edited any part of.",
        ),
        Rule(
            "revision_comments_first",
            revision,
            "UPDATE",
            "NEW.status = 'approved' AND OLD.status <> 'approved' AND EXISTS ("
            f"SELECT 1 FROM {comment} c WHERE c.revision_id = NEW.id AND c.resolved_at IS NULL)",  # noqa: S608
            "Open comments block approval: resolve them first.",
        ),
        Rule(
            "revision_number_next",
            revision,
            "UPDATE",
            f"{published_now} AND NEW.number <> 1 + COALESCE((SELECT MAX(r.number)"  # noqa: S608
            f" FROM {revision} r WHERE r.policy_id = NEW.policy_id), 0)",
            "Version numbers run 1, 2, 3 … without a gap.",
        ),
        Rule(
            "revision_effective_later",
            revision,
            "UPDATE",
            f"{published_now} AND EXISTS ({others} AND r.status = 'published'"
            " AND r.effective_at >= NEW.effective_at)",
            "A version takes effect later than every version before it.",
        ),
    ]


def _text_rules() -> list[Rule]:
    """Sections, their HTML and the list of authors change only while the revision is a draft."""
    found = []
    for model, key in (("Section", "id"), ("Rendering", "revision_id"), ("Contribution", "id")):
        table, name = _table(model), model.lower()
        found += [
            Rule(
                f"{name}_added_to_draft",
                table,
                "INSERT",
                f"COALESCE({_status_of('NEW.revision_id')}, '') <> 'draft'"
                f" OR EXISTS (SELECT 1 FROM {table} t WHERE t.{key} = NEW.{key})",  # noqa: S608
                "Only a draft's text can change.",
            ),
            Rule(
                f"{name}_changed_in_draft",
                table,
                "UPDATE",
                f"{_status_of('OLD.revision_id')} <> 'draft'"
                f" OR OLD.revision_id <> NEW.revision_id OR OLD.{key} <> NEW.{key}"
                + (" OR TRUE" if model == "Contribution" else ""),
                "Only a draft's text can change, and its list of authors only grows.",
            ),
            Rule(
                f"{name}_deleted_from_draft",
                table,
                "DELETE",
                f"{_status_of('OLD.revision_id')} <> 'draft'"
                + (" OR TRUE" if model == "Contribution" else ""),
                "Only a draft's text can change, and its list of authors only grows.",
            ),
        ]
    return found


def _policy_rules() -> list[Rule]:
    policy, revision = _table("Policy"), _table("Revision")
    known = "t.slug = NEW.slug AND t.language = NEW.language"
    return [
        Rule(
            "policy_not_replaced",
            policy,
            "INSERT",
            f"EXISTS (SELECT 1 FROM {policy} t WHERE t.id = NEW.id OR ({known}))",  # noqa: S608
            "A policy with this address exists.",
        ),
        Rule(
            "policy_address_kept",
            policy,
            "UPDATE",
            f"OLD.id <> NEW.id OR (({_changed(['slug', 'language'])}) AND EXISTS ("
            f"SELECT 1 FROM {revision} r WHERE r.policy_id = OLD.id AND r.number IS NOT NULL))"  # noqa: S608
            f" OR EXISTS (SELECT 1 FROM {policy} t WHERE t.id <> NEW.id AND {known})",  # noqa: S608
            "A policy that has published versions keeps its address.",
        ),
        Rule(
            "policy_kept",
            policy,
            "DELETE",
            f"EXISTS (SELECT 1 FROM {revision} r WHERE r.policy_id = OLD.id)",  # noqa: S608
            "A policy with revisions is never deleted: retire it.",
        ),
    ]


def _review_rules() -> list[Rule]:
    comment, late = _table("ReviewComment"), _table("LateApproval")
    revision, contribution = _table("Revision"), _table("Contribution")
    said = _columns("ReviewComment", without=frozenset({"resolved_at", "resolved_by_id"}))
    return [
        Rule(
            "comment_on_open_revision",
            comment,
            "INSERT",
            f"COALESCE({_status_of('NEW.revision_id')}, '') NOT IN {_quoted(OPEN)}"
            f" OR EXISTS (SELECT 1 FROM {comment} t WHERE t.id = NEW.id)",  # noqa: S608
            "Comments belong to work in progress.",
        ),
        Rule(
            "comment_resolved_once",
            comment,
            "UPDATE",
            f"{_changed(said)} OR OLD.resolved_at IS NOT NULL"
            f" OR {_status_of('OLD.revision_id')} NOT IN {_quoted(OPEN)}",
            "A comment stays as it was written; it can be resolved once.",
        ),
        Rule("comment_kept", comment, "DELETE", "TRUE", "Comments are resolved, not deleted."),
        Rule(
            "late_approval_by_another",
            late,
            "INSERT",
            f"NOT EXISTS (SELECT 1 FROM {revision} r WHERE r.id = NEW.revision_id"  # noqa: S608
            f" AND r.status IN {_quoted(NUMBERED)} AND r.basis = 'emergency'"
            " AND r.digest = NEW.approved_digest"
            " AND r.published_by_id <> NEW.approved_by_id)"
            f" OR EXISTS (SELECT 1 FROM {contribution} c"
            " WHERE c.revision_id = NEW.revision_id"
            " AND c.contributed_by_id = NEW.approved_by_id)"
            f" OR EXISTS (SELECT 1 FROM {late} t WHERE t.revision_id = NEW.revision_id)",
            "An emergency publication is approved once, by somebody who neither wrote nor published it.",
        ),
        Rule("late_approval_frozen", late, "UPDATE", "TRUE", "An approval is never changed."),
        Rule("late_approval_kept", late, "DELETE", "TRUE", "An approval is never deleted."),
    ]


def _chain_rules(model: str, name: str) -> list[Rule]:
    table = _table(model)
    last = f"(SELECT MAX(sequence) FROM {table})"  # noqa: S608
    return [
        Rule(
            f"{name}_appended",
            table,
            "INSERT",
            f"NEW.sequence <> COALESCE({last}, 0) + 1 OR NEW.previous_digest <> COALESCE("
            f"(SELECT digest FROM {table} WHERE sequence = {last}), '')"  # noqa: S608
            f" OR EXISTS (SELECT 1 FROM {table} WHERE digest = NEW.digest)",  # noqa: S608
            f"The {name} is a chain: an entry follows the last one.",
        ),
        Rule(f"{name}_frozen", table, "UPDATE", "TRUE", f"The {name} is append-only."),
        Rule(f"{name}_kept", table, "DELETE", "TRUE", f"The {name} is append-only."),
    ]


def guarded_tables() -> list[str]:
    """Return the tables that have rules, each once."""
    return list(dict.fromkeys(rule.table for rule in rules()))


def _escaped(text: str) -> str:
    return text.replace("'", "''")


def _sqlite(rule: Rule) -> dict[str, list[str]]:
    sql = (
        f'CREATE TRIGGER "{rule.trigger}" BEFORE {rule.operation} ON "{rule.table}" '
        f"FOR EACH ROW WHEN {rule.condition} "
        f"BEGIN SELECT RAISE(ABORT, '{_escaped(rule.message)}'); END"
    )
    return {rule.trigger: [sql]}


def _postgresql(rule: Rule) -> dict[str, list[str]]:
    name = rule.trigger
    row = "OLD" if rule.operation == "DELETE" else "NEW"
    function = (
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $wall$ '
        f"BEGIN IF {rule.condition} THEN "
        f"RAISE EXCEPTION USING MESSAGE = '{_escaped(rule.message)}', "
        f"ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $wall$"
    )
    return {
        name: [
            function,
            f'CREATE TRIGGER "{name}" BEFORE {rule.operation} ON "{rule.table}" '
            f'FOR EACH ROW EXECUTE FUNCTION "{name}"()',
        ]
    }


def _postgresql_truncation() -> dict[str, list[str]]:
    name = f"{PREFIX}truncate"
    function = (
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $wall$ '
        "BEGIN RAISE EXCEPTION USING MESSAGE = 'This table is never emptied.', "
        "ERRCODE = 'integrity_constraint_violation'; END $wall$"
    )
    found: dict[str, list[str]] = {}
    for table in guarded_tables():
        trigger = f"{name}_{table}"
        found[trigger] = [
            function,
            f'CREATE TRIGGER "{trigger}" BEFORE TRUNCATE ON "{table}" '
            f'FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()',
        ]
    return found


def _wanted(connection: BaseDatabaseWrapper) -> dict[str, list[str]]:
    """Return the statements that make each trigger, by the trigger's name."""
    found: dict[str, list[str]] = {}
    for rule in rules():
        found |= _sqlite(rule) if connection.vendor == "sqlite" else _postgresql(rule)
    if connection.vendor == "postgresql":
        found |= _postgresql_truncation()
    return found


_STANDING = {
    "sqlite": (
        "SELECT name, tbl_name, sql, 1 FROM sqlite_master"
        " WHERE type = 'trigger' AND name LIKE 'policies_wall_%'"
    ),
    "postgresql": (
        "SELECT t.tgname, c.relname, p.prosrc, CASE t.tgenabled WHEN 'D' THEN 0 ELSE 1 END"
        " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE NOT t.tgisinternal AND t.tgname LIKE 'policies_wall_%'"
        " AND n.nspname = ANY (current_schemas(false))"
    ),
}


def _standing(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, str, bool]]:
    """Return (table, source, enabled) of each of our triggers in the database, by name."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING[connection.vendor], None)
        return {name: (table, sql, bool(on)) for name, table, sql, on in cursor.fetchall()}


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of triggers that are absent, switched off or not what they should be."""
    standing = _standing(connection)

    def is_right(name: str, statements: list[str]) -> bool:
        if name not in standing:
            return False
        table, source, enabled = standing[name]
        return enabled and source in statements[0] and f'ON "{table}"' in statements[-1]

    return sorted(
        name for name, statements in _wanted(connection).items() if not is_right(name, statements)
    )


def install(connection: BaseDatabaseWrapper, *, only: frozenset[str] | None = None) -> None:
    """Make every trigger anew (or those named), in one transaction."""
    with transaction.atomic(using=connection.alias):
        remove(connection, only=only)
        with connection.cursor() as cursor:
            for name, statements in _wanted(connection).items():
                for statement in statements if only is None or name in only else ():
                    cursor.execute(statement, None)


def remove(connection: BaseDatabaseWrapper, *, only: frozenset[str] | None = None) -> None:
    """Drop every trigger of ours (or those named)."""
    standing = _standing(connection)
    with connection.cursor() as cursor:
        for name, (table, _, _) in standing.items():
            if only is None or name in only:
                on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}', None)


@contextmanager
def lifted(
    connection: BaseDatabaseWrapper, *, only: frozenset[str] | None = None
) -> Iterator[None]:
    """Let one transaction past the walls; they stand again when it ends, however it ends.

    For `rerender`, which makes stored HTML anew, and for emptying a test's database. Nothing else.
    """
    with transaction.atomic(using=connection.alias):
        remove(connection, only=only)
        yield
        install(connection, only=only)


# The walls that `rerender` passes: of a published text, its HTML alone may be made anew.
RENDERING_WALL = frozenset(
    f"{PREFIX}{name}" for name in ("rendering_added_to_draft", "rendering_changed_in_draft")
)
