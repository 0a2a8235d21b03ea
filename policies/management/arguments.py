"""What the command lines of several commands share: help with examples, and folders."""

from argparse import ArgumentTypeError, RawDescriptionHelpFormatter
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
