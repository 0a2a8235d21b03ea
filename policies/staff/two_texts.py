"""Two texts of a draft, compared part by part: mine, and theirs who saved first.

A form remembers the text with which it was opened by the fingerprints of its parts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from policies import child_process
from policies.http.resubmission import json_text, read_json
from policies.staff.editing import DraftText, SectionText
from policies.text.document import NO_HEADING, DocumentError, body, part_digest
from policies.text.redline import merge

Part: TypeAlias = "str | SectionText | None"


@dataclass(frozen=True)
class Difference:
    """A part of a text in two versions: mine, and theirs who saved first. None: it is missing.

    name: "title", "introduction", "numbering", or "#" with a section's anchor (which may itself be
    "title").
    seen: the fingerprint of the part when my form was opened; None if it was not there. opened: the
    part itself, if the form could send it.
    """

    name: str
    label: str
    mine: Part
    theirs: Part
    seen: str | None = None
    opened: Part = None

    @property
    def is_same(self) -> bool:
        return self.mine == self.theirs

    @property
    def is_only_theirs(self) -> bool:
        """Whether I left it as it was."""
        return _fingerprint(self.mine) == self.seen

    @property
    def is_only_mine(self) -> bool:
        """Whether they left it as it was."""
        return _fingerprint(self.theirs) == self.seen

    @property
    def base(self) -> Part:
        """The part that both began with; None if it was not there, or is not known."""
        if self.is_only_theirs:
            return self.mine
        return self.theirs if self.is_only_mine else self.opened

    @property
    def is_without_base(self) -> bool:
        """Whether both changed it in different ways, and what both began with is not known."""
        return self.base is None and self.seen is not None and not self.is_same


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
    """Merge two texts that began as the same one. seen, opened: as Difference has them, by name.

    All that differs is in conflict if merging takes too long. Raises NotNow (of child_process).
    """
    parts = {part.name: part for part in differences(mine, theirs, seen, opened)}
    undecided = frozenset(part.name for part in parts.values() if not part.is_same)
    apart = {part.name for part in parts.values() if part.is_without_base}
    base = _base(parts, seen).checked().document
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


def _base(parts: Mapping[str, Difference], seen: Iterable[str]) -> DraftText:
    """Return the text that both began with, in its order; theirs where it is not known, so that
    mine stays.
    """
    known = {
        name: part.theirs if part.base is None and part.seen is not None else part.base
        for name, part in parts.items()
    }
    return _text_of({name: known[name] for name in seen if name in known})


def differences(
    mine: DraftText,
    theirs: DraftText,
    seen: Mapping[str, str] = MappingProxyType({}),
    opened: Mapping[str, Part] = MappingProxyType({}),
) -> list[Difference]:
    """Pair the parts of two texts, in the order of mine; parts that only theirs has come before
    what follows them there.

    seen, opened: as Difference has them, by name.
    """
    ours, others = _parts(mine), _parts(theirs)
    names, at = [*ours], len(ours)
    for name in reversed(others):
        if name in ours:
            at = names.index(name)
        else:
            names.insert(at, name)
    found = []
    for name in names:
        part = ours.get(name) or others.get(name)
        label = part.heading or NO_HEADING if isinstance(part, SectionText) else name.capitalize()
        sides = (ours.get(name), others.get(name))
        found.append(Difference(name, label, *sides, seen.get(name), opened.get(name)))
    return found


def fingerprints(text: DraftText) -> str:
    """Return a short digest of each part, by its name (as Difference.name), in JSON.

    A form carries it to remember the text with which it was opened.
    """
    return json.dumps({name: _fingerprint(part) for name, part in _parts(text).items()})


def read_fingerprints(posted: str) -> dict[str, str]:
    """Return the fingerprints that a form carries, by name; {} if they can't be read."""
    return _read_object(posted)


def read_opened(posted: str, seen: Mapping[str, str]) -> dict[str, Part]:
    """Return the parts that a form carries as they were when it was opened, by name.

    posted: the words of each, in JSON. Left out are those that don't have the fingerprint `seen`.
    """
    found = {name: _read_part(name, words) for name, words in _read_object(posted).items()}
    return {
        name: it
        for name, it in found.items()
        if it is not None and _fingerprint(it) == seen.get(name)
    }


def _read_part(name: str, words: object) -> Part:
    """Return the part of this name with these words; None if they are not those of one."""
    given = words if isinstance(words, list) else []
    texts = [json_text(it) for it in given if isinstance(it, str)]
    if name.startswith("#") and len(texts) == 2:
        return SectionText(texts[0], name[1:], texts[1])
    return texts[0] if len(texts) == 1 else None


def _read_object(posted: str) -> dict[str, Any]:
    """Return the object that JSON holds; {} if it can't be read."""
    found = read_json(posted)
    return found if isinstance(found, dict) else {}


def _parts(text: DraftText) -> dict[str, str | SectionText]:
    sections = {f"#{it.anchor}": it for it in text.with_anchors().sections}
    return {
        "title": text.title,
        "introduction": text.introduction,
        "numbering": text.numbering,
        **sections,
    }


def _fingerprint(part: Part) -> str | None:
    return None if part is None else part_digest(*_words(part))


def _words(part: Part) -> list[str]:
    return [part.heading, part.body] if isinstance(part, SectionText) else [part or ""]


def wanted_of_theirs(form: Mapping[str, str]) -> set[str]:
    """Return the names of the parts for which the form chooses the other person's text."""
    kept = {name for name, choice in form.items() if choice == "theirs"}
    return {name.removeprefix("keep ") for name in kept if name.startswith("keep ")}


def chosen(mine: DraftText, theirs: DraftText, theirs_wanted: Iterable[str]) -> DraftText:
    """Return the text in which the parts named are theirs, and all others mine.

    Sections are in the order of `differences`.
    """
    wanted = set(theirs_wanted)
    return _text_of(
        {
            part.name: part.theirs if part.name in wanted else part.mine
            for part in differences(mine, theirs)
        }
    )


def _text_of(parts: Mapping[str, Part]) -> DraftText:
    return DraftText(
        str(parts.get("title", "")),
        str(parts.get("introduction", "")),
        tuple(part for part in parts.values() if isinstance(part, SectionText)),
        str(parts.get("numbering", "")),
    )
