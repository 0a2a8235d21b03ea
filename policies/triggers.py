"""The database's own walls: what is published, recorded or approved can't be changed by any door.

A rule is a condition on OLD and NEW under which the database refuses. Conditions are written once,
in PostgreSQL's SQL; `_for_sqlite` says the little that SQLite words otherwise. Triggers are made
anew after every migrate (SQLite drops a table's triggers when a migration rebuilds it), and a
system check reports one that is missing or different.

The rules hold against every client of the database short of its owner, who can drop triggers or
(on PostgreSQL) set session_replication_role; who can write to an SQLite file owns it. Against the
owner stands `manage.py verify`, which recomputes what the rows must say.
"""

# ruff: noqa: S608  every name and value in this SQL is our own

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.apps import apps
from django.db import transaction

from .states import MOVES, MOVES_WITHOUT_APPROVAL, NUMBERED, OPEN, Basis, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    columns = [str(field.column) for field in _model(name)._meta.local_concrete_fields]
    return [column for column in columns if column not in without]


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
    """SQL: the revision's status, which can't change before this transaction ends."""
    return f"(SELECT status FROM {_table('Revision')} WHERE id = {column} FOR SHARE)"


def _taken(name: str) -> str:
    """SQL: a row with one of NEW's unique keys is there, which INSERT OR REPLACE would delete."""
    options = _model(name)._meta
    columns = {field.name: field.column for field in options.local_concrete_fields}
    keys = [[field.column] for field in options.local_concrete_fields if field.unique]
    keys += [
        [columns[name] for name in constraint.fields]
        for constraint in options.total_unique_constraints
    ]
    return " OR ".join(
        f"EXISTS (SELECT 1 FROM {options.db_table} t WHERE "
        + " AND ".join(f't."{column}" = NEW."{column}"' for column in key)
        + ")"
        for key in keys
    )


_WITHDRAWAL = frozenset({"status", "withdrawn_at", "withdrawn_by_id", "withdrawal_reason"})
_TEXT = ["title", "introduction", "digest", "saves", "saved_at", "saved_by_id"]
_SUBMISSION = ["submitted_at", "submitted_by_id"]
_APPROVAL = ["approved_at", "approved_by_id", "approved_digest"]
_PUBLICATION = [
    *("number", "kind", "change_note", "effective_at", "last_updated_on"),
    *("published_at", "published_by_id", "basis", "basis_reason"),
]
_DISCARDING = ["discarded_at", "discarded_by_id"]
_CHANGEABLE = (
    frozenset({*_TEXT, *_SUBMISSION, *_APPROVAL, *_PUBLICATION, *_DISCARDING}) | _WITHDRAWAL
)
_GUARDED = (
    *("Revision", "Section", "Rendering", "Contribution", "Policy", "ReviewComment"),
    *("LateApproval", "LedgerEntry", "AuditEvent"),
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
        *(
            Rule(
                f"{name.lower()}_not_replaced",
                _table(name),
                "INSERT",
                _taken(name),
                "A new row never takes the place of one that is there.",
            )
            for name in _GUARDED
        ),
    ]


def sqlite_rules() -> list[Rule]:
    """Return the rules that only SQLite needs.

    Where the primary key is not SQLite's own rowid, a row can be replaced by its rowid too. (If
    an INSERT gives none, NEW.rowid is -1.)
    """
    found = []
    for name in _GUARDED:
        table = _table(name)
        message = "A row keeps its place, and no other takes it."
        found += [
            Rule(
                f"{name.lower()}_place_not_taken",
                table,
                "INSERT",
                f"EXISTS (SELECT 1 FROM {table} t WHERE t.rowid = NEW.rowid)",
                message,
            ),
            Rule(f"{name.lower()}_place_kept", table, "UPDATE", "OLD.rowid <> NEW.rowid", message),
        ]
    return found


def _revision_rules() -> list[Rule]:
    revision = _table("Revision")
    contribution = _table("Contribution")
    comment = _table("ReviewComment")
    others = f"SELECT 1 FROM {revision} r WHERE r.policy_id = NEW.policy_id AND r.id <> NEW.id"
    published_now = "NEW.status = 'published' AND OLD.status <> 'published'"
    return [
        Rule(
            "revision_born_draft",
            revision,
            "INSERT",
            "NEW.status <> 'draft' OR NEW.submitted_at IS NOT NULL OR NEW.approved_at IS NOT NULL"
            " OR NEW.number IS NOT NULL",
            "A revision begins as a draft; workflow.py moves it from there.",
        ),
        Rule(
            "revision_one_open",
            revision,
            "INSERT",
            f"EXISTS (SELECT 1 FROM {revision} r WHERE r.policy_id = NEW.policy_id"
            f" AND r.status IN {_quoted(OPEN)})",
            "There is one open revision per policy, and a new one never takes its place.",
        ),
        Rule(
            "revision_origin",
            revision,
            "INSERT",
            f"NEW.based_on_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {revision} r"
            " WHERE r.id = NEW.based_on_id AND r.policy_id = NEW.policy_id)",
            "A revision is based on another of the same policy.",
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
            _changed(_columns("Revision", without=_CHANGEABLE)),
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
            "revision_submission",
            revision,
            "UPDATE",
            f"{_changed(_SUBMISSION)} AND NOT ("
            "(OLD.status = 'draft' AND NEW.status = 'in_review')"
            " OR (NEW.status = 'draft' AND NEW.submitted_at IS NULL))",
            "A draft is handed in once, and only taking it back undoes that.",
        ),
        Rule(
            "revision_approval",
            revision,
            "UPDATE",
            f"{_changed(_APPROVAL)} AND NOT ("
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
            f"(NEW.status = 'approved' OR ({published_now} AND NEW.basis = 'approval'))"
            " AND (NEW.approved_by_id IN (NEW.created_by_id, NEW.saved_by_id)"
            f" OR EXISTS (SELECT 1 FROM {contribution} c"
            " WHERE c.revision_id = NEW.id AND c.contributed_by_id = NEW.approved_by_id))",
            "Nobody may approve a revision that they wrote or edited any part of.",
        ),
        Rule(
            "revision_comments_first",
            revision,
            "UPDATE",
            "NEW.status = 'approved' AND OLD.status <> 'approved' AND EXISTS ("
            f"SELECT 1 FROM {comment} c WHERE c.revision_id = NEW.id AND c.resolved_at IS NULL)",
            "Open comments block approval: resolve them first.",
        ),
        Rule(
            "revision_publication",
            revision,
            "UPDATE",
            f"{_changed(_PUBLICATION)} AND NOT ({published_now})",
            "Only publishing gives a version its number, its dates and its note.",
        ),
        Rule(
            "revision_basis",
            revision,
            "UPDATE",
            f"{published_now} AND ((OLD.status = 'approved') <> (NEW.basis = 'approval')"
            " OR (NEW.basis = 'import' AND (OLD.status <> 'draft' OR EXISTS ("
            f"SELECT 1 FROM {contribution} c WHERE c.revision_id = NEW.id))))",
            "What was approved stands on its approval; what a person wrote here is no import.",
        ),
        Rule(
            "revision_number_next",
            revision,
            "UPDATE",
            f"{published_now} AND NEW.number IS DISTINCT FROM 1 + COALESCE((SELECT MAX(r.number)"
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
    message = "Only a draft's text can change, and its list of authors only grows."
    for model in ("Section", "Rendering", "Contribution"):
        table, name = _table(model), model.lower()
        identity = _changed(["revision_id"] if model == "Rendering" else ["id", "revision_id"])
        found.append(
            Rule(
                f"{name}_added_to_draft",
                table,
                "INSERT",
                f"COALESCE({_status_of('NEW.revision_id')}, '') <> 'draft'",
                message,
            )
        )
        if model == "Contribution":
            found += [
                Rule("contribution_frozen", table, "UPDATE", "TRUE", message),
                Rule("contribution_kept", table, "DELETE", "TRUE", message),
            ]
            continue
        found += [
            Rule(
                f"{name}_changed_in_draft",
                table,
                "UPDATE",
                f"{_status_of('OLD.revision_id')} <> 'draft' OR {identity}",
                message,
            ),
            Rule(
                f"{name}_deleted_from_draft",
                table,
                "DELETE",
                f"{_status_of('OLD.revision_id')} <> 'draft'",
                message,
            ),
        ]
    return found


def _policy_rules() -> list[Rule]:
    policy, revision = _table("Policy"), _table("Revision")
    return [
        Rule(
            "policy_identity",
            policy,
            "UPDATE",
            _changed(["id", "created_at", "created_by_id"]),
            "Who made a policy, and when, never changes.",
        ),
        Rule(
            "policy_address_kept",
            policy,
            "UPDATE",
            f"{_changed(['slug', 'language'])} AND (EXISTS ("
            f"SELECT 1 FROM {revision} r WHERE r.policy_id = OLD.id AND r.number IS NOT NULL)"
            f" OR EXISTS (SELECT 1 FROM {policy} t WHERE t.id <> NEW.id"
            " AND t.slug = NEW.slug AND t.language = NEW.language))",
            "A policy that has published versions keeps its address.",
        ),
        Rule("policy_kept", policy, "DELETE", "TRUE", "A policy is never deleted: retire it."),
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
            " OR NEW.resolved_at IS NOT NULL",
            "Comments belong to work in progress, and are open at first.",
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
            f"NOT EXISTS (SELECT 1 FROM {revision} r WHERE r.id = NEW.revision_id"
            f" AND r.status IN {_quoted(NUMBERED)} AND r.basis = 'emergency'"
            " AND r.digest = NEW.approved_digest"
            " AND r.published_by_id <> NEW.approved_by_id"
            " AND COALESCE(NEW.approved_by_id NOT IN (r.created_by_id, r.saved_by_id), TRUE))"
            f" OR EXISTS (SELECT 1 FROM {contribution} c"
            " WHERE c.revision_id = NEW.revision_id"
            " AND c.contributed_by_id = NEW.approved_by_id)",
            "An emergency publication is approved by somebody who neither wrote nor published it.",
        ),
        Rule("late_approval_frozen", late, "UPDATE", "TRUE", "An approval is never changed."),
        Rule("late_approval_kept", late, "DELETE", "TRUE", "An approval is never deleted."),
    ]


def _chain_rules(model: str, name: str) -> list[Rule]:
    table = _table(model)
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
        Rule(f"{name}_frozen", table, "UPDATE", "TRUE", f"The {name} is append-only."),
        Rule(f"{name}_kept", table, "DELETE", "TRUE", f"The {name} is append-only."),
    ]


@dataclass(frozen=True)
class _Trigger:
    """statements: what makes it. standing: what the catalogue then holds of it."""

    name: str
    table: str
    statements: tuple[str, ...]
    standing: tuple[object, ...]


def _escaped(text: str) -> str:
    return text.replace("'", "''")


def _for_sqlite(condition: str) -> str:
    """SQLite has no row locks, as writers queue, and no IS DISTINCT FROM before version 3.39."""
    return condition.replace(" FOR SHARE", "").replace("IS DISTINCT FROM", "IS NOT")


def _sqlite(rule: Rule) -> _Trigger:
    sql = (
        f'CREATE TRIGGER "{rule.trigger}" BEFORE {rule.operation} ON "{rule.table}" '
        f"FOR EACH ROW WHEN {_for_sqlite(rule.condition)} "
        f"BEGIN SELECT RAISE(ABORT, '{_escaped(rule.message)}'); END"
    )
    return _Trigger(rule.trigger, rule.table, (sql,), (sql,))


def _postgresql(schema: str, name: str, table: str, event: str, level: str, body: str) -> _Trigger:
    """Return a trigger of one function, which looks for tables in our schema alone.

    Otherwise anyone could put an empty temporary table in front of one that a condition reads.
    """
    path = f"{schema}, pg_temp"
    function = (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
        f" SET search_path = {path} AS $wall${body}$wall$"
    )
    trigger = (
        f"CREATE TRIGGER {name} BEFORE {event} ON {schema}.{table}"
        f" FOR EACH {level} EXECUTE FUNCTION {name}()"
    )
    return _Trigger(
        name, table, (function, trigger), (trigger, body, f"search_path={path}", "plpgsql", True)
    )


def _refusal(message: str) -> str:
    return (
        f"RAISE EXCEPTION USING MESSAGE = '{_escaped(message)}',"
        " ERRCODE = 'integrity_constraint_violation';"
    )


NEVER_EMPTIED = "This table is never emptied."


def _wanted(connection: BaseDatabaseWrapper) -> list[_Trigger]:
    """Return every trigger that must stand."""
    if connection.vendor == "sqlite":
        return [_sqlite(rule) for rule in [*rules(), *sqlite_rules()]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        (schema,) = cursor.fetchone()
    return [
        *(
            _postgresql(
                schema,
                rule.trigger,
                rule.table,
                rule.operation,
                "ROW",
                f"BEGIN IF {rule.condition} THEN {_refusal(rule.message)} END IF;"
                f" RETURN {'OLD' if rule.operation == 'DELETE' else 'NEW'}; END",
            )
            for rule in rules()
        ),
        *(
            _postgresql(
                schema,
                f"{PREFIX}{name.lower()}_not_emptied",
                _table(name),
                "TRUNCATE",
                "STATEMENT",
                f"BEGIN {_refusal(NEVER_EMPTIED)} END",
            )
            for name in _GUARDED
        ),
    ]


_STANDING = {
    "sqlite": (
        "SELECT name, tbl_name, sql FROM sqlite_master"
        " WHERE type = 'trigger' AND name LIKE 'policies_wall_%'"
    ),
    # A trigger that is enabled for replicas alone ("R") is as good as switched off.
    "postgresql": (
        "SELECT t.tgname, c.relname, pg_get_triggerdef(t.oid), p.prosrc,"
        " array_to_string(p.proconfig, ' '), l.lanname, t.tgenabled IN ('O', 'A')"
        " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_language l ON l.oid = p.prolang"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE NOT t.tgisinternal AND t.tgname LIKE 'policies_wall_%'"
        " AND n.nspname = current_schema()"
    ),
}


def _standing(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], tuple[object, ...]]:
    """Return what the database's catalogue holds of our triggers, by name and table."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING[connection.vendor], None)
        return {(name, table): tuple(rest) for name, table, *rest in cursor.fetchall()}


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of triggers that are absent, switched off or not what they should be."""
    standing = _standing(connection)
    return sorted(
        trigger.name
        for trigger in _wanted(connection)
        if standing.get((trigger.name, trigger.table)) != trigger.standing
    )


def install(connection: BaseDatabaseWrapper, *, only: frozenset[str] | None = None) -> None:
    """Make every trigger anew (or those named), in one transaction, unless all stand."""
    wanted = _wanted(connection)
    if _standing(connection) == {(it.name, it.table): it.standing for it in wanted}:
        return  # a migrate that has nothing to do keeps no reader waiting
    with transaction.atomic(using=connection.alias):
        remove(connection, only=only)
        with connection.cursor() as cursor:
            for trigger in wanted:
                for statement in trigger.statements if only is None or trigger.name in only else ():
                    cursor.execute(statement, None)


def remove(connection: BaseDatabaseWrapper, *, only: frozenset[str] | None = None) -> None:
    """Drop every trigger of ours (or those named)."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A table with foreign keys still to be checked refuses to be altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for name, table in _standing(connection):
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
