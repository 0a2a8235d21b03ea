"""Links that lead to a placeholder: mailto:[EMAIL], https://yourcompany.com/terms."""

from urllib.parse import unquote

from policies.text.findings import patterns
from policies.text.findings.finding import Match


def leads_to_placeholder(target: str) -> Match | None:
    """Return why a link's target is a placeholder.

    Only the host, the mail address and a target that is nothing else are looked at: words and
    brackets in a path, a query or a fragment mean something to the site that has them.
    """
    return patterns.search_text("placeholder-link", _destination(target))


def _destination(target: str) -> str:
    """Return a target's host or mail address, or else all before the first slash or sign."""
    whole = unquote(target).strip()
    if whole.startswith(("#", "/")):
        return ""
    scheme, colon, rest = whole.partition(":")
    if colon and scheme.lower() in ("http", "https", "mailto", "tel", "sms"):
        whole = rest.removeprefix("//")
    for sign in "/?#":
        whole = whole.partition(sign)[0]
    return whole
