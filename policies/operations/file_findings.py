"""What a lawyer should look at in a file that is imported, and whether it blocks publication."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from policies import child_process
from policies.models import Policy
from policies.operations import known_texts
from policies.text import document as documents
from policies.text import findings, importing
from policies.text.findings import Finding, Level
from policies.text.short_text import counted, has_visible_characters
from policies.workflow import open_findings, texts
from policies.workflow.open_findings import ExaminedFinding


@dataclass(frozen=True)
class Ready:
    """A file's text, rendered and examined before anything is locked."""

    text: texts.Prepared
    found: Sequence[ExaminedFinding]

    @property
    def open(self) -> list[Finding]:
        return [examined.finding for examined in self.found if examined.is_open]

    @property
    def blocking(self) -> list[Finding]:
        return [finding for finding in self.open if finding.level == Level.BLOCKS]

    @property
    def open_and_suggestions(self) -> list[Finding]:
        advice = Level.ADVICE
        return [
            examined.finding
            for examined in self.found
            if examined.is_open or examined.finding.level == advice
        ]


class Blocked(importing.ImportRefused):
    """A file that is not published, since findings in it block that. found: as in Outcome."""

    def __init__(self, path: Path, ready: Ready) -> None:
        many = len(ready.blocking)
        blocks = f"{counted(many, 'finding')} block{'s' * (many == 1)} publication"
        advice = "Fix the text, or add --despite-blocks with a reason."
        super().__init__(str(path), 1, f"{blocks}. {advice}")
        self.found = ready.open_and_suggestions


def examined(text: texts.Prepared, policy: Policy, *, at: datetime) -> Ready:
    """Examine a text. policy: its own, maybe one that is not stored yet. Raises NotNow."""
    if policy.pk:
        document, values = text.document, text.values
        of_policy = open_findings.findings_of_text(policy, document, rendering=values, at=at)
        return Ready(text, of_policy)
    found = child_process.run(
        findings.examine,
        text.document,
        anchors={anchor["id"] for anchor in text.values["anchors"]},
        removed=text.values["removed"],
        source=text.source,
        language=policy.language,
        dated=True,
        length=len(documents.body(text.document)),
    )
    return Ready(text, [ExaminedFinding(finding) for finding in found])


def reason_to_publish(path: Path, ready: Ready, despite: str) -> str:
    """Return why a file is published without approval. Raises Blocked."""
    if not (blocking := ready.blocking):
        return known_texts.imported_from(path.name)
    if not has_visible_characters(despite):
        raise Blocked(path, ready)
    what = counted(len(blocking), "blocking finding")
    return f"{known_texts.imported_from(path.name)} Published despite {what}: {despite}"
