"""The rules about words and links: one function per kind of finding, under `@rule`.

Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from policies.text.findings.case import Context, rule
from policies.text.findings.contact import EXAMPLE_ADDRESS
from policies.text.findings.drafting import drafting_note
from policies.text.findings.placeholders import in_target, placeholder
from policies.text.findings.text import ADDRESS
from policies.text.findings.values import Level, LocatedFinding, about_link, about_sentence, make
from policies.text.short_text import in_short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.text.findings.text import Match, Sentence


# --- Unfinished text ------------------------------------------------------------------------------


@rule
def _placeholders(case: Context) -> Iterator[LocatedFinding]:
    """Placeholders: words that are still to be written."""
    for sentence in case.text.sentences:
        found = placeholder(sentence)
        if found:
            sign = in_short(found.what)
            reason = (
                f"“{sign}” stands for words that are still to be written."
                if found.sure
                else f"“{sign}” looks like words that are still to be written."
            )
            advice = "Write the words that belong there, or take the passage out."
            yield _about_words("placeholder", sentence, found, reason, advice)


@rule
def _drafting_notes(case: Context) -> Iterator[LocatedFinding]:
    """Sentences that speak to whoever publishes the policy."""
    for sentence in case.text.sentences:
        found = drafting_note(sentence)
        if found:
            sign = in_short(found.what)
            reason = (
                f"“{sign}” speaks to whoever publishes this policy, not to whoever reads it."
                if found.sure
                else f"“{sign}” may speak to whoever publishes this policy, not to its reader."
            )
            advice = "Do what it asks for, then take the sentence out."
            yield _about_words("drafting-note", sentence, found, reason, advice)


def _about_words(
    name: str, sentence: Sentence, found: Match, reason: str, advice: str
) -> LocatedFinding:
    level = Level.BLOCKS if found.sure else Level.ACKNOWLEDGE
    if not found.sure:
        advice = f"If so: {advice[0].lower()}{advice[1:]} If not, say why it is right as it is."
    return about_sentence(sentence, name, level, reason=reason, advice=advice, around=found.start)


@rule
def _placeholders_in_links(case: Context) -> Iterator[LocatedFinding]:
    """Links to addresses that are still to be written: mailto:[EMAIL]."""
    for link in case.text.links:
        if link.target != link.text and in_target(link.target):
            yield about_link(
                link,
                "placeholder-link",
                Level.BLOCKS,
                reason="The link leads to an address that is still to be written.",
                advice="Write the address that readers should come to.",
            )


@rule
def _example_addresses(case: Context) -> Iterator[LocatedFinding]:
    """Addresses at the domains that are reserved for examples (RFC 2606, RFC 6761)."""
    for sentence in case.text.sentences:
        found = EXAMPLE_ADDRESS.search(sentence.prose)
        if found:
            yield about_sentence(
                sentence,
                "example-address",
                Level.ADVICE,
                reason=f"“{found[0]}” is an address for examples; nobody can be reached there.",
                advice="If it is meant to be used, write the real address.",
                around=found.start(),
            )


@rule
def _no_text(case: Context) -> Iterator[LocatedFinding]:
    """A document that says nothing: what is published stays, and readers would see a bare title."""
    if case.text.is_empty:
        yield make(
            "no-text",
            Level.BLOCKS,
            None,
            "",
            reason="The document has no text: neither an introduction nor words in a section.",
            advice="Write what the policy says.",
        )


# --- What readers would miss ----------------------------------------------------------------------


@rule
def _removed(case: Context) -> Iterator[LocatedFinding]:
    """What the page does not show as it was written."""
    places = case.text.places[1:]
    bodies = [case.document.introduction]
    bodies += [f"{section.heading}\n{section.body}" for section in case.document.sections]
    for line in dict.fromkeys(case.removed):
        what = line.partition(": ")[2].removesuffix("…").strip()
        index = next((n for n, body in enumerate(bodies) if what and what in body), None)
        yield make(
            "removed",
            Level.ACKNOWLEDGE,
            None if index is None else places[index],
            line,
            reason="The page does not show this as it was written.",
            advice="Take it out of the text, or write it so that readers can see it.",
        )


@rule
def _dead_links(case: Context) -> Iterator[LocatedFinding]:
    """Links within the page to a place that is not there."""
    for link in case.text.links:
        if not link.target.startswith("#") or case.anchors is None:
            continue
        wanted = link.target[1:]
        if wanted.lower() == "top" or {wanted, unquote(wanted)} & case.anchors:
            continue
        yield about_link(
            link,
            "dead-link",
            Level.ACKNOWLEDGE,
            reason=f"The link leads to “{link.target}”, which is nowhere in this document.",
            advice="Link to the anchor of a section, or remove the link.",
        )


@rule
def _lost_anchors(case: Context) -> Iterator[LocatedFinding]:
    """Anchors of the version in force that would disappear."""
    for anchor, heading in case.lost:
        yield make(
            "lost-anchor",
            Level.ADVICE,
            None,
            f"#{anchor} ({heading})" if heading else f"#{anchor}",
            reason=f"Links to “#{anchor}” work today and would lead to a section that is gone.",
            advice="If the section lives on under another name, give it this anchor.",
        )


@rule
def _plain_http(case: Context) -> Iterator[LocatedFinding]:
    """Links that are not encrypted."""
    reason = "The link is not encrypted: others can read along and change what readers see."
    advice = "Use https:// if the site has it."
    linked: set[str] = set()
    for link in case.text.links:
        if link.target.lower().startswith("http://"):
            yield about_link(link, "plain-http", Level.ADVICE, reason=reason, advice=advice)
            linked |= {link.target, *_plain_addresses(link.text)}
    for sentence in case.text.sentences:
        for address in _plain_addresses(sentence.prose):
            if address not in linked:
                yield make(
                    "plain-http",
                    Level.ADVICE,
                    sentence.place,
                    address,
                    reason=reason,
                    advice=advice,
                    sentence=sentence.index,
                )


def _plain_addresses(text: str) -> list[str]:
    if "http://" not in text.lower():
        return []
    addresses = [found[0].rstrip(".,;:!?)") for found in ADDRESS.finditer(text)]
    return [address for address in addresses if address.lower().startswith("http://")]
