"""The files inside public pages: styles and the icon; and the style of a mail.

Inside, because a first visit then is one request (docs/adr/0003-where-the-css-goes.md). Each file
under static/ stays the only source: what a page carries, and the hash by which the Content
Security Policy knows it, are computed from it when the process starts.
"""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

_FILES = Path(__file__).resolve().parents[2] / "static" / "policies"


def compact(css: str) -> str:
    """Return the same stylesheet without comments, and without the white space it can do without.

    This takes an eighth off a page: what is left of its 8 kB has to hold the logo of whoever runs
    the site. css: in its strings there is no "/*", no run of white space, and none beside one of
    "{};,>".
    """
    css = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", " ", css, flags=re.DOTALL)).strip()
    css = re.sub(r" ?([{};,>]) ?", r"\1", css).replace(";}", "}")
    # After the name of a property; beside other colons it may matter, or a browser keeps it.
    return re.sub(r"([{;(][\w-]+): ", r"\1:", css)


def csp_source(text: str) -> str:
    """Return the hash-source (CSP Level 3, 2.3.1) that allows an inline element with this text."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


# site: of every page; contents: of the list of contents; history and redline: of pages that list
# versions, or compare two; mail: of the notices that are sent by mail.
STYLES = {
    name: compact((_FILES / f"{name}.css").read_text("utf-8"))
    for name in ("site", "contents", "history", "redline", "mail")
}
STYLE_SOURCES = {name: csp_source(css) for name, css in STYLES.items()}

ICON = "data:image/svg+xml," + quote((_FILES / "icon.svg").read_text("utf-8").strip())
