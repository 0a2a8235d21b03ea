"""Reads the file `.env`. Unless every line can be understood, the site does not start.

A line that is silently skipped would leave a default in force: TWO_FACTOR = required, with spaces,
would mean no second factor. An error names the file, the line and the variable, but never the
value, which may be a secret.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

from softphonez_site.variables import VARIABLES

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = [variable.name for variable in VARIABLES]
_NAMES += [f"{variable.name}_FILE" for variable in VARIABLES if not variable.outside]
# A line that django-environ reads as a variable; and one that was probably meant as one.
_LINE = re.compile(r"(?:export )?([A-Za-z_0-9]+)=[^\0]*")
_MEANT = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z_0-9]*)\s*=")
# From this similarity to one of our names on (0 to 1), an unknown name is taken for a typing error.
_ALIKE = 0.8


def understood(file: Path) -> str:
    """Return the lines of a .env file that set variables; "" if there is no such file.

    Other names than ours are allowed: they may be for gunicorn, nginx or systemd. Raises
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
        ) from None  # the decoder's error would show the content


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
            f"{where}: there is no variable {found[1]}. Did you mean {alike[0]}? If the line is "
            "only a note, begin it with #. See .env.example."
        )
