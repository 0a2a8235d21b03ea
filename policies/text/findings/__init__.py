"""What a lawyer should look at before a Document is published: findings, readability.

A kind of finding is added by writing one function in rules.py; words that show a placeholder or a
drafting note, by an entry in patterns/.

    finding.py              the Finding and its levels
    context.py              what a rule looks at, and how a function becomes a rule
    unfinished.py           the rules about placeholders, notes, sentences that break off
    brackets.py             placeholders in brackets
    patterns/               signs and words that unfinished texts have, as data
    rules.py                the rules about links, structure and language
    dead_references.py      the rule about references that lead nowhere
    defined_terms.py        the rules about terms that are defined in vain, or not at all
    differing_contacts.py   the rule about addresses that other policies give differently
    readability.py          length and reading ease
"""

from collections.abc import Iterable, Sequence, Set

from policies.text import rendering
from policies.text.document import Document
from policies.text.findings import dead_references as dead_references  # for the rules that each
from policies.text.findings import defined_terms as defined_terms
from policies.text.findings import unfinished as unfinished  # of these modules registers
from policies.text.findings.context import Contacts, Context
from policies.text.findings.differing_contacts import contacts
from policies.text.findings.finding import Finding, Level, LocatedFinding
from policies.text.findings.readability import reading
from policies.text.findings.rules import OTHER_LANGUAGE, about_lost_anchors
from policies.text.rendering import Rendered

__all__ = [
    "Contacts",
    "Finding",
    "Level",
    "contacts",
    "examine",
    "lost_anchors",
    "reading",
    "render_and_examine",
]


def examine(
    document: Document,
    *,
    anchors: Set[str] | None = None,
    lost: Sequence[tuple[str, str]] = (),
    removed: Sequence[str] = (),
    source: Set[str] = frozenset(),
    language: str = "en",
    elsewhere: Sequence[tuple[str, Contacts]] = (),
    dated: bool = False,
) -> list[Finding]:
    """Return the findings: what blocks, what to justify, advice; each level in reading order.

    That a text is in another language than it says comes before all others.

    anchors: every id on the rendered page; None: links to them are not judged. lost: (anchor,
    heading) of each place that readers can link to now and that would be gone. removed:
    `rendering.Rendered.removed` of the same text. source: the headings, in Markdown, of the text
    that this one translates. language: a tag of BCP 47 such as "de" or "pt-br".
    elsewhere: the organisation's other policies, by name, with their `contacts`. dated: whether its
    page shows the date of the last update by itself, so that one in the text must be justified.
    Raises nothing; takes time in proportion to the text's length, after a change to that of the
    parts that changed.
    """
    context = Context(document, anchors, lost, removed, source, language, elsewhere, dated)
    located = context.findings()
    located.sort(key=_order)
    return [finding for _, finding in located]


def _order(located: LocatedFinding) -> tuple[bool, int, tuple[int, int]]:
    finding = located.finding
    return finding.rule != OTHER_LANGUAGE, finding.level.rank, located.at


def lost_anchors(lost: Iterable[tuple[str, str]]) -> list[Finding]:
    """Return the findings about anchors that disappear, as `examine` does. lost: as for that."""
    return [finding for _, finding in about_lost_anchors(lost)]


def render_and_examine(
    document: Document,
    *,
    source: Set[str] = frozenset(),
    language: str = "en",
    dated: bool = False,
) -> tuple[Rendered, list[Finding]]:
    """Return a Document as HTML, and its findings. source, language, dated: as for `examine`.

    Raises RenderingRefused.
    """
    rendered = rendering.render_document(document)
    found = examine(
        document,
        anchors={anchor.id for anchor in rendered.anchors},
        removed=rendered.removed,
        source=source,
        language=language,
        dated=dated,
    )
    return rendered, found
