"""The states of a revision and the legal moves between them, as data. Imports nothing of ours."""

from django.db.models import TextChoices


class Status(TextChoices):
    """The state of a revision. "Upcoming", "in force" and "superseded" are derived from time."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    APPROVED = "approved", "Approved"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"
    DISCARDED = "discarded", "Discarded"


class Kind(TextChoices):
    """What a version changes. Only material changes, and imports, move the "Last updated" date."""

    MATERIAL = "material", "Material"
    EDITORIAL = "editorial", "Editorial"


class Basis(TextChoices):
    """The ground of a publication. All but approval are recorded with a written reason."""

    APPROVAL = "approval", "Approval"
    IMPORT = "import", "Import"
    EMERGENCY = "emergency", "Emergency"


# Every legal move of the ordinary way, by an approval; the database lets no other pass but
# MOVES_WITHOUT_APPROVAL. A published revision is corrected only by a new version; it can be
# withdrawn only while it is upcoming (workflow.withdraw checks the time).
MOVES: dict[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.IN_REVIEW, Status.DISCARDED}),
    Status.IN_REVIEW: frozenset({Status.DRAFT, Status.APPROVED, Status.DISCARDED}),
    Status.APPROVED: frozenset({Status.DRAFT, Status.PUBLISHED, Status.DISCARDED}),
    Status.PUBLISHED: frozenset({Status.WITHDRAWN}),
    Status.WITHDRAWN: frozenset(),
    Status.DISCARDED: frozenset(),
}

# Work in progress: one such revision per policy.
OPEN = frozenset({Status.DRAFT, Status.IN_REVIEW, Status.APPROVED})
# A revision with a version number is frozen for ever.
NUMBERED = frozenset({Status.PUBLISHED, Status.WITHDRAWN})

# What a withdrawal changes in a published revision; an entry of its own in the ledger covers it.
WITHDRAWAL_COLUMNS = frozenset({"status", "withdrawn_at", "withdrawn_by_id", "withdrawal_reason"})

# What rescheduling an upcoming version changes; so does an entry of the ledger, which comes first.
DATE_COLUMNS = frozenset({"effective_at", "last_updated_on"})

# Columns of a revision that came after version 1.0: how its text is written. They change in a draft
# only, and a version's digest has each where it is set, by this name.
LATER_COLUMNS = ("clauses", "numbering")

# Moves that an import or an emergency may make besides, each recorded with its reason.
MOVES_WITHOUT_APPROVAL: dict[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.PUBLISHED}),
    Status.IN_REVIEW: frozenset({Status.PUBLISHED}),
}
