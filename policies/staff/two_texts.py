"""Two texts of a draft, compared part by part: mine, and theirs who saved first.

A form remembers the text with which it was opened by the fingerprints of its parts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

from policies.http.resubmission import json_text
from policies.staff.editing import DraftText, SectionText
from policies.text.document import NO_HEADING
from policies.text.redline import merged

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
    def both(self) -> Part:
        """The part with the changes of both; None if there is none."""
        sides = (self.base, self.mine, self.theirs)
        if self.is_only_theirs or self.is_only_mine:
            return None
        if self.name == "introduction" and all(isinstance(it, str) for it in sides):
            return merged(*map(str, sides))
        sections = [it for it in sides if isinstance(it, SectionText)]
        if len(sections) < len(sides):
            return None
        heading = merged(*(it.heading for it in sections))
        body = merged(*(it.body for it in sections))
        if heading is None or body is None:
            return None
        return SectionText(heading, sections[0].anchor, body)


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


def write_part(part: Part) -> str:
    """Return a part's words in JSON."""
    return json.dumps(_words(part))


def _read_part(name: str, words: object) -> Part:
    """Return the part of this name with these words; None if they are not those of one."""
    given = words if isinstance(words, list) else []
    texts = [json_text(it) for it in given if isinstance(it, str)]
    if name.startswith("#") and len(texts) == 2:
        return SectionText(texts[0], name[1:], texts[1])
    return texts[0] if len(texts) == 1 else None


def _read_json(posted: str) -> Any:
    """Return the value that JSON holds; None if it can't be read."""
    try:
        return json.loads(posted)
    except (ValueError, RecursionError):
        return None


def _read_object(posted: str) -> dict[str, Any]:
    found = _read_json(posted)
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
    if part is None:
        return None
    return hashlib.sha256(json.dumps(_words(part)).encode()).hexdigest()[:16]


def _words(part: Part) -> list[str]:
    return [part.heading, part.body] if isinstance(part, SectionText) else [part or ""]


def wanted_of_theirs(form: Mapping[str, str]) -> set[str]:
    """Return the names of the parts for which the form chooses the other person's text."""
    return _choosing(form, "theirs")


def wanted_of_both(form: Mapping[str, str]) -> dict[str, Part]:
    """Return the parts for which the form chooses the text with the changes of both, by name."""
    sent = {name: form.get(f"both {name}", "") for name in _choosing(form, "both")}
    return {name: _read_part(name, _read_json(it)) for name, it in sent.items()}


def _choosing(form: Mapping[str, str], wanted: str) -> set[str]:
    kept = {name for name, choice in form.items() if choice == wanted}
    return {name.removeprefix("keep ") for name in kept if name.startswith("keep ")}


def chosen(
    mine: DraftText,
    theirs: DraftText,
    theirs_wanted: Iterable[str],
    both: Mapping[str, Part] = MappingProxyType({}),
) -> DraftText:
    """Return the text in which the parts named are theirs, those in `both` are as given, and all
    others mine.

    Sections are in the order of `differences`.
    """
    wanted = set(theirs_wanted)
    parts = {
        it.name: it.theirs if it.name in wanted else it.mine for it in differences(mine, theirs)
    }
    parts |= {name: it for name, it in both.items() if it is not None and name in parts}
    return DraftText(
        str(parts["title"]),
        str(parts["introduction"]),
        tuple(it for it in parts.values() if isinstance(it, SectionText)),
        str(parts["numbering"]),
    )
