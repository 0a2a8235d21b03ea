"""The rules about terms that are defined and never used, or said to be defined and are not.

A definition is a term in quotation marks with what it means, in English and German:

    our website and apps (the “Services”)        unsere Dienste (nachfolgend „Dienste“)
    “Services” means our website and apps.       „Dienste“ bezeichnet …
    Services means our website and apps.         (at the start of a sentence)
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from policies.text.expressions import read
from policies.text.findings.context import Context, located, rule
from policies.text.findings.finding import Level, LocatedFinding, about_sentence
from policies.text.reading.sentences import Sentence, Text

_VOCABULARY, _LIKE = read(Path(__file__).with_suffix(".toml"))


class _Definition(NamedTuple):
    """Terms that are defined together, such as "Acme" and "we". start, end: in the sentence."""

    sentence: Sentence
    terms: tuple[str, ...]
    start: int
    end: int


@rule
def _unused_terms(context: Context) -> Iterator[LocatedFinding]:
    if not any(part.fact(_definitions) for part in context.parts):
        return
    text = "\n".join(part.fact(_stemmed_text) for part in context.parts)
    for part in context.parts:
        unused: defaultdict[int, list[_Definition]] = defaultdict(list)
        for definition in part.fact(_definitions):
            if not any(f" {_stem(term)}" in text for term in definition.terms):
                unused[definition.sentence.index].append(definition)
        yield from located(part, [_about(definitions) for definitions in unused.values()])


@rule
def _undefined_terms(context: Context) -> Iterator[LocatedFinding]:
    """Terms “as defined below” that the text does not define."""
    defined: set[str] = set()
    for part in context.parts:
        defined |= part.fact(_stems_of_definitions)
    for part in context.parts:
        missing = [
            about_sentence(
                sentence,
                "undefined-term",
                Level.ADVICE,
                reason=f"“{term}” is said to be defined, and is not.",
                advice="Define it, or name the document that does.",
            )
            for sentence, term in part.fact(_terms_said_to_be_defined)
            if not _is_defined(term, defined)
        ]
        yield from located(part, missing)


def _about(definitions: list[_Definition]) -> LocatedFinding:
    terms: dict[str, None] = {}
    for definition in definitions:
        terms |= dict.fromkeys(definition.terms)
    names = " and ".join(f"“{term}”" for term in list(terms)[:_MOST_NAMED])
    is_or_are = "is" if len(terms) == 1 else "are"
    return about_sentence(
        definitions[0].sentence,
        "unused-term",
        Level.ADVICE,
        reason=f"{names} {is_or_are} defined here and never used.",
        advice="Delete the definition, or use the term.",
        around=definitions[0].start,
    )


# Terms that a finding names.
_MOST_NAMED = 5


def _definitions(text: Text) -> list[_Definition]:
    """Return what a part defines; not what it calls “we” or “you”."""
    found: list[_Definition] = []
    for sentence in text.sentences:
        found += _defined_in(sentence)
    return [definition for definition in found if _VOCABULARY["we"].isdisjoint(definition.terms)]


def _defined_in(sentence: Sentence) -> Iterator[_Definition]:
    prose = sentence.prose
    quoted = []
    if _QUOTES.search(prose):
        quoted = [*_LIKE["in_brackets"].finditer(prose), *_LIKE["means"].finditer(prose)]
    for found in quoted:
        terms = tuple(term[1].strip(" ,.") for term in _LIKE["one"].finditer(found[0]))
        if found.re is _LIKE["means"]:
            terms = terms[:1]
        is_after_number = _NUMBER.search(prose, max(0, found.start() - 8), found.start())
        if terms and not is_after_number and all(map(_may_be_defined, terms)):
            yield _Definition(sentence, terms, *found.span())
    at_start = _LIKE["at_start"].match(prose) if _MEANS.search(prose) else None
    if at_start and at_start["term"] not in _VOCABULARY["no_terms"]:
        yield _Definition(sentence, (at_start["term"],), *at_start.span())


_QUOTES = re.compile("[“„»«‘'\"]")
# What each definition without quotation marks has: quicker to look for than the definition.
_MEANS = re.compile("mean|bezeichnet")
# 'Section 3 ("Sharing")' names a section.
_NUMBER = re.compile(r"\d\W{0,3}\Z")


def _may_be_defined(term: str) -> bool:
    """Return whether a term is written as defined ones are: a name of up to six words.

    Not a button (“Save changes”), nor an abbreviation, often given for readers who know only that.
    """
    words = term.split()
    is_name = words[0][0].isupper() and len(words) <= 6
    small = [word for word in words if word.islower() and word not in _VOCABULARY["small"]]
    is_plain = is_name and not small and not _ABBREVIATION.fullmatch(term)
    return term in _VOCABULARY["we"] or is_plain


_ABBREVIATION = re.compile(r"[A-ZÄÖÜ][A-ZÄÖÜ&.\d]{1,6}s?")
_WORDS = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")


def _stem(text: str) -> str:
    """Return words without their endings, so that plural and singular are the same."""
    return " ".join(map(_stem_of_word, _WORDS.findall(text)))


def _stem_of_word(word: str) -> str:
    word = word.lower().removesuffix("'s").removesuffix("’s")
    return word.rstrip("ens").removesuffix("y").removesuffix("i")


def _stemmed_text(text: Text) -> str:
    """Return a part's words without endings, and without the terms where they are defined."""
    pieces: list[str] = []
    for sentence in text.sentences:
        at = 0
        for definition in sorted(_defined_in(sentence), key=lambda found: found.start):
            pieces.append(sentence.text[at : definition.start])
            at = max(at, definition.end)
        pieces.append(sentence.text[at:])
    return f" {_stem(' '.join(pieces))}"


# --- What is said to be defined -------------------------------------------------------------------

_BEFORE_TERM = re.compile(r"\A(?:(?:[Ee]ach|[Aa]ny|[Aa]ll|[Tt]he|[Ss]uch|[Oo]ur|[Yy]our|of) )+")


def _terms_said_to_be_defined(text: Text) -> list[tuple[Sentence, str]]:
    """Return the terms of which a part says that the text defines them."""
    said: list[tuple[Sentence, str]] = []
    for sentence in text.sentences:
        if "(" in sentence.prose:
            found = [match for match in _LIKE["said"].finditer(sentence.prose) if match["where"]]
            said += [(sentence, _BEFORE_TERM.sub("", match["term"])) for match in found]
    return said


def _stems_of_definitions(text: Text) -> set[str]:
    """Return the stems of what a part may be taken to define: headings, what begins a list item,
    whatever is in quotation marks.
    """
    terms: list[str] = []
    for definition in _definitions(text):
        terms += definition.terms
    for sentence in text.sentences:
        if _QUOTES.search(sentence.text):
            terms += [found[1] for found in _LIKE["one"].finditer(sentence.text)]
        if sentence.kind in ("section", "heading", "cell"):
            terms.append(sentence.text)
        elif found := _LIKE["listed"].match(sentence.text):
            terms.append(found["term"])
    return set(map(_stem, terms))


def _is_defined(term: str, defined: set[str]) -> bool:
    """Return whether one of the definitions is of a term, or of its last words."""
    words = _stem(term).split()
    return any(" ".join(words[at:]) in defined for at in range(len(words)))
