"""An argument that several commands take: a folder."""

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path


def folder(text: str) -> Path:
    """Return the folder that an argument names. Raises ArgumentTypeError for an empty name.

    An unset shell variable gives one, and it would stand for the current folder.
    """
    if not text.strip():
        raise ArgumentTypeError("the name of the folder is empty")
    return Path(text)
