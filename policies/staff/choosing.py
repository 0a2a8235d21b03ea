"""Two texts of a draft to choose from, part by part: after a conflict, or beside a file."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.formats import date_format

from policies.ledger.actor_names import name_of
from policies.models import Revision
from policies.staff.editing import SectionText
from policies.staff.shown_changes import ShownStretch, shown_paragraphs
from policies.staff.two_texts import Difference, Part, write_part

_NUMBERINGS = {"": "Sections: 1., 2., 3.", "headings": "All headings: 1., 1.1", "none": "None"}


class Side(NamedTuple):
    """A version of a part. paragraphs: with what it changed; None if it has no such part."""

    label: str
    paragraphs: list[list[ShownStretch]] | None


@dataclass(frozen=True)
class Choice:
    """A part to choose. picked: what is chosen beforehand: "mine", "theirs" or "".

    both: the part with the changes of both, in JSON; "" if they can't be merged.
    """

    name: str
    label: str
    sides: list[Side]
    picked: str
    both: str = ""


def choices_after_conflict(parts: Iterable[Difference], saved: str) -> list[Choice]:
    """Return the parts that differ between two people. saved: what the other's text is called."""
    return [_between_people(part, saved) for part in parts if not part.is_same]


def _between_people(part: Difference, saved: str) -> Choice:
    base = part.base
    # Without the text that both began with, each is compared with the other.
    sides = [
        Side("Your version", _changed(part, base, part.mine, part.theirs)),
        Side(saved, _changed(part, base, part.theirs, part.mine)),
    ]
    picked = "theirs" if part.is_only_theirs else "mine" if part.is_only_mine else ""
    both = write_part(part.both) if part.both is not None else ""
    return Choice(part.name, part.label, sides, picked, both)


def _changed(
    part: Difference, base: Part, text: Part, other: Part
) -> list[list[ShownStretch]] | None:
    if text is None:
        return None
    if base is not None:
        return shown_paragraphs(_source(part, base), _source(part, text))
    against = shown_paragraphs(_source(part, other), _source(part, text))
    return [[it if it.is_kept else ShownStretch("", it.new) for it in one] for one in against]


def choices_of_file(parts: Iterable[Difference]) -> list[Choice]:
    """Return the parts in which a file, which is mine, differs from the draft."""
    return [
        Choice(it.name, it.label, [Side("", _of_file(it))], "mine")
        for it in parts
        if not it.is_same
    ]


def _of_file(part: Difference) -> list[list[ShownStretch]]:
    return shown_paragraphs(_source(part, part.theirs), _source(part, part.mine))


def _source(part: Difference, text: Part) -> str:
    if isinstance(text, SectionText):
        return f"{text.heading}\n\n{text.body}".rstrip()
    return _NUMBERINGS.get(text or "", "") if part.name == "numbering" else text or ""


def saved_version(revision: Revision, reader: User) -> str:
    """Return what the saved text of a draft is called: "Ana’s version, saved 10:42"."""
    zone = revision.policy.zone
    saved = revision.saved_at.astimezone(zone)
    is_today = saved.date() == timezone.now().astimezone(zone).date()
    time = date_format(saved, "H:i" if is_today else "DATETIME_FORMAT")
    who = "Your other" if revision.saved_by == reader else f"{name_of(revision.saved_by)}’s"
    return f"{who} version, saved {time}"
