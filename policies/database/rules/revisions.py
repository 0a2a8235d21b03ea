"""Rules on a revision: its moves, its approval, its publication, its end; and on when its text may
change: its sections, their HTML, and the list of its authors.
"""

# ruff: noqa: S608  every name and value in this SQL is our own

from policies.database.rules.conditions import (
    CLOCK,
    Rule,
    append_only,
    changed,
    columns,
    moves,
    quoted,
    rules_on,
    status_of,
    table_of,
)
from policies.states import (
    DATE_COLUMNS,
    MOVES,
    MOVES_WITHOUT_APPROVAL,
    NUMBERED,
    OPEN,
    WITHDRAWAL_COLUMNS,
    Basis,
    Status,
)

_TEXT = ["title", "introduction", "digest", "saves", "saved_at", "saved_by_id"]
_SUBMISSION = ["submitted_at", "submitted_by_id"]
_APPROVAL = ["approved_at", "approved_by_id", "approved_digest"]
_PUBLICATION = [
    *("number", "kind", "change_note", "effective_at", "last_updated_on"),
    *("published_at", "published_by_id", "basis", "basis_reason"),
]
_CHANGEABLE = WITHDRAWAL_COLUMNS.union(
    _TEXT, _SUBMISSION, _APPROVAL, _PUBLICATION, ["renders_id", "discarded_at", "discarded_by_id"]
)
# Columns that came later have a rule of their own: a process of version 1.0 compares the others.
_LATER = frozenset({"clauses", "numbering"})
_PUBLISHED_NOW = "NEW.status = 'published' AND OLD.status <> 'published'"
_UPCOMING = f"OLD.status = 'published' AND NEW.status = 'published' AND OLD.effective_at > {CLOCK}"
_WITHOUT_APPROVAL = f" AND NEW.basis IN {quoted(frozenset(Basis) - {Basis.APPROVAL})}"


def _rescheduled() -> str:
    """Return SQL: an upcoming version gets the dates of the ledger's last entry, and no other value
    of it changes.
    """
    ledger, others = table_of("LedgerEntry"), columns("Revision", without=DATE_COLUMNS | _LATER)
    return (
        f"{_UPCOMING} AND NEW.effective_at > {CLOCK} AND NOT {changed(others)}"
        f" AND EXISTS (SELECT 1 FROM {ledger} e WHERE e.event = 'rescheduling'"
        f" AND e.sequence = (SELECT MAX(sequence) FROM {ledger}) AND e.revision_id = NEW.id"
        " AND e.effective_at = NEW.effective_at AND e.last_updated_on = NEW.last_updated_on)"
    )


def revision_rules() -> list[Rule]:
    revision, contribution = table_of("Revision"), table_of("Contribution")
    rescheduled = _rescheduled()
    others = f"SELECT 1 FROM {revision} r WHERE r.policy_id = NEW.policy_id AND r.id <> NEW.id"
    inserted = {
        "revision_born_draft": (
            "NEW.status <> 'draft' OR NEW.submitted_at IS NOT NULL OR NEW.approved_at IS NOT NULL"
            " OR NEW.number IS NOT NULL",
            "A revision begins as a draft; the verbs of the workflow move it from there.",
        ),
        "revision_one_open": (
            f"EXISTS (SELECT 1 FROM {revision} r WHERE r.policy_id = NEW.policy_id"
            f" AND r.status IN {quoted(OPEN)})",
            "There is one open revision per policy, and a new one never takes its place.",
        ),
        "revision_origin": (
            f"NEW.based_on_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {revision} r"
            " WHERE r.id = NEW.based_on_id AND r.policy_id = NEW.policy_id)",
            "A revision is based on another of the same policy.",
        ),
    }
    updated = {
        "revision_frozen": (
            f"OLD.status IN {quoted(NUMBERED | {Status.DISCARDED})} AND NOT ("
            "OLD.status = 'published' AND NEW.status = 'withdrawn' AND NOT "
            f"{changed(columns('Revision', without=WITHDRAWAL_COLUMNS | _LATER))})"
            f" AND NOT ({rescheduled})",
            "A published revision never changes: publish a new version instead.",
        ),
        "revision_identity": (
            changed(columns("Revision", without=_CHANGEABLE | _LATER)),
            "What a revision is, and where it came from, never changes.",
        ),
        "revision_moves": (
            f"OLD.status <> NEW.status AND NOT ({moves(MOVES)}"
            f" OR {moves(MOVES_WITHOUT_APPROVAL, _WITHOUT_APPROVAL)})",
            "This move between states does not exist: see policies/states.py.",
        ),
        "revision_text": (
            f"{changed(_TEXT)} AND NOT (OLD.status = 'draft' AND NEW.status = 'draft')",
            "Only a draft's text can change: request changes or reopen it first.",
        ),
        "revision_notation": (
            f"{changed(sorted(_LATER))} AND NOT (OLD.status = 'draft' AND NEW.status = 'draft')",
            "How a text is written can only change in a draft, as the text itself.",
        ),
        "revision_submission": (
            f"{changed(_SUBMISSION)} AND NOT ("
            "(OLD.status = 'draft' AND NEW.status = 'in_review')"
            " OR (NEW.status = 'draft' AND NEW.submitted_at IS NULL))",
            "A draft is handed in once, and only taking it back undoes that.",
        ),
        "revision_approval": (
            f"{changed(_APPROVAL)} AND NOT ("
            "(OLD.status = 'in_review' AND NEW.status = 'approved')"
            " OR (NEW.status = 'draft' AND NEW.approved_at IS NULL))",
            "An approval is given in review, and only reopening takes it back.",
        ),
        "revision_approval_void": (
            f"NEW.status IN {quoted(frozenset({Status.DRAFT, Status.IN_REVIEW}))}"
            " AND NEW.approved_at IS NOT NULL",
            "An approval ends when the text can change again.",
        ),
        "revision_four_eyes": (
            f"(NEW.status = 'approved' OR ({_PUBLISHED_NOW} AND NEW.basis = 'approval'))"
            " AND (NEW.approved_by_id IN (NEW.created_by_id, NEW.saved_by_id)"
            f" OR EXISTS (SELECT 1 FROM {contribution} c"
            " WHERE c.revision_id = NEW.id AND c.contributed_by_id = NEW.approved_by_id))",
            "Nobody may approve a revision that they wrote or edited any part of.",
        ),
        "revision_comments_first": (
            "OLD.status <> NEW.status AND (NEW.status = 'approved' OR NEW.status = 'published' AND"
            f" NEW.basis = 'approval') AND EXISTS (SELECT 1 FROM {table_of('ReviewComment')} c"
            " WHERE c.revision_id = NEW.id AND c.resolved_at IS NULL)",
            "Open comments block approval and publication: resolve them first.",
        ),
        "revision_publication": (
            f"{changed(_PUBLICATION)} AND NOT ({_PUBLISHED_NOW}) AND NOT ({rescheduled})",
            "Only publishing gives a version its number, its dates and its note.",
        ),
        "revision_rescheduled_in_order": (
            f"OLD.status = 'published' AND {changed(['effective_at'])} AND EXISTS ({others}"
            " AND r.status = 'published' AND (r.number < NEW.number AND r.effective_at >="
            " NEW.effective_at OR r.number > NEW.number AND r.effective_at <= NEW.effective_at))",
            "A version takes effect later than every version before it.",
        ),
        "revision_basis": (
            f"{_PUBLISHED_NOW} AND ((OLD.status = 'approved') <> (NEW.basis = 'approval')"
            " OR (NEW.basis = 'import' AND (OLD.status <> 'draft' OR EXISTS ("
            f"SELECT 1 FROM {contribution} c WHERE c.revision_id = NEW.id))))",
            "What was approved stands on its approval; what a person wrote here is no import.",
        ),
        "revision_number_next": (
            f"{_PUBLISHED_NOW} AND NEW.number IS DISTINCT FROM 1 + COALESCE((SELECT MAX(r.number)"
            f" FROM {revision} r WHERE r.policy_id = NEW.policy_id), 0)",
            "Version numbers run 1, 2, 3 … without a gap.",
        ),
        "revision_effective_later": (
            f"{_PUBLISHED_NOW} AND EXISTS ({others} AND r.status = 'published'"
            " AND r.effective_at >= NEW.effective_at)",
            "A version takes effect later than every version before it.",
        ),
        "revision_withdrawn_in_time": (
            "NEW.status = 'withdrawn' AND OLD.status = 'published'"
            f" AND OLD.effective_at <= {CLOCK}",
            "A version that is in force, by the database's clock, is not withdrawn.",
        ),
    }
    return [
        *rules_on(revision, "INSERT", inserted),
        *rules_on(revision, "UPDATE", updated),
        Rule(
            "revision_kept",
            revision,
            "DELETE",
            "TRUE",
            "Revisions are never deleted: discard a draft, or publish a new version.",
        ),
    ]


def text_rules() -> list[Rule]:
    section, rendering, contribution = map(table_of, ("Section", "Rendering", "Contribution"))
    message = "Only a draft's text can change, and its list of authors only grows."
    not_to_draft = f"COALESCE({status_of('NEW.revision_id')}, '') <> 'draft'"
    not_in_draft = f"{status_of('OLD.revision_id')} <> 'draft'"
    section_moved = f"{not_in_draft} OR {changed(['id', 'revision_id'])}"
    rendering_moved = f"{not_in_draft} OR {changed(['revision_id'])}"
    return [
        Rule("section_added_to_draft", section, "INSERT", not_to_draft, message),
        Rule("section_changed_in_draft", section, "UPDATE", section_moved, message),
        Rule("section_deleted_from_draft", section, "DELETE", not_in_draft, message),
        Rule("rendering_added_to_draft", rendering, "INSERT", not_to_draft, message),
        Rule("rendering_changed_in_draft", rendering, "UPDATE", rendering_moved, message),
        Rule("rendering_deleted_from_draft", rendering, "DELETE", not_in_draft, message),
        Rule("contribution_added_to_draft", contribution, "INSERT", not_to_draft, message),
        *append_only("contribution", contribution, message),
    ]
