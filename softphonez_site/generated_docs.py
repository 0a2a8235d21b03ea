"""Writes what `make docs` takes from the code: docs/workflow.md, and a table in architecture.md."""

from __future__ import annotations

import ast
import re
import tomllib

from django.conf import settings

from policies.permissions import ACTIONS, MANAGE_WEBHOOKS
from policies.roles import ROLES
from policies.states import MOVES, MOVES_WITHOUT_APPROVAL, Status

DOCS = settings.BASE_DIR / "docs"
BEGIN, END = "<!-- layers -->\n", "<!-- end layers -->"

HEAD = """\
# States, actions and who may do what

`make docs` generates this page from `policies/states.py`, `permissions.py` and `roles.py`; a test
fails if it is stale. The docstrings of `policies/workflow/` explain each action.

## States of a revision

"""

UNSAVED = """\
## What is saved when

| the editor says | what it means |
|---|---|
| Not saved yet. | Typed just now |
| Saved 10:42, for you only. | For this person alone: no reviewer or audit knows of it |
| No connection. Your text is kept in this browser. | Kept there, and brought to the server later |
| Saved. | “Save draft”, or Ctrl+S: the draft that others see and review |
"""

RETURNED = """\
## Word files that come back

“Bring back a Word file”, on the pages of a draft and of its review, takes a file that somebody has
edited in Word. So does “Upload a file”, if the file was downloaded here: it says itself from which
text it was made. For any other file, choose that text.

- Each change in it becomes a **proposal**, with its author and date, or the mark “changed without
  tracking”. The draft stays as it is until a writer accepts one, some or all.
- Whoever accepts a proposal is an author of the draft, and so is whoever brought the file back:
  somebody else must approve it. The audit
  names the people in the file as sources.
- The file is compared with the text that was sent, whatever has become of the draft since. If both
  changed the same paragraph, the page shows a **conflict** with the three texts: take the file’s,
  keep the draft’s, or edit by hand. A list without empty lines in it counts as one paragraph.
- Comments become comments on the same words, with the name in the file; replies become replies.
  Nothing comes twice, even if the next file has it again.
- Proposals are decided on while the text is a draft. After a submission they wait until it comes
  back; of what was published or discarded, they remain in the history.
- Macros, links to other files and embedded objects are left out; the page lists what was.
"""


def write() -> None:
    (DOCS / "workflow.md").write_text(workflow(), encoding="utf-8")
    page = DOCS / "architecture.md"
    page.write_text(with_layers(page.read_text(encoding="utf-8")), encoding="utf-8")


def workflow() -> str:
    """Return docs/workflow.md: states, actions and permissions."""
    return (
        HEAD + "\n".join([*_diagram(), "", UNSAVED, RETURNED, "## Actions", "", *_actions()]) + "\n"
    )


def _diagram() -> list[str]:
    """Return a Mermaid state diagram, which can be read as a list where it is not drawn."""
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> draft"]
    for moves, label in ((MOVES, ""), (MOVES_WITHOUT_APPROVAL, ": import or emergency")):
        lines += [
            f"    {old} --> {new}{label}"
            for old in Status
            for new in Status
            if new in moves.get(old, ())
        ]
    ends = [status for status in Status if not MOVES[status]]
    return [*lines, *(f"    {status} --> [*]" for status in ends), "```"]


def _actions() -> list[str]:
    lines = [
        "| action | its button | on a revision that is | permission (one suffices) | roles |",
        "|---|---|---|---|---|",
    ]
    for name, action in ACTIONS.items():
        if not action.permissions:
            continue  # only a command does it
        states = ", ".join(
            str(status.label).lower() for status in Status if status in action.states
        )
        roles = [role for role in ROLES if set(action.permissions) & set(ROLES[role])]
        about = "webhook" if MANAGE_WEBHOOKS in action.permissions else "policy"
        permissions = "<br>".join(f"`{permission}`" for permission in action.permissions)
        lines.append(
            f"| `{name}` | {action.label} | {states or f'(about the {about})'} | {permissions} |"
            f" {', '.join(roles) or 'none: given by name'} |"
        )
    return lines


def with_layers(text: str) -> str:
    """Return the text of docs/architecture.md with the table between the two marks renewed."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + _layers() + END + rest.partition(END)[2]


def _layers() -> str:
    """Return the import contract's layers from above, each with what its modules are about.

    It comes from their docstrings, without importing them.
    """
    settings_file = (settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8")
    (contract,) = (
        it
        for it in tomllib.loads(settings_file)["tool"]["importlinter"]["contracts"]
        if it["type"] == "layers"
    )
    lines = ["| layer | what it is about |", "|---|---|"]
    for layer in contract["layers"]:
        named, about = [], []
        for name in layer.split(" : "):
            path = settings.BASE_DIR / "policies" / name
            head = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
            docstring = ast.get_docstring(ast.parse(head.read_text(encoding="utf-8"))) or ""
            named.append(f"`{name}{'/' if path.is_dir() else ''}`")
            about.append(re.split(r"(?<=\.)\s", " ".join(docstring.split()))[0])
        lines.append(f"| {'<br>'.join(named)} | {'<br>'.join(about)} |")
    return "\n".join(lines) + "\n"
