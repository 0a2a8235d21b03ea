"""Lets long texts be worked on in a child process, as in a server.

Imports nothing that needs Django: a child imports the module of a test whose function it calls.
"""

from contextlib import contextmanager

from policies import child_process
from policies.child_process import Child


def patient(*, limit=600, patience=600, **more):
    """Return a child that has time, however busy the machine is: it comes after all others."""
    return Child(limit=limit, patience=patience, **more)


@contextmanager
def using(child):
    """Pass work on long texts to this child."""
    child_process.use(child)
    try:
        yield child
    finally:
        child_process.use(None)
        child.end()
