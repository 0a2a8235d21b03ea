"""The Date of an answer (RFC 9110, section 6.6.1), made once a second.

gunicorn's ASGI worker has its own, which stands still when the machine's clock is set back, until
the clock has come to that time again.
"""

from __future__ import annotations

import time
from email.utils import formatdate

Field = tuple[bytes, bytes]

_last: tuple[int, Field] = (0, (b"date", b""))


def field() -> Field:
    """Return the header with the time of now."""
    global _last
    now = int(time.time())
    if now != _last[0]:
        _last = (now, (b"date", formatdate(now, usegmt=True).encode("ascii")))
    return _last[1]
