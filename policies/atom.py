"""Atom feeds (RFC 4287). Pure: values in, XML out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

MEDIA_TYPE = "application/atom+xml"

# What XML 1.0 can't hold, not even escaped (section 2.2, Char).
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class AtomLink:
    """A link of a feed or an entry. type: the media type; title: "" for none."""

    href: str
    rel: str
    type: str
    title: str = ""


@dataclass(frozen=True)
class Entry:
    """An entry. id: a tag: URI; language: BCP 47; category: a term and its words for people."""

    id: str
    title: str
    summary: str
    published_at: datetime
    updated_at: datetime
    language: str
    category: tuple[str, str]
    links: tuple[AtomLink, ...]


@dataclass(frozen=True)
class Feed:
    """A feed, its entries in the order in which they are to stand."""

    id: str
    title: str
    language: str
    author: str
    author_uri: str
    updated_at: datetime
    links: tuple[AtomLink, ...]
    entries: tuple[Entry, ...] = field(default=())


def serialize(feed: Feed) -> bytes:
    """Return the feed as an XML document in UTF-8."""
    root = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": feed.language})
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "updated", moment(feed.updated_at))
    author = ET.SubElement(root, "author")
    _text(author, "name", feed.author)
    _text(author, "uri", feed.author_uri)
    _links(root, feed.links)
    for entry in feed.entries:
        _entry(root, entry)
    return document(root)


def _entry(parent: ET.Element, entry: Entry) -> None:
    element = ET.SubElement(parent, "entry", {"xml:lang": entry.language})
    _text(element, "id", entry.id)
    _text(element, "title", entry.title)
    _text(element, "published", moment(entry.published_at))
    _text(element, "updated", moment(entry.updated_at))
    term, label = map(_fit, entry.category)
    ET.SubElement(element, "category", {"term": term, "label": label})
    _links(element, entry.links)
    _text(element, "summary", entry.summary)


def _links(parent: ET.Element, links: tuple[AtomLink, ...]) -> None:
    for link in links:
        titled = {"title": _fit(link.title)} if link.title else {}
        ET.SubElement(
            parent, "link", {"rel": link.rel, "type": link.type, "href": link.href, **titled}
        )


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _fit(text)


def _fit(text: str) -> str:
    return _NOT_IN_XML.sub("", text)


def moment(value: datetime) -> str:
    """Return an aware time to the second: 2026-05-02T00:00:00Z (RFC 3339, W3C-DTF)."""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def document(root: ET.Element) -> bytes:
    """Return an element as a whole XML document."""
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
