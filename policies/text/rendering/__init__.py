"""Markdown to safe HTML with anchors, and the list of contents that goes with it.

Pure: no Django. `render` is the only door from a writer's text to HTML:

    dialect.py     the grammar                   (gives tokens)
    token_tree.py  tokens for Python-Markdown    (gives a tree)
    tree_steps.py  addresses, tables, layout …   (changes the tree, gives HTML)
                   with footnotes.py, ids.py, sections.py; what they share is in step.py
    sanitizing.py  the walls                     (give HTML that is safe)
    limits.py      the bounds of what they take
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import markdown

from policies.text.markdown.headings import Anchor, Entry
from policies.text.rendering import sanitizing
from policies.text.rendering.limits import RenderingRefused, check_text
from policies.text.rendering.step import Outcome, controls_in, without_controls
from policies.text.rendering.token_tree import PolicyDialect
from policies.text.rendering.tree_steps import BOUNDARY, steps

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Anchor", "Entry", "Rendered", "RenderingRefused", "render"]


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


def render(text: str) -> Rendered:
    """Return a document's body as HTML.

    text: Markdown, an introduction and then `## Heading {#anchor}` sections; any str will do.
    Raises RenderingRefused, and nothing else, for a text that goes over a bound.
    """
    check_text(text)
    page = _Page()
    try:
        raw = markdown.Markdown(extensions=[page], output_format="html").convert(page.cleaned(text))
        html = "".join(sanitizing.sanitize(piece) for piece in _pieces(raw)).strip()
    except RecursionError as error:  # the bounds should prevent it; no other error may come out
        raise RenderingRefused(
            "The text is nested too deeply to be shown. Take out levels of lists, quotes or "
            "emphasis."
        ) from error
    page.tell_losses(raw, html)
    outcome = page.outcome
    return Rendered(html, outcome.contents, outcome.anchors, tuple(outcome.told))


class _Page(PolicyDialect):
    """The dialect, the steps after it, and what they find."""

    def __init__(self) -> None:
        super().__init__()
        self.outcome = Outcome()

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802  Python-Markdown's name
        """Register the dialect, and the steps that come after it."""
        super().extendMarkdown(md)
        for priority, step in enumerate(reversed(steps(md, self.outcome))):
            md.treeprocessors.register(step, type(step).__name__, priority)

    def cleaned(self, text: str) -> str:
        """Return the text with "\\n" for every line end and without control characters."""
        text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        text = text.replace("\u2028", "\n").replace("\u2029", "\n\n")
        for control in controls_in(text):
            self.outcome.tell("Control character", control)
        return without_controls(text)

    def tell_losses(self, raw: str, html: str) -> None:
        """Report what the walls took away, and link definitions that the text never uses."""
        for loss in sanitizing.losses(raw, html):
            self.outcome.tell("Not allowed", loss)
        for label, definition in self.references.items():
            if label not in self.references.used:
                line = f"[{label.lower()}]: {definition['href']} {definition['title']}"
                self.outcome.tell("Definition that no link uses", line)


# bleach takes time quadratic in the number of siblings. Top-level blocks do not depend on each
# other, so the walls get them a few at a time.
_PIECE = 20_000


def _pieces(raw: str) -> Iterator[str]:
    """Yield the HTML of the top-level blocks, several together up to _PIECE characters."""
    waiting: list[str] = []
    length = 0
    for block in raw.split(BOUNDARY):
        if waiting and length + len(block) > _PIECE:
            yield "".join(waiting)
            waiting, length = [], 0
        waiting.append(block)
        length += len(block)
    yield "".join(waiting)
