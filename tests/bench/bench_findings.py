"""What is found in finished and in unfinished texts, and how long examining takes.

CORPUS=<folder> measures false alarms on the policies in that folder (.md, .html), which are
finished. Each finding that counts as a false alarm is written to tests/.output/false_alarms.txt,
for a person to judge.
"""

import os
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from policies.text.findings.note_classifier import features

from policies.text.document import Document, Section, parse
from policies.text.findings import Finding, Level, checklist, examine, reading
from tests.bench import finished, site
from tests.bench.train_notes import listed
from tests.policies.text.examined import lines, policy

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
    "if you ",
    ". ",
    "1. ",
    "Inc. ",
    "A_",
)
SIZE = 100_000
WORDS = 34_000
ABOUT_WORDS = {"placeholder", "placeholder-link", "drafting-note"}
SUGGESTED = {"like-a-note", "cut-off"}
OUTPUT = Path(__file__).parents[1] / ".output" / "false_alarms.txt"

Row = tuple[str, str, str]


def _seconds(document: Document) -> float:
    began = time.process_time()
    examine(document)
    checklist(document)
    reading(document)
    return time.process_time() - began


def _one_section_of_many() -> list[Row]:
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


def _serious(found: Sequence[Finding]) -> list[Finding]:
    """Return what the rules about words would have somebody fix or justify."""
    return [it for it in found if it.rule in ABOUT_WORDS and it.level is not Level.ADVICE]


def _finished(folder: Path) -> list[Row]:
    documents = blocked = asked = 0
    suggested: list[int] = []
    report: list[str] = []
    for name, document, leftovers in finished.policies(folder):
        found = examine(document)
        alike = [it for it in found if it.rule in SUGGESTED]
        wrong = [
            it for it in _serious(found) if not any(words in it.excerpt for words in leftovers)
        ]
        documents += 1
        blocked += any(it.level is Level.BLOCKS for it in wrong)
        asked += bool(wrong)
        suggested.append(len(alike))
        report += [f"{it.level} {name}: {it.reason} {it.excerpt}" for it in (*wrong, *alike)]
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text("\n".join([*report, ""]), encoding="utf-8")
    median, mean = statistics.median(suggested), statistics.mean(suggested)
    return [
        (f"finished policies wrongly blocked, of {documents}", _share(blocked, documents), "0.5 %"),
        ("  wrongly blocked or asked for a justification", _share(asked, documents), "5 %"),
        ("  suggested to be notes, the median policy; mean", f"{median:g}; {mean:.1f}", "≤ 2"),
    ]


def _share(some: int, all_of_them: int) -> str:
    return f"{100 * some / max(all_of_them, 1):.1f} %"


def _unfinished() -> list[Row]:
    texts = {name: lines(name) for name in ("literal", "unfinished", "missed")}
    every = [text for some in texts.values() for text in some]
    levels = [_worst(text, "en") for text in texts["literal"]]
    return [
        *_found("unfinished sentences of the tests", every),
        (
            f"  literal placeholders that block, of {len(levels)}",
            _share(levels.count(Level.BLOCKS), len(levels)),
            "80 %",
        ),
        *_found("unfinished sentences that no rule has seen", listed("test-unfinished")),
        *_found("  of somebody else, written later", listed("later-unfinished")),
    ]


def _found(what: str, texts: Sequence[str]) -> list[Row]:
    """Count what is found by any finding about words, and what at least to be justified."""
    levels = [_worst(text, _language(text)) for text in texts]
    any_level = len(levels) - levels.count(None)
    serious = any_level - levels.count(Level.ADVICE)
    return [
        (f"{what} found, of {len(levels)}", _share(any_level, len(levels)), "95 %"),
        ("  to be fixed or justified", _share(serious, len(levels)), ""),
    ]


def _worst(text: str, language: str) -> Level | None:
    found = examine(policy(text), language=language)
    return next((it.level for it in found if it.rule in ABOUT_WORDS | SUGGESTED), None)


def _language(text: str) -> str:
    return "de" if "#german" in features("text", text) else "en"


def _long(words: int, mark: str) -> Document:
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


def _first_time(mark: str) -> float:
    document = _long(WORDS, mark)
    began = time.process_time()
    examine(document, anchors=set())
    return time.process_time() - began


def run() -> list[Row]:
    """Return rows of (what, measured, goal)."""
    folder = os.environ.get("CORPUS")
    # Before the process holds hundreds of policies, which the garbage collector would look through.
    seconds = min(_first_time(mark) for mark in ("Turn", "Round", "Time"))
    quality = [*(_finished(Path(folder)) if folder else []), *_unfinished()]
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
