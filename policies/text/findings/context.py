"""What a rule looks at, and how a function becomes a rule: `@rule`."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from policies.text import rendering
from policies.text.document import Document
from policies.text.findings.finding import LocatedFinding
from policies.text.findings.sentences import Text, read

Rule = Callable[["Context"], Iterator[LocatedFinding]]


@dataclass
class Context:
    """A Document, and what is known of its page: the arguments of `findings.examine`."""

    document: Document
    given_anchors: Set[str] | None
    lost: Sequence[tuple[str, str]]
    removed: Sequence[str]
    source: Set[str]

    @cached_property
    def text(self) -> Text:
        return read(self.document)

    @cached_property
    def anchors(self) -> Set[str] | None:
        """Every id that links can lead to; None where the text can't be rendered."""
        if self.given_anchors is not None:
            return self.given_anchors
        try:
            rendered = rendering.render_document(self.document)
        except rendering.RenderingRefused:
            return None
        return frozenset(anchor.id for anchor in rendered.anchors)


RULES: list[Rule] = []


def rule(function: Rule) -> Rule:
    RULES.append(function)
    return function
