"""The desk: publishing and withdrawing, each with a preview of what the public will see; moving an
upcoming version to another day; the notice that readers are given.
"""

from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from policies import workflow
from policies.http import resubmission
from policies.models import Policy, Revision
from policies.models.policy import public_url
from policies.models.version_status import with_status
from policies.permissions import ACTIONS
from policies.staff import findings, pages
from policies.staff.accounts.confirming import confirmed
from policies.staff.buttons import action_button
from policies.staff.forms import (
    ClockTime,
    DeskForm,
    PublishForm,
    Text,
    WholeNumber,
    WithdrawForm,
    malformed_time,
    skipped_time,
    with_placeholders,
)
from policies.staff.guards import action_required, is_allowed, user_of
from policies.staff.previews import preview_action
from policies.states import Kind, Status
from policies.text.limits import MAX_NOTICE_DAYS
from policies.workflow import heavy_work, open_findings, texts
from policies.workflow.refusals import void_approval


class NoticePeriodForm(DeskForm):
    days = WholeNumber(
        error=f"Enter the number of days, from 1 to {MAX_NOTICE_DAYS}, or nothing for none."
    )

    sent_empty = ("days",)


set_notice_period = action_button(
    workflow.set_notice_period,
    "Notice period saved.",
    after=pages.policy_url,
    form=NoticePeriodForm,
)


_EMERGENCY = "publish_without_approval"
_PUBLISHING: dict[str, Callable[..., Revision]] = {
    "publish": workflow.publish,
    _EMERGENCY: workflow.publish_without_approval,
}
_APPROVED_MEANWHILE = "This revision has been approved since you opened the page. Publish it now."


@require_http_methods(["GET", "POST"])
@action_required("publish")
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    return _publish(request, pages.revision_or_404(pk), "publish")


@require_http_methods(["GET", "POST"])
@action_required("publish_without_approval")
def publish_without_approval(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish in an emergency a revision that nobody has approved, after the password was given."""
    revision = pages.revision_or_404(pk)

    @confirmed("publish without approval")
    def after_confirming(request: HttpRequest) -> HttpResponse:
        return _publish(request, revision, _EMERGENCY)

    return after_confirming(request)


def _publish(request: HttpRequest, revision: Revision, action: str) -> HttpResponse:
    """Show the form, publish, or redirect if the revision's state has changed."""
    is_sent = request.method == "POST" and revision.status != Status.PUBLISHED
    if not is_sent and revision.status not in ACTIONS[action].states:
        return _redirect_by_status(request, revision)
    data = request.POST if request.method == "POST" else None
    form = PublishForm(data, revision=revision, emergency=action == _EMERGENCY)
    if is_sent and action == _EMERGENCY and _can_be_published(request, revision):
        # Show what was typed in the ordinary form.
        form.add_error(None, _APPROVED_MEANWHILE)
        action = "publish"
    elif is_sent and form.value("ask") != "again":
        try:
            arguments = form.values()
            if form.value("ask"):
                return _ask(request, revision, action, form.moment)
            by, at = user_of(request), timezone.now()
            _PUBLISHING[action](revision.pk, by=by, at=at, **arguments)
            return redirect("admin:policies_published", revision.pk)
        except workflow.Refused as refusal:
            form.refuse(refusal)
        revision = pages.revision_or_404(revision.pk)
        if revision.status == Status.PUBLISHED:
            return _redirect_by_status(request, revision)
    found = open_findings.findings_of(revision, at=timezone.now())
    context = {
        "title": f"Publish {revision.policy}{' without approval' if action == _EMERGENCY else ''}",
        "revision": revision,
        "form": form,
        # Query string of the first preview. Without the texts, which may be too long for a URL.
        "chosen": urlencode(
            {name: form[name].value() or "" for name in ("kind", "when", "effective")}
        ),
        "emergency": action == _EMERGENCY,
        "void_approval": void_approval(revision),
        "is_open": revision.status in ACTIONS[action].states,
        "upcoming": Revision.objects.upcoming(at=timezone.now()).filter(policy=revision.policy),
        **findings.as_list([finding for finding in found if finding.is_open or finding.overruling]),
        **pages.against_what_was_before(revision),
    }
    return pages.render_staff_page(request, "publish.html", context)


def _ask(request: HttpRequest, revision: Revision, action: str, moment: str) -> HttpResponse:
    """Ask whether it should be published at that moment: no script has named it on the button."""
    sent = resubmission.as_fields(request.POST.lists())
    context = {
        "title": f"Publish {revision.policy} {moment}?",
        "revision": revision,
        "button": f"{ACTIONS[action].label} {moment}",
        "at_once": moment == "now",
        "sent": [pair for pair in sent if pair[0] != "ask"],
    }
    return pages.render_staff_page(request, "publish_when.html", context)


def _can_be_published(request: HttpRequest, revision: Revision) -> bool:
    return revision.status == Status.APPROVED and is_allowed(request, "publish")


def _redirect_by_status(request: HttpRequest, revision: Revision) -> HttpResponse:
    """Redirect from the form of a revision that can't be published (any more)."""
    if revision.status == Status.PUBLISHED:  # the form was sent twice, or somebody was faster
        messages.warning(request, f"{revision} is already published.")
        return redirect("admin:policies_published", revision.pk)
    if _can_be_published(request, revision):
        messages.warning(request, _APPROVED_MEANWHILE)
        return redirect("admin:policies_publish", revision.pk)
    messages.warning(request, f"{revision}: only an approved revision can be published.")
    return redirect(pages.work_url(request, revision.pk))


@require_http_methods(["GET", "POST"])
@action_required("publish", "publish_without_approval")
def publish_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the policy's page, or the version's own, as it would be once this is published."""
    revision = pages.revision_or_404(pk)
    action = "publish" if revision.status == Status.APPROVED else _EMERGENCY
    typed = with_placeholders(
        request.POST or request.GET,
        kind=Kind.MATERIAL,
        change_note="(Your change note.)",
        reason="(Your reason.)",
        short_notice_reason="(Your reason.)",
        **({} if request.method == "POST" else {"when": "now"}),  # before anything was chosen
    )
    form = PublishForm(typed, revision=revision, emergency=action == _EMERGENCY)

    def ahead() -> object:
        if action == _EMERGENCY:
            return texts.rendered_ahead(pk)
        return open_findings.examined_ahead(pk, at=timezone.now())

    def arguments() -> dict[str, Any]:
        given = {**form.values(), "seen_digest": None, "seen_source_version": None}
        return {**given, "ready": heavy_work.done_now(ahead)}

    address = _version_page if typed.get("show") == "version" else _current_page
    return preview_action(request, pk, _PUBLISHING[action], address, arguments)


def _version_page(version: Revision) -> str:
    return version.policy.url("version", number=version.number)


def _current_page(version: Revision) -> str:
    """Return the URL of the policy's page, or of the version's own if nothing is in force yet."""
    in_force = version.policy.revisions.effective(at=timezone.now()).exists()
    return version.policy.get_absolute_url() if in_force else _version_page(version)


@require_GET
@action_required("publish", "publish_without_approval")
def published(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was published: where the version is, its digest, its place in the ledger."""
    version = pages.revision_or_404(pk)
    if version.status != Status.PUBLISHED:
        return redirect(pages.work_url(request, pk))
    version_status = with_status([version], at=timezone.now())[0].status
    context = {
        "title": f"{version} is {'scheduled' if version_status == 'upcoming' else 'published'}",
        "version": version,
        "entry": version.ledger_entries.get(event="publication"),
        "policy": version.policy,
        "address": public_url(_version_page(version)),
        "version_status": version_status,
        "awaits_approval": version.awaits_late_approval(),
        "notices": [version],
    }
    return pages.render_staff_page(request, "published.html", context)


@require_http_methods(["GET", "POST"])
@action_required("withdraw")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw an upcoming version, after showing what readers will see."""
    revision = pages.revision_or_404(pk)
    form = WithdrawForm(request.POST) if request.method == "POST" else WithdrawForm()
    if request.method == "POST":
        try:
            workflow.withdraw(pk, by=user_of(request), at=timezone.now(), **form.values())
        except workflow.Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Withdrawn. Readers see your reason.")
            return redirect("admin:policies_review", pk)
    elif not revision.is_upcoming(at=timezone.now()):
        messages.warning(request, f"{revision}: only an upcoming version can be withdrawn.")
        return redirect(pages.work_url(request, pk))
    context = {"title": f"Withdraw {revision}", "revision": revision, "form": form}
    return pages.render_staff_page(request, "withdraw.html", context)


@require_http_methods(["GET", "POST"])
@action_required("withdraw")
def withdraw_preview(request: HttpRequest, pk: int) -> HttpResponse:
    form = WithdrawForm(with_placeholders(request.POST, reason="(Your reason.)"))
    return preview_action(request, pk, workflow.withdraw, _version_page, form.values)


class RescheduleForm(DeskForm):
    effective = ClockTime(
        widget=forms.DateTimeInput(attrs={"id": "effective_at"}),
        error_messages={"required": "Enter the day and time at which it takes effect."},
    )
    seen_effective_at = forms.DateTimeField(required=False)
    reason = Text()
    short_notice_reason = Text()

    field_of: ClassVar = {"effective_at": "effective"}

    def __init__(self, data: Any = None, *, policy: Policy, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.policy = policy
        self.fields["effective"].error_messages["invalid"] = malformed_time(policy)

    def clean_effective(self) -> Any:
        typed = self.cleaned_data["effective"]
        if problem := skipped_time(typed, self.policy):
            raise forms.ValidationError(problem)
        return typed

    def arguments(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        moment = found.pop("effective").replace(tzinfo=self.policy.zone)
        return {**found, "effective_at": moment}


@require_http_methods(["GET", "POST"])
@action_required("reschedule")
def reschedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Move an upcoming version to another day, after saying what readers will see."""
    revision = pages.revision_or_404(pk)
    policy = revision.policy
    effect = revision.effective_at
    initial = {
        "effective": effect and f"{effect.astimezone(policy.zone):%Y-%m-%dT%H:%M}",
        "seen_effective_at": effect and effect.isoformat(),
    }
    data = request.POST if request.method == "POST" else None
    form = RescheduleForm(data, policy=policy, initial=initial)
    if request.method == "POST":
        try:
            workflow.reschedule(pk, by=user_of(request), at=timezone.now(), **form.values())
        except workflow.Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Rescheduled. Readers see the new time.")
            return redirect("admin:policies_review", pk)
    elif not revision.is_upcoming(at=timezone.now()):
        messages.warning(request, f"{revision}: only an upcoming version can be rescheduled.")
        return redirect(pages.work_url(request, pk))
    context = {
        "title": f"Reschedule {revision}",
        "revision": revision,
        "form": form,
        "has_notice": revision.kind == Kind.MATERIAL
        and policy.notice_days is not None
        and revision.version_before(at=timezone.now()) is not None,
    }
    return pages.render_staff_page(request, "reschedule.html", context)
