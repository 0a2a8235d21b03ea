"""Markdown to safe HTML with anchors, and the list of contents that goes with it.

Pure: no Django. `render` is the only door from a writer's text to HTML:

    tree.py             builds a tree by the grammar of policies (markdown/grammar)
    steps.py            addresses, footnotes, tables … (change the tree, which Python-Markdown's
                        serializer writes as HTML) with anchors.py, references.py, sections.py
    sanitizer.py        gives HTML that is safe

What is refused before it costs too much is in markdown/limits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markdown.serializers import to_html_string

from policies.text.document import Document, body
from policies.text.document_tree import PartTree, of_document, of_text
from policies.text.markdown import characters
from policies.text.markdown.headings import Anchor, Entry
from policies.text.markdown.limits import RenderingRefused, check_text
from policies.text.markdown.tree import has_labels
from policies.text.rendering import sanitizer
from policies.text.rendering.references import link_references
from policies.text.rendering.steps import STEPS, lay_out, link_bare_addresses
from policies.text.rendering.tree import RenderReport, build


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
    check_text(text)
    report = RenderReport(numbering=numbering)
    cleaned = _cleaned(text, report)
    try:
        clauses = has_labels(cleaned) if clauses is None else clauses
        return _render(cleaned, [of_text(cleaned, clauses=clauses)], report, clauses=clauses)
    except RecursionError as error:
        raise RenderingRefused(_TOO_DEEP) from error


def render_document(document: Document) -> Rendered:
    """Return a Document's introduction and sections as HTML. Raises RenderingRefused.

    After a change in one section, little more than this section is read: the same bytes.
    """
    text, report = body(document), RenderReport(numbering=document.numbering)
    cleaned = _cleaned(text, report)
    try:
        trees = of_document(document, clauses=document.clauses)
        return _render(cleaned, trees, report, clauses=document.clauses)
    except (RenderingRefused, RecursionError):  # read as a whole, it says in which line
        return render(text, clauses=document.clauses, numbering=document.numbering)


# The limits should prevent it; no other error may come out.
_TOO_DEEP = (
    "The text is nested too deeply to be shown. Remove some levels of lists, quotes or emphasis."
)


def _render(
    text: str, trees: Sequence[PartTree], report: RenderReport, *, clauses: bool
) -> Rendered:
    root = build(trees, len(text), clauses=clauses)
    for step in (*STEPS, *([link_references] if clauses else []), link_bare_addresses):
        step(root, report)
    lay_out(root)
    html = to_html_string(root).removeprefix("<div>").removesuffix("</div>\n")
    safe = sanitizer.sanitize(html).strip()
    for loss in sanitizer.losses(html, safe):
        report.add("Not allowed", loss)
    _report_unused(trees, report)
    return Rendered(safe, report.contents, report.anchors, tuple(report.losses))


def _cleaned(text: str, report: RenderReport) -> str:
    """Return the text with "\\n" for every line end and without control characters."""
    text = characters.with_plain_line_breaks(text)
    for control in characters.controls_in(text):
        report.add("Control character", control)
    return characters.without_controls(text)


def _report_unused(trees: Sequence[PartTree], report: RenderReport) -> None:
    used = frozenset[str]().union(*(tree.used for tree in trees))
    for label, definition in trees[0].known.links.items():
        if label not in used:
            line = f"[{label.lower()}]: {definition['href']} {definition['title']}"
            report.add("Definition that no link uses", line)
