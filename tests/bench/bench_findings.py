"""How long examining a text takes: a long one, and hostile ones."""

from __future__ import annotations

import time

from policies.text.document import Document, Section, parse
from policies.text.findings import checklist, examine, reading
from tests.bench import site

# Signs and words that could make a search go back and forth; a text of nothing else.
SIGNS = (
    "[",
    "{{",
    "____",
    "<a ",
    "$A",
    "TODO ",
    "your ",
    "you should ",
    ". ",
    "1. ",
    "Inc. ",
    "A_",
)
SIZE = 100_000


def _seconds(document: Document) -> float:
    began = time.process_time()
    examine(document)
    checklist(document)
    reading(document)
    return time.process_time() - began


def _one_section_of_many() -> list[tuple[str, str, str]]:
    """Measure a text of 60 sections and 34,000 words again after one of them has changed."""
    sections = parse(site.SEED.read_text(encoding="utf-8")).sections
    bodies = ["\n\n".join(it.body for it in sections[at % 3 :: 3]) * 2 for at in range(60)]
    before = [Section(f"Part {at}", f"part-{at}", it) for at, it in enumerate(bodies, 1)]
    after = [*before]
    after[30] = Section("Part 31", "part-31", f"{bodies[30]}\n\nWe keep section 3 short.")
    words = reading(Document("Long", "", tuple(before))).words
    spent: dict[str, list[float]] = {}
    for state in (before, after):
        document = Document("Long", "", tuple(state))
        for name, work in (("examine", examine), ("checklist", checklist), ("reading", reading)):
            began = time.process_time()
            work(document)  # type: ignore[operator]
            spent.setdefault(name, []).append(time.process_time() - began)
    goals = {"examine": "≤ 20 ms"}
    return [
        (
            f"{name} {words:,} words again after a change in one section of {len(before)}",
            f"{1000 * later:.0f} ms",
            goals.get(name, f"(at first {1000 * first:.0f} ms)"),
        )
        for name, (first, later) in spent.items()
    ]


def run() -> list[tuple[str, str, str]]:
    """Return rows of (what, measured, goal)."""
    seed = parse(site.SEED.read_text(encoding="utf-8"))
    long = Document(
        "Long",
        "",
        tuple(
            Section(one.heading, f"{one.anchor}-{turn}", one.body)
            for turn in range(110)
            for one in seed.sections
        ),
    )
    hostile = {
        sign: _seconds(Document("T", "", (Section("A", "a", "x" + sign * (SIZE // len(sign))),)))
        for sign in SIGNS
    }
    worst = max(hostile, key=lambda sign: hostile[sign])
    return [
        ("examine the seed, with checklist and reading", f"{1000 * _seconds(seed):.0f} ms", ""),
        ("  100,000 words", f"{_seconds(long):.1f} s", "about 2 s each"),
        *_one_section_of_many(),
        (f"  100 kB of nothing but {worst!r}, the worst", f"{hostile[worst]:.1f} s", "< 3 s"),
    ]
