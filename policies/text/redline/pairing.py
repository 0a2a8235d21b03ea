"""Which item of one sequence is which of another, found step by step. Pure.

The surest step comes first: what it pairs is left out of those that follow.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Generic, TypeAlias, TypeVar

from policies.text.redline import alignment

T = TypeVar("T")
Key: TypeAlias = Callable[[T], Hashable]


class Pairing(Generic[T]):
    """What is paired so far. partners: index in new → index in old."""

    def __init__(self, old: Sequence[T], new: Sequence[T]) -> None:
        self.old, self.new = old, new
        self.partners: dict[int, int] = {}

    def __iter__(self) -> Iterator[tuple[T, T]]:
        return ((self.old[i], self.new[j]) for j, i in self.partners.items())

    def left(self) -> tuple[list[int], list[int]]:
        """Return the indexes of the old and the new items that are not paired."""
        taken = set(self.partners.values())
        olds = [i for i in range(len(self.old)) if i not in taken]
        return olds, [j for j in range(len(self.new)) if j not in self.partners]

    def by_key(self, key: Key[T], new_key: Key[T] | None = None) -> None:
        """Pair what has an equal key, in order; None is equal to nothing.

        new_key: of a new item, if not as of an old one. It may depend on what is paired before it.
        """
        olds, news = self.left()
        waiting: dict[Hashable, list[int]] = defaultdict(list)
        for i in reversed(olds):
            waiting[key(self.old[i])].append(i)
        for j in news:
            wanted = (new_key or key)(self.new[j])
            if wanted is not None and waiting.get(wanted):
                self.partners[j] = waiting[wanted].pop()

    def by_likeness(
        self,
        likeness: Callable[[T, T], float],
        features: Callable[[T], frozenset[str]],
        *,
        in_order: bool = False,
        among: Callable[[T], bool] = lambda _: True,
    ) -> None:
        """Pair what is most alike, wherever it is or in_order: see alignment.likely_partners and
        alignment.alike, also for likeness and features. among: whether an item takes part.
        """
        left = self.left()
        olds = [i for i in left[0] if among(self.old[i])]
        news = [j for j in left[1] if among(self.new[j])]
        sides = [self.old[i] for i in olds], [self.new[j] for j in news]
        if in_order:
            found = {j: i for i, j in alignment.alike(*sides, likeness, features)}
        else:
            found = alignment.likely_partners(*sides, likeness, features)
        self.partners |= {news[j]: olds[i] for j, i in found.items()}
