"""The file `.env`: every line of it is understood, or the site does not start.

A line that is passed over leaves a default in force, which nobody notices: TWO_FACTOR = required,
with spaces, would be no second factor. What is refused is named by its file, line and name, never
by its value, which may be a secret.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

from .variables import VARIABLES

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = [it.name for it in VARIABLES]
# What django-environ takes for a variable; and what somebody meant for one.
_LINE = re.compile(r"(?:export )?([A-Za-z_0-9]+)=[^\0]*")
_MEANT = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z_0-9]*)\s*=")
# How alike a name is to one of ours, from 0 to 1, before it is taken for a slip of the pen.
_ALIKE = 0.8


def understood(file: Path) -> str:
    """Return the lines of a .env that set variables; nothing if there is no such file.

    Names that are like none of ours may be for others: gunicorn, nginx, systemd. Raises
    ImproperlyConfigured for a line that can't be read, and for a name that is nearly one of ours.
    """
    lines = []
    for number, line in enumerate(_text(file).splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        _require_variable(f"{file}, line {number}", line)
        lines.append(line)
    return "\n".join(lines)


def _text(file: Path) -> str:
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise ImproperlyConfigured(f"{file} can't be read: {error.strerror}.") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise ImproperlyConfigured(
            f"{file}, line {number}, is not in UTF-8. Save the file in that encoding."
        ) from None  # whose error shows the content


def _require_variable(where: str, line: str) -> None:
    found = _LINE.fullmatch(line)
    if not found:
        meant = _MEANT.match(line)
        what = f"{meant[1]} can't be read there" if meant else "it can't be read"
        raise ImproperlyConfigured(
            f"{where}: {what}. Write NAME=value, from the beginning of the line and without spaces "
            "around =, or a comment after #. See .env.example."
        )
    alike = get_close_matches(found[1].upper(), _NAMES, n=1, cutoff=_ALIKE)
    if alike and found[1] not in _NAMES:
        raise ImproperlyConfigured(
            f"{where}: there is no variable {found[1]}. Did you mean {alike[0]}? What is meant for "
            "nobody, write after #. See .env.example."
        )
