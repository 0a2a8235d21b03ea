"""What several commands share: help with examples, folders, and a quieter log."""

import logging
import os
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import DjangoHelpFormatter


class HelpAsWritten(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Shows the help of a command with its own line breaks, so that it can have examples."""


def folder(text: str) -> Path:
    """Return the folder that an argument names. Raises ArgumentTypeError for an empty name.

    An unset shell variable gives one, and it would mean the current folder.
    """
    if not text.strip():
        raise ArgumentTypeError("the name of the folder is empty")
    return Path(text)


def add_jobs(parser: ArgumentParser, what: str) -> None:
    help_text = f"processes that {what} (default: one per processor)"
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help=help_text)


@contextmanager
def at_least(level: int, name: str) -> Iterator[None]:
    """Drop what the logger `name` logs below a level, such as logging.ERROR."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.setLevel(before)
