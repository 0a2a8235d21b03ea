"""The public pages. Each asks a few questions of the database and renders one template.

No view reads the query string, a cookie or the session: a page depends on its URL and the time
alone.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from policies import languages
from policies.languages import frame
from policies.ledger import log, removed_anchors
from policies.models import Policy, Revision, version_status
from policies.models.policy import public_url
from policies.models.revision import RevisionQuerySet, fetch_date_changes
from policies.models.version_status import NEWS_LAST, statuses_of, with_status
from policies.public import comparisons, json_data, link_relations, translations
from policies.public.listed_urls import HISTORY_PAGE, SCHEMAS
from policies.public.page import (
    FOR_EVER,
    json_response,
    public,
    with_cors_headers,
    with_form,
    with_style,
)
from policies.public.subscription_views import is_offered
from policies.public.web_links import Link, as_header
from policies.states import Kind
from policies.text import document as documents

PAGE = "policies/policy.html"
# Change notes, above a redline, of the versions between the two.
MAX_STEPS = 20


@public()
def index(request: HttpRequest, language: str) -> HttpResponse:
    """List what is in force in one language, and in others what is missing in it."""
    now = timezone.now()
    offered = translations.languages_in_force(at=now)
    spoken = {*offered, *languages.CATALOGS, settings.LANGUAGE_CODE}
    published = Revision.objects.numbered().filter(policy__language=language)
    if language not in spoken and not published.exists():
        raise Http404(f"The site has nothing in {language}.")
    site_policies = link_relations.site_policies(language, at=now)
    context = {
        **_listed_with_upcoming(language, at=now),
        "news_since": now - NEWS_LAST,
        "alternates": translations.alternate_indexes(offered),
        "site_policies": site_policies,
        **frame(language),
    }
    links = link_relations.of_site(site_policies)
    return _linked(request, "policies/index.html", context, links)


@public()
def policy(request: HttpRequest, slug: str, language: str, template: str = PAGE) -> HttpResponse:
    """Show the version in force, and announce the next one."""
    now = timezone.now()
    version = _in_force(slug, language, now)
    site_policies = link_relations.site_policies(language, at=now)
    lines = removed_anchors.shown_on(version)
    context = {
        "policy": version.policy,
        "version": version,
        **_news(version),
        "upcoming": version.policy.revisions.upcoming(at=now)
        .with_is_moved()
        .with_previous_number(),
        "removed_anchors": [line for line in lines if not line.is_taken],
        "renumbered": [line for line in lines if line.is_taken],
        "site_policies": site_policies,
        "takes_subscriptions": template == PAGE and is_offered(request, version.policy),
        **translations.page_context(version, "policy", at=now),
        **frame(language),
    }
    links = link_relations.of_policy(version, site_policies)
    response = _linked(request, template, context, links)
    return with_form(response) if context["takes_subscriptions"] else response


def _news(version: Any) -> dict[str, Any]:
    """Return what is new since the date on the page of the version in force, from `_in_force`: the
    change notes in `news`, the oldest first, and the number of the version before in `news_since`.
    Neither for a first version, which changed nothing.
    """
    notes = [version.change_note]
    if version.dated_before and version.kind == Kind.EDITORIAL:
        notes = [version.dated_note, *notes]
    since = version.dated_before or version.before
    return {"news": notes if since else [], "news_since": since}


@with_style("history")
@public()
def history(
    request: HttpRequest, slug: str, language: str, before: int | None = None
) -> HttpResponse:
    """List a policy's versions, the newest first; `before` a number, those older than it."""
    policy, now = _policy(slug, language), timezone.now()
    numbered = (
        policy.revisions.numbered().with_is_moved().with_previous_number().order_by("-number")
    )
    wanted = numbered.filter(number__lt=before) if before else numbered
    versions: list[Revision] = list(wanted[: HISTORY_PAGE + 1])
    if not versions:
        raise Http404(f"{policy} has no version here.")
    fetch_date_changes(versions)
    log.fetch_records(versions[:HISTORY_PAGE])
    timeline = with_status(versions[:HISTORY_PAGE], at=now)
    current = timeline[0].current
    context = {
        "policy": policy,
        "timeline": timeline,
        "current": current,
        "older": versions[HISTORY_PAGE - 1].number if len(versions) > HISTORY_PAGE else None,
        "before": before,
        "log_keys": log.vkeys(),
        "has_witnesses": bool(settings.WITNESSES),
        "alternates": translations.alternates(policy, "history", at=now),
        **frame(language),
    }
    links = link_relations.of_history(policy, current)
    return _linked(request, "policies/history.html", context, links)


@public()
def version(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """Show one version, with a notice of its status."""
    now = timezone.now()
    [version_info] = with_status([numbered_version(slug, language, number)], at=now)
    adjacent = version_status.adjacent_to(version_info.version, at=now)
    context = {
        "policy": version_info.version.policy,
        "version": version_info.version,
        "version_info": version_info,
        "before": adjacent.before,
        **translations.page_context(version_info.version, "version", at=now),
        **frame(language),
    }
    response = render(request, "policies/version.html", context)
    headers = link_relations.of_version(version_info, adjacent)
    for name, value in headers.items():
        response[name] = value
    return response


@public()
def on(request: HttpRequest, slug: str, language: str, day: str) -> HttpResponse:
    """Lead to the version that was in force on a day, by the policy's time zone.

    Where several were, to the one that was at the day's end. Where none was, a page explains why.
    """
    policy, now = _policy(slug, language), timezone.now()
    try:
        wanted = date.fromisoformat(day)
        if wanted.isoformat() != day:  # 20260502 and 2026-W18-6 are forms of ISO 8601, too
            return _no_version_on(request, policy, "malformed", day, at=now)
        if wanted > policy.day_of(now):
            return _no_version_on(request, policy, "future", wanted, at=now)
        end = policy.start_of(wanted + timedelta(days=1)) - timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return _no_version_on(request, policy, "malformed", day, at=now)
    then = policy.revisions.effective(at=min(now, end)).first()
    if then is None:
        return _no_version_on(request, policy, "before", wanted, at=now)
    return redirect(policy.url("version", number=then.number))


@with_style("redline")
@public()
def compare(request: HttpRequest, slug: str, language: str, old: int, new: int) -> HttpResponse:
    """Show the redline of any two versions, the earlier one first."""
    if old == new:
        return redirect(_policy(slug, language).url("version", number=old))
    if old > new:
        return redirect(_policy(slug, language).url("compare", old=new, new=old))
    versions = _versions(slug, language).filter(number__in=[old, new])
    both = {version.number: version for version in versions}
    if len(both) < 2:
        raise Http404(f"{slug} has no versions {old} and {new}.")
    return _redline(request, both[old], both[new], "policies/compare.html", at=timezone.now())


@with_style("redline")
@public()
def since(
    request: HttpRequest,
    slug: str,
    language: str,
    number: int,
    template: str = "policies/since.html",
) -> HttpResponse:
    """Show what changed from a version to the one in force: where apps send their users.

    A version after the one in force leads to its own page, which shows its status.
    """
    versions, now = _versions(slug, language), timezone.now()
    in_force = versions.effective(at=now).values("pk")[:1]
    both = list(versions.filter(Q(number=number) | Q(pk=Subquery(in_force))).order_by("number"))
    accepted = next((version for version in both if version.number == number), None)
    if accepted is None:
        raise Http404(f"{slug} has no version {number}.")
    if accepted != both[0] or not statuses_of(both, at=now)[-1].took_effect:
        return redirect(accepted.policy.url("version", number=number))
    upcoming = accepted.policy.revisions.upcoming(at=now).with_is_moved().with_previous_number()
    return _redline(request, accepted, both[-1], template, at=now, upcoming=upcoming)


def _listed_with_upcoming(language: str, *, at: datetime) -> dict[str, Any]:
    """Return what the list of policies shows: each version in force with the upcoming ones of its
    policy, and as `new` those of each policy in this language that has none in force yet.
    """
    listed = translations.versions_to_list(language, at=at)
    announced: dict[int, list[Revision]] = {}
    mine = Q(policy__language=language) | Q(policy__in={version.policy_id for version in listed})
    upcoming = Revision.objects.upcoming(at=at).filter(mine).select_related("policy")
    announced_versions = list(upcoming.with_is_moved().with_previous_number())
    fetch_date_changes(announced_versions)
    for version in announced_versions:
        announced.setdefault(version.policy_id, []).append(version)
    versions = [(version, announced.pop(version.policy_id, [])) for version in listed]
    return {"versions": versions, "new": list(announced.values())}


def _redline(
    request: HttpRequest,
    old: Revision,
    new: Revision,
    template: str,
    *,
    at: datetime,
    **about: object,
) -> HttpResponse:
    context = {
        "policy": new.policy,
        "old": old,
        "version": new,
        "redline": None if old == new else comparisons.of_versions(old, new),
        "without_effect": [info for info in statuses_of([old, new], at=at) if not info.took_effect],
        "steps": _steps(old, new),
        "most_steps": MAX_STEPS,
        **about,
        **frame(new.policy.language),
    }
    return render(request, template, context)


def _steps(old: Revision, new: Revision) -> list[Revision]:
    """Return the published versions after one up to another, the latest first: MAX_STEPS at most,
    and one more if there are more.
    """
    if old == new or (new.number or 0) == (old.number or 0) + 1:
        return []
    between = new.policy.revisions.published().filter(number__gt=old.number, number__lt=new.number)
    notes = between.order_by("-number").only("number", "kind", "change_note", "policy_id")
    return [new, *notes[:MAX_STEPS]]


def _no_version_on(
    request: HttpRequest, policy: Policy, why: str, day: date | str, *, at: datetime
) -> HttpResponse:
    """Explain why there is no version. day: the one asked for; as it was written, if malformed."""
    first = policy.revisions.effective(at=at).last()
    context = {"policy": policy, "why": why, "day": day, "first": first, **frame(policy.language)}
    return render(request, "policies/no_version_on.html", context, status=404)


@with_cors_headers
@public(caching=FOR_EVER)
def version_markdown(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """Answer with the very bytes that the version's digest covers."""
    text = documents.serialize(numbered_version(slug, language, number).document())
    return HttpResponse(text.encode(), content_type="text/markdown; charset=utf-8")


@with_cors_headers
@public()
def current_markdown(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """Answer with the Markdown of the version in force; a link names the version's own address."""
    current = _in_force(slug, language, timezone.now())
    text = documents.serialize(current.document())
    response = HttpResponse(text.encode(), content_type="text/markdown; charset=utf-8")
    own = public_url(current.policy.url("markdown", number=current.number))
    response["Link"] = str(Link(own, "canonical"))
    return response


@with_cors_headers
@public()
def version_json(request: HttpRequest, slug: str, language: str, number: int) -> HttpResponse:
    """Answer with what is known of one version."""
    now = timezone.now()
    [version_info] = with_status([numbered_version(slug, language, number)], at=now)
    page_context = translations.page_context(version_info.version, "version", at=now)
    answer = json_data.version_as_json(version_info, page_context)
    return json_response("version", answer)


@with_cors_headers
@public()
def current_json(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """Return the version in force: what an app asks for before it shows an update sheet."""
    now = timezone.now()
    current = _in_force(slug, language, now)
    versions = current.policy.revisions.published()
    last_material = versions.effective(at=now).filter(kind=Kind.MATERIAL)
    answer = json_data.current_as_json(
        current.policy,
        current,
        last_material.values_list("number", flat=True).first(),
        versions.upcoming(at=now).first(),
        translations.page_context(current, "policy", at=now),
    )
    return json_response("current", answer)


@with_cors_headers
@public()
def schema(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with the JSON Schema of one of our answers."""
    files = {path.stem: path for path in SCHEMAS.glob("*.json")}
    if name not in files:
        raise Http404(f"There is no schema {name}.")
    return HttpResponse(files[name].read_bytes(), content_type="application/schema+json")


def _linked(
    request: HttpRequest, template: str, context: dict[str, Any], links: list[Link]
) -> HttpResponse:
    response = render(request, template, context)
    if links:
        response["Link"] = as_header(links)
    return response


def _policy(slug: str, language: str) -> Policy:
    known = Policy.objects.public().with_is_translated()
    return get_object_or_404(known, slug=slug, language=language)


def _versions(slug: str, language: str) -> RevisionQuerySet:
    return (
        Revision.objects.numbered()
        .filter(policy__slug=slug, policy__language=language)
        .select_related("policy")
        .with_is_translated()
        .with_is_moved()
    )


def numbered_version(slug: str, language: str, number: int) -> Revision:
    """Return a version with its policy and its rendering. Raises Http404 if there is none."""
    return get_object_or_404(_versions(slug, language).select_related("rendering"), number=number)


def _in_force(slug: str, language: str, at: datetime) -> Revision:
    versions = _versions(slug, language).select_related("policy__successor", "rendering")
    # Whose date the page bears: an editorial version keeps that of the last material one.
    dated = (
        Revision.objects.published()
        .filter(kind=Kind.MATERIAL, policy=OuterRef("policy"), number__lte=OuterRef("number"))
        .order_by("-number")
        .with_previous_number()
    )
    effective = versions.effective(at=at).with_previous_number()
    version = effective.annotate(
        dated_note=Subquery(dated.values("change_note")[:1]),
        dated_before=Subquery(dated.values("before")[:1]),
    ).first()
    if version is None:
        raise Http404(f"{slug} has no version in force.")
    return version
