"""Atom feeds (RFC 4287)."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import datetime

from policies.text import timestamps
from policies.text.xml_text import document, make, text_without_controls

MEDIA_TYPE = "application/atom+xml"


@dataclass(frozen=True)
class AtomLink:
    """A link of a feed or an entry. type: the media type; title: "" for none."""

    href: str
    rel: str
    type: str
    title: str = ""


@dataclass(frozen=True)
class FeedEntry:
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
    """A feed. entries: in the order in which they are listed."""

    id: str
    title: str
    language: str
    author: str
    author_uri: str
    updated_at: datetime
    links: tuple[AtomLink, ...]
    entries: tuple[FeedEntry, ...] = ()


def serialize(feed: Feed) -> bytes:
    """Return the feed as an XML document in UTF-8."""
    root = make("feed", **{"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": feed.language})
    make("id", root, feed.id)
    make("title", root, feed.title)
    make("updated", root, timestamps.to_the_second(feed.updated_at))
    author = make("author", root)
    make("name", author, feed.author)
    make("uri", author, feed.author_uri)
    _links(root, feed.links)
    for entry in feed.entries:
        element = make("entry", root, **{"xml:lang": entry.language})
        make("id", element, entry.id)
        make("title", element, entry.title)
        make("published", element, timestamps.to_the_second(entry.published_at))
        make("updated", element, timestamps.to_the_second(entry.updated_at))
        term, label = map(text_without_controls, entry.category)
        make("category", element, term=term, label=label)
        _links(element, entry.links)
        make("summary", element, entry.summary)
    return document(root)


def _links(parent: ET.Element, links: tuple[AtomLink, ...]) -> None:
    for link in links:
        title = {"title": text_without_controls(link.title)} if link.title else {}
        make("link", parent, rel=link.rel, type=link.type, href=link.href, **title)
