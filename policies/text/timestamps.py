"""Times as programs read them: ISO 8601 in UTC, with a "Z". Pure."""

from datetime import UTC, datetime


def utc(value: datetime, timespec: str = "auto") -> str:
    """Return an aware time, such as 2026-05-02T00:00:00Z. timespec: as isoformat takes it.

    "auto" writes microseconds only where there are any; what is hashed has them always.
    """
    return value.astimezone(UTC).isoformat(timespec=timespec).replace("+00:00", "Z")


def to_the_second(value: datetime) -> str:
    """Return an aware time to the second: 2026-05-02T00:00:00Z (RFC 3339, W3C-DTF)."""
    return utc(value, "seconds")
