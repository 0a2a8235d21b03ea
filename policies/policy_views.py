"""The desk: a policy as a whole. It is made, renamed, retired, taken up again, and audited."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from django.conf.locale import LANG_INFO
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from . import workflow
from .desk_doors import done, may, page
from .editing import whole_number
from .models import Policy, Revision

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_http_methods(["GET", "POST"])
@may("create_policy")
def add_policy(request: HttpRequest) -> HttpResponse:
    """Make a policy and begin its first draft."""
    fields = ("name", "slug", "language", "translation_of")
    typed = {name: request.POST.get(name, "").strip() for name in fields}
    problem = ""
    if request.method == "POST":
        try:
            return redirect("admin:policies_edit", _first_draft(request, **typed).pk)
        except workflow.Refused as refusal:
            problem = str(refusal)
    context = {
        "title": "New policy",
        "typed": typed,
        "problem": problem,
        "sources": Policy.objects.filter(translation_of=None, retired_at=None),
        "tags": sorted(LANG_INFO),
    }
    return page(request, "add_policy.html", context)


@transaction.atomic
def _first_draft(
    request: HttpRequest, *, name: str, slug: str, language: str, translation_of: str
) -> Revision:
    """Make a policy and its draft, or neither. Raises what the verbs raise.

    Without a slug, a translation gets that of its source: /de/privacy/ beside /privacy/.
    """
    by: Any = request.user
    at = timezone.now()
    source = Policy.objects.filter(pk=whole_number(translation_of) or 0).first()
    policy = workflow.create_policy(
        slug=slug or (source.slug if source else slugify(name)),
        name=name,
        language=language or "en",
        translation_of_id=source.pk if source else None,
        by=by,
        at=at,
    )
    return workflow.start_draft(policy.pk, by=by, at=at, blank=True)


@require_http_methods(["GET", "POST"])
@may("rename_policy")
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a policy to another address; the old one leads there for ever."""
    policy = get_object_or_404(Policy, pk=pk)
    slug = request.POST.get("slug", policy.slug).strip()
    said = f"It is at /{slug}/ now, and its old address leads there."
    if request.method == "POST" and done(request, workflow.rename_policy, pk, said, slug=slug):
        return redirect("admin:policies_policy_change", pk)
    former = [it.slug for it in policy.addresses.all() if it.slug != policy.slug]
    context = {"title": f"Rename {policy}", "policy": policy, "slug": slug, "former": former}
    return page(request, "rename.html", context)


@require_http_methods(["GET", "POST"])
@may("retire")
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """End a policy, after showing what readers will see."""
    policy = get_object_or_404(Policy, pk=pk)
    notice = request.POST.get("notice", "")
    successor = whole_number(request.POST.get("successor"))
    said = "Retired. Its page says so, and stays readable."
    if request.method == "POST" and done(
        request, workflow.retire, pk, said, notice=notice, successor_id=successor
    ):
        return redirect("admin:policies_policy_change", pk)
    context = {
        "title": f"Retire {policy}",
        "policy": policy,
        "notice": notice,
        "successor": successor,
        "others": Policy.objects.filter(retired_at__isnull=True).exclude(pk=pk),
    }
    return page(request, "retire.html", context)


@require_POST
@may("reinstate")
def reinstate(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a retired policy up again."""
    done(request, workflow.reinstate, pk, "It is in use again; the notice is gone.")
    return redirect("admin:policies_policy_change", pk)


@require_GET
def audit_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a policy's audit trail as a table for a spreadsheet."""
    if not request.user.has_perm("policies.view_auditevent"):
        raise PermissionDenied
    policy = get_object_or_404(Policy, pk=pk)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{policy.slug}-audit.csv"'
    table = csv.writer(response)
    table.writerow(["sequence", "at", "who", "what", "revision", "reason", "sha256"])
    for event in policy.audit_events.order_by("sequence").iterator():
        row: list[Any] = [event.sequence, event.done_at.isoformat(), event.actor, event.verb]
        row += [event.revision_id or "", event.reason, event.document_digest]
        table.writerow([_as_text(value) for value in row])
    return response


def _as_text(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


PAGES = {
    "policies/policy/add/": (add_policy, "policies_policy_add"),
} | {
    f"policies/policy/<int:pk>/{address}": (view, f"policies_{name}")
    for address, view, name in (
        ("rename/", rename, "rename"),
        ("retire/", retire, "retire"),
        ("reinstate/", reinstate, "reinstate"),
        ("audit.csv", audit_csv, "audit_csv"),
    )
}
