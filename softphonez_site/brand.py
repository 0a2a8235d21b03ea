"""The owner's brand: reads content/site.toml, and checks it when the site starts.

docs/branding.md explains each key. A mistake raises ImproperlyConfigured, which says where it is
and what to write instead.
"""

import os
import re
import tomllib
from base64 import b64encode
from collections.abc import Mapping
from difflib import get_close_matches
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured

from softphonez_site import values

# Those with the least contrast to links: behind removed words; behind what a link has led to.
BACKGROUNDS = {"light": "#fbe0de", "dark": "#45390d"}
CONTRAST = 4.5  # of text, at least (WCAG 2.2, 1.4.3)


def read(content: Path) -> dict[str, Any]:
    """Return what site.toml in a folder says, by the keys of _KEYS, all empty without that file.

    logo_data: the light logo as a data URL, for PDFs.
    """
    file = content / "site.toml"
    try:
        if os.environ.get("CONTENT_DIR") and not content.is_dir():
            raise ValueError("CONTENT_DIR does not name a folder.")
        brand: dict[str, Any] = {key: {} for key in _KEYS}
        if file.exists():
            values.require_readable(file)
            brand |= _checked("", tomllib.loads(file.read_text("utf-8-sig")), _KEYS)
        brand["accent"] = _accent(brand["accent"])
        for scheme, name in reversed(brand["logo"].items()):
            logo = content / "static" / name
            if not logo.is_file():
                raise ValueError(f"logo.{scheme} is {name}, and there is no file {logo}.")
            data = b64encode(logo.read_bytes()).decode()
            brand["logo_data"] = f"data:{guess_type(name)[0]};base64,{data}"
    except ValueError as mistake:  # of TOML, of the encoding, or found here
        what = str(mistake).removesuffix(".")
        raise ImproperlyConfigured(f"{file}: {what}. See docs/branding.md.") from None
    return brand


# Kinds of values: what each has to match, and what it must be, in words.
_TEXT = (r"[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*", "a text on one line, in quotation marks")
_URL = (
    r"(https?://|mailto:|tel:)\S+|[^\s@:]+@[^\s@:]+",
    "an e-mail address, or begin with https://",
)
_COLOUR = ("#[0-9a-fA-F]{6}", 'a colour such as "#1a55a3"')
# The kind of each key, or of each key in a table; "" is for any key.
_LINKS = {language: {"": _URL} for language in LANG_INFO}
_KEYS: dict[str, Any] = {
    "name": _TEXT,
    "imprint": _URL,
    "support": _URL,
    "sentence": dict.fromkeys(LANG_INFO, _TEXT),
    "logo": dict.fromkeys(BACKGROUNDS, _TEXT),
    "accent": dict.fromkeys(BACKGROUNDS, _COLOUR),
    "header": _LINKS,
    "footer": _LINKS,
}


def _value(key: str, value: Any, kind: tuple[str, str]) -> str:
    pattern, expected = kind
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise ValueError(f"{key} must be {expected}, not {value!r}.")
    return f"mailto:{value}" if kind is _URL and ":" not in value else value


def _checked(table: str, found: Any, kinds: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a table, "" for the whole file. Raises ValueError for the first mistake.

    kinds: as in _KEYS.
    """
    known = ", ".join(kinds) if len(kinds) < 10 else "a language such as en, de or pt-br"
    if not isinstance(found, dict):
        below = known or '"Words" = "https://…"'
        raise ValueError(f"{table} must be a table: [{table}], then {below}.")  # noqa: TRY004
    checked = {}
    for key, value in found.items():
        name, kind = f"{table}.{key}".lstrip("."), kinds.get(key, kinds.get(""))
        if kind is None:
            meant = get_close_matches(key, kinds, n=1, cutoff=0.7)
            hint = f"Did you mean {meant[0]}?" if meant else f"It has to be {known}."
            above = f" {key} belongs above the first line in brackets." if key in _KEYS else ""
            raise ValueError(f"There is no key {name}. {hint}{above}")
        check = _checked if isinstance(kind, dict) else _value
        checked[key] = check(name, value, kind)
    if found and kinds.keys() == BACKGROUNDS.keys() and "light" not in found:
        raise ValueError(f"{table}.light is missing. It is for a light background.")
    return checked


def _accent(given: Mapping[str, str]) -> dict[str, str]:
    """Return the accent for both schemes. Without a dark one, that is a lighter tone."""
    accent: dict[str, str] = {}
    for scheme, background in BACKGROUNDS.items() if given else ():
        colour = given.get(scheme, given["light"]).lower()
        accent[scheme] = _readable(colour, scheme)
        if scheme in given and accent[scheme] != colour:
            raise ValueError(
                f"accent.{scheme} is {colour}: its contrast with {background}, a background of "
                f"{scheme} pages, is below {CONTRAST}:1 (WCAG 2.2, 1.4.3). Write {accent[scheme]}."
            )
    return accent


def _readable(colour: str, scheme: str) -> str:
    """Return a colour, as much darker or lighter as it has to be in a scheme."""
    end, mixed = 0 if scheme == "light" else 255, colour
    for percent in range(101):
        channels = [old + (end - old) * percent // 100 for old in bytes.fromhex(colour[1:])]
        mixed = f"#{bytes(channels).hex()}"
        darker, lighter = sorted([_luminance(mixed), _luminance(BACKGROUNDS[scheme])])
        if (lighter + 0.05) / (darker + 0.05) >= CONTRAST:
            break
    return mixed


def _luminance(colour: str) -> float:
    shares = [channel / 255 for channel in bytes.fromhex(colour[1:])]
    red, green, blue = [
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
