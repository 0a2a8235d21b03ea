"""The files inside public pages: styles and the icon; and the style of a mail.

Inside, because a first visit then is one request (docs/adr/0003-where-the-css-goes.md). Each file
under static/, or the owner's in its place, stays the only source: what a page carries, and the hash
by which the Content Security Policy knows it, are computed from it when the process starts.
"""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.contrib.staticfiles import finders


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


def static_text(name: str) -> str:
    """Return the text of policies/<name> among the static files, in the brand's colours: it has
    var(--brand-light, #17508c) and the like, with the colour to use without a brand.
    """
    text = Path(str(finders.find(f"policies/{name}"))).read_text("utf-8")
    accent = settings.BRAND["accent"]
    colour = re.compile(r"var\(--brand-(light|dark), (#\w+)\)")
    return colour.sub(lambda found: accent.get(found[1], found[2]), text)


# site: of every page; contents: of the list of contents; history and redline: of pages that list
# versions, or compare two; mail: of the notices that are sent by mail.
STYLES = {
    name: compact(static_text(f"{name}.css"))
    for name in ("site", "contents", "history", "redline", "mail")
}
if any(settings.BRAND[key] for key in ("logo", "header", "footer", "imprint", "support")):
    STYLES["site"] += compact(static_text("brand.css"))
STYLE_SOURCES = {name: csp_source(css) for name, css in STYLES.items()}

ICON = "data:image/svg+xml," + quote(static_text("icon.svg").strip())
