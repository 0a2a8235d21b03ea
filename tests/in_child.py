"""Lets long texts be worked on in a child process, as in a server.

Imports nothing that needs Django: a child imports the module of a test whose function it calls.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from policies.text import child_process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.text.child_process import Child


@contextmanager
def using(child: Child) -> Iterator[Child]:
    """Pass work on long texts to this child."""
    child_process.use(child)
    try:
        yield child
    finally:
        child_process.use(None)
        child.stop()
