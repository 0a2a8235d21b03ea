"""The desk: a policy's history: its revisions, any two of them compared, its audit trail."""

import csv
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from policies.ledger.actor_names import names_of
from policies.models import AuditEvent, Policy, Revision
from policies.permissions import ACTIONS
from policies.public import comparisons
from policies.public.version_status import VersionStatus, statuses_of
from policies.staff.forms import AuditFilterForm, CompareForm
from policies.staff.pages import is_allowed, render_staff_page, view_permission_required
from policies.states import Status

# Acts on the page of the audit trail; the CSV has all.
AUDIT_PAGE = 200
# Findings of one act on that page, of which there may be thousands; the CSV has all.
AUDITED_FINDINGS = 50


@require_GET
@view_permission_required("revision")
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """List every revision: who wrote, approved and published it, and what became of it."""
    policy = get_object_or_404(Policy, pk=pk)
    revisions = list(
        policy.revisions.prefetch_related("contributions").select_related("late_approval")
    )
    context = {
        "title": f"History of {policy}",
        "policy": policy,
        "rows": _rows(policy, revisions),
        "newest": _to_compare(revisions),
        "may_start": is_allowed(request, "start_draft") and not policy.revisions.open().exists(),
    }
    return render_staff_page(request, "history.html", context)


def _to_compare(revisions: list[Revision]) -> list[int]:
    """Return the keys of the two newest revisions, the newer one first.

    Discarded and withdrawn ones count only if there are not two others.
    """
    worthy = [it for it in revisions if it.status not in {Status.DISCARDED, Status.WITHDRAWN}]
    chosen = [*worthy, *(it for it in revisions if it not in worthy)][:2]
    return [it.pk for it in sorted(chosen, key=lambda it: it.pk, reverse=True)]


def _rows(policy: Policy, revisions: list[Revision]) -> list[dict[str, Any]]:
    numbered = [it for it in revisions if it.number]
    # What each version is to readers now: in force, superseded …
    statuses = {
        it.version.pk: "Retired"
        if it.status == VersionStatus.IN_FORCE and policy.retired_at
        else it.status.label
        for it in statuses_of(numbered, at=timezone.now())
    }
    late = {
        it.pk: it.late_approval.approved_by_id for it in revisions if hasattr(it, "late_approval")
    }
    people = [user_id for it in revisions for user_id in (it.approved_by_id, it.published_by_id)]
    people += [row.contributed_by_id for it in revisions for row in it.contributions.all()]
    names = {**names_of([*people, *late.values()]), None: ""}
    return [
        {
            "revision": it,
            "name": f"version {it.number}" if it.number else f"revision {it.pk}",
            "status": statuses.get(it.pk, ""),
            "writers": [names[row.contributed_by_id] for row in it.contributions.all()],
            "approved_by": names[it.approved_by_id],
            "published_by": names[it.published_by_id],
            "approved_later_by": names[late.get(it.pk)],
        }
        for it in revisions
    ]


@require_GET
@view_permission_required("revision")
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the redline of any two revisions, published or not, the older one first."""
    policy = get_object_or_404(Policy, pk=pk)
    form = CompareForm(request.GET)
    wanted = [form.value("old") or 0, form.value("new") or 0]
    found = list(policy.revisions.filter(pk__in=wanted).order_by("pk"))
    if len(found) < 2:
        messages.warning(request, "Choose two different revisions of this policy to compare.")
        return redirect("admin:policies_history", policy.pk)
    old, new = found
    context = {
        "title": f"{policy}: changes",
        "policy": policy,
        "old": old,
        "new": new,
        "redline": comparisons.of_texts(old.document(), new.document()),
    }
    return render_staff_page(request, "compare.html", context)


@require_GET
@view_permission_required("auditevent")
def audit(request: HttpRequest, pk: int) -> HttpResponse:
    """List who did what to a policy, the newest act first, filtered by the form."""
    policy, form = get_object_or_404(Policy, pk=pk), AuditFilterForm(request.GET)
    since, until = form.value("since"), form.value("until")
    if since and until and since > until:
        words = "The first day is after the last one, so there are no entries between them."
        messages.warning(request, words)
    events = _filtered(policy, form).select_related("revision").order_by("-sequence")
    context = {
        "title": f"Audit of {policy}",
        "policy": policy,
        "events": events[:AUDIT_PAGE],
        "count": events.count(),
        "most": AUDIT_PAGE,
        "most_findings": AUDITED_FINDINGS,
        "query": request.GET.urlencode(),
        "filter": form,
        "actions": [(name, it.past) for name, it in ACTIONS.items()],
        "actors": policy.audit_events.order_by("actor").values_list("actor", flat=True).distinct(),
    }
    return render_staff_page(request, "audit.html", context)


@require_GET
@view_permission_required("auditevent")
def audit_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Download a policy's audit trail as CSV, filtered as on the page."""
    policy = get_object_or_404(Policy, pk=pk)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{policy.slug}-audit.csv"'
    table = csv.writer(response, quoting=csv.QUOTE_ALL)
    table.writerow(["sequence", "at", "who", "what", "revision", "reason", "sha256", "findings"])
    events = _filtered(policy, AuditFilterForm(request.GET))
    for event in events.order_by("sequence").iterator():
        row: list[Any] = [event.sequence, event.done_at.isoformat(), event.actor, event.action]
        row += [event.revision_id or "", event.reason, event.document_digest]
        answered = (event.facts or {}).get("findings", ())  # as chains.finding_facts has them
        row.append("\n".join(excerpt for _, excerpt in answered))
        table.writerow([_as_text(value) for value in row])
    return response


def _filtered(policy: Policy, form: AuditFilterForm) -> QuerySet[AuditEvent]:
    """Return a policy's audit events, filtered; what is invalid in the form filters nothing."""
    events = policy.audit_events.all()
    if action := form.value("action"):
        events = events.filter(action=action)
    if actor := form.value("actor"):
        events = events.filter(actor=actor)
    if since := form.value("since"):
        events = events.filter(done_at__gte=policy.start_of(since))
    if until := form.value("until"):
        events = events.filter(done_at__lt=policy.start_of(until + timedelta(days=1)))
    return events


# Full-width signs too: some spreadsheets read them like the others.
_BEGINS_A_FORMULA = frozenset("=+-@|＝＋－＠")


def _as_text(value: object) -> str:
    """Return a value as a cell that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    text = str(value)
    return f"'{text}" if text.lstrip()[:1] in _BEGINS_A_FORMULA else text
