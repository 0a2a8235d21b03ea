"""Lists of attributes in braces, `{#id .class key=value}`, and bare anchors, `[]{#id}`. Pure.

kramdown, Pandoc, Hugo and Python-Markdown write them behind what they belong to. Of all attributes,
only ids count here.
"""

import re
from collections.abc import Iterable, Sequence

# What may be an id to whoever wrote the text; not each of them can be an anchor (headings).
ANY_ID = r"\{:?[ \t]*#([^\s{}]+)[ \t]*\}"
BARE_ANCHOR = re.compile(rf"\[\]{ANY_ID}")

_CLASS = r"\.[^\s{}#\"'<>`=]+"
_KEY = r"[A-Za-z][\w:-]*=(?:\"[^\"{}\n]*\"|'[^'{}\n]*'"
_ONE = rf"(?:#[^\s{{}}]*[^\s{{}}#]|{_CLASS}|{_KEY}|[^\s{{}}\"']+))"
LIST = rf"{_ONE}(?:[ \t]+{_ONE})*"
# At the end of a heading: "{#id .class}", "{: #id}", "{.class}", pandoc's "{-}". Whoever cuts them
# off has to strip what is left: a pattern for the spaces, too, would be tried from each of them.
AT_END = re.compile(rf"(?<!\\)\{{:?[ \t]*({LIST}|-)[ \t]*\}}\Z")
# Directly behind a link or emphasis: "{:target="_blank"}", "{ .button }".
AFTER_INLINE = re.compile(rf"(?<=[)\]*_`])(?<!\[\])\{{:?[ \t]*({LIST})[ \t]*\}}")
LINE = re.compile(r"[ \t]*\{:([^{}]*)\}[ \t]*\Z")

# The same in a text that is rendered, whose ids go into HTML. A list without an id is text,
# whatever it looks like. The rule against a "#" at the end leaves {#comment#} to Jinja.
_SAFE_ID = r"#[^\s{}\"<>`]*[^\s{}\"<>`#]"
_SAFE_ONE = rf"(?:{_SAFE_ID}|{_CLASS}|{_KEY}|[^\s{{}}\"'<>`=]+))"
_SAFE = rf"\{{:?[ \t]*(?P<attributes>(?:{_SAFE_ONE}[ \t]+)*{_SAFE_ONE})[ \t]*\}}"
RENDERED = re.compile(_SAFE)
RENDERED_AT_END = re.compile(rf"(?:^|(?<=[ \t\n]|[^\\\s])){_SAFE}[ \t]*\Z")
RENDERED_BARE_ANCHOR = re.compile(rf"\[\]{_SAFE}")

_IDS = re.compile(r"(?:\A|(?<=\s))(?:#(\S+)|id=[\"']?([^\s\"'{}]+))")


def ids(attributes: str) -> list[str]:
    """Return the ids in an attribute list. attributes: what is between its braces."""
    return [found[1] or found[2] for found in _IDS.finditer(attributes.strip())]


def rendered_id(match: re.Match[str] | None) -> str:
    """Return the id in a match of RENDERED or its like, or ""."""
    return next(iter(ids(match["attributes"])), "") if match else ""


def heading(level: int, text: str, anchors: Sequence[str]) -> str:
    """Return the line of a heading with its anchors, the first at its end as the dialect wants."""
    own = f" {{#{anchors[0]}}}" if anchors else ""
    return f"{'#' * level} {bare_anchors(anchors[1:])}{text}{own}"


def bare_anchors(names: Iterable[str]) -> str:
    """Return places to link to, without words."""
    return "".join(f"[]{{#{name}}}" for name in names)
