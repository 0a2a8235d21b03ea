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
from functools import lru_cache
from itertools import groupby, islice
from typing import TYPE_CHECKING, NamedTuple

from policies.text.findings.context import Context, located, rule
from policies.text.findings.finding import Level, LocatedFinding, about_sentence
from policies.text.sentence_boundaries import vocabulary

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
            if not any(_is_in(term, texts) for term in it.terms) and not _WE.intersection(it.terms)
        ]
        found = [
            _about(of_one, "unused-term", "defined here and never used", _DELETE)
            for of_one in _by_sentence(unused)
        ]
        yield from located(part, found)


@rule
def _undefined_terms(context: Context) -> Iterator[LocatedFinding]:
    """Terms that are used "as defined below", or like those that are, and never defined."""
    defined = {stem for part in context.parts for stem in part.fact(_all_defined)}
    count = sum(len(part.fact(_definitions)) for part in context.parts)
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

_QUOTED = r"[“„»«\"‘'](?P<term>[^\s“”„\"()»«‘’'][^“”„\"()»«]{0,60}?),?[”“\"«»’']"
_ONE = re.compile(_QUOTED)
# A bracket that holds nothing but terms and the words that introduce them.
_IN_BRACKETS = re.compile(
    rf"[(\[](?:\s*(?:{_QUOTED.replace('?P<term>', '')}|[,;:/&]|the|this|these|our|its?|their|an?|"
    r"each|all|any|of|collectively|together|jointly|individually|hereinafter|hereafter|herein|below|"
    r"referred|to|as|called|defined|in|short|or|and|also|with|respectively|"
    r"nachfolgend|im|[Ff]olgenden?|nachstehend|kurz|auch|genannt|zusammen|gemeinsam|als|de[rsn]|die|"
    r"das|und|oder|jeweils|einzeln|bezeichnet|unsere?|diese?)){1,30}\s*[)\]]",
    re.IGNORECASE,
)
_MEANS = re.compile(
    rf"{_QUOTED}\s?(?:\([^()]{{1,80}}\) )?(?:,? (?:when used|as used|in) [^.;,]{{1,60}},?)? ?"
    r"(?:shall |will |also |each )?(?:means?|mean(?:s|ing)|refers? to|ha(?:s|ve) the meanings?|"
    r"(?:is|are) defined as|bezeichne[nt]|bedeute[nt]|mein(?:t|en)|umfass(?:t|en))\b"
)
_NAME = r"(?<![\w’&/-])[A-ZÄÖÜ][\w’&/-]{0,40}(?: (?:of|and|or|the|for|[A-ZÄÖÜ][\w’&/-]{0,40})){0,5}"
_AT_START = re.compile(
    rf"\W{{0,3}}(?P<term>{_NAME}) (?:shall |will )?(?:means?|ha(?:s|ve) the meaning|bezeichnet)\b"
)
_NO_TERMS = vocabulary("This That It Which Consent We You What These Those Das Dies Er Sie")
_WE = vocabulary("we us our you your I me my We Us Our You Your wir uns unser Sie Ihr ihr du")


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
        quoted = [*_IN_BRACKETS.finditer(words), *_MEANS.finditer(words)]
    for found in quoted:
        terms = tuple(it["term"].strip(" ,.") for it in _ONE.finditer(found[0]))
        if found.re is _MEANS:
            terms = terms[:1]
        is_after_number = _NUMBER.search(words, max(0, found.start() - 8), found.start())
        if terms and not is_after_number and all(map(_may_be_defined, terms)):
            yield found.start(), found.end(), terms
    at_start = _AT_START.match(words)
    if at_start and at_start["term"] not in _NO_TERMS:
        yield at_start.start(), at_start.end(), (at_start["term"],)


_QUOTES = re.compile("[“„»«‘'\"]")


# 'Section 3 ("Sharing")' names a section.
_NUMBER = re.compile(r"\d\W{0,3}\Z")


def _may_be_defined(term: str) -> bool:
    """Return whether a term is written as defined ones are: a name of up to six words.

    Not a button (“Save changes”), nor an abbreviation, often given for readers who know only that.
    """
    words = term.split()
    is_name = words[0][0].isupper() and len(words) <= 6
    small = [it for it in words if it.islower() and it not in _SMALL]
    return term in _WE or (is_name and not small and not _ABBREVIATION.fullmatch(term))


# Words that are small in a name.
_SMALL = vocabulary(
    "a an and as at by for from in of on or the to with und oder der die das von für"
)


_ABBREVIATION = re.compile(r"[A-ZÄÖÜ][A-ZÄÖÜ&.\d]{1,6}s?")


def _all_defined(text: Text) -> set[str]:
    """Return all that a part may be taken to define: whatever it has in quotation marks."""
    terms = [term for it in _definitions(text) for term in it.terms]
    for sentence in text.sentences:
        if _QUOTES.search(sentence.text):
            terms += [found["term"] for found in _ONE.finditer(sentence.text)]
        if sentence.kind in ("section", "heading", "cell"):
            terms.append(sentence.text)
        elif found := _LISTED.match(sentence.text):
            terms.append(found["term"])
    return set(map(_stem, terms))


_LISTED = re.compile(rf"\W{{0,3}}(?P<term>{_NAME})\W{{0,2}}(?::|\s[–-]|\Z| (?:is|are|ist|sind) )")


# --- What is used ---------------------------------------------------------------------------------

_SAID = re.compile(
    rf"(?P<term>{_NAME})[”\"]? \((?:as |each as |each,? |all as |wie )?(?:such term is |terms? )?"
    r"(?:is |are )?(?:defined|described|oben|unten|nachstehend|vorstehend)"
    r"(?P<where> (?:above|below|herein|hereunder|hereafter|in (?:this|these|[Ss]ection|[Cc]lause|"
    r"paragraph) [^()]{0,60}|definiert|in (?:diese\w|Abschnitt|Ziffer) [^()]{0,60}))?\)",
)


_BEFORE_TERM = re.compile(r"\A(?:(?:[Ee]ach|[Aa]ny|[Aa]ll|[Tt]he|[Ss]uch|[Oo]ur|[Yy]our|of) )+")


def _said_defined(text: Text) -> list[_Terms]:
    """Return the terms of which a part says that the text defines them."""
    return [
        _Terms(sentence, (_BEFORE_TERM.sub("", found["term"]),), found.start())
        for sentence in text.sentences
        for found in (_SAID.finditer(sentence.prose) if "(" in sentence.prose else ())
        if found["where"]
    ]


# What contracts define, with a capital within a sentence: "the Services are".
_LIKE_DEFINED = re.compile(
    r"(?<!Terms )(?<=[a-z,;] )"
    r"(?:[Tt]he|[Aa]ny|[Ee]ach|[Ss]uch|[Aa]n?|[Oo]ur|[Yy]our|all|of|to) (?P<term>"
    r"Customers?|Licensees?|Licensors?|Fees|Order Forms?|Confidential Information|Effective Date|"
    r"Subscriptions?|Subscription Term|Deliverables|Authori[sz]ed Users?|Clients?|Suppliers?|"
    r"Products?|Software|Documentation|Content|Accounts?|Platform|Affiliates?|Losses|Materials|"
    r"Licensed Materials|Services?|Apps?|Website|Site|Users?|Members?|Part(?:y|ies)|Territory|"
    r"Goods|Feedback|Company|Provider|Buyer|Seller|Contract)(?= [a-z]|[,.;)])"
)


def _defines_elsewhere(text: Text) -> bool:
    """Return whether a part says that another document defines what this one does not."""
    return any(_ELSEWHERE.search(sentence.prose) for sentence in text.sentences)


_ELSEWHERE = re.compile(
    r"\bcapitali[sz]ed (?:terms?|words?)\b|\bterms? (?:used and )?not (?:otherwise )?defined\b",
    re.IGNORECASE,
)


def _used_as_defined(text: Text) -> list[tuple[str, _Terms]]:
    """Return the terms that a part uses like defined ones, each with its stem."""
    return [
        (_stem(found["term"]), _Terms(sentence, (found["term"],), found.start("term")))
        for sentence in text.sentences
        for found in _LIKE_DEFINED.finditer(sentence.prose)
    ]


def _is_defined(term: str, defined: set[str]) -> bool:
    """Return whether one of the definitions is of a term, or of its last words."""
    words = _stem(term).split()
    return any(" ".join(words[at:]) in defined for at in range(len(words)))


_WORDS = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")


def _stem(text: str) -> str:
    """Return words without their endings, so that plural and singular are the same."""
    return " ".join(map(_stem_of_word, _WORDS.findall(text)))


@lru_cache(maxsize=4_096)
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
