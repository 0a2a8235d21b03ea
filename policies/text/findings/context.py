"""What a rule looks at, and how a function becomes a rule: `@rule` or `@part_rule`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from policies.text.findings import parts as all_parts
from policies.text.findings.finding import LocatedFinding
from policies.text.findings.parts import OF_THIS_PROCESS
from policies.text.kept import Kept

if TYPE_CHECKING:
    from policies.text.document import Document
    from policies.text.findings.parts import Part
    from policies.text.findings.sentences import Text


# For each purpose the addresses, in lower case: (("support", ("help@…", "support@…")), …).
Contacts = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class PartContext:
    """One part of a text. language: the text's, as a tag: "en", "de-at"."""

    text: Text
    language: str


@dataclass
class Context:
    """A Document, and what is known of its page: the arguments of `findings.examine`.

    kept: where what was found in its parts is kept.
    """

    document: Document
    anchors: Set[str] | None = None
    lost: Sequence[tuple[str, str]] = ()
    removed: Sequence[str] = ()
    source: Set[str] = frozenset()
    language: str = "en"
    elsewhere: Sequence[tuple[str, Contacts]] = ()
    dated: bool = False
    kept: Kept = OF_THIS_PROCESS

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        return all_parts.parts(self.document, self.kept)

    def findings(self) -> list[LocatedFinding]:
        """Return what the rules find, in no order."""
        found = [one for rule in RULES for one in rule(self)]
        for part in self.parts:
            found += located(part, part.fact(of_part, self.language))
        return found


Rule = Callable[[Context], Iterator[LocatedFinding]]
PartRule = Callable[[PartContext], Iterator[LocatedFinding]]

RULES: list[Rule] = []
PART_RULES: list[PartRule] = []


def rule(function: Rule) -> Rule:
    """Make a function a rule about a text as a whole, which is asked after every change."""
    RULES.append(function)
    return function


def part_rule(function: PartRule) -> PartRule:
    """Make a function a rule about a part: a pure function of what the part says, and language.

    What it finds is kept as long as the part is unchanged.
    """
    PART_RULES.append(function)
    return function


def of_part(text: Text, language: str) -> tuple[LocatedFinding, ...]:
    context = PartContext(text, language)
    return tuple(one for rule in PART_RULES for one in rule(context))


def located(part: Part, found: Sequence[LocatedFinding]) -> list[LocatedFinding]:
    """Return findings in a part's text with its place in the Document."""
    index, name = part.place.index, part.place.name
    return [LocatedFinding((index, one.at[1]), replace(one.finding, place=name)) for one in found]
