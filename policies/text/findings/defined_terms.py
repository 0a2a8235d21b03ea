"""The rules about terms that are defined and never used, or used as defined and never defined.

A definition is a term in quotation marks with what it means, in English and German:

    our website and apps (the “Services”)        unsere Dienste (nachfolgend „Dienste“)
    “Services” means our website and apps.       „Dienste“ bezeichnet …
    Services means our website and apps.         (at the start of a sentence)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from policies.text.expressions import read
from policies.text.findings.context import Context, located, rule
from policies.text.findings.finding import Level, LocatedFinding, about_sentence

if TYPE_CHECKING:
    from policies.text.findings.sentences import Sentence, Text


class _Terms(NamedTuple):
    """Terms that are defined together, "Acme" and "we", or one that is said to be defined."""

    sentence: Sentence
    terms: tuple[str, ...]
    start: int


@rule
def _unused_terms(context: Context) -> Iterator[LocatedFinding]:
    """Terms that are defined and never used."""
    texts = [part.fact(_stems) for part in context.parts]
    for part in context.parts:
        unused = [
            it
            for it in part.fact(_definitions)
            if not any(_is_in(term, texts) for term in it.terms)
            and not _VOCABULARY["we"].intersection(it.terms)
        ]
        found = [
            _about(of_one, "unused-term", "defined here and never used", _DELETE)
            for of_one in _by_sentence(unused)
        ]
        yield from located(part, found)


@rule
def _undefined_terms(context: Context) -> Iterator[LocatedFinding]:
    """Terms that are used "as defined below", or like those that are, and never defined."""
    definitions = [it for part in context.parts for it in part.fact(_definitions)]
    defined = {_stem(term) for it in definitions for term in it.terms}
    defined.update(stem for part in context.parts for stem in part.fact(_may_be_definitions))
    count = len(definitions)
    if any(part.fact(_defines_elsewhere) for part in context.parts):
        count = 0
    used = [stem for part in context.parts for stem, _ in part.fact(_used_as_defined)]
    often = {stem for stem, times in Counter(used).items() if times >= _OFTEN and count >= _SOME}
    often = {stem for stem in often if not any(f" {stem} " in f" {it} " for it in defined)}
    for part in context.parts:
        missing = [it for it in part.fact(_said_defined) if not _is_defined(it.terms[0], defined)]
        for stem, it in part.fact(_used_as_defined):
            if stem in often:
                often.remove(stem)
                missing.append(it)
        found = [
            _about(of_one, "undefined-term", "used like a defined term, and never defined", _DEFINE)
            for of_one in _by_sentence(missing)
        ]
        yield from located(part, found)


_DELETE = "Delete the definition, or use the term."
_DEFINE = "Define it, or name the document that does."


def _by_sentence(terms: Sequence[_Terms]) -> list[list[_Terms]]:
    ordered = sorted(terms, key=lambda it: (it.sentence.index, it.start))
    return [list(group) for _, group in groupby(ordered, lambda it: it.sentence.index)]


def _about(found: Sequence[_Terms], name: str, what: str, advice: str) -> LocatedFinding:
    """Make the finding about the terms of one sentence."""
    terms = dict.fromkeys(term for it in found for term in it.terms)
    names = " and ".join(f"“{term}”" for term in islice(terms, _MOST_NAMED))
    reason = f"{names} {'is' if len(terms) == 1 else 'are'} {what}."
    sentence, start = found[0].sentence, found[0].start
    return about_sentence(sentence, name, Level.ADVICE, reason=reason, advice=advice, around=start)


# Terms that a finding names.
_MOST_NAMED = 5
# A text that defines this many terms is expected to define each that it uses this often. Of 227
# published policies, 115 define as many, and 10 of those use one so and do not define it.
_SOME = 2
_OFTEN = 2


# --- What is defined ------------------------------------------------------------------------------

_VOCABULARY, _LIKE = read(Path(__file__).with_suffix(".toml"))


def _definitions(text: Text) -> list[_Terms]:
    """Return the terms that a part defines."""
    return [
        _Terms(sentence, terms, start)
        for sentence in text.sentences
        for start, _, terms in _defined_in(sentence)
    ]


def _defined_in(sentence: Sentence) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Yield where each definition in a sentence starts and ends, and its terms."""
    words = sentence.prose
    quoted = []
    if _QUOTES.search(words):
        quoted = [*_LIKE["in_brackets"].finditer(words), *_LIKE["means"].finditer(words)]
    for found in quoted:
        terms = tuple(it[1].strip(" ,.") for it in _LIKE["one"].finditer(found[0]))
        if found.re is _LIKE["means"]:
            terms = terms[:1]
        is_after_number = _NUMBER.search(words, max(0, found.start() - 8), found.start())
        if terms and not is_after_number and all(map(_may_be_defined, terms)):
            yield found.start(), found.end(), terms
    at_start = _LIKE["at_start"].match(words) if _MEANS.search(words) else None
    if at_start and at_start["term"] not in _VOCABULARY["no_terms"]:
        yield at_start.start(), at_start.end(), (at_start["term"],)


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
    small = [it for it in words if it.islower() and it not in _VOCABULARY["small"]]
    return term in _VOCABULARY["we"] or (
        is_name and not small and not _ABBREVIATION.fullmatch(term)
    )


_ABBREVIATION = re.compile(r"[A-ZÄÖÜ][A-ZÄÖÜ&.\d]{1,6}s?")


def _may_be_definitions(text: Text) -> set[str]:
    """Return what else a part may be taken to define: whatever it has in quotation marks."""
    terms = list[str]()
    for sentence in text.sentences:
        if _QUOTES.search(sentence.text):
            terms += [found[1] for found in _LIKE["one"].finditer(sentence.text)]
        if sentence.kind in ("section", "heading", "cell"):
            terms.append(sentence.text)
        elif found := _LIKE["listed"].match(sentence.text):
            terms.append(found["term"])
    return set(map(_stem, terms))


# --- What is used ---------------------------------------------------------------------------------

_BEFORE_TERM = re.compile(r"\A(?:(?:[Ee]ach|[Aa]ny|[Aa]ll|[Tt]he|[Ss]uch|[Oo]ur|[Yy]our|of) )+")


def _said_defined(text: Text) -> list[_Terms]:
    """Return the terms of which a part says that the text defines them."""
    return [
        _Terms(sentence, (_BEFORE_TERM.sub("", found["term"]),), found.start())
        for sentence in text.sentences
        for found in (_LIKE["said"].finditer(sentence.prose) if "(" in sentence.prose else ())
        if found["where"]
    ]


def _defines_elsewhere(text: Text) -> bool:
    """Return whether a part says that another document defines what this one does not."""
    return any(_LIKE["elsewhere"].search(sentence.prose) for sentence in text.sentences)


def _used_as_defined(text: Text) -> list[tuple[str, _Terms]]:
    """Return the terms that a part uses like defined ones, each with its stem."""
    return [
        (_stem(found["term"]), _Terms(sentence, (found["term"],), found.start("term")))
        for sentence in text.sentences
        for found in _LIKE["like_defined"].finditer(sentence.prose)
    ]


def _is_defined(term: str, defined: set[str]) -> bool:
    """Return whether one of the definitions is of a term, or of its last words."""
    words = _stem(term).split()
    return any(" ".join(words[at:]) in defined for at in range(len(words)))


_WORDS = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")


def _stem(text: str) -> str:
    """Return words without their endings, so that plural and singular are the same."""
    return " ".join(map(_stem_of_word, _WORDS.findall(text)))


def _stem_of_word(word: str) -> str:
    word = word.lower().removesuffix("'s").removesuffix("’s")
    return word.rstrip("ens").removesuffix("y").removesuffix("i")


def _stems(text: Text) -> str:
    """Return a part's words without endings, and without the terms where they are defined."""
    pieces: list[str] = []
    for sentence in text.sentences:
        at = 0
        for start, end, _ in sorted(_defined_in(sentence)):
            pieces.append(sentence.text[at:start])
            at = max(at, end)
        pieces.append(sentence.text[at:])
    return f" {_stem(' '.join(pieces))}"


def _is_in(term: str, texts: list[str]) -> bool:
    stem = f" {_stem(term)}"
    return any(stem in text for text in texts)
