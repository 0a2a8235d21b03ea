"""What is found in finished and in unfinished texts, and how long examining takes.

CORPUS=<folder> measures what is found in the policies in that folder (.md, .html), which are
finished. Each finding is written to tests/.output/false_alarms.txt, for a person to judge: some
are true.
"""

import os
import statistics
import time
from collections import Counter
from pathlib import Path

from policies.text.checklist import checklist
from policies.text.document import Document, Section, parse
from policies.text.findings import Level, examine, reading
from tests.bench import finished, site
from tests.policies.text.examined import policy, tagged

# Signs and words that could make a search go back and forth; a text of nothing else.
SIGNS = (
    *("[", "{{", "____", "<a ", "$A", "TODO ", "your ", "you should ", "if you ", ". ", "1. "),
    *("Inc. ", "A_"),
)
SIZE = 100_000
WORDS = 34_000
# Findings that are about where something leads, and not about words.
ABOUT_TARGETS = {"dead-link", "dead-reference", "lost-anchor"}
OUTPUT = Path(__file__).parents[1] / ".output" / "false_alarms.txt"

Row = tuple[str, str, str]


def _seconds(document):
    began = time.process_time()
    examine(document)
    checklist(document)
    reading(document)
    return time.process_time() - began


def _one_section_of_many():
    """Measure a text of 60 sections and 34,000 words again after one of them has changed."""
    sections = parse(site.SEED.read_text(encoding="utf-8")).sections
    bodies = ["\n\n".join(it.body for it in sections[at % 3 :: 3]) * 2 for at in range(60)]
    before = [Section(f"Part {at}", f"part-{at}", it) for at, it in enumerate(bodies, 1)]
    after = [*before]
    after[30] = Section("Part 31", "part-31", f"{bodies[30]}\n\nWe keep section 3 short.")
    words = reading(Document("Long", "", tuple(before))).words
    spent = {}
    for state in (before, after):
        document = Document("Long", "", tuple(state))
        for name, work in (("examine", examine), ("checklist", checklist), ("reading", reading)):
            began = time.process_time()
            work(document)
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


def _finished(folder):
    documents = blocked = justify = 0
    suggestions = []
    report = []
    for name, document in finished.policies(folder):
        found = examine(document)
        levels = [it.level for it in found if it.rule not in ABOUT_TARGETS]
        documents += 1
        blocked += Level.BLOCKS in levels
        justify += Level.ACKNOWLEDGE in levels
        suggestions.append(sum(it.level is Level.ADVICE for it in found))
        report += [f"{it.level} {it.rule} {name}: {it.reason} {it.excerpt}" for it in found]
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text("\n".join([*sorted(report), ""]), encoding="utf-8")
    suggestions.sort()
    median, ninetieth = statistics.median(suggestions), suggestions[int(0.9 * len(suggestions))]
    return [
        (f"finished policies blocked, rightly or not, of {documents}", f"{blocked}", ""),
        ("  to be justified, but for links and references", f"{justify}", "2 %"),
        ("  suggestions, the median policy; 90th percentile", f"{median:g}; {ninetieth}", "3; 10"),
    ]


def _sentences():
    rows = []
    for name in ("templates", "unfinished", "lookalikes"):
        counts = Counter(_worst(text, language) for language, text in tagged(name))
        serious = counts[Level.BLOCKS] + counts[Level.ACKNOWLEDGE]
        total = counts.total()
        goal = "0" if name == "lookalikes" else "≥ 90 %"
        rows.append((f"{name}: blocked or to be justified, of {total}", f"{serious}", goal))
    return rows


def _worst(text, language):
    found = examine(policy(text), language=language)
    return found[0].level if found else None


def _long(words, mark):
    """Return the seed again and again, up to a number of words. mark: what each section ends with,
    so that nothing is kept of another text.
    """
    seed = parse(site.SEED.read_text(encoding="utf-8"))
    turns = words // reading(seed).words + 1
    return Document(
        "Long",
        "",
        tuple(
            Section(
                f"{one.heading} {turn}", f"{one.anchor}-{turn}", f"{one.body}\n\n{mark} {turn}."
            )
            for turn in range(turns)
            for one in seed.sections
        ),
    )


def _first_time(mark):
    document = _long(WORDS, mark)
    began = time.process_time()
    examine(document, anchors=set())
    return time.process_time() - began


def run():
    folder = os.environ.get("CORPUS")
    # Before the process holds hundreds of policies, which the garbage collector would look through.
    seconds = min(_first_time(mark) for mark in ("Turn", "Round", "Time"))
    quality = [*(_finished(Path(folder)) if folder else []), *_sentences()]
    hostile = {
        sign: _seconds(Document("T", "", (Section("A", "a", "x" + sign * (SIZE // len(sign))),)))
        for sign in SIGNS
    }
    worst = max(hostile, key=lambda sign: hostile[sign])
    return [
        *quality,
        (
            f"examine {WORDS:,} words at first, processor time, least of three",
            f"{seconds:.2f} s",
            "0.3 s",
        ),
        *_one_section_of_many(),
        (
            f"  with checklist and reading, {SIZE // 1000} kB of only {worst!r}, the worst",
            f"{hostile[worst]:.1f} s",
            "< 3 s",
        ),
    ]
