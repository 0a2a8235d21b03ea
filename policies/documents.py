"""The Document: a policy's text as a plain value, and its canonical Markdown.

Pure: no database, no Django. What is rendered, compared, checked, digested, imported and exported
is a Document.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


class DocumentError(ValueError):
    """A text or a value that can't be a Document. The message says what, where and what to do."""


@dataclass(frozen=True, slots=True)
class Section:
    """One `## Heading {#anchor}` and what stands under it.

    heading: one line of inline Markdown. anchor: its id, unique in the Document. body: Markdown
    with headings of level 3 and deeper only.
    """

    heading: str
    anchor: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """Title (one line of plain text), introduction (Markdown before the first section), sections in order."""

    title: str
    introduction: str = ""
    sections: tuple[Section, ...] = ()


def parse(text: str) -> Document:
    """Read a Document from Markdown."""
    raise NotImplementedError


def serialize(document: Document) -> str:
    """Write the canonical Markdown of a Document."""
    raise NotImplementedError


def digest(document: Document) -> str:
    """Return the SHA-256 of the canonical Markdown's UTF-8 bytes, as 64 lower-case hex digits."""
    return hashlib.sha256(serialize(document).encode()).hexdigest()
