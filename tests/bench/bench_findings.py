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
        (f"  100 kB of nothing but {worst!r}, the worst", f"{hostile[worst]:.1f} s", "< 3 s"),
    ]
