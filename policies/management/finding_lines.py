"""Findings as commands print them: each on a line that editors and CI systems can follow."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from policies.operations.source_lines import SourceLines
from policies.text.document import Document
from policies.text.findings import Finding, Level
from policies.text.importing import WORD
from policies.text.short_text import counted


@dataclass(frozen=True)
class Located:
    """A finding in a file. line: 1-based; None in a Word file, which has none."""

    path: Path
    line: int | None
    finding: Finding

    def __str__(self) -> str:
        """Return `path:line: level: rule: reason advice "excerpt"`, the section for the line."""
        finding = self.finding
        where = f"{self.path}:{self.line}" if self.line else str(self.path)
        section = "" if self.line else f"{finding.place}: "
        about = f' "{finding.excerpt}"' if finding.excerpt else ""
        words = f"{section}{finding.reason} {finding.advice}{about}"
        return f"{where}: {finding.level}: {finding.rule}: {words}"

    def as_object(self) -> dict[str, str | int | None]:
        """Return what `--format json` has of it."""
        finding = self.finding
        return {
            "file": str(self.path),
            "line": self.line,
            "section": finding.place,
            "anchor": finding.anchor,
            "level": finding.level.value,
            "rule": finding.rule,
            "reason": finding.reason,
            "advice": finding.advice,
            "excerpt": finding.excerpt,
        }


def located(path: Path, document: Document, found: Iterable[Finding]) -> list[Located]:
    """Return findings with their places. document: what the file was read as."""
    if path.suffix.lower() in WORD:
        return [Located(path, None, finding) for finding in found]
    lines = SourceLines(path.read_bytes().decode("utf-8", "replace"), document)
    return [Located(path, lines.line_of(finding), finding) for finding in found]


def listed(found: Iterable[Located]) -> Iterator[str]:
    """Yield a line for each finding, but of each file at most SUGGESTIONS suggestions, and how many
    more there are.
    """
    more: Counter[Path] = Counter()
    shown: Counter[Path] = Counter()
    for located_finding in found:
        path = located_finding.path
        if located_finding.finding.level != Level.ADVICE:
            yield str(located_finding)
        elif shown[path] < SUGGESTIONS:
            shown[path] += 1
            yield str(located_finding)
        else:
            more[path] += 1
    for path, count in more.items():
        yield f"{path}: {counted(count, 'more suggestion')}."


# Suggestions of a file that are listed.
SUGGESTIONS = 5


def summary(found: Iterable[Finding]) -> str:
    """Return "2 findings block publication, 1 needs a reason, 3 suggestions"."""
    count = Counter(finding.level for finding in found)
    blocks, reasons = count[Level.BLOCKS], count[Level.ACKNOWLEDGE]
    return (
        f"{counted(blocks, 'finding')} block{'s' * (blocks == 1)} publication, {reasons:,} "
        f"need{'s' * (reasons == 1)} a justification, {counted(count[Level.ADVICE], 'suggestion')}"
    )
