"""The rule about contact details that differ from those in the organisation's other policies."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from policies.text.findings.context import Contacts, Context, located, rule
from policies.text.findings.finding import Level, LocatedFinding, about_sentence
from policies.text.findings.parts import Part, parts

if TYPE_CHECKING:
    from policies.text.document import Document
    from policies.text.findings.sentences import Sentence, Text


class _Contact(NamedTuple):
    """An address for a purpose. start: where in the sentence."""

    purpose: str
    address: str
    sentence: Sentence
    start: int


def contacts(document: Document) -> Contacts:
    """Return the e-mail and postal addresses that a text gives, by purpose. Raises nothing."""
    introduction = document.introduction if _MAY_GIVE_ONE.search(document.introduction) else ""
    sections = tuple(
        it for it in document.sections if _MAY_GIVE_ONE.search(f"{it.heading}\n{it.body}")
    )
    found = _by_purpose(parts(replace(document, introduction=introduction, sections=sections)))
    return tuple(sorted((purpose, tuple(sorted(given))) for purpose, given in found.items()))


@rule
def _differing_contacts(context: Context) -> Iterator[LocatedFinding]:
    """Addresses for a purpose for which another policy gives only others."""
    own = _by_purpose(context.parts) if context.elsewhere else {}
    other: dict[str, str] = {}
    for name, theirs in context.elsewhere:
        for purpose, given in theirs:
            if own.get(purpose) and own[purpose].isdisjoint(given):
                other.setdefault(purpose, f"“{name}” gives {' and '.join(given)}")
    for part in context.parts if other else ():
        differing = [
            _about(it, differs)
            for it in part.fact(_contacts)
            if (differs := other.pop(it.purpose, ""))
        ]
        yield from located(part, differing)


def _about(contact: _Contact, theirs: str) -> LocatedFinding:
    return about_sentence(
        contact.sentence,
        "differing-contact",
        Level.ADVICE,
        reason=f"For {contact.purpose}, this document gives {contact.address}. {theirs}.",
        advice="Use one address in all policies, unless both are right.",
        around=contact.start,
    )


def _by_purpose(read: Sequence[Part]) -> dict[str, set[str]]:
    """Return the addresses for each purpose; a postal one only if the text has no other."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for part in read:
        for it in part.fact(_contacts):
            found[it.purpose].add(it.address)
    if len(found[_LETTERS]) != 1:
        del found[_LETTERS]
    return found


_MAIL = re.compile(r"(?<![\w.+%-])(?P<local>[\w.+%-]{1,64})@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}")
_ROADS = (
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Boulevard|Blvd|Way|Square|Place|Court|Parkway|Quay|"
    r"Terrace)\b"
)
_GERMAN_ROADS = r"(?:straße|strasse|str\.|gasse|weg|platz|allee)"
_STREET = re.compile(
    rf"\b\d{{1,5}}[A-Za-z]? (?:[A-Z][\w.'’-]{{0,20}} ){{1,3}}{_ROADS}"
    rf"|\b[A-ZÄÖÜ][\w-]{{1,30}}{_GERMAN_ROADS} \d{{1,4}}\b"
)
# The Markdown of a section with an address, whatever marks are in it. Few sections of a long text
# have to be read then.
_MAY_GIVE_ONE = re.compile(rf"@|&(?:#|commat)|\b{_ROADS}|{_GERMAN_ROADS}\W{{1,9}}\d")
# Of addresses by post, those of others: an authority, a court, a representative.
_OF_OTHERS = re.compile(
    r"authorit|commission|ombuds|arbitra|\bcourt\b(?! ?,)|regist(?:ry|rar)|agency|representative|"
    r"behörde|beauftragte|vertreter|schlichtung",
    re.IGNORECASE,
)
_LETTERS = "letters by post"
# What an e-mail address is for, by its first part, or by words before it.
_PURPOSES = {
    "the data protection officer": (
        r"dpo\b|data-?protection-?officer|datenschutzbeauftragte",
        r"data[- ]protection officer|\bDPO\b|privacy officer|Datenschutzbeauftragte",
    ),
    "privacy": (
        r"privacy|data-?protection|data-?privacy|datenschutz|gdpr\b",
        r"privacy (?:question|request|concern|team|inquir|enquir|matter)|Fragen zum Datenschutz",
    ),
    "legal notices": (
        r"legal|notices?\b|rechtliches",
        r"(?:legal|formal|written) notices?\b|rechtliche Mitteilungen",
    ),
    "support": (
        r"support|help|customer-?(?:service|care)|kundenservice|kundendienst|hilfe",
        r"customer (?:support|service|care)|support team|Kunden(?:service|dienst)",
    ),
}
_BY_NAME = [(purpose, re.compile(name, re.IGNORECASE)) for purpose, (name, _) in _PURPOSES.items()]
_BY_WORDS = [
    (purpose, re.compile(words, re.IGNORECASE)) for purpose, (_, words) in _PURPOSES.items()
]
# Characters before an address in which its purpose may be named.
_AROUND = 100


def _contacts(text: Text) -> list[_Contact]:
    """Return the addresses of a part whose purpose is known."""
    found: list[_Contact] = []
    for sentence in text.sentences:
        words = sentence.prose
        found += [
            _Contact(purpose, it[0].lower(), sentence, it.start())
            for it in (_MAIL.finditer(words) if "@" in words else ())
            if (purpose := _purpose(words, it))
        ]
        if not _OF_OTHERS.search(words):
            found += [
                _Contact(_LETTERS, it[0].lower(), sentence, it.start())
                for it in _STREET.finditer(words)
            ]
    return found


def _purpose(words: str, mail: re.Match[str]) -> str:
    before = words[max(0, mail.start() - _AROUND) : mail.start()]
    named = (purpose for purpose, pattern in _BY_NAME if pattern.match(mail["local"]))
    said = (purpose for purpose, pattern in _BY_WORDS if pattern.search(before))
    return next(named, "") or next(said, "")
