"""Typed links, as HTTP headers and lists of links write them. Pure: values in, text out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# What a URI may hold (RFC 3986, section 2), and so what may be between < and >.
_URI = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\*?")


@dataclass(frozen=True)
class Link:
    """A link from what is answered to `target`, a URI; rel: relation types with spaces between.

    attributes: more target attributes in order, such as ("type", "application/link-format").
    Raises ValueError for what can't be written so that everybody reads the same.
    """

    target: str
    rel: str
    attributes: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not _URI.fullmatch(self.target):
            raise ValueError(f"{self.target!r} is not a URI.")
        for name, value in (("rel", self.rel), *self.attributes):
            if not (_TOKEN.fullmatch(name) and value.isascii() and value.isprintable()):
                raise ValueError(f"{name}={value!r} can't be written into a link.")

    def __str__(self) -> str:
        """Write the link as RFC 8288, section 3 and RFC 6690, section 2 have it."""
        text = f"<{self.target}>"
        for name, value in (("rel", self.rel), *self.attributes):
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            text += f'; {name}="{escaped}"'
        return text


def as_header(links: Iterable[Link]) -> str:
    """Return the value of a Link header (RFC 8288)."""
    return ", ".join(map(str, links))


def as_document(links: Iterable[Link]) -> str:
    """Return a document of the media type application/link-format (RFC 6690), a link a line."""
    return ",\n".join(map(str, links)) + "\n"
