"""The rules about words and links: one function per kind of finding, under `@rule`."""

from collections.abc import Iterator, Set
from itertools import zip_longest
from urllib.parse import unquote

from policies.text.findings import patterns
from policies.text.findings.context import Context, PartContext, located, part_rule, rule
from policies.text.findings.finding import (
    Level,
    LocatedFinding,
    Match,
    about_link,
    about_sentence,
    make,
)
from policies.text.findings.note_classifier import Sign, reads_like_a_note
from policies.text.findings.placeholders import is_letter, leads_to_placeholder, placeholder
from policies.text.findings.sentences import ADDRESS, Link, Sentence, Text
from policies.text.markdown.characters import controls_in
from policies.text.sentence_boundaries import vocabulary
from policies.text.short_text import in_short

# --- Unfinished text ------------------------------------------------------------------------------


@part_rule
def _placeholders(context: PartContext) -> Iterator[LocatedFinding]:
    """Placeholders: words that are still to be written."""
    in_letter = is_letter(context.text)
    for sentence in context.text.sentences:
        if found := placeholder(sentence, context.language, in_letter=in_letter):
            advice = "Replace it with the final text, or delete the passage."
            yield _about_words("placeholder", sentence, found, advice)


@part_rule
def _drafting_notes(context: PartContext) -> Iterator[LocatedFinding]:
    """Sentences for whoever publishes the policy, not for whoever reads it.

    Finished policies come close: they send readers to lawyers, ask them to review it, explain to
    developers what their own policies must say, and have templates and drafts as products. So what
    is found is for somebody to judge.
    """
    for sentence in context.text.sentences:
        if found := patterns.search("drafting-note", sentence, context.language):
            yield _about_words("drafting-note", sentence, found, "Act on the note, then delete it.")


@part_rule
def _like_notes(context: PartContext) -> Iterator[LocatedFinding]:
    """Sentences that read like notes, unless they have a finding that is surer."""
    language = context.language
    for sentence in context.text.sentences:
        sign = reads_like_a_note(sentence, language)
        if not sign or patterns.search("drafting-note", sentence, language):
            continue
        if not placeholder(sentence, language):
            yield _like_a_note(sentence, sign)


def _like_a_note(sentence: Sentence, sign: Sign) -> LocatedFinding:
    by = in_short(sentence.as_read(sign.words, sign.start))
    return about_sentence(
        sentence,
        "like-a-note",
        Level.ADVICE,
        reason=f"This reads like a note to whoever writes the policy, above all by “{by}”.",
        advice="Is it meant for readers? If not, act on it, then delete it.",
        words="note",  # all of them are shown together
        around=sign.start,
    )


def _about_words(name: str, sentence: Sentence, found: Match, advice: str) -> LocatedFinding:
    words = in_short(sentence.as_read(found.what, found.start))
    reason = f"“{words}” {found.message}."
    if found.level is not Level.BLOCKS:
        otherwise = "leave it as it is" if found.level is Level.ADVICE else "justify keeping it"
        advice = f"If it is, {advice[0].lower()}{advice[1:]} If it is not, {otherwise}."
    return about_sentence(
        sentence,
        name,
        found.level,
        reason=reason,
        advice=advice,
        around=found.start,
        words=found.what,
    )


# Words that no sentence ends with, in English and in German; and those that only such as “What we
# use it for” end with.
_OPEN_ENDS = vocabulary(
    """the a an our your their its and or nor if unless because that who whose while once via than
    during between among is are was has have may can will shall must should including namely such
    der die das dem den des eine einen einem einer eines und oder sowie für von zur im
    am beim ohne sobald wenn falls sofern soweit dass weil indem als unsere ihre ihren"""
)
_PREPOSITIONS = vocabulary("by to of for with from into in at on within until under which")
_ASKING = vocabulary("what who whom where when which why how")
_FEWEST_WORDS = 4  # of what is no label: “Ordered on”


@part_rule
def _cut_off(context: PartContext) -> Iterator[LocatedFinding]:
    """Sentences that break off: “You can object at any time by”; not before a list or a table."""
    sentences = context.text.sentences
    for sentence, following in zip_longest(sentences, sentences[1:]):
        goes_on = following and (
            following.kind in ("item", "cell") or not following.text[0].isupper()
        )
        if sentence.kind == "text" and not goes_on and (last := _open_end(sentence.prose)):
            reason = f"The sentence breaks off after “{last}”."
            advice = "Complete it, or delete it."
            yield about_sentence(sentence, "cut-off", Level.ADVICE, reason=reason, advice=advice)


def _open_end(prose: str) -> str:
    """Return the last word of a sentence that ends too early, "" for others."""
    words = prose.split()
    last = words[-1]
    if len(words) < _FEWEST_WORDS or not words[0][0].isupper() or "/" in words:
        return ""
    is_open = last in _PREPOSITIONS and words[0].lower() not in _ASKING
    return last if last in _OPEN_ENDS or is_open else ""


@part_rule
def _placeholders_in_links(context: PartContext) -> Iterator[LocatedFinding]:
    """Links to addresses that are still to be written: mailto:[EMAIL]."""
    for link in context.text.links:
        if link.text in (link.target, link.target.removeprefix("mailto:")):
            continue  # the text is judged
        if found := leads_to_placeholder(link.target):
            reason = "The link leads to a placeholder, not to a real address."
            advice = "Replace it with the real address."
            yield about_link(link, "placeholder-link", found.level, reason=reason, advice=advice)


@rule
def _no_text(context: Context) -> Iterator[LocatedFinding]:
    """A document without text: what is published stays, and readers would see a bare title."""
    if all(part.text.is_empty for part in context.parts[1:]):
        reason = "The document has no introduction and no text in any section."
        advice = "Write the text of the policy."
        yield make("no-text", Level.BLOCKS, None, "", reason=reason, advice=advice)


# --- What readers would miss ----------------------------------------------------------------------


@rule
def _removed(context: Context) -> Iterator[LocatedFinding]:
    """What the page does not show as it was written."""
    reason = "The page does not show this as it is written."
    advice = "Delete it, or rewrite it so that readers can see it."
    bodies = [context.document.introduction]
    bodies += [f"{section.heading}\n{section.body}" for section in context.document.sections]
    parts = [(part.place, body) for part, body in zip(context.parts[1:], bodies, strict=True)]
    of_title = [f"Control character: {it}" for it in controls_in(context.document.title)]
    for line in dict.fromkeys([*context.removed, *of_title]):
        what = line.partition(": ")[2].removesuffix("…").strip()
        place = next((place for place, body in parts if what and what in body), None)
        yield make("removed", Level.ACKNOWLEDGE, place, line, reason=reason, advice=advice)


@rule
def _dead_links(context: Context) -> Iterator[LocatedFinding]:
    """Links within the page to a place that is not there."""
    for part in context.parts:
        dead = [link for link in part.fact(_inner_links) if _is_dead(link, context.anchors)]
        yield from located(part, list(map(_about_dead_link, dead)))


def _inner_links(text: Text) -> list[Link]:
    return [link for link in text.links if link.target.startswith("#")]


def _is_dead(link: Link, anchors: Set[str] | None) -> bool:
    wanted = link.target[1:]
    is_top = wanted.lower() == "top"
    return anchors is not None and not is_top and not {wanted, unquote(wanted)} & anchors


def _about_dead_link(link: Link) -> LocatedFinding:
    reason = f"The link leads to “{link.target}”, which does not exist in this document."
    advice = "Link to the anchor of a section, or remove the link."
    return about_link(link, "dead-link", Level.ACKNOWLEDGE, reason=reason, advice=advice)


@rule
def _lost_anchors(context: Context) -> Iterator[LocatedFinding]:
    """Anchors of the version in force that would disappear."""
    for anchor, heading in context.lost:
        about = f"#{anchor} ({heading})" if heading else f"#{anchor}"
        reason = f"Existing links to “#{anchor}” would lead to a section that was removed."
        advice = "If the section has a new name, give it this anchor."
        yield make("lost-anchor", Level.ADVICE, None, about, reason=reason, advice=advice)


@rule
def _plain_http(context: Context) -> Iterator[LocatedFinding]:
    """Links that are not encrypted; an address that is a link somewhere, only there."""
    linked = {address for part in context.parts for address in part.fact(_linked_without_tls)}
    for part in context.parts:
        found = [one for address, one in part.fact(_without_tls) if address not in linked]
        yield from located(part, found)


def _linked_without_tls(text: Text) -> set[str]:
    links = [link for link in text.links if link.target.lower().startswith("http://")]
    return {it for link in links for it in (link.target, *_plain_addresses(link.text))}


def _without_tls(text: Text) -> list[tuple[str, LocatedFinding]]:
    """Return findings, each with the address that it is not needed for if that is a link; "" for
    the links themselves.
    """
    reason = "The link is not encrypted: others can see what readers open, and change it."
    advice = "Use https:// if the site supports it."
    found = [
        ("", about_link(link, "plain-http", Level.ADVICE, reason=reason, advice=advice))
        for link in text.links
        if link.target.lower().startswith("http://")
    ]
    for sentence in text.sentences:
        found += [
            (
                address,
                make(
                    "plain-http",
                    Level.ADVICE,
                    sentence.place,
                    address,
                    reason=reason,
                    advice=advice,
                    sentence=sentence.index,
                ),
            )
            for address in _plain_addresses(sentence.prose)
        ]
    return found


def _plain_addresses(text: str) -> list[str]:
    if "http://" not in text.lower():
        return []
    addresses = [found[0].rstrip(".,;:!?)") for found in ADDRESS.finditer(text)]
    return [address for address in addresses if address.lower().startswith("http://")]
