"""Atom feeds (RFC 4287) of publications: of one policy, and of all.

Ids are tag: URIs (RFC 4151) of the site's authority, which the settings name, and the slug under
which the policy was first public, which no other policy is ever given. So neither a renaming nor
another host makes an entry new (docs/adr/0011-ids-that-outlive-addresses.md).
"""

from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from policies import languages
from policies.models import LedgerEntry, Policy, Revision
from policies.models.policy import public_url
from policies.models.revision import RevisionQuerySet, fetch_date_changes
from policies.public.change_notices import day, sentences_on_moves
from policies.public.page import public, with_cors_headers
from policies.states import Kind, Status
from policies.text import timestamps
from policies.text.xml_text import document, make

# Entries in a feed, the newest. Whoever wants more has the history, and the ledger.
MAX_ENTRIES = 100
MEDIA_TYPE = "application/atom+xml"


@with_cors_headers
@public()
def of_policy(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """Answer with the newest versions of one policy."""
    policy = get_object_or_404(Policy.objects.public(), slug=slug, language=language)
    versions = _newest(Revision.objects.filter(policy=policy))
    page = public_url(policy.get_absolute_url())
    return _feed(request, versions, _tag(versions[0]), policy.name, language, page)


@with_cors_headers
@public()
def of_all(request: HttpRequest, language: str) -> HttpResponse:
    """Answer with the newest versions of all policies, in all languages."""
    versions = _newest(Revision.objects.all())
    page = public_url(reverse("policies:index"))
    tag = f"tag:{settings.TAG_AUTHORITY}:policies"
    return _feed(request, versions, tag, gettext("Policies"), language, page)


def _newest(versions: RevisionQuerySet) -> list[Any]:
    """Return numbered versions, what happened last first: two queries at most. Each knows
    `updated_at`, `first_slug` (as ledger.first_slug) and `before`: the number of the version
    before, if any.
    """
    entries = LedgerEntry.objects.filter(policy=OuterRef("policy")).order_by("sequence")
    moves = LedgerEntry.objects.filter(revision=OuterRef("pk"), event="rescheduling")
    moved_at = Subquery(moves.order_by("-sequence").values("recorded_at")[:1])
    newest = list(
        versions.numbered()
        .with_is_moved()
        .with_previous_number()
        .annotate(
            updated_at=Coalesce("withdrawn_at", moved_at, "published_at"),
            first_slug=Subquery(entries.values("slug")[:1]),
        )
        .select_related("policy")
        .order_by("-updated_at", "-pk")[:MAX_ENTRIES]
    )
    fetch_date_changes(newest)
    return newest


def _tag(version: Any) -> str:
    return f"tag:{settings.TAG_AUTHORITY}:{version.first_slug}/{version.policy.language}"


def _feed(
    request: HttpRequest, versions: list[Any], tag: str, title: str, language: str, page: str
) -> HttpResponse:
    updated_at = versions[0].updated_at if versions else datetime(1970, 1, 1, tzinfo=UTC)
    feed = make("feed", **{"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": language})
    make("id", feed, tag)
    make("title", feed, f"{title} – {settings.ORGANISATION_NAME}")
    make("updated", feed, timestamps.to_the_second(updated_at))
    author = make("author", feed)
    make("name", author, settings.ORGANISATION_NAME)
    make("uri", author, public_url(reverse("policies:index")))
    _add_link(feed, "self", MEDIA_TYPE, public_url(request.path))
    _add_link(feed, "alternate", "text/html", page)
    for version in versions:
        with translation.override(languages.interface(version.policy.language)):
            feed.append(_entry(version))  # a feed may have several languages
    return HttpResponse(document(feed), content_type=f"{MEDIA_TYPE}; charset=utf-8")


def _entry(version: Any) -> Element:
    kind = gettext("material") if version.kind == Kind.MATERIAL else gettext("editorial")
    entry = make("entry", **{"xml:lang": version.policy.language})
    make("id", entry, f"{_tag(version)}/{version.number}")
    make("title", entry, _title(version))
    make("published", entry, timestamps.to_the_second(version.published_at))
    make("updated", entry, timestamps.to_the_second(version.updated_at))
    make("category", entry, term=version.kind, label=kind)
    _add_links(entry, version)
    make("summary", entry, _summary(version))
    return entry


def _title(version: Revision) -> str:
    """Say what came, and from when on it applies: that stays true, whenever it is read."""
    facts = {
        "title": version.title,
        "number": version.number,
        "date": day(version.policy, version.effective_at),
    }
    if version.status == Status.WITHDRAWN:
        return gettext("%(title)s, version %(number)s: withdrawn") % facts
    return gettext("%(title)s, version %(number)s, in force from %(date)s") % facts


def _summary(version: Revision) -> str:
    note = version.change_note or gettext("The first version.")
    if version.status != Status.WITHDRAWN:
        return "\n\n".join([" ".join(sentences_on_moves(version)), note]).strip()
    withdrawn = gettext("Withdrawn: %(reason)s") % {"reason": version.withdrawal_reason}
    return f"{withdrawn}\n\n{note}"


def _add_links(entry: Element, version: Any) -> None:
    policy, number = version.policy, version.number
    page = public_url(policy.url("version", number=number))
    _add_link(entry, "alternate", "text/html", page)
    source = public_url(policy.url("markdown", number=number))
    _add_link(entry, "alternate", "text/markdown", source)
    if version.before:
        redline = public_url(policy.url("compare", old=version.before, new=number))
        words = gettext("Changes since version %(number)s") % {"number": version.before}
        _add_link(entry, "related", "text/html", redline, title=words)


def _add_link(parent: Element, rel: str, media_type: str, href: str, **title: str) -> None:
    make("link", parent, rel=rel, type=media_type, href=href, **title)
