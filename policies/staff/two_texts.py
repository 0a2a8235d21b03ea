"""Two texts of a draft, compared part by part: mine, and theirs who saved first.

A form remembers the text with which it was opened by the fingerprints of its parts.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from policies import child_process
from policies.http.resubmission import json_text, read_json
from policies.staff.editing import DraftText, SectionText
from policies.text.document import NO_HEADING, DocumentError, body, part_digest
from policies.text.redline import merge
from policies.text.redline.alignment import interleaved

Part: TypeAlias = "str | SectionText | None"


@dataclass(frozen=True)
class Difference:
    """A part of a text in two versions: mine, and theirs who saved first. None: it is missing.

    name: "title", "introduction", "numbering", or "#" with a section's anchor (which may itself be
    "title").
    base: the part that both began with; None if it was not there, or is not known.
    """

    name: str
    label: str
    mine: Part
    theirs: Part
    base: Part
    is_known: bool

    @property
    def is_same(self) -> bool:
        return self.mine == self.theirs

    @property
    def is_only_mine(self) -> bool:
        """Whether they left it as it was."""
        return self.is_known and self.theirs == self.base


class Together(NamedTuple):
    """A text with the changes of both; mine in the parts that are in conflict, which are named.

    both_moved: whether the order of sections is mine, although theirs is another, too.
    """

    text: DraftText
    conflicts: frozenset[str]
    both_moved: bool = False


def together(
    mine: DraftText,
    theirs: DraftText,
    seen: Mapping[str, str],
    opened: Mapping[str, Part] = MappingProxyType({}),
) -> Together:
    """Merge two texts that began as the same one. seen, opened: as `differences` has them.

    All that differs is in conflict if merging takes too long. Raises NotNow (of child_process).
    """
    parts = {part.name: part for part in differences(mine, theirs, seen, opened)}
    undecided = frozenset(part.name for part in parts.values() if not part.is_same)
    apart = {part.name for part in parts.values() if not part.is_known}
    # Where it is not known what both began with, it is theirs, so that mine stays.
    known = {name: part.base if part.is_known else part.theirs for name, part in parts.items()}
    base = _text_of({name: known[name] for name in seen if name in known}).checked().document
    ours, others = mine.checked().document, theirs.checked().document
    if "title" not in seen or not (base and ours and others):
        return Together(mine, undecided)
    # Whether a text has clauses follows from what is in it.
    three = [replace(text, clauses=False) for text in (base, ours, others)]
    try:
        found = child_process.run(merge, *three, length=sum(len(body(text)) for text in three))
    except (DocumentError, child_process.TooSlow):
        return Together(mine, undecided)
    places = {conflict.place for conflict in found.conflicts}
    conflicts = {"numbering" if place == "notation" else place for place in places}
    merged = DraftText.of(found.document)
    return Together(merged, undecided & (conflicts | apart), both_moved="order" in places)


def differences(
    mine: DraftText,
    theirs: DraftText,
    seen: Mapping[str, str] = MappingProxyType({}),
    opened: Mapping[str, Part] = MappingProxyType({}),
) -> list[Difference]:
    """Pair the parts of two texts, in the order of mine; parts that only theirs has come
    before what follows them there.

    By name, seen: the fingerprints of the parts when my form was opened; opened: the parts
    themselves that the form could send, which count if they have that fingerprint.
    """
    ours, others = _parts(mine), _parts(theirs)
    found = []
    for name in reversed(interleaved([*reversed(ours)], reversed(others))):
        sides = (ours.get(name), others.get(name))
        part = sides[0] or sides[1]
        label = part.heading or NO_HEADING if isinstance(part, SectionText) else name.capitalize()
        bases = (*sides, opened.get(name), None)
        known = [base for base in bases if _fingerprint(base) == seen.get(name)]
        found.append(Difference(name, label, *sides, known[0] if known else None, bool(known)))
    return found


def fingerprints(text: DraftText) -> str:
    """Return a short digest of each part, by its name (as Difference.name), in JSON.

    A form carries it to remember the text with which it was opened.
    """
    return json.dumps({name: _fingerprint(part) for name, part in _parts(text).items()})


def read_opened(posted: str) -> dict[str, Part]:
    """Return the parts that a form carries as they were when it was opened, by name.

    posted: the words of each, in JSON. They may be others: see `differences`.
    """
    return {name: _read_part(name, words) for name, words in read_object(posted).items()}


def _read_part(name: str, words: object) -> Part:
    """Return the part of this name with these words; None if they are not those of one."""
    given = words if isinstance(words, list) else []
    texts = [json_text(text) for text in given if isinstance(text, str)]
    if name.startswith("#") and len(texts) == 2:
        return SectionText(texts[0], name[1:], texts[1])
    return texts[0] if len(texts) == 1 else None


def read_object(posted: str) -> dict[str, Any]:
    """Return the JSON object that a form carries, such as fingerprints; {} if it can't be read."""
    found = read_json(posted)
    return found if isinstance(found, dict) else {}


def _parts(text: DraftText) -> dict[str, str | SectionText]:
    sections = {f"#{section.anchor}": section for section in text.with_anchors().sections}
    return {
        "title": text.title,
        "introduction": text.introduction,
        "numbering": text.numbering,
        **sections,
    }


def _fingerprint(part: Part) -> str | None:
    if isinstance(part, SectionText):
        return part_digest(part.heading, part.body)
    return None if part is None else part_digest(part)


def chosen_of_theirs(form: Mapping[str, str]) -> set[str]:
    """Return the names of the parts for which the form chooses the other person's text."""
    return {
        field.removeprefix("keep ")
        for field, choice in form.items()
        if field.startswith("keep ") and choice == "theirs"
    }


def chosen(mine: DraftText, theirs: DraftText, from_theirs: Collection[str]) -> DraftText:
    """Return the text in which the parts named are theirs, and all others mine.

    Sections are in the order of `differences`.
    """
    parts: dict[str, Part] = {}
    for part in differences(mine, theirs):
        parts[part.name] = part.theirs if part.name in from_theirs else part.mine
    return _text_of(parts)


def _text_of(parts: Mapping[str, Part]) -> DraftText:
    return DraftText(
        str(parts.get("title", "")),
        str(parts.get("introduction", "")),
        tuple(part for part in parts.values() if isinstance(part, SectionText)),
        str(parts.get("numbering", "")),
    )
