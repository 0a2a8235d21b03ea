"""What somebody typed into a form that was refused, kept on a page to be sent again. Pure."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

# Never written into a page: the token belongs to the page that was sent, a password to nobody else.
_TOKEN = "csrfmiddlewaretoken"  # noqa: S105  a field's name
_SECRET = ("password", "passwd", "secret")


def as_fields(lists: Iterable[tuple[str, Sequence[str]]]) -> list[tuple[str, str]]:
    """Return the fields of a form (name, values) one by one, without what is secret."""
    return [(name, value) for name, values in lists if _may_be_shown(name) for value in values]


def as_text(lists: Iterable[tuple[str, Sequence[str]]]) -> str:
    """Return the fields of a form, without what is secret, as one text for `from_text`."""
    fields = {name: list(values) for name, values in lists if _may_be_shown(name)}
    return json.dumps(fields, ensure_ascii=False)


def from_text(text: str) -> list[tuple[str, str]]:
    """Return the fields that `as_text` was given; nothing for a text that is no form."""
    try:
        lists = read_json(text).items()
        return as_fields((json_text(name), list(map(json_text, values))) for name, values in lists)
    except (AttributeError, TypeError):
        return []


def read_json(text: str) -> Any:
    """Return the value that JSON from outside holds; None if it can't be read: also if it is nested
    too deeply, or has a number of too many digits.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def json_text(value: object) -> str:
    """Return a JSON value as text, with "?" for a lone surrogate, which JSON can hold."""
    return str(value).encode("utf-8", "replace").decode()


def _may_be_shown(name: str) -> bool:
    return name != _TOKEN and not any(word in name.lower() for word in _SECRET)
