"""Markdown to safe HTML with anchors, and the list of contents that goes with it.

Pure: no Django. `render` is the only door from a writer's text to HTML:

    tree_builder.py     builds a tree by the grammar of policies (markdown/grammar)
    tree_processors.py  addresses, tables, layout … (change the tree, of which Python-Markdown
                        makes HTML) with clauses.py, footnotes.py, ids.py, references.py,
                        sections.py; they share tree.py
    sanitizer.py        gives HTML that is safe

What is refused before it costs too much is in markdown/limits.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from markdown import Markdown
from markdown.blockparser import BlockParser

from policies.text.document import Document, body, parts
from policies.text.kept import Kept
from policies.text.markdown import characters
from policies.text.markdown.blocks import has_labels
from policies.text.markdown.grammar import LinkDefinitions
from policies.text.markdown.headings import Anchor, Entry
from policies.text.markdown.limits import RenderingRefused, check_text
from policies.text.rendering import sanitizer
from policies.text.rendering.references import link_references
from policies.text.rendering.tree import RenderReport
from policies.text.rendering.tree_builder import build
from policies.text.rendering.tree_processors import BOUNDARY, STEPS, lay_out


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as HTML.

    html: safe to show as it is. contents: the headings of level 2, each with those of level 3
    below it; those before the first section have no number. anchors: every id in the HTML.
    removed: what the HTML does not show as it was written, one line of English each, for the
    writer.
    """

    html: str
    contents: tuple[Entry, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    removed: tuple[str, ...] = ()


def render(text: str, *, clauses: bool | None = None, numbering: str = "") -> Rendered:
    """Return a document's body as HTML.

    text: Markdown, an introduction and then `## Heading {#anchor}` sections; any str will do.
    clauses: Document.clauses; None: whether there are any labels of clauses. Raises
    RenderingRefused, and nothing else, for a text that goes over a limit. numbering:
    Document.numbering.
    """
    return _render(text, has_labels(text) if clauses is None else clauses, numbering)


def render_document(document: Document) -> Rendered:
    """Return a Document's introduction and sections as HTML. Raises RenderingRefused.

    After a change in one section, little more than this section is rendered: the same bytes.
    """
    return _render(body(document), document.clauses, document.numbering, parts(document))


def _render(text: str, clauses: bool, numbering: str, parts: Sequence[str] = ()) -> Rendered:
    check_text(text)
    page = _Page(clauses, numbering, parts)
    try:
        raw = page.md.convert(page.cleaned(text))
        safe = [
            _SAFE.get(piece, len(piece), partial(sanitizer.sanitized, piece))
            for piece in _pieces(raw)
        ]
    except RecursionError as error:  # the limits should prevent it; no other error may come out
        raise RenderingRefused(
            "The text is nested too deeply to be shown. Remove some levels of lists, quotes or "
            "emphasis."
        ) from error
    html = "".join(it for it, _ in safe).strip()
    page.add_losses(sanitizer.losses(it for _, it in safe))
    report = page.report
    return Rendered(html, report.contents, report.anchors, tuple(report.losses))


def divided(html: str) -> list[str]:
    """Return HTML of `render` in pieces: what is before the first section, each section, notes."""
    return _BEGINNINGS.split(html)


_BEGINNINGS = re.compile(r'(?=<h2[ >]|<div class="footnotes">)')


class _Page(BlockParser):
    """Has Python-Markdown write a tree that the grammar of policies, not its own, makes of a text.

    report: what the steps find.
    """

    def __init__(self, clauses: bool, numbering: str, parts: Sequence[str]) -> None:
        super().__init__(Markdown(output_format="html"))
        self.report = RenderReport(numbering=numbering)
        self._definitions = LinkDefinitions()
        self._clauses, self._parts = clauses, parts
        self.md.parser = self
        for name in ("normalize_whitespace", "html_block"):
            self.md.preprocessors.deregister(name)
        for name in ("inline", "prettify", "unescape"):
            self.md.treeprocessors.deregister(name)
        for name in ("raw_html", "amp_substitute"):
            self.md.postprocessors.deregister(name)

    def parseDocument(self, lines: Iterable[str]) -> ET.ElementTree[ET.Element | None]:  # noqa: N802
        """Return the tree of the page. Raises RenderingRefused."""
        text = "\n".join(lines)
        root = build(text, self._definitions, clauses=self._clauses, parts=self._parts)
        for step in (*STEPS, link_references) if self._clauses else STEPS:
            step(root, self.report)
        lay_out(root)
        return ET.ElementTree(root)

    def cleaned(self, text: str) -> str:
        """Return the text with "\\n" for every line end and without control characters."""
        text = characters.with_plain_line_breaks(text)
        for control in characters.controls_in(text):
            self.report.add("Control character", control)
        return characters.without_controls(text)

    def add_losses(self, losses: Iterable[str]) -> None:
        """Report what the sanitizers took away, and link definitions that the text never uses."""
        for loss in losses:
            self.report.add("Not allowed", loss)
        for label, definition in self._definitions.items():
            if label not in self._definitions.used:
                line = f"[{label.lower()}]: {definition['href']} {definition['title']}"
                self.report.add("Definition that no link uses", line)


# bleach takes time quadratic in the number of siblings. Top-level blocks do not depend on each
# other, so the sanitizers get them a few at a time, no two sections together: what came of a piece
# is kept.
_PIECE = 20_000
_SAFE = Kept()


def _pieces(raw: str) -> Iterator[str]:
    """Yield the HTML of the top-level blocks, several together up to _PIECE characters."""
    waiting: list[str] = []
    length = 0
    for block in raw.split(BOUNDARY):
        if waiting and (length + len(block) > _PIECE or block.startswith("<h2")):
            yield "".join(waiting)
            waiting, length = [], 0
        waiting.append(block)
        length += len(block)
    yield "".join(waiting)
