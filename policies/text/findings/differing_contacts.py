"""The rule about contact details that differ from those in the organisation's other policies."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from policies.text.expressions import read
from policies.text.findings.context import Contacts, Context, located, rule
from policies.text.findings.finding import Level, LocatedFinding, about_sentence
from policies.text.reading.parts import Part, parts

if TYPE_CHECKING:
    from policies.text.document import Document
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
    introduction = (
        document.introduction if _LIKE["may_give_one"].search(document.introduction) else ""
    )
    sections = tuple(
        it for it in document.sections if _LIKE["may_give_one"].search(f"{it.heading}\n{it.body}")
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
        Level.ACKNOWLEDGE,
        reason=f"For {contact.purpose}, this document gives {contact.address}. {theirs}.",
        advice="Use one address in all policies, or justify having two.",
        around=contact.start,
    )


def _by_purpose(of_text: Sequence[Part]) -> dict[str, set[str]]:
    """Return the addresses for each purpose; a postal one only if the text has no other."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for part in of_text:
        for it in part.fact(_contacts):
            found[it.purpose].add(it.address)
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
    """Return the addresses of a part whose purpose is known."""
    found: list[_Contact] = []
    for sentence in text.sentences:
        words = sentence.prose
        found += [
            _Contact(purpose, it[0].lower(), sentence, it.start())
            for it in (_LIKE["mail"].finditer(words) if "@" in words else ())
            if (purpose := _purpose(words, it))
        ]
        if not _LIKE["others"].search(words):
            found += [
                _Contact(_LETTERS, it[0].lower(), sentence, it.start())
                for it in _LIKE["street"].finditer(words)
            ]
    return found


def _purpose(words: str, mail: re.Match[str]) -> str:
    before = words[max(0, mail.start() - _AROUND) : mail.start()]
    local = mail["local"]
    named = (it for it, key in _PURPOSES.items() if _LIKE[f"{key}_name"].match(local))
    said = (it for it, key in _PURPOSES.items() if _LIKE[f"{key}_words"].search(before))
    return next(named, "") or next(said, "")
