"""The anchors that other tools would have given a heading, so that links to them go on working.

Pure. A policy that was written for GitHub or Jekyll says ``[see](#1-scope)`` and relies on the id
that its tool makes of the heading. Here are the rules of those tools.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import unquote


def _github(text: str) -> str:
    """GitHub, and with it kramdown in Jekyll, Docusaurus and Goldmark in Hugo."""
    lower = unicodedata.normalize("NFC", text).strip().lower()
    return re.sub(r"[^\w\- ]", "", lower.replace("\t", " ")).replace(" ", "-")


def _gitlab(text: str) -> str:
    return re.sub(r"-{2,}", "-", _github(text)).strip("-")


def _kramdown(text: str) -> str:
    """Kramdown by itself: Latin letters and digits, beginning with a letter."""
    text = re.sub(r"^[^a-zA-Z]+", "", text)
    return re.sub(r"[^a-zA-Z0-9 -]", "", text).replace(" ", "-").lower() or "section"


def _python_markdown(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _python_markdown_unicode(plain)


def _python_markdown_unicode(text: str) -> str:
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", text).strip().lower())


def _blackfriday(text: str) -> str:
    """Hugo before 0.60: every run of other characters is one hyphen."""
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")


def _pandoc(text: str) -> str:
    kept = re.sub(r"[^\w\-. ]", "", text.lower())
    return re.sub(r"^[\W\d_]+", "", re.sub(r"\s+", "-", kept.strip())) or "section"


def _verbatim(text: str) -> str:
    """Tools that only use lower case, and hyphens for spaces (markdown-it-anchor)."""
    return re.sub(r"\s+", "-", text.strip().lower())


_RULES: tuple[tuple[Callable[[str], str], str], ...] = (
    (_github, "-"),
    (_gitlab, "-"),
    (_kramdown, "-"),
    (_python_markdown, "_"),
    (_python_markdown_unicode, "_"),
    (_blackfriday, "-"),
    (_pandoc, "-"),
    (_verbatim, "-"),
)


def targets(markdown: str) -> list[str]:
    """Return the fragments that links in a text point at, each once, in order."""
    return list(dict.fromkeys(match[1] or match[2] for match in _LINK.finditer(markdown)))


_LINK = re.compile(
    r"\]\([ \t]*<?#([^)\s<>]+)|^[ ]{0,3}\[[^\]\n]+\]:[ \t]*<?#([^\s<>]+)", re.MULTILINE
)


def resolve(fragments: Iterable[str], headings: Sequence[str]) -> dict[int, list[str]]:
    """Find which headings the fragments mean: index of the heading → its anchors, decoded.

    headings: plain texts in the order of the document, numbers included, the title too. A fragment
    that no rule explains is left out.
    """
    tables = [_slugs(headings, rule, join) for rule, join in _RULES]
    tables.append(_squashed(headings))
    found: dict[int, list[str]] = {}
    for fragment in fragments:
        anchor = unquote(fragment)
        index = _find(anchor, tables)
        if index is not None and anchor not in found.setdefault(index, []):
            found[index].append(anchor)
    return found


def _find(anchor: str, tables: Sequence[Mapping[str, int]]) -> int | None:
    bare = anchor.removeprefix("user-content-")
    found = (table.get(name) for name in (bare, bare.lower()) for table in tables[:-1])
    return next((index for index in found if index is not None), tables[-1].get(squash(bare)))


def _slugs(headings: Sequence[str], rule: Callable[[str], str], join: str) -> dict[str, int]:
    """Return slug → index of the heading; repeated slugs are numbered as the tools do it."""
    table: dict[str, int] = {}
    counts: dict[str, int] = {}
    for index, heading in enumerate(headings):
        base = slug = rule(heading)
        while slug in table or not slug:
            counts[base] = counts.get(base, 0) + 1
            slug = f"{base}{join}{counts[base]}"
        table[slug] = index
    return table


def _squashed(headings: Sequence[str]) -> dict[str, int]:
    """Return letters and digits of a heading → its index, for fragments written by hand."""
    table: dict[str, int] = {}
    without_numbers = [re.sub(r"^[\W\d_]+", "", heading) for heading in headings]
    for index, words in (*enumerate(headings), *enumerate(without_numbers)):
        table.setdefault(squash(words), index)
    table.pop("", None)
    return table


def squash(text: str) -> str:
    """Return only the letters, digits and marks of a text, in one case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LMN")
