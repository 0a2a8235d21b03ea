"""What a lawyer should look at before a Document is published: findings, checklist, readability.

A kind of finding is added by writing one function in rules.py or structure.py; words that show a
placeholder or a drafting note, by an entry in patterns/.

    parts.py                a Document as parts, each read and searched once
    sentences.py            a part as sentences and links, each with its place
    finding.py              the Finding and its levels
    context.py              what a rule looks at, and how a function becomes a rule
    rules.py                the rules about words and links
    structure.py            the rules about structure and length
    labels.py               the numbers and letters that parts of a text carry
    referring.py            the references of a part, and what it can be referred to by
    dead_references.py      the rule about references that lead nowhere, or to several places
    reference_targets.py    where references lead
    defined_terms.py        the rules about terms that are defined or used in vain
    differing_contacts.py   the rule about addresses that other policies give differently
    patterns/               words that unfinished texts have, as data
    placeholders.py         words that are still to be written
    note_classifier.py      sentences that read like such notes, by all of their words
    checklist.py            what laws and app stores require of a privacy policy
    readability.py          length and reading ease
"""

from collections.abc import Sequence, Set

from policies.text import rendering
from policies.text.document import Document
from policies.text.findings import dead_references as dead_references  # for the rules that each
from policies.text.findings import defined_terms as defined_terms  # of these modules
from policies.text.findings import rules as rules  # registers
from policies.text.findings import unfinished as unfinished
from policies.text.findings.checklist import CHECKLISTS, checklist
from policies.text.findings.context import Contacts, Context
from policies.text.findings.differing_contacts import contacts
from policies.text.findings.finding import Finding, Level
from policies.text.findings.readability import reading
from policies.text.rendering import Rendered

__all__ = [
    "CHECKLISTS",
    "Contacts",
    "Finding",
    "Level",
    "checklist",
    "contacts",
    "examine",
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

    anchors: every id on the rendered page; None: links to them are not judged. lost: (anchor,
    heading) of each place that readers can link to now and that would be gone. removed:
    `rendering.Rendered.removed` of the same text. source: the headings, in Markdown, of the text
    that this one translates. language: a tag of BCP 47 such as "de" or "pt-br".
    elsewhere: the organisation's other policies, by name, with their `contacts`. Raises nothing;
    takes time in proportion to the text's length, after a change to that of the parts that changed.
    """
    context = Context(document, anchors, lost, removed, source, language, elsewhere, dated)
    located = context.findings()
    levels = list(Level)
    located.sort(key=lambda one: (levels.index(one.finding.level), one.at))
    return [one.finding for one in located]


def render_and_examine(
    document: Document, *, source: Set[str] = frozenset(), language: str = "en"
) -> tuple[Rendered, list[Finding]]:
    """Return a Document as HTML, and its findings. source, language: as for `examine`.

    Raises RenderingRefused.
    """
    rendered = rendering.render_document(document)
    anchors = {anchor.id for anchor in rendered.anchors}
    removed = rendered.removed
    found = examine(document, anchors=anchors, removed=removed, source=source, language=language)
    return rendered, found
