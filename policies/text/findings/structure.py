"""The rules about structure and length: one function per kind of finding, under `@rule`."""

from collections.abc import Iterator
from pathlib import Path

from policies.text.expressions import read
from policies.text.findings.context import Context, PartContext, part_rule, rule
from policies.text.findings.finding import Level, LocatedFinding, about_sentence, make
from policies.text.findings.readability import count_words, measure
from policies.text.findings.sentences import Text, plain
from policies.text.markdown.counting import counting
from policies.text.markdown.headings import own_number
from policies.text.short_text import in_short

_LIKE = read(Path(__file__).with_suffix(".toml")).patterns


@rule
def _repeated_headings(context: Context) -> Iterator[LocatedFinding]:
    """Sections with the same heading, their numbers aside."""
    first: dict[str, str] = {}
    sections = [part.place for part in context.parts[2:]]
    numbers = counting([place.heading for place in sections])
    for place, number in zip(sections, numbers, strict=True):
        name = place.heading[len(number) :].casefold().strip(" .:")
        if name and name in first:
            about = place.heading
            reason = f"Another section has the same heading: “{in_short(first[name], 80)}”."
            advice = "Give each section its own heading, or merge the sections."
            yield make("repeated-heading", Level.ADVICE, place, about, reason=reason, advice=advice)
        first.setdefault(name, place.name)


@rule
def _untranslated_headings(context: Context) -> Iterator[LocatedFinding]:
    """Headings of a translation that are as in its source; single words may be names."""
    source = {plain(heading) for heading in context.source}
    reason = "The heading is the same as in the source text."
    advice = "Translate it, or justify keeping it."
    for place in (part.place for part in context.parts[2:]):
        about = place.heading
        if about in source and count_words(about[len(own_number(about)) :]) > 1:
            yield make(
                "untranslated-heading",
                Level.ACKNOWLEDGE,
                place,
                about,
                reason=reason,
                advice=advice,
            )


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
def _list_numbers(context: PartContext) -> Iterator[LocatedFinding]:
    """List items that the page shows under another number than they were written, or as code."""
    sentences = context.text.sentences
    for numbering in context.text.numberings:
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


@part_rule
def _own_date(context: PartContext) -> Iterator[LocatedFinding]:
    """A line with the date of the last update, which the page shows by itself."""
    for sentence in context.text.sentences:
        if (
            sentence.place.index <= 2
            and sentence.kind == "text"
            and _LIKE["own_date"].match(sentence.text)
        ):
            reason = (
                "The page already shows when the policy was last updated and takes effect. "
                "This line would not change with it."
            )
            advice = "Delete this line."
            yield about_sentence(sentence, "own-date", Level.ADVICE, reason=reason, advice=advice)


@rule
def _no_contact(context: Context) -> Iterator[LocatedFinding]:
    """A policy that names no way to reach anybody (GDPR Article 13(1)(a), CCPA § 1798.130)."""
    if not any(part.fact(_names_contact) for part in context.parts):
        reason = "The document has no email address, postal address, phone number or contact form."
        advice = "Add a way for readers to contact you."
        yield make("no-contact", Level.ADVICE, None, "", reason=reason, advice=advice)


def _names_contact(text: Text) -> bool:
    if any(_LIKE["contact_link"].search(f"{link.target} {link.text}") for link in text.links):
        return True
    sentences = (it.text for it in text.sentences if _LIKE["contact_sign"].search(it.text))
    return any(map(_LIKE["contact"].search, sentences))


@part_rule
def _long_sentences(context: PartContext) -> Iterator[LocatedFinding]:
    """Sentences of more than 60 words."""
    for sentence in context.text.sentences:
        if len(sentence.text) < 2 * _LONG_SENTENCE or sentence.kind in ("section", "title"):
            continue
        words = count_words(sentence.text)
        if words > _LONG_SENTENCE:
            reason = f"The sentence has {words:,} words, which makes it hard to follow."
            advice = "Split it into shorter sentences, or make it a list."
            yield about_sentence(
                sentence, "long-sentence", Level.ADVICE, reason=reason, advice=advice
            )


# In words. In 227 published policies in English, one sentence in fifty is longer.
_LONG_SENTENCE = 60


@rule
def _length_and_ease(context: Context) -> Iterator[LocatedFinding]:
    """A document that is very long, very short or very hard to read."""
    measured = measure(context.parts)
    words, minutes, ease = measured.words, measured.minutes, measured.reading_ease
    if words < _SHORT and not all(part.text.is_empty for part in context.parts[1:]):
        reason = f"The document has {words:,} words, fewer than most policies need."
        advice = "Use the checklist to see if anything is missing."
        yield make("length", Level.ADVICE, None, "", reason=reason, advice=advice)
    if words > _LONG:
        reason = f"The document has {words:,} words and takes {minutes} minutes to read."
        advice = "Shorten it, or add a summary at the start."
        yield make("length", Level.ADVICE, None, "", reason=reason, advice=advice)
    if ease is not None and ease < _HARD:
        score = f"The Flesch reading ease is {ease}."
        reason = f"{score} Text that scores under {_HARD} is very hard to read."
        advice = "Use shorter sentences and everyday words (GDPR Article 12(1))."
        yield make("reading-ease", Level.ADVICE, None, "", reason=reason, advice=advice)


# Only the extremes are worth a remark. Of 227 published policies in English, one has fewer words
# than the first, 16 have more than the second, and none is harder to read than the third.
_SHORT = 150  # words
_LONG = 10_000  # words
_HARD = 20  # Flesch reading ease
