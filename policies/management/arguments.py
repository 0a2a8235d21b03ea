"""What several commands take: a folder that is named."""

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path


def folder(text: str) -> Path:
    """Return the folder that an argument names. An empty one, as an unset variable of a shell
    gives it, would be the folder that one happens to stand in.
    """
    if not text.strip():
        raise ArgumentTypeError("the name of the folder is empty")
    return Path(text)
