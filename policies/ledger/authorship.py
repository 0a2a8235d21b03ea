"""Who wrote which part of a revision: read from the audit, in which each save names its parts."""

from dataclasses import dataclass, field

from policies.models import AuditEvent, Revision
from policies.models.review import line_of_drafts
from policies.text.document import Document, notation

TITLE, INTRODUCTION, ORDER, SOURCE = "title", "introduction", "order", "source version"
NOTATION = "notation"
# The actions on a revision that store its text; and those that make somebody one of its authors
# (Contribution).
SAVING = frozenset(
    {"start_draft", "save_draft", "import_draft", "accept_suggestion", "accept_proposals"}
)
WRITING = SAVING | {"set_source_version"}


def writers(act: AuditEvent) -> dict[int | None, str]:
    """Return whom an act of WRITING makes an author, with their names: whoever did it and, if that
    was to accept something, whoever had suggested it, or had brought the file back.
    """
    keys = {
        "accept_suggestion": ("proposer", "name"),
        "accept_proposals": ("returned_by", "returned_by_name"),
    }.get(act.action)
    facts = act.facts or {}
    others = {facts[keys[0]]: facts[keys[1]]} if keys and keys[0] in facts else {}
    return {act.done_by_id: act.actor, **others}


@dataclass
class Author:
    """A person and what they did.

    parts: in words, in the order of the text; [] if they only started it.
    """

    user_id: int | None
    name: str
    anchors: set[str] = field(default_factory=set)
    parts: list[str] = field(default_factory=list)

    @property
    def what(self) -> str:
        """ "started it", or what they edited: "the title, section 4 (Contact)"."""
        return ", ".join(self.parts) or "started it"


def changed_parts(old: Document, new: Document) -> str:
    """Name what differs, for the audit: "title introduction order #scope #contact"."""
    before = {section.anchor: section for section in old.sections}
    after = {section.anchor: section for section in new.sections}
    kept = [anchor for anchor in before if anchor in after]
    changed = [TITLE] if old.title != new.title else []
    changed += [INTRODUCTION] if old.introduction != new.introduction else []
    changed += [ORDER] if kept != [anchor for anchor in after if anchor in before] else []
    changed += [NOTATION] if notation(old) != notation(new) else []
    changed += [
        f"#{anchor}" for anchor in {**before, **after} if before.get(anchor) != after.get(anchor)
    ]
    return " ".join(changed)


def authors(revision: Revision) -> list[Author]:
    """Return everybody who wrote in a revision, in the order in which they came.

    Includes those who wrote in the drafts that it is based on, if nobody had approved these. Two
    queries, and two for each such draft.
    """
    acts = AuditEvent.objects.filter(action__in=WRITING, revision__in=line_of_drafts(revision))
    by_person: dict[int | str, Author] = {}  # by name if they have no account
    whole = {"import_draft": ["*"], "set_source_version": [SOURCE]}
    for act in acts.order_by("sequence"):
        for person, name in writers(act).items():
            author = by_person.setdefault(person or name, Author(person, name))
            author.anchors.update(whole.get(act.action) or act.reason.split())
    places = _names_of_parts(revision)
    for author in by_person.values():
        author.parts = [words for part, words in places.items() if part in author.anchors]
        if author.anchors - places.keys():
            author.parts.append("a section that is not in the text now")
    return list(by_person.values())


def _names_of_parts(revision: Revision) -> dict[str, str]:
    shown = revision.shown_sections
    return {
        "*": "the whole text, as a file",
        TITLE: "the title",
        INTRODUCTION: "the introduction",
        ORDER: "the order of the sections",
        NOTATION: "labels and numbers",
        **{
            f"#{anchor}": f"section {position} ({entry.text})"
            for position, (anchor, entry) in enumerate(shown.items(), start=1)
        },
        SOURCE: "the source version",
    }
