"""The sanitizer between a writer's text and a reader's browser: nh3.

Pure: no Django. `sanitize` is the one way HTML becomes fit to be shown. What it lets through is
listed in this module and nowhere else; see docs/adr/0001-sanitising.md.
"""

import re
from collections import Counter
from urllib.parse import unquote, urlsplit

import nh3

from policies.text.markdown.headings import RESERVED_PREFIXES, is_anchor

SCHEMES = frozenset({"http", "https", "mailto", "tel"})

# Every class that a document may carry. All are written by our own renderer, none by an author.
CLASSES = frozenset(
    {
        "align-center",
        "align-left",
        "align-right",
        "clause",
        "clauses",
        "footnote-back",
        "footnote-ref",
        "footnotes",
        "heading-link",
        "label",
        "number",
        "table-scroll",
    }
)

INLINE_TAGS = frozenset({"a", "em", "strong", "del", "code", "br", "img", "span", "sup"})
TAGS = INLINE_TAGS | {
    *("p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre"),
    *("table", "thead", "tbody", "tr", "th", "td", "hr", "div"),
}

_ATTRIBUTES: dict[str, frozenset[str]] = {
    "a": frozenset({"href", "title", "role", "aria-label"}),
    "div": frozenset({"tabindex", "role", "aria-labelledby"}),
    "img": frozenset({"src", "alt", "title"}),
    "ol": frozenset({"start"}),
    "th": frozenset({"scope"}),
}
_EVERYWHERE = frozenset({"id", "class"})
ATTRIBUTES = _EVERYWHERE.union(*_ATTRIBUTES.values())  # on some element or other

# Attributes for which only these values are allowed. An author can't write any of them.
_CLOSED_VALUES: dict[str, frozenset[str]] = {
    "class": CLASSES,
    "role": frozenset({"region", "list", "listitem", "doc-noteref", "doc-backlink"}),
    "scope": frozenset({"col"}),
    "tabindex": frozenset({"0"}),
}
_LANGUAGE_FREE_LABEL = re.compile(r"↩ \d+(?:\.\d+)?")
_START = re.compile(r"\d{1,9}")

# What a browser removes from an address before it reads the scheme (and some that it does not), and
# what else could hide in one: all Unicode spaces and format characters.
_IGNORED_IN_URLS = re.compile("[\x00-\x20]+")
_UNSEEN_IN_URLS = re.compile(
    "[\x00-\x20\x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]+"
)
_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]*):", re.IGNORECASE)
_NOT_IN_URLS = re.compile('[\x00-\x20\x7f-\x9f"<>\\\\^`{|}]')


def is_safe_url(url: str) -> bool:
    """Return whether `url` is allowed in a link.

    http, https, mailto and tel may, and so may what stays on this site: `page`, `/page`, `#part`.
    An address that begins with two slashes, in whatever disguise, leaves the site and is refused;
    so is any other scheme, also one that shows only after percent-decoding (harmless to browsers,
    but of no use to anybody else), and so is what Python can't read as an address.
    """
    try:
        urlsplit(url)
    except ValueError:
        return False
    for form in (url, unquote(url), unquote(unquote(url))):
        for unwanted in (_IGNORED_IN_URLS, _UNSEEN_IN_URLS):
            if not _is_safe_form(unwanted.sub("", form).replace("\\", "/")):
                return False
    return True


def _is_safe_form(url: str) -> bool:
    if scheme := _SCHEME.match(url):
        return scheme[1].lower() in SCHEMES
    # A colon before the path is a scheme that no browser knows, such as one with a letter that
    # can't be seen.
    return not url.startswith("//") and ":" not in re.split("[/?#]", url, maxsplit=1)[0]


def is_own_image(url: str) -> bool:
    """Return whether `url` names an image on this site. No other image is ever shown."""
    return is_safe_url(url) and not _SCHEME.match(_IGNORED_IN_URLS.sub("", url))


def encode_url(url: str) -> str:
    """Return `url` with the characters that no address may hold percent-encoded (RFC 3986)."""
    return _NOT_IN_URLS.sub(lambda match: f"%{ord(match[0]):02X}", url.strip())


def is_allowed(tag: str, name: str, value: str) -> bool:
    """Return whether the attribute is allowed on the tag with this value."""
    if name not in _EVERYWHERE and name not in _ATTRIBUTES.get(tag, ()):
        return False
    if name in _CLOSED_VALUES:
        return value in _CLOSED_VALUES[name]
    match name:
        case "href":
            return is_safe_url(value)
        case "src":
            return is_own_image(value)
        case "id":
            return is_anchor(value) and not _is_forged(tag, value)
        case "start":
            return bool(_START.fullmatch(value))
        case "aria-label":
            return bool(_LANGUAGE_FREE_LABEL.fullmatch(value))
    return True


def _is_forged(tag: str, anchor: str) -> bool:
    """Return whether an id claims a prefix that is not the author's to use.

    The renderer itself puts footnote ids on `li` and `sup`, which no author can give an id to.
    """
    own = {"li": "fn:", "sup": "fnref:"}.get(tag)
    return anchor.startswith(RESERVED_PREFIXES) and not (own and anchor.startswith(own))


_NH3 = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(),
    attributes={tag: set(_ATTRIBUTES.get(tag, ())) | _EVERYWHERE for tag in TAGS},
    attribute_filter=lambda tag, name, value: value if is_allowed(tag, name, value) else None,
    link_rel=None,
    url_schemes=set(SCHEMES),
)


def sanitize(html: str) -> str:
    """Return HTML that is safe to show. What `rendering.render` returned comes back unchanged."""
    return _NH3.clean(html)


_TAG = re.compile(r"<([a-z][a-z0-9]*)((?:\s+[a-z-]+=\"[^\"]*\")*)\s*>")
_ATTRIBUTE = re.compile(r"([a-z-]+)=\"[^\"]*\"")


def losses(html: str, safe: str) -> list[str]:
    """Return each "<tag>" and "<tag attribute>" that was taken away from HTML to make it safe.

    html: as our renderer writes it (lower-case names, quoted values).
    """
    if html.strip() == safe:
        return []
    return sorted((_inventory(html) - _inventory(safe)).elements())


def _inventory(html: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for tag, attributes in _TAG.findall(html):
        found[f"<{tag}>"] += 1
        found.update(f"<{tag} {name}>" for name in _ATTRIBUTE.findall(attributes))
    return found
