"""Atom feeds of publications: of one policy, and of all.

Ids are tag: URIs (RFC 4151) of the site's authority, which the settings name, and the slug under
which the policy was first public, which no other policy is ever given. So neither a renaming nor
another host makes an entry new (docs/adr/0011-ids-that-outlive-addresses.md).
"""

from datetime import UTC, datetime
from typing import Any

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
from policies.public import atom
from policies.public.atom import AtomLink
from policies.public.change_notices import day, sentences_on_moves
from policies.public.page import public, with_cors_headers
from policies.states import Kind, Status

# Entries in a feed, the newest. Whoever wants more has the history, and the ledger.
MAX_ENTRIES = 100


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
    feed = atom.Feed(
        id=tag,
        title=f"{title} – {settings.ORGANISATION_NAME}",
        language=language,
        author=settings.ORGANISATION_NAME,
        author_uri=public_url(reverse("policies:index")),
        updated_at=versions[0].updated_at if versions else datetime(1970, 1, 1, tzinfo=UTC),
        links=(
            AtomLink(public_url(request.path), "self", atom.MEDIA_TYPE),
            AtomLink(page, "alternate", "text/html"),
        ),
        entries=tuple(_entry(version) for version in versions),
    )
    return HttpResponse(atom.serialize(feed), content_type=f"{atom.MEDIA_TYPE}; charset=utf-8")


def _entry(version: Any) -> atom.FeedEntry:
    language = version.policy.language
    with translation.override(languages.interface(language)):  # a feed may have several
        return atom.FeedEntry(
            id=f"{_tag(version)}/{version.number}",
            title=_title(version),
            summary=_summary(version),
            published_at=version.published_at,
            updated_at=version.updated_at,
            language=language,
            category=(
                version.kind,
                gettext("material") if version.kind == Kind.MATERIAL else gettext("editorial"),
            ),
            links=_links(version),
        )


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


def _links(version: Any) -> tuple[AtomLink, ...]:
    policy, number = version.policy, version.number
    links = [
        AtomLink(public_url(policy.url("version", number=number)), "alternate", "text/html"),
        AtomLink(public_url(policy.url("markdown", number=number)), "alternate", "text/markdown"),
    ]
    if version.before:
        redline = public_url(policy.url("compare", old=version.before, new=number))
        words = gettext("Changes since version %(number)s") % {"number": version.before}
        links.append(AtomLink(redline, "related", "text/html", words))
    return tuple(links)
