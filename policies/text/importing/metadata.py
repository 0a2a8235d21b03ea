"""What a file says of its policy beside the text: in its front matter, and by its name. Pure."""

import datetime
import re
import unicodedata
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePath

from policies.text.importing.dates import day_in
from policies.text.limits import MAX_CHANGE_NOTE, MAX_LANGUAGE, MAX_SLUG, is_supported_year
from policies.text.markdown import frontmatter
from policies.text.markdown.import_notes import ImportNote
from policies.text.markdown.outline import MAX_TITLE
from policies.text.short_text import in_short

MARKDOWN = (".md", ".markdown", ".mdown", ".mkd", ".mkdn")
HTML = (".html", ".htm", ".xhtml")
WORD = (".docx",)
SUFFIXES = WORD + HTML + MARKDOWN


class ImportRefused(ValueError):
    """A file that can't become a policy: which, where (1-based line) and why."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(file, line, reason)
        self.file = file
        self.line = line
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a file says about its policy beside the text; None where it says nothing.

    slug: always given; made from the file's name where the file has none. language: a tag such as
    en or pt-br, in lower case. name: what the policy is called in lists; its title where the file
    has none. translation_of: the slug of the authoritative policy, or its language/slug; "" where
    the file says that it is no translation. renders: the number of the version of it that the text
    translates; renders_digest: the SHA-256 of that version, which is the same on any site. A file
    called privacy.de.md is the German translation of privacy, unless it says otherwise.
    names_source: whether the file itself says that it is one, since its name alone may mislead.
    """

    slug: str
    name: str
    language: str | None = None
    last_updated: datetime.date | None = None
    effective: datetime.date | datetime.datetime | None = None
    kind: str | None = None
    change_note: str | None = None
    translation_of: str | None = None
    renders: int | None = None
    renders_digest: str | None = None
    names_source: bool = field(default=False, compare=False)


def title_from(name: str) -> str:
    """Return a title made from a file's name: "privacy-policy.md" → "Privacy policy"."""
    words = re.sub(r"[-_.\s]+", " ", _stem(name)).strip()
    return words[:1].upper() + words[1:]


def slug_from(name: str) -> str:
    """Return a slug made from a file's name; "policy" where none can be made."""
    return _slug(_stem(name)) or "policy"


def _stem(name: str) -> str:
    path = PurePath(name)
    stem = path.name
    while PurePath(stem).suffix.lower() in SUFFIXES:
        stem = PurePath(stem).stem
    return path.parent.name if stem.lower() in ("index", "_index", "readme", "") else stem


class _Wrong(ValueError):
    """A value that its key can't have; the message says what it must be."""


_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*\Z")


def read_metadata(
    name: str, split: frontmatter.Split, languages: Container[str]
) -> tuple[dict[str, object], tuple[ImportNote, ...]]:
    """Return what the front matter says, and notes on what in it can't be kept.

    Other sites' front matter uses our keys in their own way (`slug: /privacy/`): that is no
    reason to refuse a policy. A title or a date that can't be read is a reason: readers see it.
    """
    values: dict[str, object] = {}
    notes = [
        ImportNote("front matter key not kept", _quoted(key, value), split.line_of(key))
        for key, value in split.values.items()
        if key not in KEYS and key not in ("clauses", "numbering")  # the Document's
    ]
    for key, check in KEYS.items():
        given = split.values.get(key)
        if given is None or given == "":
            continue
        try:
            values[key] = check(given)
        except _Wrong as wrong:
            reason = f"The front matter's {key} is {in_short(repr(given))}: {wrong}"
            if key in _SHOWN:
                raise ImportRefused(name, split.line_of(key), reason) from wrong
            notes.append(ImportNote("front matter value not kept", reason, split.line_of(key)))
            continue
        if key == "slug" and values[key] != given:
            change = f"{given} as {values[key]}"
            notes.append(ImportNote("slug changed", change, split.line_of(key)))
    values["names_source"] = not _OF_TRANSLATIONS.isdisjoint(values)
    title = values.pop("title", None)
    stem, language = _stem_and_language(name, languages)
    if language and values.setdefault("language", language) == language:
        denied = "translation_of" in split.values  # by the file itself, which says ""
        values.setdefault("translation_of", "" if denied else _slug(stem) or None)
    values.setdefault("slug", _slug(stem) or "policy")
    values.setdefault("name", title or "")
    return values, tuple(notes)


def _quoted(key: str, value: object) -> str:
    empty = value is None or value == ""
    return in_short(key) if empty else f"{in_short(key)}: {in_short(str(value))}"


def _stem_and_language(name: str, languages: Container[str]) -> tuple[str, str]:
    """Return a file's stem and the language in its name: "privacy.de.md" → "privacy", "de"."""
    stem = _stem(name)
    rest, _, tag = stem.rpartition(".")
    known = rest and tag.lower() in languages
    return (rest, tag.lower()) if known else (stem, "")


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:MAX_SLUG].rstrip("-")


def _checked_slug(value: object) -> str:
    """Read a slug such as privacy-policy, or an address as other sites give it: /legal/Privacy/."""
    slug = _slug(value) if isinstance(value, str) else ""
    if not slug:
        raise _Wrong(
            "a slug is made of lower-case letters, digits and hyphens, such as privacy-policy."
        )
    return slug


def _checked_language(value: object) -> str:
    if not isinstance(value, str) or not _LANGUAGE.match(value) or len(value) > MAX_LANGUAGE:
        raise _Wrong("a language is a tag such as en or pt-BR.")
    return value.replace("_", "-").lower()


def _checked_source(value: object) -> str:
    """Read a slug such as privacy, or de/privacy for a policy that is authoritative in German."""
    plain = value.strip("/") if isinstance(value, str) else ""
    language, _, slug = plain.rpartition("/")
    if not _slug(slug):
        raise _Wrong("a translation is of a policy's slug, such as privacy or de/privacy.")
    return f"{_checked_language(language)}/{_slug(slug)}" if language else _slug(slug)


def _checked_number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise _Wrong("a version has a number, such as 3.")
    return value


def _checked_form(value: object, *, form: str, reason: str) -> str:
    text = value.strip().lower() if isinstance(value, str) else ""
    if not re.fullmatch(form, text):
        raise _Wrong(reason)
    return text


def _checked_line(value: object, *, most: int = MAX_TITLE) -> str:
    if isinstance(value, (dict, list, bool, float, bytes)):
        raise _Wrong("it must be a line of text. Put it into quotation marks.")
    line = " ".join(str(value).split())
    if not line or len(line) > most:
        raise _Wrong(f"it must have between 1 and {most:,} characters.")
    return line


def _checked_day(value: object, *, with_time: bool = False) -> datetime.date | datetime.datetime:
    """Read a date such as 2026-05-02 or 2 May 2026, in any language that dates.py knows."""
    if isinstance(value, str) and with_time and "T" in value:
        try:
            value = datetime.datetime.fromisoformat(value.strip())
        except ValueError as error:
            raise _Wrong("a moment is written 2026-05-02T09:00:00+00:00.") from error
    elif isinstance(value, str):
        text = value.strip()
        try:
            value = datetime.date.fromisoformat(text[:10] if "T" in text else text)
        except ValueError:
            value = day_in(text, alone=True)
    if isinstance(value, datetime.datetime) and not with_time:
        value = value.date()
    if not isinstance(value, datetime.date):
        raise _Wrong("a date is written 2026-05-02.")
    if not is_supported_year(value):
        raise _Wrong(f"the year {value.year} is too far away.")
    return value


# In the order in which they are written.
KEYS: Mapping[str, Callable[[object], object]] = {
    "slug": _checked_slug,
    "language": _checked_language,
    "name": _checked_line,
    "title": _checked_line,
    "last_updated": _checked_day,
    "effective": partial(_checked_day, with_time=True),
    "kind": partial(
        _checked_form, form="material|editorial", reason="a change is material or editorial."
    ),
    "change_note": partial(_checked_line, most=MAX_CHANGE_NOTE),
    "translation_of": _checked_source,
    "renders": _checked_number,
    "renders_digest": partial(
        _checked_form, form="[0-9a-f]{64}", reason="a digest has 64 hexadecimal digits."
    ),
}
_OF_TRANSLATIONS = frozenset({"translation_of", "renders", "renders_digest"})
# Keys whose values readers see, or see on the page what follows from them.
_SHOWN = _OF_TRANSLATIONS | {"title", "last_updated", "effective", "change_note"}
