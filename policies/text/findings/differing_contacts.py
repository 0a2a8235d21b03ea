"""The rule about contact details that differ from those in the organisation's other policies."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from policies.text.document import Document
from policies.text.expressions import read
from policies.text.findings.context import Contacts, Context, located, rule
from policies.text.findings.finding import Level, LocatedFinding, about_sentence
from policies.text.reading.parts import Part, read_parts
from policies.text.reading.sentences import Sentence, Text


class _Contact(NamedTuple):
    """An address for a purpose. start: where in the sentence."""

    purpose: str
    address: str
    sentence: Sentence
    start: int


def contacts(document: Document) -> Contacts:
    """Return the e-mail and postal addresses that a text gives, by purpose. Raises nothing.

    Of a long text, only the few sections that may have an address are read.
    """
    may_give = _LIKE["may_give_one"].search
    introduction = document.introduction if may_give(document.introduction) else ""
    sections = tuple(
        section for section in document.sections if may_give(f"{section.heading}\n{section.body}")
    )
    short = replace(document, introduction=introduction, sections=sections)
    found = _by_purpose(read_parts(short))
    return tuple((purpose, tuple(sorted(given))) for purpose, given in sorted(found.items()))


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
        for contact in part.fact(_contacts):
            if differs := other.pop(contact.purpose, ""):
                yield from located(part, [_about(contact, differs)])


def _about(contact: _Contact, theirs: str) -> LocatedFinding:
    return about_sentence(
        contact.sentence,
        "differing-contact",
        Level.ACKNOWLEDGE,
        reason=f"For {contact.purpose}, this document gives {contact.address}. {theirs}.",
        advice="Use one address in all policies, or justify having two.",
        around=contact.start,
    )


def _by_purpose(parts: Sequence[Part]) -> dict[str, set[str]]:
    """Return the addresses for each purpose; a postal one only if the text has no other."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for part in parts:
        for contact in part.fact(_contacts):
            found[contact.purpose].add(contact.address)
    if len(found[_LETTERS]) != 1:
        del found[_LETTERS]
    return found


_LIKE = read(Path(__file__).with_suffix(".toml")).patterns
_LETTERS = "letters by post"
# What an e-mail address is for, and what that is called in the file.
_PURPOSES = {
    "the data protection officer": "officer",
    "privacy": "privacy",
    "legal notices": "notices",
    "support": "support",
}
# Characters before an address in which its purpose may be named.
_AROUND = 100


def _contacts(text: Text) -> list[_Contact]:
    found: list[_Contact] = []
    for sentence in text.sentences:
        found += _contacts_in(sentence)
    return found


def _contacts_in(sentence: Sentence) -> Iterator[_Contact]:
    prose = sentence.prose
    for mail in _LIKE["mail"].finditer(prose) if "@" in prose else ():
        if purpose := _purpose(prose, mail):
            yield _Contact(purpose, mail[0].lower(), sentence, mail.start())
    for street in () if _LIKE["others"].search(prose) else _LIKE["street"].finditer(prose):
        yield _Contact(_LETTERS, street[0].lower(), sentence, street.start())


def _purpose(prose: str, mail: re.Match[str]) -> str:
    for purpose, key in _PURPOSES.items():
        if _LIKE[f"{key}_name"].match(mail["local"]):
            return purpose
    before = prose[max(0, mail.start() - _AROUND) : mail.start()]
    for purpose, key in _PURPOSES.items():
        if _LIKE[f"{key}_words"].search(before):
            return purpose
    return ""
