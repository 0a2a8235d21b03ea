"""A whole document as a form holds it: perhaps not a valid Document, but nothing is ever lost.

A form holds a title, an introduction and, for each section in order, a heading, an anchor and a
body. No script is needed: a button that adds, moves or removes a section posts the form, and the
answer is the form rearranged. A Django formset would number its fields, which each button would
have to renumber, and would drop what is not valid: hence this parser.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import TypeAlias

from django.http import QueryDict

from policies.text.document import (
    Document,
    DocumentError,
    Section,
    check_introduction,
    check_title,
    with_clauses,
)
from policies.text.markdown import headings
from policies.text.markdown.limits import MAX_CHARACTERS
from policies.text.markdown.outline import MAX_TITLE, plain
from policies.text.short_text import one_line


@dataclass(frozen=True)
class SectionText:
    """A section as a form holds it. anchor: "" if it is to be made from the heading."""

    heading: str = ""
    anchor: str = ""
    body: str = ""

    def checked(self) -> Section:
        """Return the Section that this text makes. Raises DocumentError."""
        if not self.heading.strip():
            raise DocumentError("Give this section a heading, or remove it.")
        return Section(self.heading, self.anchor, self.body)


Part: TypeAlias = "str | SectionText | None"


@dataclass(frozen=True)
class DraftText:
    """A document as a form holds it."""

    title: str = ""
    introduction: str = ""
    sections: tuple[SectionText, ...] = ()
    numbering: str = ""  # as Document.numbering

    @classmethod
    def of(cls, document: Document) -> DraftText:
        sections = tuple(SectionText(it.heading, it.anchor, it.body) for it in document.sections)
        return cls(document.title, document.introduction, sections, document.numbering)

    @classmethod
    def posted(cls, data: QueryDict) -> DraftText:
        """Return a form's text: title, introduction and, repeated, heading, anchor and body."""
        parts = zip(
            data.getlist("heading"), data.getlist("anchor"), data.getlist("body"), strict=False
        )
        return cls(
            one_line(data.get("title", "")),
            _flow(data.get("introduction", "")),
            tuple(SectionText(one_line(h), a.strip().lstrip("#"), _flow(b)) for h, a, b in parts),
            data.get("numbering", ""),
        )

    def completed(self, saved: Document, unsent: Iterable[str]) -> DraftText:
        """Return the text with the saved bodies of the sections with these anchors."""
        bodies = {it.anchor: it.body for it in saved.sections if it.anchor in set(unsent)}
        sections = (replace(it, body=it.body or bodies.get(it.anchor, "")) for it in self.sections)
        return replace(self, sections=tuple(sections))

    def rearranged(self, order: str) -> DraftText:
        """Return the text after a button was pressed.

        order: "add" (at the end), "up:2", "down:2" or "remove:2", counted from 1. Anything else, or
        a section that does not exist, changes nothing.
        """
        if order == "add":
            return replace(self, sections=(*self.sections, SectionText()))
        button, _, number = order.partition(":")
        sections = list(self.sections)
        numbers = [str(it) for it in range(1, len(sections) + 1)]
        if number not in numbers:
            return self
        index = numbers.index(number)
        if button == "remove":
            del sections[index]
        elif button in {"up", "down"}:
            other = index + (1 if button == "down" else -1)
            if 0 <= other < len(sections):
                sections[index], sections[other] = sections[other], sections[index]
        return replace(self, sections=tuple(sections))

    def with_anchors(self) -> DraftText:
        """Return the text with an anchor for each section that has none, without empty sections."""
        kept = [it for it in self.sections if it.heading.strip() or it.body.strip()]
        anchors = headings.Anchors(it.anchor for it in kept if it.anchor)
        sections = (
            replace(it, anchor=it.anchor or anchors.unique(headings.slug(plain(it.heading))))
            for it in kept
        )
        return replace(self, sections=tuple(sections))

    def checked(self) -> Checked:
        """Return the Document that this text makes, or the problems that keep it from being one."""
        text = self.with_anchors()
        size = len(text.title) + len(text.introduction)
        size += sum(len(it.heading) + len(it.body) for it in text.sections)
        if size > MAX_CHARACTERS:
            too_large = (
                f"The text has {size:,} characters, and {MAX_CHARACTERS:,} is the most that "
                "can be kept. Nothing was saved; it is all still here. Take out what doesn't "
                "belong, or divide it into several policies."
            )
            return Checked(text, None, {"size": too_large})
        if problems := text._problems():
            return Checked(text, None, problems)
        try:
            sections = tuple(it.checked() for it in text.sections)
            document = Document(text.title, text.introduction, sections, numbering=text.numbering)
            return Checked(text, with_clauses(document))
        except DocumentError as error:
            return Checked(text, None, {"document": str(error)})

    def _problems(self) -> dict[str, str]:
        checks: dict[str, Callable[[], object]] = {
            "title": partial(check_title, self.title),
            "introduction": partial(check_introduction, self.introduction),
        }
        for number, section in enumerate(self.sections, start=1):
            checks[f"section-{number}"] = section.checked
        problems = {}
        for name, check in checks.items():
            try:
                check()
            except DocumentError as error:
                problems[name] = str(error)
        if len(self.title.strip()) > MAX_TITLE:
            problems["title"] = f"A title has at most {MAX_TITLE} characters. Shorten it."
        return problems


@dataclass(frozen=True)
class Checked:
    """A form's text with all anchors, and the Document or, without one, the problems by field:
    "title", "section-2" …
    """

    text: DraftText
    document: Document | None
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """A part of a text in two versions: mine, and theirs who saved first. None: it is missing.

    name: "title", "introduction", "numbering", or "#" with a section's anchor (which may itself be
    "title").
    seen: the fingerprint of the part when my form was opened; None if it was not there.
    """

    name: str
    label: str
    mine: Part
    theirs: Part
    seen: str | None = None

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


def differences(
    mine: DraftText, theirs: DraftText, seen: Mapping[str, str] = MappingProxyType({})
) -> list[Difference]:
    """Pair the parts of two texts, in the order of mine; parts that only theirs has come last.

    seen: the fingerprints of the text when my form was opened.
    """
    ours, others = _parts(mine), _parts(theirs)
    found = []
    for name in {**ours, **others}:
        part = ours.get(name) or others[name]
        label = part.heading if isinstance(part, SectionText) else name.capitalize()
        found.append(Difference(name, label, ours.get(name), others.get(name), seen.get(name)))
    return found


def fingerprints(text: DraftText) -> str:
    """Return a short digest of each part, by its name (as Difference.name), in JSON.

    A form carries it to remember the text with which it was opened.
    """
    return json.dumps({name: _fingerprint(part) for name, part in _parts(text).items()})


def read_fingerprints(posted: str) -> dict[str, str]:
    """Return the fingerprints that a form carries, by name; {} if they can't be read."""
    try:
        found = json.loads(posted)
    except (ValueError, RecursionError):
        return {}
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
    words = [part.heading, part.body] if isinstance(part, SectionText) else [part]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:16]


def wanted_of_theirs(form: Mapping[str, str]) -> set[str]:
    """Return the names of the parts for which the form chooses the other person's text."""
    kept = {name for name, choice in form.items() if choice == "theirs"}
    return {name.removeprefix("keep ") for name in kept if name.startswith("keep ")}


def chosen(mine: DraftText, theirs: DraftText, theirs_wanted: Iterable[str]) -> DraftText:
    """Return the text in which the parts named are theirs, and all others mine.

    Sections are in the order of mine, then those that are only theirs.
    """
    wanted = set(theirs_wanted)
    parts = (it.theirs if it.name in wanted else it.mine for it in differences(mine, theirs))
    return DraftText(
        (theirs if "title" in wanted else mine).title,
        (theirs if "introduction" in wanted else mine).introduction,
        tuple(it for it in parts if isinstance(it, SectionText)),
        (theirs if "numbering" in wanted else mine).numbering,
    )


def _flow(text: str) -> str:
    return re.sub(r"\r\n?", "\n", text)
