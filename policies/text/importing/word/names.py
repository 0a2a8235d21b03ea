"""The names of WordprocessingML, short: "w:p", whichever of its two namespaces is used. Pure."""

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from xml.etree.ElementTree import Element

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

# The property of a file that we made: its bookmarks are anchors, and its headings have the numbers
# that the page gives. Ids of our styles, by which such a file is known if somebody removed its
# properties. How the bookmarks begin that references lead to which the page makes links, and those
# of anchors of the old text that are elsewhere in the new one.
OUR_MARK = "PolicyDigest"
OUR_STYLES = frozenset({"DefinitionTerm", "Rule", "TableEnd", "TableHeading", "TableText"})
OUR_REFERENCE = "_Ref_"
OUR_OLD = "_0"

# Twips, of which an inch has 1,440: what each level of lists, quotations and the like is indented.
INDENT = 567
# Word keeps names of bookmarks of at most 40 characters.
MAX_BOOKMARK = 40 - len(OUR_OLD)
_BOOKMARK = re.compile(rf"[^\W\d_][\w.-]{{0,{MAX_BOOKMARK - 1}}}")

PREFIXES = {
    W: "w",
    R: "r",
    "http://schemas.openxmlformats.org/drawingml/2006/main": "a",
    "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing": "wp",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://schemas.openxmlformats.org/package/2006/relationships": "rel",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "urn:schemas-microsoft-com:vml": "v",
    "http://schemas.microsoft.com/office/word/2010/wordml": "w14",
    "http://schemas.microsoft.com/office/word/2012/wordml": "w15",
    "http://www.w3.org/XML/1998/namespace": "xml",
}

# Of ISO/IEC 29500 Strict, which Word writes on request: the same names at another address.
PREFIXES |= {
    uri.replace("schemas.openxmlformats.org", "purl.oclc.org/ooxml").replace("/2006/", "/"): prefix
    for uri, prefix in PREFIXES.items()
}

_OFF = ("0", "false", "off", "none")
_MOST = 99_999_999
# Children of an element that are looked at for what it says of itself; each kind comes once.
MAX_PROPERTIES = 100


@lru_cache(1_000)
def short(name: str) -> str:
    """Return "w:p" for "{http://…/main}p"; "?:p" for a namespace that is not read."""
    uri, brace, local = name.rpartition("}")
    return f"{PREFIXES.get(uri[1:], '?')}:{local}" if brace else local


def first_children(parent: Element) -> Iterator[Element]:
    """Yield the children of an element to which any number of paragraphs may refer."""
    return islice(parent, MAX_PROPERTIES)


def child(parent: Element | None, *path: str) -> Element | None:
    """Return the element at `path` below `parent`, each the first of its name."""
    for name in path:
        if parent is None:
            return None
        if len(parent) <= MAX_PROPERTIES:
            parent = parent.find(name)
        else:
            parent = next((node for node in first_children(parent) if node.tag == name), None)
    return parent


def value(parent: Element | None, *path: str) -> str | None:
    """Return the w:val of the element at `path` below `parent`, None where there is none."""
    found = child(parent, *path)
    return None if found is None else found.get("w:val", "")


def is_on(element: Element) -> bool:
    """Return whether a switch such as <w:b/> is on (ISO/IEC 29500-1, 17.17.4)."""
    return element.get("w:val", "1").lower() not in _OFF


def number(text: str | None, default: int = 0, *, base: int = 10) -> int:
    """Return a whole number of at most eight digits, `default` for anything else."""
    try:
        found = int(text or "", base)
    except ValueError:
        return default
    return found if abs(found) <= _MOST else default


def words_of(element: Element) -> str:
    """Return the words below an element, on one line."""
    parts = []
    for node in element.iter():
        if node.tag in ("w:t", "m:t"):
            parts.append(node.text or "")
        elif node.tag in ("w:p", "w:tab", "w:br", "w:tc"):
            parts.append(" ")
    return " ".join("".join(parts).split())


def flat(parent: Element, *names: str) -> Iterator[Element]:
    """Yield the children with these names, those inside wrappers that show nothing included."""
    for node in parent:
        if node.tag in names:
            yield node
        elif node.tag in ("w:sdt", "w:sdtContent", "w:customXml", "w:ins", "w:moveTo"):
            yield from flat(node, *names)


def bookmark(anchor: str) -> str:
    """Return the name of an anchor's bookmark."""
    if _BOOKMARK.fullmatch(anchor):
        return anchor
    return f"X{hashlib.sha256(anchor.encode()).hexdigest()[: MAX_BOOKMARK - 1]}"
