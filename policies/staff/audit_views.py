"""The desk: the audit trail of one policy or of all, filtered; on a page, and as CSV."""

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, TypeAlias

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.formats import date_format
from django.views.decorators.http import require_GET

from policies.ledger.actor_names import names_of
from policies.models import AuditEvent, Policy
from policies.models.fields import default_time_zone
from policies.permissions import ACTIONS
from policies.staff.forms import Day, DeskForm, Text, WholeNumber
from policies.staff.guards import view_permission_required
from policies.staff.history_views import Label, labels_in
from policies.staff.pages import render_staff_page
from policies.text.short_text import counted

# Acts on the page of the audit trail; the CSV has all.
AUDIT_PAGE = 200
# Findings of one act on that page, of which there may be thousands; the CSV has all.
AUDITED_FINDINGS = 50

# Those of 1.0.0 come first, in its order: programs may count columns. "what" is the action's name
# for programs, "revision" the key in the addresses of the desk.
COLUMNS = (
    *("sequence", "at", "who", "what", "revision", "reason", "sha256"),
    *("findings", "policy", "action", "version", "label", "reviewer", "due_on"),
)


# The acts that ask for a review.
_REQUESTS = frozenset({"submit", "reassign_review"})
_Names: TypeAlias = dict[int | None, str]


class AuditFilterForm(DeskForm):
    """Which entries of the audit are shown. policy: its key; only asked where all are listed."""

    policy = WholeNumber()
    action = Text()
    actor = Text()
    since = Day()
    until = Day()


@require_GET
@view_permission_required("auditevent")
def audit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """List who did what to a policy, or to all, the newest act first, filtered by the form."""
    policy = _policy(pk)
    form = AuditFilterForm(request.GET)
    since, until = form.value("since"), form.value("until")
    if since and until and since > until:
        words = "The first day is after the last one, so there are no entries between them."
        messages.warning(request, words)
    found = _filtered(policy, form)
    events = list(found.select_related("policy").order_by("-sequence")[:AUDIT_PAGE])
    labels = labels_in({event.policy_id for event in events if event.policy_id})
    names = _reviewers(events)
    context = {
        "title": f"Audit of {policy or 'all policies'}",
        "policy": policy,
        "policies": [] if policy else Policy.objects.order_by("name", "language"),
        "time_zone": policy.time_zone if policy else default_time_zone(),
        "rows": [
            (event, labels.get(event.revision_id or 0), _asked(event, names), _reason(event))
            for event in events
        ],
        "count": found.count(),
        "most": AUDIT_PAGE,
        "most_findings": AUDITED_FINDINGS,
        "query": request.GET.urlencode(),
        "filter": form,
        "actions": [(name, action.past) for name, action in ACTIONS.items()],
        "actors": _events(policy).order_by("actor").values_list("actor", flat=True).distinct(),
    }
    return render_staff_page(request, "audit.html", context)


@require_GET
@view_permission_required("auditevent")
def audit_csv(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Download an audit trail as CSV, filtered as on the page."""
    policy = _policy(pk)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"{policy.slug}-audit" if policy else "audit"
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    table = csv.writer(response, quoting=csv.QUOTE_ALL)
    table.writerow(COLUMNS)
    labels = labels_in([policy.pk] if policy else Policy.objects.values_list("pk", flat=True))
    events = _filtered(policy, AuditFilterForm(request.GET)).select_related("policy")
    names = _reviewers(events.filter(action__in=_REQUESTS))
    for event in events.order_by("sequence").iterator():
        values = _values(event, labels.get(event.revision_id or 0), names)
        table.writerow([_as_text(values[column]) for column in COLUMNS])
    return response


def _policy(pk: int | None) -> Policy | None:
    return None if pk is None else get_object_or_404(Policy, pk=pk)


def _reviewers(events: Iterable[AuditEvent]) -> _Names:
    """Return the names of those whom requests for a review named, by user id."""
    asked = {(event.facts or {}).get("reviewer") for event in events if event.action in _REQUESTS}
    return names_of(asked) | {None: "anyone who may review it"}


def _asked(event: AuditEvent, names: _Names) -> str:
    """Return whom a request for a review named, and the day that it set; "" for any other act."""
    facts = event.facts or {}  # as chains.request_facts has them
    if event.action not in _REQUESTS or "reviewer" not in facts:
        return ""
    due_on = facts.get("due_on")
    due = f", due {date_format(date.fromisoformat(due_on))}" if due_on else ""
    return f"Reviewer: {names[facts['reviewer']]}{due}"


def _values(event: AuditEvent, label: Label | None, names: _Names) -> dict[str, Any]:
    facts = event.facts or {}
    answered = facts.get("findings", ())  # as chains.finding_facts has them
    return {
        "sequence": event.sequence,
        "at": event.done_at.isoformat(),
        "who": event.actor,
        "what": event.action,
        "revision": event.revision_id or "",
        "reason": event.reason + _sources(event),
        "sha256": event.document_digest,
        "findings": "\n".join(excerpt for _, excerpt in answered),
        "policy": event.policy or "",
        "action": event.act.capitalize(),
        "version": (label and label.number) or "",
        "label": label.name.capitalize() if label else "",
        "reviewer": names[facts["reviewer"]] if "reviewer" in facts else "",
        "due_on": facts.get("due_on") or "",
    }


def _sources(event: AuditEvent) -> str:
    """Return whose proposals were accepted or declined: " (2 proposals of Jane Roe, in a.docx)"."""
    if event.action not in {"accept_proposals", "decline_proposals"} or not event.facts:
        return ""
    number, names = len(event.facts["changes"]), ", ".join(event.facts["sources"])
    return f" ({counted(number, 'proposal')} of {names}, in {event.facts['name']})"


def _reason(event: AuditEvent) -> str:
    """Return an act's reason; of a change of text, where: "Title, sections scope, contact"."""
    if event.action not in {"save_draft", "accept_suggestion", "accept_proposals"}:
        return event.reason + _sources(event)
    names = event.reason.split()  # as authorship.changed_parts writes them
    parts = [name for name in names if not name.startswith("#")]
    if anchors := [name[1:] for name in names if name.startswith("#")]:
        parts.append(f"section{'s' if anchors[1:] else ''} {', '.join(anchors)}")
    words = ", ".join(parts)
    return words[:1].upper() + words[1:] + _sources(event)


def _events(policy: Policy | None) -> QuerySet[AuditEvent]:
    return policy.audit_events.all() if policy else AuditEvent.objects.all()


def _filtered(policy: Policy | None, form: AuditFilterForm) -> QuerySet[AuditEvent]:
    """Return audit events, filtered; what is invalid in the form filters nothing.

    Days are in the policy's time zone, or the site's if there is no policy.
    """
    events = _events(policy)
    calendar = policy or Policy()
    if not policy and (only := form.value("policy")):
        events = events.filter(policy=only)
    if action := form.value("action"):
        events = events.filter(action=action)
    if actor := form.value("actor"):
        events = events.filter(actor=actor)
    if since := form.value("since"):
        events = events.filter(done_at__gte=calendar.start_of(since))
    if until := form.value("until"):
        events = events.filter(done_at__lt=calendar.start_of(until + timedelta(days=1)))
    return events


# Full-width signs too: some spreadsheets read them like the others.
_BEGINS_A_FORMULA = frozenset("=+-@|＝＋－＠")


def _as_text(value: object) -> str:
    """Return a value as a cell that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    text = str(value)
    return f"'{text}" if text.lstrip()[:1] in _BEGINS_A_FORMULA else text
