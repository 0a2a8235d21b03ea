"""Languages as readers see them: the interface's, names, directions, dates.

Policies may be in any language that Django knows (LANG_INFO). The interface is in those that
locale/ has a catalog of, and in English where it has none; `attributes` marks that, since a page
has to name the language of each of its parts (WCAG 2.2, 3.1.1 and 3.1.2).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils import translation
from django.utils.formats import date_format
from django.utils.html import format_html

# What the templates are written in, and the catalogs in locale/.
SOURCE = "en"
CATALOGS = tuple(sorted(path.parts[-2] for path in settings.BASE_DIR.glob("locale/*/LC_MESSAGES")))
# Languages that write the names of languages and months in lower case within a sentence; Django
# has some of these names capitalised.
SMALL_IN_SENTENCES = ("es", "fr")

# The language of the page that is being made, where the interface may be in another.
_page: ContextVar[str | None] = ContextVar("page_language", default=None)


def primary(language: str) -> str:
    """Return a language's tag without script and region: pt of pt-br (RFC 5646, section 2.2.1)."""
    return language.partition("-")[0]


def interface(language: str) -> str:
    """Return the language of the interface on a page in `language`."""
    tag = primary(language)
    return tag if tag in CATALOGS else SOURCE


def of_interface() -> str:
    return translation.get_language() or SOURCE


def of_page() -> str:
    return _page.get() or of_interface()


@contextmanager
def page_in(language: str) -> Iterator[None]:
    """Make a page in a language: words by its catalog or in English, dates always in its form."""
    token = _page.set(language)
    try:
        with translation.override(interface(language)):
            yield
    finally:
        _page.reset(token)


def direction(language: str) -> str:
    """Return "rtl" or "ltr", the value of HTML's dir attribute."""
    return "rtl" if translation.get_language_info(language)["bidi"] else "ltr"


def attributes(language: str, *, inside: str) -> str:
    """Return lang and dir, for text in `language` inside text in another; "" inside the same."""
    if primary(language) == primary(inside):
        return ""
    return format_html(' lang="{}" dir="{}"', language, direction(language))


def own_name(language: str) -> str:
    """Return what a language calls itself, as written in a menu: Deutsch, Français."""
    name = str(translation.get_language_info(language)["name_local"])
    return name[:1].upper() + name[1:]


def name_of(language: str) -> str:
    """Return a language's name within a sentence of the interface: English, anglais."""
    name = str(translation.get_language_info(language)["name_translated"])
    return name[:1].lower() + name[1:] if of_interface() in SMALL_IN_SENTENCES else name


def of_path(path: str) -> str:
    """Return the language of an address: the site's own, unless it begins with another's tag."""
    first = path.lstrip("/").partition("/")[0]
    return first if first in LANG_INFO else str(settings.LANGUAGE_CODE)


def day(value: date) -> str:
    """Return a date in the form of the page's language: May 2, 2026; 2. Mai 2026; 2026年5月2日.

    As HTML: in an element that site.css keeps on one line if there is room, and that names the
    date's language where the interface is in English for want of a catalog.
    """
    language = of_page()
    marks = attributes(language, inside=of_interface())
    return format_html("<bdi{}>{}</bdi>", marks, written_day(value, language))


def written_day(value: date, language: str) -> str:
    """Return a date in the form of a language, as text that is no HTML."""
    tag = primary(language)
    with translation.override(language):
        written = date_format(value, "DATE_FORMAT")
    if tag in SMALL_IN_SENTENCES:
        written = written.lower()
    if tag == "fr" and value.day == 1:
        # The first of a month is an ordinal (Imprimerie nationale, Lexique des règles).
        written = f"1er{written[1:]}"
    return written


def of_brand(key: str, language: str) -> tuple[str, Any]:
    """Return what site.toml has under a key that suits a page in `language`, after its language."""
    given = settings.BRAND[key]
    suitable = (language, primary(language), of_interface(), SOURCE, *given)
    tag = next((tag for tag in suitable if tag in given), "")
    return tag, given.get(tag)


def frame(language: str) -> dict[str, Any]:
    """Return the template context that every page needs: language, organisation, address, brand."""
    return {
        "language": language,
        "direction": direction(language),
        "organisation": settings.ORGANISATION_NAME,
        "site_url": settings.SITE_URL,
        "brand": settings.BRAND,
        "header": of_brand("header", language),
        "footer": of_brand("footer", language),
    }
