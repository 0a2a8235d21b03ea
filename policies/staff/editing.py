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
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Any, TypeAlias

from django.http import QueryDict

from policies.text.document import (
    NO_HEADING,
    NO_TITLE,
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
from policies.text.redline import merged
from policies.text.short_text import one_line


@dataclass(frozen=True)
class SectionText:
    """A section as a form holds it. anchor: "" if it is to be made from the heading."""

    heading: str = ""
    anchor: str = ""
    body: str = ""

    @classmethod
    def of(cls, section: Section) -> SectionText:
        heading = "" if section.heading == NO_HEADING else section.heading
        return cls(heading, _own_anchor(section.anchor), section.body)

    def checked(self) -> Section:
        """Return the Section that this text makes. Raises DocumentError."""
        return Section(self.heading or NO_HEADING, self.anchor, self.body)


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
        title = "" if document.title == NO_TITLE else document.title
        sections = tuple(map(SectionText.of, document.sections))
        return cls(title, document.introduction, sections, document.numbering)

    @classmethod
    def posted(cls, data: QueryDict) -> DraftText:
        """Return a form's text: title, introduction and, repeated, heading, anchor and body."""
        parts = zip(
            data.getlist("heading"), data.getlist("anchor"), data.getlist("body"), strict=False
        )
        return cls(
            one_line(data.get("title", "")),
            _flow(data.get("introduction", "")),
            tuple(
                SectionText(one_line(heading), _own_anchor(anchor.strip().lstrip("#")), _flow(body))
                for heading, anchor, body in parts
            ),
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

    def revised(self, before: Document, after: Document) -> tuple[DraftText, list[int | None]]:
        """Return the text when the Document that it makes has become another one, and the index
        that each of its sections had, None for a new one.

        What is the same in both Documents stays as it was typed.
        """
        kept = [n for n, it in enumerate(self.sections) if it.heading.strip() or it.body.strip()]
        was = {it.anchor: (n, it) for n, it in zip(kept, before.sections, strict=True)}
        sections: list[SectionText] = []
        indexes: list[int | None] = []
        for section in after.sections:
            index, old = was.get(section.anchor, (None, None))
            typed = SectionText(anchor=section.anchor) if index is None else self.sections[index]
            sections.append(replace(typed, **_differing(old, section, "heading", "body")))
            indexes.append(index)
        empty = [n for n in range(len(self.sections)) if n not in kept]
        sections += [self.sections[n] for n in empty]
        fields = _differing(before, after, "title", "introduction", "numbering")
        return replace(self, **fields, sections=tuple(sections)), [*indexes, *empty]

    def with_anchors(self) -> DraftText:
        """Return the text with an anchor for each section that has none, without empty sections."""
        kept = [it for it in self.sections if it.heading.strip() or it.body.strip()]
        anchors = headings.Anchors(it.anchor for it in kept if it.anchor)
        sections = (
            replace(it, anchor=it.anchor or anchors.unique(_slug(it.heading or NO_HEADING)))
            for it in kept
        )
        return replace(self, sections=tuple(sections))

    def checked(self, *, is_complete: bool = False) -> Checked:
        """Return the Document that this text makes, or the problems that keep it from being one.

        is_complete: whether a title or heading that is missing is a problem, too.
        """
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
        if problems := text._problems() | (text._missing() if is_complete else {}):
            return Checked(text, None, problems)
        try:
            sections = tuple(it.checked() for it in text.sections)
            title = text.title or NO_TITLE
            document = Document(title, text.introduction, sections, numbering=text.numbering)
            return Checked(text, with_clauses(document))
        except DocumentError as error:
            return Checked(text, None, {"document": str(error)})

    def _problems(self) -> dict[str, str]:
        checks: dict[str, Callable[[], object]] = {
            "title": partial(check_title, self.title or NO_TITLE),
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

    def _missing(self) -> dict[str, str]:
        missing = {} if self.title else {"title": "Enter a title."}
        for number, section in enumerate(self.sections, start=1):
            if not section.heading:
                missing[f"section-{number}"] = "Give this section a heading, or remove it."
        return missing


def _differing(before: object, after: object, *names: str) -> dict[str, Any]:
    values = {name: getattr(after, name) for name in names}
    return {name: it for name, it in values.items() if it != getattr(before, name, None)}


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


def checksums(base: DraftText) -> dict[str, int]:
    """Return the CRC-32 of each section, by its anchor, and of title and introduction together, "".

    The editor's outline compares them with the text, to mark what a draft has changed.
    """
    parts = {it.anchor: (it.heading, it.body) for it in base.sections}
    parts[""] = (base.title, base.introduction)
    return {name: zlib.crc32("\n".join(words).encode()) for name, words in parts.items()}


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
    texts = [it for it in words if isinstance(it, str)] if isinstance(words, list) else []
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


def _slug(heading: str) -> str:
    return headings.slug(plain(heading))


# The anchor of a section without a heading: it gets another one with its heading.
_MADE_UP = re.compile(rf"{_slug(NO_HEADING)}(?:-\d+)?")


def _own_anchor(anchor: str) -> str:
    return "" if _MADE_UP.fullmatch(anchor) else anchor


def _flow(text: str) -> str:
    return re.sub(r"\r\n?", "\n", text)
