"""The rules about unfinished text: placeholders, drafting notes, sentences that break off."""

from collections.abc import Iterator
from itertools import zip_longest
from urllib.parse import unquote

from policies.text.findings import patterns
from policies.text.findings.brackets import in_brackets, is_explained, is_field, is_form, is_quoted
from policies.text.findings.context import part_rule
from policies.text.findings.finding import Level, LocatedFinding, Match, about_link, about_sentence
from policies.text.reading.sentences import Sentence, Text
from policies.text.sentence_boundaries import vocabulary
from policies.text.short_text import in_short

# What to do about what each rule finds, by level.
_ADVICE = {
    "placeholder": {
        Level.BLOCKS: "Replace it with the final text, or delete the passage.",
        Level.ACKNOWLEDGE: "Replace it with the final text, or justify keeping it.",
        Level.ADVICE: "Keep it if readers are to fill it in.",
    },
    "drafting-note": {
        Level.BLOCKS: "Act on the note, then delete it.",
        Level.ACKNOWLEDGE: "Act on the note and delete it, or justify keeping it.",
        Level.ADVICE: "Delete it if it is not for readers.",
    },
    "struck-out": {Level.BLOCKS: "Delete it, or write it without ~~."},
}


@part_rule
def _unfinished(text: Text) -> Iterator[LocatedFinding]:
    """Placeholders and drafting notes: of each, the most serious in a sentence."""
    known = patterns.of_sentences()
    for sentence in text.sentences:
        matches = [*in_brackets(sentence.prose), *known.search(sentence.prose)]
        is_theirs = any(match.readers for match in matches) and _is_for_readers(sentence, text)
        worst: dict[str, Match] = {}
        for match in matches:
            judged = _for_its_place(match, sentence.prose, is_theirs=is_theirs)
            if judged and _severity_key(judged) < _severity_key(worst.get(judged.rule)):
                worst[judged.rule] = judged
        placeholder, note = worst.get("placeholder"), worst.get("drafting-note")
        if placeholder and note and _overlap(placeholder, note):
            del worst["drafting-note"]
        for match in worst.values():
            yield _about_words(sentence, match)


def _overlap(first: Match, second: Match) -> bool:
    return first.start < second.end and second.start < first.end


def _severity_key(match: Match | None) -> tuple[int, int]:
    """Return a key to sort by: the most serious first, the first of several."""
    return (match.level.rank, match.start) if match else (len(Level), 0)


def _is_for_readers(sentence: Sentence, text: Text) -> bool:
    """Return whether readers are to fill in what is blank: in a form, in a letter."""
    at = sentence.index
    around = text.sentences[max(0, at - _AROUND) : at + _AROUND]
    return is_form(" ".join(other.prose for other in around), text.place.heading)


# Sentences before and after a blank that may show that it is in a form or in a letter.
_AROUND = 12


def _for_its_place(match: Match, prose: str, *, is_theirs: bool) -> Match | None:
    """Return a match as a suggestion if it is in a quotation, or a blank for readers; None for what
    is explained, and for fields of a form.
    """
    if is_explained(prose, match) or (match.readers and is_field(prose)):
        return None
    as_suggestion = match._replace(level=Level.ADVICE)
    if is_quoted(prose, match):
        return as_suggestion if match.level is Level.BLOCKS else None
    return as_suggestion if match.readers and is_theirs else match


def _about_words(sentence: Sentence, match: Match) -> LocatedFinding:
    words = in_short(sentence.as_read(match.what, match.start))
    return about_sentence(
        sentence,
        match.rule,
        match.level,
        reason=f"“{words}” {match.message}.",
        advice=_ADVICE[match.rule][match.level],
        around=match.start,
        words=match.what,
    )


@part_rule
def _struck_out(text: Text) -> Iterator[LocatedFinding]:
    """Words that are struck out, ~~30~~ 60 days: one finding for a paragraph."""
    first = dict(reversed(text.struck))
    for index, words in first.items():
        match = Match("struck-out", Level.BLOCKS, 0, words, "is struck out")
        yield _about_words(text.sentences[index], match)


@part_rule
def _placeholders_in_links(text: Text) -> Iterator[LocatedFinding]:
    """Links to addresses that are still to be written: mailto:[EMAIL]."""
    for link in text.links:
        if link.text in (link.target, link.target.removeprefix("mailto:")):
            continue  # the text is judged
        if patterns.in_link(_destination(link.target)):
            reason = "The link leads to a placeholder, not to a real address."
            advice = "Replace it with the real address."
            yield about_link(link, "placeholder-link", Level.BLOCKS, reason=reason, advice=advice)


def _destination(target: str) -> str:
    """Return a target's host or mail address, or else all before the first slash or sign: words and
    brackets in a path, a query or a fragment mean something to the site that has them.
    """
    whole = unquote(target).strip()
    if whole.startswith(("#", "/")):
        return ""
    scheme, colon, rest = whole.partition(":")
    if colon and scheme.lower() in ("http", "https", "mailto", "tel", "sms"):
        whole = rest.removeprefix("//")
    for sign in "/?#":
        whole = whole.partition(sign)[0]
    return whole


# Words that no sentence ends with; and those that only such as “What we use it for” end with.
_OPEN_ENDS = vocabulary(
    """the a an our your their its and or nor if unless because that who whose while once via than
    during between among is are was has have may can will shall must should including namely such
    der die das dem den des eine einen einem einer eines und oder sowie für von zur im
    am beim ohne sobald wenn falls sofern soweit dass weil indem als unsere ihre ihren
    le la les un une des du de au aux et ou si que qui dans pour par avec sur notre votre nos vos
    el los las una unos y o del al con para por en su sus nuestro nuestra cuando"""
)
_PREPOSITIONS = vocabulary("by to of for with from into in at on within until under which")
_ASKING = vocabulary("what who whom where when which why how")
_FEWEST_WORDS = 4  # of what is no label: “Ordered on”


@part_rule
def _cut_off(text: Text) -> Iterator[LocatedFinding]:
    """Sentences that break off: “You can object at any time by”; not before a list or a table."""
    sentences = text.sentences
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
