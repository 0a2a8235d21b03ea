"""The rules about links, structure and language: a function for each kind of finding."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

from policies.text.expressions import read
from policies.text.findings.context import Context, located, part_rule, rule
from policies.text.findings.finding import Level, LocatedFinding, about_link, about_sentence, make
from policies.text.findings.readability import count_words, measure
from policies.text.language_detection import are_alike, detect
from policies.text.markdown.characters import controls_in
from policies.text.markdown.headings import counting_numbers, own_number
from policies.text.reading.parts import Part
from policies.text.reading.sentences import ADDRESS, Link, Text, plain_text
from policies.text.short_text import in_short

_LIKE = read(Path(__file__).with_suffix(".toml")).patterns


@rule
def _no_text(context: Context) -> Iterator[LocatedFinding]:
    """A document without text: what is published stays, and readers would see a bare title."""
    if all(part.text.is_empty for part in context.parts[1:]):
        reason = "The document has no introduction and no text in any section."
        advice = "Write the text of the policy."
        yield make("no-text", Level.BLOCKS, None, "", reason=reason, advice=advice)


# --- Language -------------------------------------------------------------------------------------


@rule
def _other_language(context: Context) -> Iterator[LocatedFinding]:
    """A text in another language than its policy says, or whose words are not known here."""
    said = context.language.lower().partition("-")[0]
    found = detect(" ".join(_beginning(context.parts))) or said
    if not are_alike(found, said):
        reason = f"The text is in {_name(found)}, but the policy’s language is {_name(said)}."
        advice = "Replace the text, or make it a policy in its own language."
        about = f"{said} {found}"
        yield make(OTHER_LANGUAGE, Level.ACKNOWLEDGE, None, about, reason=reason, advice=advice)
    if found not in _NAMES:
        reason = "Only signs such as [●] were checked: this language isn’t known here."
        advice = "Look for notes and missing words yourself."
        yield make("unknown-language", Level.ADVICE, None, found, reason=reason, advice=advice)


def _beginning(parts: Iterable[Part]) -> Iterator[str]:
    """Yield sentences that are enough to show a language."""
    length = 0
    for part in parts:
        for sentence in part.text.sentences:
            length += len(sentence.prose)
            if length > _ENOUGH:
                return
            yield sentence.prose


def _name(language: str) -> str:
    return _NAMES.get(language, f"another language (“{language}”)")


# It comes before all other findings.
OTHER_LANGUAGE = "other-language"
# Languages for which there are patterns.
_NAMES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish"}
_ENOUGH = 20_000  # characters


# --- What readers would miss ----------------------------------------------------------------------


@rule
def _removed(context: Context) -> Iterator[LocatedFinding]:
    """What the page does not show as it was written."""
    reason = "The page does not show this as it is written."
    advice = "Delete it, or rewrite it so that readers can see it."
    bodies = [context.document.introduction]
    bodies += [f"{section.heading}\n{section.body}" for section in context.document.sections]
    parts = [(part.place, body) for part, body in zip(context.parts[1:], bodies, strict=True)]
    of_title = [f"Control character: {sign}" for sign in controls_in(context.document.title)]
    for line in dict.fromkeys([*context.removed, *of_title]):
        what = line.partition(": ")[2].removesuffix("…").strip()
        place = next((place for place, body in parts if what and what in body), None)
        yield make("removed", Level.ACKNOWLEDGE, place, line, reason=reason, advice=advice)


@rule
def _dead_links(context: Context) -> Iterator[LocatedFinding]:
    """Links within the page to a place that is not there."""
    anchors = context.anchors
    if anchors is None:
        return
    for part in context.parts:
        for link in part.fact(_inner_links):
            wanted = link.target[1:]
            if wanted.lower() == "top" or {wanted, unquote(wanted)} & anchors:
                continue
            reason = f"The link leads to “{link.target}”, which does not exist in this document."
            advice = "Link to the anchor of a section, or remove the link."
            dead = about_link(link, "dead-link", Level.ACKNOWLEDGE, reason=reason, advice=advice)
            yield from located(part, [dead])


def _inner_links(text: Text) -> list[Link]:
    return [link for link in text.links if link.target.startswith("#")]


@rule
def _lost_anchors(context: Context) -> Iterator[LocatedFinding]:
    """Anchors of the version in force that would disappear."""
    yield from about_lost_anchors(context.lost)


def about_lost_anchors(lost: Iterable[tuple[str, str]]) -> Iterator[LocatedFinding]:
    """Yield the findings about anchors, each with the heading that it was at."""
    for anchor, heading in lost:
        about = f"#{anchor} ({heading})" if heading else f"#{anchor}"
        reason = f"Existing links to “#{anchor}” would lead to a section that was removed."
        advice = "If the section has a new name, give it this anchor."
        level, words = Level.ACKNOWLEDGE, "anchor"  # one reason may justify all of them
        yield make("lost-anchor", level, None, about, reason=reason, advice=advice, words=words)


@rule
def _plain_http(context: Context) -> Iterator[LocatedFinding]:
    """Links that are not encrypted: one finding for all of them."""
    addresses: dict[str, None] = {}
    for part in context.parts:
        addresses |= dict.fromkeys(part.fact(_without_tls))
    if addresses:
        reason = "Links that begin with http:// are not encrypted: others can see and change them."
        advice = "Use https:// if the site supports it."
        about = " ".join(addresses)
        yield make("plain-http", Level.ADVICE, None, about, reason=reason, advice=advice)


def _without_tls(text: Text) -> list[str]:
    found = [link.target for link in text.links]
    for sentence in text.sentences:
        if "http://" in sentence.prose.lower():
            found += [match[0].rstrip(".,;:!?)") for match in ADDRESS.finditer(sentence.prose)]
    return [address for address in found if address.lower().startswith("http://")]


# --- Structure ------------------------------------------------------------------------------------


@rule
def _repeated_headings(context: Context) -> Iterator[LocatedFinding]:
    """Sections with the same heading, their numbers aside: one finding for each heading."""
    first: dict[str, str] = {}
    reported: set[str] = set()
    sections = [part.place for part in context.parts[2:]]
    numbers = counting_numbers([place.heading for place in sections])
    for place, number in zip(sections, numbers, strict=True):
        name = place.heading[len(number) :].casefold().strip(" .:")
        if name and name in first and name not in reported:
            reported.add(name)
            about = place.heading
            reason = f"Another section has the same heading: “{in_short(first[name], 80)}”."
            advice = "Give each section its own heading, or merge the sections."
            yield make("repeated-heading", Level.ADVICE, place, about, reason=reason, advice=advice)
        first.setdefault(name, place.name)


@rule
def _untranslated_headings(context: Context) -> Iterator[LocatedFinding]:
    """Headings of a translation that are as in its source; single words may be names."""
    source = {plain_text(heading) for heading in context.source}
    reason = "The heading is the same as in the source text."
    advice = "Translate it, or justify keeping it."
    for place in (part.place for part in context.parts[2:]):
        about = place.heading
        if about in source and count_words(about[len(own_number(about)) :]) > 1:
            level = Level.ACKNOWLEDGE
            yield make("untranslated-heading", level, place, about, reason=reason, advice=advice)


@rule
def _empty_sections(context: Context) -> Iterator[LocatedFinding]:
    """Headings with nothing under them."""
    for place in (part.place for part in context.parts[2:] if part.text.is_empty):
        reason = "The section has a heading but no text."
        advice = "Add the text, or delete the heading."
        yield make("empty-section", Level.ADVICE, place, place.name, reason=reason, advice=advice)


@rule
def _no_headings(context: Context) -> Iterator[LocatedFinding]:
    """A text of some length that has no sections, such as a Word file whose headings are bold."""
    words = 0 if context.parts[2:] else measure(context.parts).words
    if words > _WITHOUT_HEADINGS:
        reason = f"The document has {words:,} words and no headings, so readers get no contents."
        advice = (
            "Make headings of the lines that begin its parts. In a Word file, they need the styles "
            "Heading 1 to Heading 6; bold alone makes none."
        )
        yield make("no-headings", Level.ADVICE, None, "", reason=reason, advice=advice)


_WITHOUT_HEADINGS = 500  # words, about a page


@part_rule
def _list_numbers(text: Text) -> Iterator[LocatedFinding]:
    """List items that the page shows under another number than they were written, or as code."""
    sentences = text.sentences
    for numbering in text.numberings:
        if numbering.written:
            reason = (
                f"This item is written as number {numbering.written} of its list, but readers see "
                f"{numbering.shown}: a list counts up from its first number."
            )
            advice = "If another text refers to this number, start a new list with this item."
        else:
            reason = "Readers see this as code, because it is indented too far for a list item."
            advice = "Let it begin below the first letter of the item to which it belongs."
        place, at = numbering.place, numbering.sentence
        about = numbering.code or (sentences[at].text if at < len(sentences) else "")
        yield make(
            "list-number", Level.ADVICE, place, about, reason=reason, advice=advice, sentence=at
        )


@rule
def _own_date(context: Context) -> Iterator[LocatedFinding]:
    """A line with the date of the last update, under the one that the page shows by itself."""
    level = Level.ACKNOWLEDGE if context.dated else Level.ADVICE
    for part in context.parts[:3]:
        yield from located(part, part.fact(_dates, level))


def _dates(text: Text, level: Level) -> list[LocatedFinding]:
    reason = "The page shows when the policy was last updated. This line does not change with it."
    return [
        about_sentence(sentence, "own-date", level, reason=reason, advice="Delete this line.")
        for sentence in text.sentences
        if sentence.kind == "text" and _LIKE["own_date"].match(sentence.text)
    ]
