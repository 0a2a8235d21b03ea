"""Clauses: list items that keep the labels which their author wrote, such as (a), iv. and 2.1.

Here is how labels become the path of a clause, as its anchor has it. Which words are labels is
known to `labels`, which items they begin to `list_rule`. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from policies.text.markdown.labels import is_next
from policies.text.markdown.list_rule import LABEL
from policies.text.numerals import is_roman

if TYPE_CHECKING:
    from markdown_it.token import Token


def shown(labels: Sequence[str]) -> list[str]:
    """Return the labels above a clause and its own, without those that the next one repeats: 2.
    before 2.1.
    """
    below = (*map(_name, labels[1:]), "")
    pairs = zip(labels, below, strict=True)
    return [label for label, it in pairs if not it.startswith(f"{_name(label)}.")]


def _name(label: str) -> str:
    return label.strip("().")


class Path:
    """The labels above a clause and its own, as its anchor has them: "2.b" for (b) under 2.

    It is counted by what the labels look like, too: (a) after 2.1 is under 2.1 although both may
    begin at the margin.
    """

    def __init__(self, labels: tuple[str, ...] = ()) -> None:
        self.labels = labels
        self._open: list[tuple[str, str]] = []  # kind and label of each clause that is open

    @property
    def numbers(self) -> tuple[str, ...]:
        """The parts of its number in lower case: 2, 1 and b of (b) under 2.1."""
        return tuple(str(self).lower().split(".")) if self.labels else ()

    @property
    def own(self) -> tuple[str, ...]:
        """The parts of its own label in lower case: b of (b) under 2.1."""
        return tuple(_name(self.labels[-1]).lower().split(".")) if self.labels else ()

    @property
    def is_absolute(self) -> bool:
        """Whether it is numbered throughout the text, as 2.1 is."""
        return bool(self.labels) and "." in _name(self.labels[0])

    def next(self, label: str) -> Path:
        """Return the path of the clause with this label that comes next."""
        name = _name(label)
        kind = self._kind(label, name)
        kinds = [one for one, _ in self._open]
        if kind in kinds:
            del self._open[kinds.index(kind) :]
        elif kind.startswith("#"):  # 2.1 is under 2 or in nothing
            while self._open and not f"{name}.".startswith(f"{_name(self._open[-1][1])}."):
                self._open.pop()
        elif self._open and is_next(self._open[-1][1], label):
            self._open.pop()  # (i) was a letter if (j) comes after it, (v) a numeral before (vi)
        self._open.append((kind, label))
        return Path((*self.labels, *(one for _, one in self._open)))

    def pause(self) -> None:
        """Notice other text between clauses: only those with numbers such as 2.1 go on."""
        while self._open and "." not in _name(self._open[-1][1]):
            self._open.pop()

    def __str__(self) -> str:
        return ".".join(map(_name, shown(self.labels)))

    def _kind(self, label: str, name: str) -> str:
        """Return what labels of one row have in common: "(a)" of (b), "#.#" of 2.1."""
        if name[0].isdigit():
            signs = ".".join("#" for _ in name.split("."))
            return signs if "." in name else label.replace(name, "1")
        letters, numerals = (
            label.replace(name, it if name.islower() else it.upper()) for it in "ai"
        )
        opened = dict(self._open)
        before = _name(opened.get(letters, ""))
        follows = len(name) == len(before) == 1 and ord(name) == ord(before) + 1
        is_numeral = is_roman(name) and (numerals in opened or name in "iI" or len(name) > 1)
        return numerals if is_numeral and not follows else letters


def paths(tokens: Iterable[Token]) -> Iterator[Path]:
    """Yield for each token the path of the clause that it is in, or that it begins."""
    opened = [Path()]
    for token in tokens:
        if token.nesting < 0:
            opened.pop()
        here = opened[-1]
        if LABEL in token.attrs:
            here = here.next(str(token.attrs[LABEL]))
        elif token.type == "heading_open" and token.level == 0:
            here = opened[0] = Path()
        elif token.type == "footnote_reference_open":  # at the end of the page
            here = Path()
        elif token.nesting >= 0 and token.type not in _SILENT and not token.hidden:
            here.pause()
        yield here
        if token.nesting > 0:
            opened.append(here)


# Tokens that are no other text between clauses.
_SILENT = frozenset({"ordered_list_open", "inline"})
