"""Atom feeds (RFC 4287). Pure: values in, XML out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from policies.text import timestamps
from policies.text.xml_text import document, text_without_controls

if TYPE_CHECKING:
    from datetime import datetime

MEDIA_TYPE = "application/atom+xml"


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
    entries: tuple[Entry, ...] = ()


def serialize(feed: Feed) -> bytes:
    """Return the feed as an XML document in UTF-8."""
    root = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": feed.language})
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "updated", timestamps.to_the_second(feed.updated_at))
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
    _text(element, "published", timestamps.to_the_second(entry.published_at))
    _text(element, "updated", timestamps.to_the_second(entry.updated_at))
    term, label = map(text_without_controls, entry.category)
    ET.SubElement(element, "category", {"term": term, "label": label})
    _links(element, entry.links)
    _text(element, "summary", entry.summary)


def _links(parent: ET.Element, links: tuple[AtomLink, ...]) -> None:
    for link in links:
        titled = {"title": text_without_controls(link.title)} if link.title else {}
        ET.SubElement(
            parent, "link", {"rel": link.rel, "type": link.type, "href": link.href, **titled}
        )


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text_without_controls(text)
