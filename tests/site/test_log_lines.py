"""Nobody forges a line of the log: neither by what they type nor by what an error says of it."""

from __future__ import annotations

import logging
import re
import sys
import unicodedata

from django.conf import settings
from hypothesis import example, given
from hypothesis import strategies as st

from tests.site.hostile_values import VALUES

BEGINNING = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ [a-z.]+: ")


def written(message: str, *arguments: object, error: Exception | None = None) -> str:
    """Return what the site's own handler writes for a record."""
    handler = next(it for it in logging.getLogger().handlers if it.get_name() == "stderr")
    caught = None
    if error:
        try:
            raise error
        except Exception:  # noqa: BLE001
            caught = sys.exc_info()
    name = "policies.pages.core"
    record = logging.LogRecord(name, logging.WARNING, "f", 1, message, arguments, caught)
    return handler.format(record)


def is_sound(text: str) -> bool:
    first, *others = text.split("\n")
    categories = {unicodedata.category(sign) for line in (first, *others) for sign in line}
    return (
        BEGINNING.match(first) is not None
        and all(line.startswith("    ") for line in others)
        and categories.isdisjoint({"Cc", "Cf", "Zl", "Zp", "Cs"})
    )


@given(st.one_of(st.text(st.characters(exclude_categories=())), st.sampled_from(VALUES)))
@example("/privacy/on/1\n2026-11-25 02:00:00,000 ERROR django.request: forged/")
@example("\x1b[2K\r\u202e\u2028\x85\x9b\ud800")
def test_nothing_that_somebody_typed_begins_a_line(typed: str) -> None:
    assert is_sound(written("%s could not be made: %r", typed, ValueError(typed)))
    assert is_sound(written("Not told: %s", typed, error=ValueError(typed)))
    assert typed.isascii() or len(written("%s", typed).split("\n")) == 1


def test_a_traceback_is_whole_and_stands_below_its_line() -> None:
    lines = written("It failed", error=ValueError("for a reason")).split("\n")
    assert lines[0].endswith("It failed")
    assert lines[1] == "    Traceback (most recent call last):"
    assert lines[-1] == "    ValueError: for a reason"


def test_every_handler_writes_such_lines() -> None:
    formatters = {it["formatter"] for it in settings.LOGGING["handlers"].values()}
    for name in formatters:
        assert settings.LOGGING["formatters"][name]["()"] == "softphonez_site.log_lines.OwnLines"
