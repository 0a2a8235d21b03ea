"""The files inside public pages: stylesheet, icon and the style of redlines; and that of a mail.

Inside, because a first visit then is one request (docs/adr/0003-where-the-css-goes.md). Each file
under static/ stays the only source: what a page carries, and the hash by which the Content
Security Policy knows it, are computed from it when the process starts. No Django: the settings
import this.
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


STYLESHEET = compact((_FILES / "site.css").read_text("utf-8"))
STYLESHEET_SOURCE = csp_source(STYLESHEET)

# Of the list of contents.
CONTENTS_STYLE = compact((_FILES / "contents.css").read_text("utf-8"))
CONTENTS_STYLE_SOURCE = csp_source(CONTENTS_STYLE)

# Of pages that compare two texts: no other page carries it.
REDLINE_STYLE = compact((_FILES / "redline.css").read_text("utf-8"))
REDLINE_STYLE_SOURCE = csp_source(REDLINE_STYLE)

# Of the notices that are sent by mail.
MAIL_STYLE = compact((_FILES / "mail.css").read_text("utf-8"))
MAIL_STYLE_SOURCE = csp_source(MAIL_STYLE)

ICON = "data:image/svg+xml," + quote((_FILES / "icon.svg").read_text("utf-8").strip())
