"""How long redlines take, HTML included, and how much memory."""

import random
import time
import tracemalloc
from dataclasses import replace

from policies.text import document as documents
from policies.text import redline
from tests.bench import site

WORDS = 100_000


def seed():
    return documents.parse(site.SEED.read_text(encoding="utf-8"))


def large(chance):
    """Return a Document of 100,000 words: the seed's, shuffled differently in every paragraph."""
    sections = []
    words = 0
    while words < WORDS:
        for section in seed().sections:
            body = edited(section.body, chance, 0.3)
            anchor = f"{section.anchor}-{len(sections)}"
            sections.append(replace(section, anchor=anchor, body=body))
            words += len(body.split())
    return documents.Document("Large", "", tuple(sections))


def edited(body, chance, share):
    """Return a body in which a share of the words is replaced by other words of it."""
    words = body.split()
    lines = []
    for line in body.split("\n"):
        kept = line.split(" ")
        for index in range(1, len(kept)):
            if kept[index] and chance.random() < share:
                kept[index] = chance.choice(words).strip("-*#|.") or "data"
        lines.append(" ".join(kept))
    return "\n".join(lines)


def edit_all(document, chance, share):
    changed = [replace(s, body=edited(s.body, chance, share)) for s in document.sections]
    return replace(document, sections=tuple(changed))


def shuffled(document, chance):
    sections = list(document.sections)
    chance.shuffle(sections)
    return replace(document, sections=tuple(sections))


def one_section(document):
    body = "\n\n".join(section.body for section in document.sections)
    return replace(document, sections=(documents.Section("All", "all", body),))


def lists(chance, items):
    """Return a Document of long lists of short and very similar items."""
    kinds = ["data", "name", "address", "number", "device", "usage", "record", "identifier"]
    lines = [f"- {chance.choice(kinds)} {chance.choice(kinds)} {n % 97}" for n in range(items)]
    parts = ["\n".join(lines[at : at + 1500]) for at in range(0, items, 1500)]
    return documents.Document("Lists", "\n\nThen:\n\n".join(parts))


def milliseconds(call, *, repeat=1):
    """Return the best time of several calls, in milliseconds of processor time."""
    spent = []
    for _ in range(repeat):
        start = time.process_time()
        call()
        spent.append(time.process_time() - start)
    return min(spent) * 1000


def megabytes(old, new):
    """Return the most memory that a comparison takes, in megabytes."""
    tracemalloc.start()
    redline.compare(old, new)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def run():
    chance = random.Random(1)  # noqa: S311  a benchmark
    small, big = seed(), large(chance)
    rows = []
    for share in (0.0, 0.02, 0.1, 0.5):
        pair = small, edit_all(small, chance, share)
        spent = milliseconds(lambda pair=pair: redline.compare(*pair).html, repeat=20)
        rows.append((f"redline of the seed, {share:.0%} changed", f"{spent:.1f} ms", "< 20 ms"))
    another = large(random.Random(2))  # noqa: S311
    pairs = {
        "the same": (big, big),
        "1 word in 2,000 changed": (big, edit_all(big, chance, 0.0005)),
        "1 word in 20 changed": (big, edit_all(big, chance, 0.05)),
        "1 word in 3 changed": (big, edit_all(big, chance, 0.33)),
        "another text": (big, another),
        "in another order": (big, shuffled(big, chance)),
        "in one section": (one_section(big), one_section(edit_all(big, chance, 0.05))),
        "in one section, another text": (one_section(big), one_section(another)),
    }
    for name, pair in pairs.items():
        spent = milliseconds(lambda pair=pair: redline.compare(*pair).html)
        what = f"redline of 100,000 words, {name}"
        rows.append((what, f"{spent / 1000:.2f} s", "< 3 s"))
    pair = lists(chance, 12_000), lists(chance, 12_000)
    spent = milliseconds(lambda pair=pair: redline.compare(*pair).html)
    rows.append(("redline of 12,000 list items, all alike", f"{spent / 1000:.2f} s", ""))
    memory = megabytes(*pairs["1 word in 3 changed"])
    rows.append(("redline of 100,000 words, memory", f"{memory:.0f} MB", "< 500 MB"))
    return rows
