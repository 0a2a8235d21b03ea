"""What a rule gets to look at, and how a function becomes a rule: `@rule`. Pure."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from policies.text import document as documents
from policies.text import rendering
from policies.text.findings.text import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence, Set

    from policies.text.document import Document
    from policies.text.findings.text import Text
    from policies.text.findings.values import LocatedFinding

    Rule = Callable[["Context"], Iterator[LocatedFinding]]


class Context:
    """What the rules look at: a Document, and what is known of the page made from it.

    anchors, lost, removed, source: as `findings.examine` takes them.
    """

    def __init__(
        self,
        document: Document,
        anchors: Set[str] | None,
        lost: Sequence[tuple[str, str]],
        removed: Sequence[str],
        source: Set[str],
    ) -> None:
        self.document = document
        self.lost = lost
        self.removed = removed
        self.source = source
        self._anchors = anchors

    @cached_property
    def text(self) -> Text:
        """The Document's sentences and links."""
        return read(self.document)

    @cached_property
    def anchors(self) -> Set[str] | None:
        """Every id that links can lead to; None where the text can't be rendered."""
        if self._anchors is not None:
            return self._anchors
        try:
            rendered = rendering.render(documents.body(self.document))
        except rendering.RenderingRefused:
            return None
        return frozenset(anchor.id for anchor in rendered.anchors)


RULES: list[Rule] = []


def rule(function: Rule) -> Rule:
    """Register a function as a rule, which `examine` then calls."""
    RULES.append(function)
    return function
