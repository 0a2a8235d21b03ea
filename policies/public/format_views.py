"""Versions in other formats than HTML (PDF, Akoma Ntoso, Word), their notices, and the ledger."""

from datetime import date
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from policies import languages, ledger
from policies.ledger import log
from policies.models import LedgerEntry, Policy, Revision, version_status
from policies.models.policy import public_url
from policies.models.version_status import VersionInfo, with_status
from policies.public import (
    change_notices,
    json_data,
    pdfs,
    translations,
    word_files,
)
from policies.public.change_notices import Notice
from policies.public.inline_assets import STYLE_SOURCES
from policies.public.json_data import iso_time
from policies.public.page import FOR_EVER, json_response, public, with_cors_headers
from policies.public.views import numbered_version


@with_cors_headers
@public()
def akoma_ntoso(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    version = numbered_version(slug, language, number)
    content = _as_akoma_ntoso(version)
    return HttpResponse(content, content_type="application/akn+xml")


def _as_akoma_ntoso(version: Revision) -> bytes:
    # Loaded here: few readers ask for it, and the others' memory needn't hold it.
    from policies.text.akoma_ntoso import Version, convert

    policy = version.policy
    source = policy.translation_of
    # Constraints of the database: a numbered version has all of them.
    assert version.number  # noqa: S101
    assert version.published_at  # noqa: S101
    assert version.effective_at  # noqa: S101
    assert version.last_updated_on  # noqa: S101
    facts = Version(
        # The work is that of the authoritative policy, if it is public.
        slug=ledger.first_slug(source if source and ledger.is_public(source) else policy),
        language=policy.language,
        country=settings.ORGANISATION_COUNTRY,
        organisation=settings.ORGANISATION_NAME,
        number=version.number,
        title=version.title,
        kind=version.kind,
        change_note=version.change_note,
        digest=version.digest,
        work_on=_first_published_in_any_language(policy),
        published_on=policy.day_of(version.published_at),
        last_updated_on=version.last_updated_on,
        published_at=version.published_at,
        effective_at=version.effective_at,
        policy_url=public_url(policy.get_absolute_url()),
        url=public_url(policy.url("version", number=version.number)),
        markdown_url=public_url(policy.url("markdown", number=version.number)),
    )
    return convert(version.rendering.html, facts)


def _first_published_in_any_language(policy: Policy) -> date:
    source = policy.translation_of_id or policy.pk
    first = (
        Revision.objects.numbered()
        .filter(Q(policy=source) | Q(policy__translation_of=source))
        .select_related("policy")
        .only("published_at", "policy__time_zone")
        .order_by("published_at", "pk")
        .first()
    )
    assert first  # noqa: S101  this version, if no other
    assert first.published_at  # noqa: S101
    return first.policy.day_of(first.published_at)  # the same day for all languages


@public()
def _kept_pdf(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    if not pdfs.are_made():
        raise Http404("This site makes no PDFs.")
    version = numbered_version(slug, language, number)
    content = pdfs.get_or_make(version, at=timezone.now())
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{version.policy.slug}-{number}.pdf"'
    return response


@csrf_exempt  # as what `public` makes: other methods are answered with 405
def pdf(request: HttpRequest, **which: Any) -> HttpResponse:
    """Answer with a version as PDF; 503 with Retry-After while it is being made, or can't be."""
    try:
        return _kept_pdf(request, **which)
    except pdfs.NotYet as error:
        seconds, has_failed = error.seconds, isinstance(error, pdfs.CanNotBeMade)
    with languages.page_in(which["language"]):
        frame = languages.frame(which["language"])
        context = {"seconds": seconds, "has_failed": has_failed, **frame}
        response = render(request, "policies/pdf_unavailable.html", context, status=503)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    # Not an error: without this, Django logs each of a thousand as one.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


# --- Word files ----------------------------------------------------------------------------------


@public()
def word(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    version = numbered_version(slug, language, number)
    content = word_files.get_or_make(version, at=timezone.now())
    return word_files.as_response(content, word_files.file_name(version))


@public()
def word_changes(
    request: HttpRequest, slug: str, language: str, old: int, new: int
) -> HttpResponse:
    """Answer with the redline of two versions as tracked changes, the earlier version first."""
    old_version = numbered_version(slug, language, old)
    version = numbered_version(slug, language, new)
    if old == new:
        return redirect(version.policy.url("word", number=new))
    if old > new:
        return redirect(version.policy.url("word_changes", old=new, new=old))
    content = word_files.get_or_make(version, at=timezone.now(), since=old_version)
    return word_files.as_response(content, word_files.file_name(old_version, version))


# --- The public chain of publications ------------------------------------------------------------


@with_cors_headers
@public()
def newest_of_ledger(request: HttpRequest) -> HttpResponse:
    """Answer with the head of the public chain and its newest entries."""
    last = LedgerEntry.objects.order_by("-sequence").first()
    number = (last.sequence - 1) // json_data.LEDGER_PAGE + 1 if last else 1
    answer = _page_of(number)
    if log.is_kept():
        answer["log"] = {"origin": settings.LOG_ORIGIN, "vkeys": log.vkeys()}
    return json_response("ledger", answer)


@with_cors_headers
@public(caching=FOR_EVER)
def page_of_ledger(request: HttpRequest, number: int) -> HttpResponse:
    """Answer with a full page of the chain, the first entries being on page 1."""
    if not LedgerEntry.objects.filter(sequence=number * json_data.LEDGER_PAGE).exists():
        raise Http404(f"Page {number} of the ledger is not full yet: see /ledger.json.")
    return json_response("ledger", _page_of(number))


def _page_of(number: int) -> dict[str, Any]:
    first = (number - 1) * json_data.LEDGER_PAGE + 1
    entries = LedgerEntry.objects.filter(
        sequence__range=(first, first + json_data.LEDGER_PAGE - 1)
    ).order_by("sequence")
    earlier = reverse("policies:ledger_page", args=[number - 1]) if number > 1 else None
    previous = public_url(earlier) if earlier else None
    return json_data.ledger_as_json(list(entries), previous)


# --- The notice of a version, to be sent by the organisation's own tool for mail or messages -----


@with_cors_headers
@public()
def notice_text(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """Answer with the subject, the short text and the long one, a blank line between them."""
    version_info, notice = _notice(slug, language, number)
    text = notice.rendered("txt", version_info.version)
    content = f"{notice.subject}\n\n{notice.short}\n\n{text}"
    return HttpResponse(content, content_type="text/plain; charset=utf-8")


# Its one style sheet is known by its hash; the site's own is not in it.
@csp_replace({"style-src": [STYLE_SOURCES["mail"]]})
@public()
def notice_html(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """Answer with the notice as a mail in HTML."""
    version_info, notice = _notice(slug, language, number)
    return HttpResponse(notice.rendered("html", version_info.version))


@with_cors_headers
@public()
def notice_json(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """Answer with the notice in all forms, its facts, and where it is in other languages."""
    version_info, notice = _notice(slug, language, number)
    version, policy = version_info.version, version_info.version.policy
    others = translations.page_context(version, "version", at=timezone.now()).get("alternates", [])
    answer = {
        "policy": policy.slug,
        "language": language,
        "version": number,
        "standing": version_info.status,
        "announced_at": iso_time(version.published_at),
        "effective_at": iso_time(version.effective_at),
        "change_note": version.change_note,
        "subject": notice.subject,
        "short": notice.short,
        "text": notice.rendered("txt", version),
        "html": notice.rendered("html", version),
        "links": [{"words": words, "url": url} for words, url in notice.links],
        "urls": {
            "html": public_url(policy.url("version", number=number)),
            "markdown": public_url(policy.url("markdown", number=number)),
            **change_notices.file_urls(version),
        },
        "alternates": [
            {"language": page.language, "url": public_url(f"{page.path}notice.json")}
            for page in others
        ],
    }
    return json_response("notice", answer)


def _notice(slug: str, language: str, number: int) -> tuple[VersionInfo, Notice]:
    """Return a version's status and its notice. Raises Http404."""
    now = timezone.now()
    [version_info] = with_status([numbered_version(slug, language, number)], at=now)
    adjacent = version_status.adjacent_to(version_info.version, at=now)
    notice = change_notices.notice_of(version_info, adjacent)
    return version_info, notice
