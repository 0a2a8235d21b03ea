"""Versions, and what changed between two of them, as Word files."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from policies.public import word_files
from policies.public.page import public
from policies.public.views import numbered_version


@public()
def word(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """Answer with a version as .docx."""
    word_files.require()
    version = numbered_version(slug, language, number)
    content = word_files.get_or_make(version, _origin(request), at=timezone.now())
    return word_files.as_response(content, word_files.file_name(version))


@public()
def word_changes(
    request: HttpRequest, slug: str, language: str, old: int, new: int
) -> HttpResponse:
    """Answer with the redline of two versions as tracked changes, the earlier version first."""
    word_files.require()
    one, two = (numbered_version(slug, language, number) for number in (old, new))
    if old == new:
        return redirect(two.policy.url("word", number=new))
    if old > new:
        return redirect(two.policy.url("word_changes", old=new, new=old))
    content = word_files.get_or_make(two, _origin(request), at=timezone.now(), since=one)
    return word_files.as_response(content, word_files.file_name(one, two))


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
