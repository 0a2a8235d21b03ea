"""Names of languages, directions, and dates: in words, and for machines."""

from datetime import date, datetime

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext

from policies import languages
from policies.models import Revision
from policies.states import Status

register = template.Library()
register.filter("language_name", languages.name_of)  # within a sentence: English, anglais
register.filter("own_language_name", languages.own_name)  # Deutsch


@register.simple_tag
def lang_of(language: str) -> str:
    """Write lang and dir for text in a language that may not be the interface's.

    Use it as <h1{% lang_of policy.language %}>. It writes nothing where both are the same.
    """
    return languages.attributes(language, inside=languages.of_interface()) if language else ""


@register.simple_tag
def interface_lang() -> str:
    """Write lang and dir for the interface's own words, if it is not in the page's language."""
    return languages.attributes(languages.of_interface(), inside=languages.of_page())


@register.simple_tag
def index_url() -> str:
    """Write the path of the list of policies in the language of this page."""
    return reverse("policies:index", kwargs={"language": languages.of_page()})


@register.filter(expects_localtime=True)
def day(value: date | None) -> str:
    """Return a date in the form of the page's language, such as 2. Mai 2026; "" for none."""
    return languages.day(value) if value else ""


@register.filter
def day_of_effect(version: Revision) -> str:
    """Return the day on which a version takes effect, in words; "withdrawn" for one that never did.

    The day is that of the active time zone.
    """
    if version.status == Status.WITHDRAWN or version.effective_at is None:
        return gettext("withdrawn")
    return languages.day(timezone.localtime(version.effective_at))


@register.filter(expects_localtime=True)
def day_and_time(value: datetime) -> str:
    """Return a time in the form of the page's language, such as 2. Mai 2026, 14:05."""
    comma = "،" if languages.primary(languages.of_page()) in ("ar", "fa", "ur") else ","
    return format_html("{}{} {}", languages.day(value), comma, f"{value:%H:%M}")


@register.filter(expects_localtime=True)
def plain_day(value: date) -> str:
    """Return a date in the form of the interface's language, for places without markup."""
    return languages.written_day(value, languages.of_interface())


@register.filter(expects_localtime=True)
def iso(time: datetime) -> str:
    """Return a time for a datetime attribute, to the second: 2026-05-02T00:00:00+02:00.

    HTML allows at most three digits after the second; date:"c" may write six.
    """
    return time.isoformat(timespec="seconds")
