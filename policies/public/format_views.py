"""Versions in other formats than HTML: PDF and Akoma Ntoso."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from policies import languages, ledger
from policies.models import Policy, Revision
from policies.public import pdfs
from policies.public.page import for_programs, public
from policies.public.views import numbered_version


@for_programs
@public()
def akoma_ntoso(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """Answer with a version as Akoma Ntoso XML."""
    version = numbered_version(slug, language, number)
    content = _as_akoma_ntoso(version, request.build_absolute_uri)
    return HttpResponse(content, content_type="application/akn+xml")


def _as_akoma_ntoso(version: Revision, absolute: Callable[[str], str]) -> bytes:
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
        work_on=_work_on(policy),
        published_on=policy.day_of(version.published_at),
        last_updated_on=version.last_updated_on,
        published_at=version.published_at,
        effective_at=version.effective_at,
        policy_url=absolute(policy.get_absolute_url()),
        url=absolute(policy.url("version", number=version.number)),
        markdown_url=absolute(policy.url("markdown", number=version.number)),
    )
    return convert(version.rendering.html, facts)


def _work_on(policy: Policy) -> date:
    """Return the day on which the policy was first published in any language."""
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
    origin = f"{request.scheme}://{request.get_host()}"
    content = pdfs.get_or_make(version, origin, at=timezone.now())
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{version.policy.slug}-{number}.pdf"'
    return response


@csrf_exempt  # as what `public` makes: other methods are answered with 405
def pdf(request: HttpRequest, **which: Any) -> HttpResponse:
    """Answer with a version as PDF; 503 with Retry-After while it is being made, or can't be."""
    try:
        return _kept_pdf(request, **which)
    except pdfs.NotYet as error:
        seconds = error.seconds
        page = "pdf_failed" if isinstance(error, pdfs.CanNotBeMade) else "pdf_not_yet"
    with languages.page_in(which["language"]):
        context = {"seconds": seconds, **languages.frame(which["language"])}
        response = render(request, f"policies/{page}.html", context, status=503)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    # Not an error: without this, Django logs each of a thousand as one.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
