"""What several commands share: help with examples, arguments that say something, a quieter log."""

import logging
import os
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import DjangoHelpFormatter

from policies.text.short_text import has_visible_characters


class HelpAsWritten(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Shows the help of a command with its own line breaks, so that it can have examples."""


def not_empty(text: str) -> str:
    """Return what an argument says. Raises ArgumentTypeError for an empty one.

    An unset shell variable gives one, and as a folder it would mean the current one.
    """
    if not has_visible_characters(text):
        raise ArgumentTypeError("it is empty")
    return text


def path(text: str) -> Path:
    return Path(not_empty(text))


def add_jobs(parser: ArgumentParser, what: str) -> None:
    help_text = f"processes that {what} (default: one per processor)"
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help=help_text)


@contextmanager
def log_level_at_least(level: int, name: str) -> Iterator[None]:
    """Drop what the logger `name` logs below a level, such as logging.ERROR."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.setLevel(before)
