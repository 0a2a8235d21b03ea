"""A whole document as a form holds it: perhaps not a valid Document, but nothing is ever lost.

A form holds a title, an introduction and, for each section in order, a heading, an anchor and a
body. No script is needed: a button that adds, moves or removes a section posts the form, and the
answer is the form rearranged. A Django formset would number its fields, which each button would
have to renumber, and would drop what is not valid: hence this parser.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict

from policies.text.document import (
    NO_HEADING,
    NO_TITLE,
    Document,
    DocumentError,
    Section,
    any_labels,
    check_introduction,
    check_title,
    is_blank_line,
)
from policies.text.markdown import headings
from policies.text.markdown.limits import MAX_CHARACTERS
from policies.text.markdown.outline import MAX_TITLE, without_marks
from policies.text.short_text import one_line
from policies.workflow.refusals import Incomplete


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

    @property
    def is_empty(self) -> bool:
        return not (self.heading.strip() or self.body.strip())

    def checked(self) -> Section:
        """Return the Section that this text makes. Raises DocumentError."""
        return Section(self.heading or NO_HEADING, self.anchor, self.body)


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
    def posted(cls, data: QueryDict, *, saved: str = "") -> DraftText:
        """Return a form's text: title, introduction and, repeated, heading, anchor and body.

        saved: the numbering of the draft, for a form that sends none. Raises Incomplete if any
        other field is missing or there is one too many: what is left may belong elsewhere.
        """
        if missing := _missing_from(data):
            raise Incomplete(
                f"The form did not arrive as it was sent: {missing}. Nothing was saved. Go back: "
                "what you typed is still there. Send it again."
            )
        rows = zip(*map(data.getlist, ("heading", "anchor", "body")), strict=True)
        return cls(
            one_line(data.get("title", "")),
            _flow(data.get("introduction", "")),
            tuple(
                SectionText(one_line(heading), _own_anchor(anchor.strip().lstrip("#")), _flow(body))
                for heading, anchor, body in rows
            ),
            data.get("numbering", saved),
        )

    def completed(self, saved: Document, unsent: Iterable[str]) -> DraftText:
        """Return the text with the saved bodies of the sections with these anchors."""
        bodies = {section.anchor: section.body for section in saved.sections}
        left_out = set(unsent) & bodies.keys()
        sections = [
            replace(section, body=bodies[section.anchor])
            if not section.body and section.anchor in left_out
            else section
            for section in self.sections
        ]
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
        numbers = [str(index) for index in range(1, len(sections) + 1)]
        if number not in numbers or button not in {"up", "down", "remove"}:
            return self
        index = numbers.index(number)
        moved = sections.pop(index)
        if button != "remove":
            sections.insert(max(index - 1 if button == "up" else index + 1, 0), moved)
        return replace(self, sections=tuple(sections))

    def revised(self, before: Document, after: Document) -> tuple[DraftText, list[int | None]]:
        """Return the text when the Document that it makes has become another one, and the index
        that each of its sections had, None for a new one.

        What is the same in both Documents stays as it was typed.
        """
        kept = [n for n, section in enumerate(self.sections) if not section.is_empty]
        was = {old.anchor: (n, old) for n, old in zip(kept, before.sections, strict=True)}
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
        sections = [section for section in self.sections if not section.is_empty]
        anchors = headings.Anchors(section.anchor for section in sections if section.anchor)
        for index, section in enumerate(sections):
            if not section.anchor:
                anchor = anchors.unique(_slug(section.heading or NO_HEADING))
                sections[index] = replace(section, anchor=anchor)
        return replace(self, sections=tuple(sections))

    def checked(self, *, is_complete: bool = False) -> Checked:
        """Return the Document that this text makes, or the problems that keep it from being one.

        is_complete: whether a title or heading that is missing is a problem, too.
        """
        text = self.with_anchors()
        size = len(text.title) + len(text.introduction)
        size += sum(len(section.heading) + len(section.body) for section in text.sections)
        if size > MAX_CHARACTERS:
            too_large = (
                f"The text has {size:,} characters, and {MAX_CHARACTERS:,} is the most that "
                "can be kept. Nothing was saved; it is all still here. Take out what doesn't "
                "belong, or divide it into several policies."
            )
            return Checked(text, None, {"size": too_large})
        sections, problems = text._sections_and_problems()
        if problems := problems | (text._missing() if is_complete else {}):
            return Checked(text, None, problems)
        try:
            clauses = any_labels(text.introduction, sections)
            document = Document(
                text.title or NO_TITLE, text.introduction, tuple(sections), clauses, text.numbering
            )
        except DocumentError as error:
            return Checked(text, None, {"document": str(error)})
        return Checked(text, document)

    def _sections_and_problems(self) -> tuple[list[Section], dict[str, str]]:
        """Return the sections that can be made, and why a field can be in no Document."""
        sections: list[Section] = []
        problems: dict[str, str] = {}
        checks = (
            ("title", check_title, self.title or NO_TITLE),
            ("introduction", check_introduction, self.introduction),
        )
        for name, check, text in checks:
            try:
                check(text)
            except DocumentError as error:
                problems[name] = str(error)
        for number, section in enumerate(self.sections, start=1):
            try:
                sections.append(section.checked())
            except DocumentError as error:
                problems[f"section-{number}"] = str(error)
        if len(self.title.strip()) > MAX_TITLE:
            problems["title"] = f"A title has at most {MAX_TITLE} characters. Shorten it."
        return sections, problems

    def _missing(self) -> dict[str, str]:
        missing = {"title": "Enter a title."} if is_blank_line(self.title) else {}
        for number, section in enumerate(self.sections, start=1):
            if is_blank_line(section.heading):
                missing[f"section-{number}"] = "Give this section a heading, or remove it."
        return missing


def _missing_from(data: QueryDict) -> str:
    """Return what is wrong with the fields of a form, in words; "" if they are complete.

    A form of this site has an "edge" at its beginning and at its end, so that one that was cut off
    on its way is noticed.
    """
    if data.getlist("edge") not in ([], ["begin", "end"]):
        return "its end is missing"
    for name, least in (("title", 1), ("introduction", 1), ("numbering", 0)):
        if not least <= len(data.getlist(name)) <= 1:
            return f"it has {len(data.getlist(name))} fields called “{name}” instead of one"
    for name in data.getlist("choice"):
        if data.get(f"keep {name}") not in {"mine", "theirs"}:
            return f"it does not say which version of “{name.lstrip('#')}” to keep"
    counts = {name: len(data.getlist(name)) for name in ("heading", "anchor", "body")}
    if not any(counts.values()):
        return "its sections are missing"
    if len(set(counts.values())) > 1:
        number = "{heading} headings, {anchor} links and {body} texts".format_map(counts)
        return f"its sections have {number}"
    return ""


def _differing(before: object, after: object, *names: str) -> dict[str, Any]:
    values = {}
    for name in names:
        value = getattr(after, name)
        if value != getattr(before, name, None):
            values[name] = value
    return values


@dataclass(frozen=True)
class Checked:
    """A form's text with all anchors, and the Document or, without one, the problems by field:
    "title", "section-2" …
    """

    text: DraftText
    document: Document | None
    problems: Mapping[str, str] = field(default_factory=dict)


def checksums(base: DraftText) -> dict[str, int]:
    """Return the CRC-32 of each section, by its anchor, and of title and introduction together, "".

    The editor's outline compares them with the text, to mark what a draft has changed.
    """
    parts = {section.anchor: (section.heading, section.body) for section in base.sections}
    parts[""] = (base.title, base.introduction)
    return {name: zlib.crc32("\n".join(words).encode()) for name, words in parts.items()}


def _slug(heading: str) -> str:
    return headings.slug(without_marks(heading))


# The anchor of a section without a heading: it gets another one with its heading.
_MADE_UP = re.compile(rf"{_slug(NO_HEADING)}(?:-\d+)?")


def _own_anchor(anchor: str) -> str:
    return "" if _MADE_UP.fullmatch(anchor) else anchor


def _flow(text: str) -> str:
    return re.sub(r"\r\n?", "\n", text)
