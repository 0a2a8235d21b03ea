"""The database's own walls: rules under which it refuses, whatever door one comes through.

A rule is a condition on OLD and NEW. Conditions are written once, in PostgreSQL's SQL; triggers.py
says the little that SQLite words otherwise, and makes triggers of them.

The rules hold against every client of the database short of its owner, who can drop triggers or
(on PostgreSQL) set session_replication_role; who can write to an SQLite file owns it. Against the
owner stands `manage.py verify`, which recomputes what the rows must say.
"""

# ruff: noqa: S608  every name and value in this SQL is our own

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.apps import apps

from .states import MOVES, MOVES_WITHOUT_APPROVAL, NUMBERED, OPEN, Basis, Status

if TYPE_CHECKING:
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


def table_of(name: str) -> str:
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
    return f"(SELECT status FROM {table_of('Revision')} WHERE id = {column} FOR SHARE)"


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
    frozenset({*_TEXT, "renders_id", *_SUBMISSION, *_APPROVAL, *_PUBLICATION, *_DISCARDING})
    | _WITHDRAWAL
)
# The models whose tables have rules.
GUARDED = (
    *("Revision", "Section", "Rendering", "Contribution", "Policy", "ReviewComment"),
    *("LateApproval", "LedgerEntry", "AuditEvent", "Address", "Departure"),
    *("Acknowledgement", "CommentReply", "PreviewLink"),
)


def rules() -> list[Rule]:
    """Return every rule, in a fixed order."""
    return [
        *_revision_rules(),
        *_text_rules(),
        *_policy_rules(),
        *_review_rules(),
        *_departure_rules(),
        *_chain_rules("LedgerEntry", "ledger"),
        *_chain_rules("AuditEvent", "audit"),
        *(
            Rule(
                f"{name.lower()}_not_replaced",
                table_of(name),
                "INSERT",
                _taken(name),
                "A new row never takes the place of one that is there.",
            )
            for name in GUARDED
        ),
    ]


def sqlite_rules() -> list[Rule]:
    """Return the rules that only SQLite needs.

    Where the primary key is not SQLite's own rowid, a row can be replaced by its rowid too. (If
    an INSERT gives none, NEW.rowid is -1.)
    """
    found = []
    for name in GUARDED:
        table = table_of(name)
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
    revision = table_of("Revision")
    contribution = table_of("Contribution")
    comment = table_of("ReviewComment")
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
            "OLD.status <> NEW.status AND (NEW.status = 'approved' OR NEW.status = 'published' AND"
            f" NEW.basis = 'approval') AND EXISTS (SELECT 1 FROM {comment} c"
            " WHERE c.revision_id = NEW.id AND c.resolved_at IS NULL)",
            "Open comments block approval and publication: resolve them first.",
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
        *_translation_rules(),
    ]


def _translation_rules() -> list[Rule]:
    """Translations hang together in one step: each on its authoritative policy, none on another."""
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
            f"{_changed(['renders_id'])} AND NOT (OLD.status = 'draft' AND NEW.status = 'draft')"
            " AND NOT (OLD.renders_id IS NULL AND NEW.status = 'published'"
            " AND OLD.status <> 'published')",
            "Which version a translation renders is said while it is a draft, or left to its"
            " publication.",
        ),
    ]


def _each_time(column: str) -> tuple[tuple[Operation, str], ...]:
    """Return when a column gets a value: at INSERT, and when an UPDATE changes it."""
    return ("INSERT", ""), ("UPDATE", f"{_changed([column])} AND ")


def _text_rules() -> list[Rule]:
    """Sections, their HTML and the list of authors change only while the revision is a draft."""
    found = []
    message = "Only a draft's text can change, and its list of authors only grows."
    for model in ("Section", "Rendering", "Contribution"):
        table, name = table_of(model), model.lower()
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
    policy, revision, address = table_of("Policy"), table_of("Revision"), table_of("Address")
    same = "a.slug = NEW.slug AND a.language = NEW.language"
    return [
        Rule(
            "policy_identity",
            policy,
            "UPDATE",
            _changed(["id", "language", "created_at", "created_by_id"]),
            "Who made a policy, when and in which language, never changes.",
        ),
        Rule(
            "policy_address_new",
            policy,
            "INSERT",
            f"EXISTS (SELECT 1 FROM {address} a WHERE {same})",
            "A slug that was once used is never given to another policy.",
        ),
        Rule(
            "policy_address_kept",
            policy,
            "UPDATE",
            f"{_changed(['slug'])} AND (NOT EXISTS (SELECT 1 FROM {address} a"
            f" WHERE a.policy_id = NEW.id AND {same})"
            f" OR EXISTS (SELECT 1 FROM {policy} t WHERE t.id <> NEW.id"
            " AND t.slug = NEW.slug AND t.language = NEW.language))",
            "A policy moves only to an address that is its own: rename it.",
        ),
        Rule(
            "policy_time_zone_kept",
            policy,
            "UPDATE",
            f"{_changed(['time_zone'])} AND EXISTS ("
            f"SELECT 1 FROM {revision} r WHERE r.policy_id = OLD.id AND r.number IS NOT NULL)",
            "Published dates are by the policy's time zone, which therefore stays.",
        ),
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


def _departure_rules() -> list[Rule]:
    departure, ledger = table_of("Departure"), table_of("LedgerEntry")
    message = "What departs with a version is recorded when it is published, once."
    return [
        Rule(
            "departure_at_publication",
            departure,
            "INSERT",
            f"COALESCE({_status_of('NEW.revision_id')}, '') <> 'published' OR EXISTS ("
            f"SELECT 1 FROM {ledger} e WHERE e.revision_id = NEW.revision_id)",
            message,
        ),
        Rule("departure_frozen", departure, "UPDATE", "TRUE", message),
        Rule("departure_kept", departure, "DELETE", "TRUE", message),
    ]


def _review_rules() -> list[Rule]:
    comment, late = table_of("ReviewComment"), table_of("LateApproval")
    given, reply, link = map(table_of, ("Acknowledgement", "CommentReply", "PreviewLink"))
    revocation = ["revoked_at", "revoked_by_id"]
    bound = _columns("PreviewLink", without=frozenset({*revocation, "last_used_at", "uses"}))
    revision, contribution = table_of("Revision"), table_of("Contribution")
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
            "reply_on_open_revision",
            reply,
            "INSERT",
            f"COALESCE((SELECT status FROM {revision} WHERE id = (SELECT revision_id"
            f" FROM {comment} WHERE id = NEW.comment_id) FOR SHARE), '') NOT IN {_quoted(OPEN)}",
            "Answers belong to comments on work in progress.",
        ),
        Rule("reply_frozen", reply, "UPDATE", "TRUE", "An answer stays as it was written."),
        Rule("reply_kept", reply, "DELETE", "TRUE", "An answer stays as it was written."),
        Rule(
            "preview_link_frozen",
            link,
            "UPDATE",
            f"{_changed(bound)} OR (OLD.revoked_at IS NOT NULL AND {_changed(revocation)})",
            "A preview link is bound to what it was made for, and revoked once.",
        ),
        Rule("preview_link_kept", link, "DELETE", "TRUE", "Preview links are revoked only."),
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
        Rule("acknowledgement_frozen", given, "UPDATE", "TRUE", "A given reason stays as it is."),
        Rule("acknowledgement_kept", given, "DELETE", "TRUE", "A given reason stays as it is."),
        Rule("late_approval_frozen", late, "UPDATE", "TRUE", "An approval is never changed."),
        Rule("late_approval_kept", late, "DELETE", "TRUE", "An approval is never deleted."),
    ]


def _chain_rules(model: str, name: str) -> list[Rule]:
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
        Rule(f"{name}_frozen", table, "UPDATE", "TRUE", f"The {name} is append-only."),
        Rule(f"{name}_kept", table, "DELETE", "TRUE", f"The {name} is append-only."),
    ]
