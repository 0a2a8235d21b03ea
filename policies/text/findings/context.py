"""What a rule looks at, and how a function becomes a rule: `@rule` or `@part_rule`."""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from policies.cache import OF_TEXTS, Cache
from policies.text.document import Document
from policies.text.findings.finding import LocatedFinding
from policies.text.reading.parts import Part, read_parts
from policies.text.reading.sentences import Text

# For each purpose the addresses, in lower case: (("support", ("help@…", "support@…")), …).
Contacts = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass
class Context:
    """A Document, and what is known of its page: the arguments of `findings.examine`.

    cache: where what was found in its parts is kept.
    """

    document: Document
    anchors: Set[str] | None = None
    lost: Sequence[tuple[str, str]] = ()
    removed: Sequence[str] = ()
    source: Set[str] = frozenset()
    language: str = "en"
    elsewhere: Sequence[tuple[str, Contacts]] = ()
    dated: bool = False
    cache: Cache = OF_TEXTS

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        return read_parts(self.document, self.cache)

    def findings(self) -> list[LocatedFinding]:
        """Return what the rules find, in no order."""
        found: list[LocatedFinding] = []
        for rule in RULES:
            found += rule(self)
        for part in self.parts:
            found += located(part, part.fact(findings_of_part))
        return found


Rule = Callable[[Context], Iterator[LocatedFinding]]
PartRule = Callable[[Text], Iterator[LocatedFinding]]

RULES: list[Rule] = []
PART_RULES: list[PartRule] = []


def rule(function: Rule) -> Rule:
    """Make a function a rule about a text as a whole, which is asked after every change."""
    RULES.append(function)
    return function


def part_rule(function: PartRule) -> PartRule:
    """Make a function a rule about a part: a pure function of what the part says.

    What it finds is kept as long as the part is unchanged.
    """
    PART_RULES.append(function)
    return function


def findings_of_part(text: Text) -> list[LocatedFinding]:
    found: list[LocatedFinding] = []
    for rule in PART_RULES:
        found += rule(text)
    return found


def located(part: Part, found: Iterable[LocatedFinding]) -> list[LocatedFinding]:
    """Return findings in a part's text with its place in the Document."""
    index, name = part.place.index, part.place.name
    return [LocatedFinding((index, at), replace(finding, place=name)) for (_, at), finding in found]
