"""What is looked at: one function per kind of finding, under `@_rule`.

Pure.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote

from policies import documents, rendering
from policies.findings.contact import EXAMPLE_ADDRESS, names_contact
from policies.findings.drafting import drafting_note
from policies.findings.placeholders import in_target, placeholder
from policies.findings.reading import count_words, measure
from policies.findings.text import ADDRESS, Place, read
from policies.findings.values import Finding, Level, make
from policies.markup.headings import RESERVED_PREFIXES, own_number
from policies.short_lines import in_short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from policies.documents import Document
    from policies.findings.text import Sentence, Suspicion, Text

END = (1 << 30, 0)  # behind every place
At = tuple[int, int]
"""Where a finding stands in the order of reading: place, then sentence."""


class Case:
    """What the rules look at: a Document, what is in force, what the sanitiser took away."""

    def __init__(
        self, document: Document, in_force: Document | None, removed: tuple[str, ...]
    ) -> None:
        self.document = document
        self.in_force = in_force
        self.removed = removed

    @cached_property
    def text(self) -> Text:
        """The Document's sentences and links."""
        return read(self.document)

    @cached_property
    def anchors(self) -> frozenset[str] | None:
        """Every id that links can lead to; None where the text can't be rendered."""
        return _anchors(self.document)


RULES: list[Callable[[Case], Iterator[tuple[At, Finding]]]] = []


def _rule(
    function: Callable[[Case], Iterator[tuple[At, Finding]]],
) -> Callable[[Case], Iterator[tuple[At, Finding]]]:
    """Let `examine` ask this function, too."""
    RULES.append(function)
    return function


def _anchors(document: Document) -> frozenset[str] | None:
    try:
        rendered = rendering.render(documents.body(document))
    except rendering.RenderingRefused:
        return None
    return frozenset(anchor.id for anchor in rendered.anchors)


# --- Unfinished text ------------------------------------------------------------------------------


@_rule
def _placeholders(case: Case) -> Iterator[tuple[At, Finding]]:
    """Words that stand for words."""
    for at, sentence in enumerate(case.text.sentences):
        found = placeholder(sentence)
        if found:
            sign = in_short(found.what)
            reason = (
                f"“{sign}” stands for words that are still to be written."
                if found.sure
                else f"“{sign}” looks like words that are still to be written."
            )
            advice = "Write the words that belong there, or take the passage out."
            yield _about_words("placeholder", at, sentence, found, reason, advice)


@_rule
def _drafting_notes(case: Case) -> Iterator[tuple[At, Finding]]:
    """Sentences that speak to whoever publishes the policy."""
    for at, sentence in enumerate(case.text.sentences):
        found = drafting_note(sentence)
        if found:
            sign = in_short(found.what)
            reason = (
                f"“{sign}” speaks to whoever publishes this policy, not to whoever reads it."
                if found.sure
                else f"“{sign}” may speak to whoever publishes this policy, not to its reader."
            )
            advice = "Do what it asks for, then take the sentence out."
            yield _about_words("drafting-note", at, sentence, found, reason, advice)


def _about_words(
    rule: str, at: int, sentence: Sentence, found: Suspicion, reason: str, advice: str
) -> tuple[At, Finding]:
    level = Level.BLOCKS if found.sure else Level.ACKNOWLEDGE
    if not found.sure:
        advice = f"If so: {advice[0].lower()}{advice[1:]} If not, say why it is right as it is."
    return (sentence.place.index, at), make(
        rule,
        level,
        sentence.place,
        sentence.text,
        reason=reason,
        advice=advice,
        around=found.start,
    )


@_rule
def _placeholders_in_links(case: Case) -> Iterator[tuple[At, Finding]]:
    """Links to addresses that are still to be written: mailto:[EMAIL]."""
    for link in case.text.links:
        if link.target != link.text and in_target(link.target):
            yield (
                (link.place.index, link.sentences),
                make(
                    "placeholder-link",
                    Level.BLOCKS,
                    link.place,
                    f"{link.text} ({link.target})",
                    reason="The link leads to an address that is still to be written.",
                    advice="Write the address that readers should come to.",
                ),
            )


@_rule
def _example_addresses(case: Case) -> Iterator[tuple[At, Finding]]:
    """Addresses at the domains that are reserved for examples (RFC 2606, RFC 6761)."""
    for at, sentence in enumerate(case.text.sentences):
        found = EXAMPLE_ADDRESS.search(sentence.prose)
        if found:
            yield (
                (sentence.place.index, at),
                make(
                    "example-address",
                    Level.ADVICE,
                    sentence.place,
                    sentence.text,
                    reason=f"“{found[0]}” is an address for examples; nobody can be reached there.",
                    advice="If it is meant to be used, write the real address.",
                    around=found.start(),
                ),
            )


@_rule
def _no_text(case: Case) -> Iterator[tuple[At, Finding]]:
    """A document that says nothing: what is published stays, and readers would see a bare title."""
    if case.text.is_empty:
        yield (
            END,
            make(
                "no-text",
                Level.BLOCKS,
                None,
                "",
                reason="The document has no text: neither an introduction nor words in a section.",
                advice="Write what the policy says.",
            ),
        )


# --- What readers would miss ----------------------------------------------------------------------


@_rule
def _removed(case: Case) -> Iterator[tuple[At, Finding]]:
    """What the sanitiser took away."""
    places = case.text.places[1:]
    bodies = [case.document.introduction]
    bodies += [f"{section.heading}\n{section.body}" for section in case.document.sections]
    for line in dict.fromkeys(case.removed):
        what = line.partition(": ")[2].removesuffix("…").strip()
        index = next((n for n, body in enumerate(bodies) if what and what in body), None)
        place = None if index is None else places[index]
        yield (
            (place.index, 0) if place else END,
            make(
                "removed",
                Level.ACKNOWLEDGE,
                place,
                line,
                reason="The page does not show this as it was written.",
                advice="Take it out of the text, or write it so that readers can see it.",
            ),
        )


@_rule
def _dead_links(case: Case) -> Iterator[tuple[At, Finding]]:
    """Links within the page to a place that is not there."""
    for link in case.text.links:
        if not link.target.startswith("#") or case.anchors is None:
            continue
        wanted = link.target[1:]
        if wanted.lower() == "top" or {wanted, unquote(wanted)} & case.anchors:
            continue
        yield (
            (link.place.index, link.sentences),
            make(
                "dead-link",
                Level.ACKNOWLEDGE,
                link.place,
                f"{link.text} ({link.target})",
                reason=f"The link leads to “{link.target}”, which is nowhere in this document.",
                advice="Let it lead to the anchor of a section, or take the link off.",
            ),
        )


@_rule
def _lost_anchors(case: Case) -> Iterator[tuple[At, Finding]]:
    """Anchors of the version in force that would disappear."""
    if case.in_force is None:
        return
    try:
        old = rendering.render(documents.body(case.in_force)).anchors
    except rendering.RenderingRefused:
        return
    if case.anchors is None:
        return
    for number, anchor in enumerate(old):
        if anchor.id not in case.anchors and not anchor.id.startswith(RESERVED_PREFIXES):
            finding = make(
                "lost-anchor",
                Level.ADVICE,
                None,
                f"#{anchor.id} ({anchor.heading})" if anchor.heading else f"#{anchor.id}",
                reason=f"Links to “#{anchor.id}” work today and would lead to a section that went.",
                advice="If the section lives on under another name, give it this anchor.",
            )
            yield (END[0], number), finding


@_rule
def _plain_http(case: Case) -> Iterator[tuple[At, Finding]]:
    """Links that are not encrypted."""
    for link in case.text.links:
        if link.target.lower().startswith("http://"):
            yield _plain(link.place, link.sentences, f"{link.text} ({link.target})")
    linked = {link.target for link in case.text.links}
    for at, sentence in enumerate(case.text.sentences):
        if "http://" in sentence.prose.lower():
            for found in ADDRESS.finditer(sentence.prose):
                address = found[0].rstrip(".,;:!?)")
                if address.lower().startswith("http://") and address not in linked:
                    yield _plain(sentence.place, at, address)


def _plain(place: Place, at: int, about: str) -> tuple[At, Finding]:
    return (place.index, at), make(
        "plain-http",
        Level.ADVICE,
        place,
        about,
        reason="The link is not encrypted: others can read along and change what readers see.",
        advice="Use https:// if the site has it.",
    )


# --- Structure ------------------------------------------------------------------------------------


@_rule
def _repeated_headings(case: Case) -> Iterator[tuple[At, Finding]]:
    """Sections that are called the same."""
    first: dict[str, str] = {}
    for at, sentence in enumerate(case.text.sentences):
        if sentence.kind != "section" or not sentence.first:
            continue
        name = sentence.text[len(own_number(sentence.text)) :].casefold().strip(" .:")
        if name and name in first:
            finding = make(
                "repeated-heading",
                Level.ADVICE,
                sentence.place,
                sentence.text,
                reason=f"Another section is called the same: “{in_short(first[name], 80)}”.",
                advice="Give each section a name of its own, or join the two.",
            )
            yield (sentence.place.index, at), finding
        first.setdefault(name, sentence.place.name)


@_rule
def _empty_sections(case: Case) -> Iterator[tuple[At, Finding]]:
    """Headings with nothing under them."""
    for place in case.text.bare:
        finding = make(
            "empty-section",
            Level.ADVICE,
            place,
            place.name,
            reason="The section has a heading and nothing else.",
            advice="Write what belongs there, or take the heading out.",
        )
        yield (place.index, 0), finding


@_rule
def _no_contact(case: Case) -> Iterator[tuple[At, Finding]]:
    """A policy that names no way to reach anybody (GDPR Article 13(1)(a), CCPA § 1798.130)."""
    if names_contact(case.text):
        return
    finding = make(
        "no-contact",
        Level.ADVICE,
        None,
        "",
        reason="The document names no e-mail or postal address, phone number or contact form.",
        advice="Say how readers can reach you.",
    )
    yield END, finding


@_rule
def _long_sentences(case: Case) -> Iterator[tuple[At, Finding]]:
    """Sentences of more than 60 words."""
    for at, sentence in enumerate(case.text.sentences):
        if len(sentence.text) < 2 * _LONG_SENTENCE or sentence.kind in ("section", "title"):
            continue
        words = count_words(sentence.text)
        if words > _LONG_SENTENCE:
            finding = make(
                "long-sentence",
                Level.ADVICE,
                sentence.place,
                sentence.text,
                reason=f"The sentence has {words:,} words; few readers will follow it.",
                advice="Make two or three sentences of it, or a list.",
            )
            yield (sentence.place.index, at), finding


_LONG_SENTENCE = 60


@_rule
def _length_and_ease(case: Case) -> Iterator[tuple[At, Finding]]:
    """A document that is very long, very short or very hard to read."""
    measured = measure(case.text)
    words, minutes, ease = measured.words, measured.minutes, measured.reading_ease
    if words < _SHORT and not case.text.is_empty:
        yield _of_the_whole(
            "length",
            reason=f"The document has {words:,} words, fewer than most policies need.",
            advice="See from the checklist whether something is missing.",
        )
    if words > _LONG:
        yield _of_the_whole(
            "length",
            reason=f"The document has {words:,} words: {minutes} minutes of reading.",
            advice="Shorten it, or put a summary in front.",
        )
    if ease is not None and ease < _HARD:
        yield _of_the_whole(
            "reading-ease",
            reason=f"The reading ease (Flesch) is {ease}; few read with ease below {_HARD}.",
            advice="Write shorter sentences and everyday words (GDPR Article 12(1)).",
        )


def _of_the_whole(rule: str, *, reason: str, advice: str) -> tuple[At, Finding]:
    return END, make(rule, Level.ADVICE, None, "", reason=reason, advice=advice)


_SHORT = 150
_LONG = 10_000
_HARD = 20
