"""How long redlines take, and how much memory. Run: python -m tests.bench.bench_redline

The bounds that the project has set itself: two Documents of 100,000 words within 3 s and 500 MB,
HTML included; two of the seed's size within 20 ms.
"""

from __future__ import annotations

import random
import sys
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from policies import documents, redline

if TYPE_CHECKING:
    from collections.abc import Callable

    from policies.documents import Document, Section

SEED = Path(__file__).parents[2] / "content" / "privacy.md"
WORDS = 100_000


def seed() -> Document:
    """Return the policy that the project begins with."""
    return documents.parse(SEED.read_text(encoding="utf-8"))


def large(chance: random.Random) -> Document:
    """Return a Document of 100,000 words: the seed's, in another order in every paragraph."""
    sections: list[Section] = []
    words = 0
    while words < WORDS:
        for section in seed().sections:
            body = edited(section.body, chance, 0.3)
            anchor = f"{section.anchor}-{len(sections)}"
            sections.append(replace(section, anchor=anchor, body=body))
            words += len(body.split())
    return documents.Document("Large", "", tuple(sections))


def edited(body: str, chance: random.Random, share: float) -> str:
    """Return a body in which a share of the words are others of the same body."""
    words = body.split()
    lines = []
    for line in body.split("\n"):
        kept = line.split(" ")
        for index in range(1, len(kept)):
            if kept[index] and chance.random() < share:
                kept[index] = chance.choice(words).strip("-*#|.") or "data"
        lines.append(" ".join(kept))
    return "\n".join(lines)


def edit_all(document: Document, chance: random.Random, share: float) -> Document:
    """Return a Document in which a share of the words of every section are others."""
    changed = [replace(s, body=edited(s.body, chance, share)) for s in document.sections]
    return replace(document, sections=tuple(changed))


def shuffled(document: Document, chance: random.Random) -> Document:
    """Return a Document whose sections stand in another order."""
    sections = list(document.sections)
    chance.shuffle(sections)
    return replace(document, sections=tuple(sections))


def one_section(document: Document) -> Document:
    """Return a Document with all its text in one section."""
    body = "\n\n".join(section.body for section in document.sections)
    return replace(document, sections=(documents.Section("All", "all", body),))


def lists(chance: random.Random, items: int) -> Document:
    """Return a Document of long lists of short items that are much alike."""
    kinds = ["data", "name", "address", "number", "device", "usage", "record", "identifier"]
    lines = [f"- {chance.choice(kinds)} {chance.choice(kinds)} {n % 97}" for n in range(items)]
    parts = ["\n".join(lines[at : at + 1500]) for at in range(0, items, 1500)]
    return documents.Document("Lists", "\n\nThen:\n\n".join(parts))


def measure(name: str, call: Callable[[], object], *, repeat: int = 1) -> None:
    """Print the best time of several calls, on a processor of our own."""
    best = float("inf")
    for _ in range(repeat):
        start = time.process_time()
        call()
        best = min(best, time.process_time() - start)
    sys.stdout.write(f"{name:48} {best * 1000:10.1f} ms\n")


def main() -> None:
    """Print the figures."""
    chance = random.Random(1)  # noqa: S311  a benchmark
    small, big = seed(), large(chance)
    cases = {
        "the same": big,
        "1 word in 2,000 changed": edit_all(big, chance, 0.0005),
        "1 word in 20 changed": edit_all(big, chance, 0.05),
        "1 word in 3 changed": edit_all(big, chance, 0.33),
        "another text": large(random.Random(2)),  # noqa: S311
        "another order": shuffled(big, chance),
    }
    for share in (0.0, 0.02, 0.1, 0.5):
        other = edit_all(small, chance, share)
        compared = lambda other=other: redline.compare(small, other).html  # noqa: E731
        measure(f"seed, {share:.0%} of the words changed", compared, repeat=20)
    for name, other in cases.items():
        measure(f"100,000 words, {name}", lambda other=other: redline.compare(big, other).html)
    whole, other = one_section(big), one_section(cases["1 word in 20 changed"])
    measure("100,000 words in one section", lambda: redline.compare(whole, other).html)
    whole, other = one_section(big), one_section(cases["another text"])
    measure(
        "100,000 words in one section, another text", lambda: redline.compare(whole, other).html
    )
    one, two = lists(chance, 12_000), lists(chance, 12_000)
    measure("12,000 list items, much alike", lambda: redline.compare(one, two).html)
    tracemalloc.start()
    redline.compare(big, cases["1 word in 3 changed"])
    peak = tracemalloc.get_traced_memory()[1]
    sys.stdout.write(f"{'memory, 1 word in 3 changed':48} {peak / 2**20:10.1f} MB\n")


if __name__ == "__main__":
    main()
