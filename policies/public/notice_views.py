"""The notice of a version, ready to be sent by the organisation's own tool for mail or messages."""

from typing import Any

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from policies.languages import frame
from policies.public import adjacent_versions, change_notices, pdfs, translations, word_files
from policies.public.change_notices import Notice
from policies.public.inline_assets import MAIL_STYLE_SOURCE
from policies.public.json_data import iso_time
from policies.public.page import for_programs, json_response, public
from policies.public.version_status import VersionInfo
from policies.public.views import numbered_version, with_status


@for_programs
@public()
def as_text(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """Answer with the subject, the short text and the long one, a blank line between them."""
    _, notice = _notice(request, slug, language, number)
    content = f"{notice.subject}\n\n{notice.short}\n\n{notice.text}"
    return HttpResponse(content, content_type="text/plain; charset=utf-8")


# Its one style sheet is known by its hash; the site's own is not in it.
@csp_replace({"style-src": [MAIL_STYLE_SOURCE]})
@public()
def as_html(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """Answer with the notice as a mail in HTML."""
    version_info, notice = _notice(request, slug, language, number)
    return render(request, "policies/notice.html", _context(version_info, notice))


@for_programs
@public()
def as_json(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """Answer with the notice in all forms, its facts, and where it is in other languages."""
    version_info, notice = _notice(request, slug, language, number)
    version, policy, absolute = (
        version_info.version,
        version_info.version.policy,
        request.build_absolute_uri,
    )
    made_in_word = word_files.are_made()
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
        "text": notice.text,
        "html": render_to_string("policies/notice.html", _context(version_info, notice)),
        "links": [{"words": words, "url": url} for words, url in notice.links],
        "urls": {
            "html": absolute(policy.url("version", number=number)),
            "markdown": absolute(policy.url("markdown", number=number)),
            **({"pdf": absolute(policy.url("pdf", number=number))} if pdfs.are_made() else {}),
            **({"word": absolute(policy.url("word", number=number))} if made_in_word else {}),
        },
        "alternates": [
            {"language": it.language, "url": absolute(f"{it.path}notice.json")} for it in others
        ],
    }
    return json_response(request, "notice", answer)


def _notice(
    request: HttpRequest, slug: str, language: str, number: int
) -> tuple[VersionInfo, Notice]:
    """Return a version's status and its notice. Raises Http404."""
    now = timezone.now()
    [version_info] = with_status([numbered_version(slug, language, number)], now)
    adjacent = adjacent_versions.adjacent_to(version_info.version, at=now)
    notice = change_notices.notice_of(version_info, adjacent, request.build_absolute_uri)
    return version_info, notice


def _context(version_info: VersionInfo, notice: Notice) -> dict[str, Any]:
    version = version_info.version
    return {"notice": notice, "version": version, **frame(version.policy.language)}
