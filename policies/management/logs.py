"""How several commands make the log quieter."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def at_least(level: int, name: str) -> Iterator[None]:
    """Raise the level of the logger `name` meanwhile. level: such as logging.ERROR."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.setLevel(before)
