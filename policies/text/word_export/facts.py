"""What a Word file says beside its text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from policies.text.quotations import Quotation


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody says about the new text. at: with a time zone. replies: the answers to it.

    section: its anchor, "" for the introduction and the whole. quotation: of words in it; where
    they are gone, and without any, the comment is at the heading.
    """

    author: str
    at: datetime
    text: str
    section: str = ""
    quotation: Quotation | None = None
    replies: tuple["Comment", ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says beside its text.

    header: on each page, such as "Privacy policy · Version 3". language: a BCP 47 tag. base: the
    address of the page, which addresses in the text may be relative to. at: with a time zone; the
    time of the file and of its changes. author: of the file and its changes. properties: by name;
    the digests and the notation of the texts are added.
    """

    header: str
    language: str
    base: str
    at: datetime
    author: str
    is_rtl: bool = False
    properties: Mapping[str, str] = field(default_factory=dict)
