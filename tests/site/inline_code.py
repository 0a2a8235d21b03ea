"""Finds code inside a page: scripts, styles, event handlers and the like."""

import re
from urllib.parse import unquote

import html5lib

from policies.public.inline_assets import csp_source

# Attributes that a browser reads as URLs.
ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "background", "cite", "ping"}
# A URL's scheme as a browser reads it: it ignores tabs, line ends and leading control characters.
SCHEME = re.compile(r"[\x00-\x20]*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
SCHEMES = {"http", "https", "mailto", "tel"}


def code_in(page, policy):
    """Return the scripts and styles in an HTML page that its policy does not know by hash."""
    root = html5lib.parse(page.decode(), treebuilder="etree", namespaceHTMLElements=False)
    return [found for element in root.iter() for found in _code_at(element, policy)]


def _code_at(element, policy):
    name = str(element.tag)
    text = element.text or ""
    if name == "script" and "src" not in element.attrib:
        # JSON-LD and Django's JSON are data: no browser runs them.
        is_data = element.get("type", "").endswith("json")
        if not is_data and csp_source(text) not in policy:
            yield f"<script>{text[:60]}"
    if name == "style" and csp_source(text) not in policy:
        yield f"<style>{text[:60]}"
    if name in {"base", "object", "embed", "applet", "meta"} and (
        name != "meta" or element.get("http-equiv")
    ):
        yield f"<{name}>"
    for attribute, value in element.attrib.items():
        if attribute.startswith("on") or attribute in {"style", "srcdoc"}:
            yield f"<{name} {attribute}={value[:60]!r}>"
        scheme = SCHEME.match(re.sub(r"[\t\n\r]", "", unquote(value)))
        if attribute in ADDRESSES and scheme and scheme[1].lower() not in SCHEMES:
            is_icon = name in {"link", "img"} and scheme[1].lower() == "data"
            if not is_icon:
                yield f"<{name} {attribute}={value[:60]!r}>"
