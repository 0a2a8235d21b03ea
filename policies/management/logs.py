"""Quiets a log while a command runs that prints the same itself."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


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
