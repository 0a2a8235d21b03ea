"""The rules about structure and length: one function per kind of finding, under `@rule`.

Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policies.text.findings.case import Context, rule
from policies.text.findings.contact import names_contact
from policies.text.findings.reading import count_words, measure
from policies.text.findings.text import plain
from policies.text.findings.values import Level, LocatedFinding, about_sentence, make
from policies.text.markdown.counting import counting
from policies.text.markdown.headings import own_number
from policies.text.short_text import in_short

if TYPE_CHECKING:
    from collections.abc import Iterator


@rule
def _repeated_headings(case: Context) -> Iterator[LocatedFinding]:
    """Sections with the same heading, their numbers aside."""
    first: dict[str, str] = {}
    sections = case.text.places[2:]
    numbers = counting([place.heading for place in sections])
    for place, number in zip(sections, numbers, strict=True):
        name = place.heading[len(number) :].casefold().strip(" .:")
        if name and name in first:
            yield make(
                "repeated-heading",
                Level.ADVICE,
                place,
                place.heading,
                reason=f"Another section has the same name: “{in_short(first[name], 80)}”.",
                advice="Give each section a name of its own, or join the two.",
            )
        first.setdefault(name, place.name)


@rule
def _untranslated_headings(case: Context) -> Iterator[LocatedFinding]:
    """Headings of a translation that are the same as in its source.

    Not single words, which may be names, or the same in both languages.
    """
    source = {plain(heading) for heading in case.source}
    for place in case.text.places[2:]:
        words = place.heading[len(own_number(place.heading)) :]
        if place.heading in source and count_words(words) > 1:
            yield make(
                "untranslated-heading",
                Level.ACKNOWLEDGE,
                place,
                place.heading,
                reason="The heading is the same as in the text that this translates.",
                advice="Translate it, or say why it is the same.",
            )


@rule
def _empty_sections(case: Context) -> Iterator[LocatedFinding]:
    """Headings with nothing under them."""
    for place in case.text.bare:
        yield make(
            "empty-section",
            Level.ADVICE,
            place,
            place.name,
            reason="The section has a heading and nothing else.",
            advice="Write what belongs there, or take the heading out.",
        )


@rule
def _list_numbers(case: Context) -> Iterator[LocatedFinding]:
    """List items that the page shows under another number than they were written, or under none."""
    sentences = case.text.sentences
    for numbering in case.text.numberings:
        if numbering.written:
            reason = (
                f"It is written as number {numbering.written} of its list, and readers see "
                f"{numbering.shown}: a list counts on from its first number."
            )
            advice = (
                "If others refer to the number, put the entries before it into a list of their own."
            )
        else:
            reason = (
                "Its items are on lines of their own, but readers see them run on: lines that "
                "begin like this do not make a list."
            )
            advice = "Put an empty line between them, or make a list that begins with 1."
        at = numbering.sentence
        yield make(
            "list-number",
            Level.ADVICE,
            numbering.place,
            sentences[at].text if at < len(sentences) else "",
            reason=reason,
            advice=advice,
            sentence=at,
        )


@rule
def _own_date(case: Context) -> Iterator[LocatedFinding]:
    """A line that says when the policy was last updated, as the page does by itself."""
    for sentence in case.text.sentences:
        if sentence.place.index <= 2 and sentence.kind == "text" and _DATED.match(sentence.text):
            yield about_sentence(
                sentence,
                "own-date",
                Level.ADVICE,
                reason="The page says by itself when the policy was last updated and takes effect; "
                "this line would stay as it is.",
                advice="Take it out of the text.",
            )


_OF_THE_TEXT = (
    r"(?:version [\w.]{1,9},? |we |(?:this|the|our|these) (?:[\w-]+ ){0,3}?(?:policy|notice|"
    r"statement|agreement|terms(?: of \w+| and conditions)?|document|page|version) (?:(?:is|are|"
    r"was|were|has been|have been|became|becomes?) ){0,2})"
)
_DAY = (
    r"(?:(?:the )?[0-9]{1,2}[^\W\d_]{0,2}[./ -]|[0-9]{4}-|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|"
    r"oct|nov|dec)[a-z]{0,6}\.?,? )"
)
_DATED = re.compile(
    rf"[\[(]?(?:{_OF_THE_TEXT}?(?:(?:date )?(?:last|most recently) (?:updated|modified|revised|"
    r"changed|amended)(?: (?:this|our|the) (?:\w+ ){0,2}?(?:policy|notice|terms|statement))?"
    r"|date of (?:the |its )?(?:last|latest|most recent) (?:update|revision|change|modification)"
    r"|(?:last|latest) (?:update|revision|modification)(?=\s?:)"
    r"|effective(?: date| as of| from| on| since)?"
    rf"|(?:updated|revised|amended|modified)(?= ?:? (?:on |in |as of )?{_DAY}))"
    r"|(?:letzter |zuletzt )?(?:stand|aktualisiert|geändert)"
    r"|(?:dernière )?mise? à jour|última actualización|actualizado)"
    # A sentence is taken to end after a German day: "Stand: 2." of "Stand: 2. Mai 2026".
    r"\b(?:[^!?]{0,24}\b20[0-9]{2}\b[^.!?]{0,12}[.\])]?|[: ]{1,3}[0-9]{1,2}\.)\Z",
    re.IGNORECASE,
)


@rule
def _no_contact(case: Context) -> Iterator[LocatedFinding]:
    """A policy that names no way to reach anybody (GDPR Article 13(1)(a), CCPA § 1798.130)."""
    if names_contact(case.text):
        return
    yield make(
        "no-contact",
        Level.ADVICE,
        None,
        "",
        reason="The document names no e-mail or postal address, phone number or contact form.",
        advice="Say how readers can reach you.",
    )


@rule
def _long_sentences(case: Context) -> Iterator[LocatedFinding]:
    """Sentences of more than 60 words."""
    for sentence in case.text.sentences:
        if len(sentence.text) < 2 * _LONG_SENTENCE or sentence.kind in ("section", "title"):
            continue
        words = count_words(sentence.text)
        if words > _LONG_SENTENCE:
            yield about_sentence(
                sentence,
                "long-sentence",
                Level.ADVICE,
                reason=f"The sentence has {words:,} words; few readers will follow it.",
                advice="Make two or three sentences of it, or a list.",
            )


_LONG_SENTENCE = 60


@rule
def _length_and_ease(case: Context) -> Iterator[LocatedFinding]:
    """A document that is very long, very short or very hard to read."""
    measured = measure(case.text)
    words, minutes, ease = measured.words, measured.minutes, measured.reading_ease
    if words < _SHORT and not case.text.is_empty:
        yield _of_the_whole(
            "length",
            reason=f"The document has {words:,} words, fewer than most policies need.",
            advice="Check against the checklist whether something is missing.",
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
            reason=f"The reading ease (Flesch) is {ease}; below {_HARD}, a text is hard to read.",
            advice="Write shorter sentences and everyday words (GDPR Article 12(1)).",
        )


def _of_the_whole(name: str, *, reason: str, advice: str) -> LocatedFinding:
    return make(name, Level.ADVICE, None, "", reason=reason, advice=advice)


_SHORT = 150  # words
_LONG = 10_000  # words
_HARD = 20  # Flesch reading ease
