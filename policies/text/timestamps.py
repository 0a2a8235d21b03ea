"""Times as programs read them: ISO 8601 in UTC, with a "Z"; and which times are recent. Pure."""

from datetime import UTC, datetime, timedelta


def utc(value: datetime, timespec: str = "auto") -> str:
    """Return an aware time, such as 2026-05-02T00:00:00Z. timespec: as isoformat takes it.

    "auto" writes microseconds only where there are any; what is hashed has them always.
    """
    return value.astimezone(UTC).isoformat(timespec=timespec).replace("+00:00", "Z")


def to_the_second(value: datetime) -> str:
    """Return an aware time to the second: 2026-05-02T00:00:00Z (RFC 3339, W3C-DTF)."""
    return utc(value, "seconds")


def around(at: datetime, span: timedelta) -> tuple[datetime, datetime]:
    """Return from when to when a time is recent: less than `span` from `at`.

    A later one was noted while the machine's clock was ahead. What it holds back, such as a lease
    or a lock, must not wait until the clock gets there.
    """
    return at - span, at + span
