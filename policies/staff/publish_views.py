"""The desk: publishing and withdrawing, each with a preview of what the public will see."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from policies import workflow
from policies.http import resubmission
from policies.models import Revision
from policies.permissions import ACTIONS
from policies.staff import findings
from policies.staff.accounts.logging_in import confirmed
from policies.staff.forms import (
    DeskForm,
    PublishForm,
    Text,
    WholeNumber,
    WithdrawForm,
    with_placeholders,
)
from policies.staff.pages import (
    action_button,
    action_required,
    against_what_was_before,
    awaits_late_approval,
    is_allowed,
    is_upcoming,
    policy_url,
    preview_action,
    render_staff_page,
    revision_or_404,
    status_of_version,
    user_of,
    work_url,
)
from policies.states import Kind, Status
from policies.text.limits import MAX_NOTICE_DAYS
from policies.workflow import heavy_work, open_findings, texts
from policies.workflow.notice_periods import first_allowed


class NoticePeriodForm(DeskForm):
    days = WholeNumber(
        error=f"Enter the number of days, from 1 to {MAX_NOTICE_DAYS}, or nothing for none."
    )


set_notice_period = action_button(
    "set_notice_period", "Notice period saved.", after=policy_url, form=NoticePeriodForm
)


class NoticedPublishForm(PublishForm):
    """Proposes the first day that keeps to the notice period, or asks why it is not kept to.

    first_allowed: the start of that day by the policy's clock; None if no notice is asked for, as
    in an emergency or of a first version.
    """

    short_notice_reason = Text()

    def __init__(self, data: Any = None, *, revision: Revision, emergency: bool) -> None:
        super().__init__(data, revision=revision, emergency=emergency)
        asks = not (emergency or self.is_first)
        moment = first_allowed(self.policy, at=timezone.now()) if asks else None
        self.first_allowed = moment and moment.astimezone(self.policy.zone)
        if self.first_allowed:
            proposed = f"{self.first_allowed:%Y-%m-%dT%H:%M}"
            self.initial = {**self.initial, "when": "later", "effective": proposed}

    def arguments(self) -> dict[str, Any]:
        reason = self.cleaned_data["short_notice_reason"]
        return {
            **super().arguments(),
            **({} if self.emergency else {"short_notice_reason": reason}),
        }


_EMERGENCY = "publish_without_approval"
_APPROVED_MEANWHILE = "This revision has been approved since you opened the page. Publish it now."


@require_http_methods(["GET", "POST"])
@action_required("publish")
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    return _publish(request, revision_or_404(pk), "publish")


@require_http_methods(["GET", "POST"])
@action_required("publish_without_approval")
def publish_without_approval(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish in an emergency a revision that nobody has approved, after the password was given."""
    revision = revision_or_404(pk)

    @confirmed("publish without approval")
    def after_confirming(request: HttpRequest) -> HttpResponse:
        return _publish(request, revision, _EMERGENCY)

    return after_confirming(request)


def _publish(request: HttpRequest, revision: Revision, action: str) -> HttpResponse:
    """Show the form, publish, or redirect if the revision's state has changed."""
    is_sent = request.method == "POST" and revision.status != Status.PUBLISHED
    if not is_sent and revision.status not in ACTIONS[action].states:
        return _to_what_became_of_it(request, revision)
    data = request.POST if request.method == "POST" else None
    form = NoticedPublishForm(data, revision=revision, emergency=action == _EMERGENCY)
    if is_sent and action == _EMERGENCY and _can_be_published(request, revision):
        # Show what was typed in the ordinary form.
        form.add_error(None, _APPROVED_MEANWHILE)
        action = "publish"
    elif is_sent and form.value("ask") != "again":
        with form.showing_refusal():
            arguments = form.values()
            if form.value("ask"):
                return _ask(request, revision, action, form.moment)
            publish_it = getattr(workflow, action)
            publish_it(revision.pk, by=user_of(request), at=timezone.now(), **arguments)
            return redirect("admin:policies_published", revision.pk)
        revision = revision_or_404(revision.pk)
        if revision.status == Status.PUBLISHED:
            return _to_what_became_of_it(request, revision)
    found = open_findings.findings_of(revision, at=timezone.now())
    context = {
        "title": f"Publish {revision.policy}{' without approval' if action == _EMERGENCY else ''}",
        "revision": revision,
        "form": form,
        # Query string of the first preview. Without the texts, which may be too long for a URL.
        "chosen": urlencode({it: form[it].value() or "" for it in ("kind", "when", "effective")}),
        "emergency": action == _EMERGENCY,
        "is_open": revision.status in ACTIONS[action].states,
        "upcoming": Revision.objects.upcoming(at=timezone.now()).filter(policy=revision.policy),
        **findings.as_list([it for it in found if it.is_open or it.overruling]),
        **against_what_was_before(revision),
    }
    return render_staff_page(request, "publish.html", context)


def _ask(request: HttpRequest, revision: Revision, action: str, moment: str) -> HttpResponse:
    """Ask whether it should be published at that moment: no script has named it on the button."""
    sent = resubmission.as_fields(request.POST.lists())
    context = {
        "title": f"Publish {revision.policy} {moment}?",
        "revision": revision,
        "policy": revision.policy,
        "button": f"{ACTIONS[action].label} {moment}",
        "at_once": moment == "now",
        "sent": [it for it in sent if it[0] != "ask"],
    }
    return render_staff_page(request, "publish_when.html", context)


def _can_be_published(request: HttpRequest, revision: Revision) -> bool:
    return revision.status == Status.APPROVED and is_allowed(request, "publish")


def _to_what_became_of_it(request: HttpRequest, revision: Revision) -> HttpResponse:
    """Redirect from the form of a revision that can't be published (any more)."""
    if revision.status == Status.PUBLISHED:  # the form was sent twice, or somebody was faster
        messages.warning(request, f"{revision} is already published.")
        return redirect("admin:policies_published", revision.pk)
    if _can_be_published(request, revision):
        messages.warning(request, _APPROVED_MEANWHILE)
        return redirect("admin:policies_publish", revision.pk)
    messages.warning(request, f"{revision}: only an approved revision can be published.")
    return redirect(work_url(request, revision.pk))


@require_http_methods(["GET", "POST"])
@action_required("publish", "publish_without_approval")
def publish_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the policy's page, or the version's own, as it would be once this is published."""
    revision = revision_or_404(pk)
    action = "publish" if revision.status == Status.APPROVED else _EMERGENCY
    typed = with_placeholders(
        request.POST or request.GET,
        kind=Kind.MATERIAL,
        change_note="(Your change note.)",
        reason="(Your reason.)",
        short_notice_reason="(Your reason.)",
        **({} if request.method == "POST" else {"when": "now"}),  # before anything was chosen
    )
    form = NoticedPublishForm(typed, revision=revision, emergency=action == _EMERGENCY)

    def ahead() -> object:
        if action == _EMERGENCY:
            return texts.rendered_ahead(pk)
        return open_findings.examined_ahead(pk, at=timezone.now())

    def arguments() -> dict[str, Any]:
        given = {**form.values(), "seen_digest": None, "seen_source_version": None}
        return {**given, "ready": heavy_work.done_now(ahead)}

    address = _version_page if typed.get("show") == "version" else _current_page
    return preview_action(request, pk, getattr(workflow, action), address, arguments)


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
    version = revision_or_404(pk)
    if version.status != Status.PUBLISHED:
        return redirect(work_url(request, pk))
    version_status = status_of_version(version)
    context = {
        "title": f"{version} is {'scheduled' if version_status == 'upcoming' else 'published'}",
        "version": version,
        "entry": version.ledger_entries.get(event="publication"),
        "policy": version.policy,
        "address": f"{settings.SITE_URL}{_version_page(version)}",
        "version_status": version_status,
        "awaits_approval": awaits_late_approval(version),
        "notices": [version],
    }
    return render_staff_page(request, "published.html", context)


@require_http_methods(["GET", "POST"])
@action_required("withdraw")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw an upcoming version, after showing what readers will see."""
    revision = revision_or_404(pk)
    form = WithdrawForm(request.POST) if request.method == "POST" else WithdrawForm()
    if request.method == "POST":
        with form.showing_refusal():
            workflow.withdraw(pk, by=user_of(request), at=timezone.now(), **form.values())
            messages.success(request, "Withdrawn. Readers see your reason.")
            return redirect("admin:policies_review", pk)
    elif not is_upcoming(revision):
        messages.warning(request, f"{revision}: only an upcoming version can be withdrawn.")
        return redirect(work_url(request, pk))
    context = {"title": f"Withdraw {revision}", "revision": revision, "policy": revision.policy}
    return render_staff_page(request, "withdraw.html", {**context, "form": form})


@require_http_methods(["GET", "POST"])
@action_required("withdraw")
def withdraw_preview(request: HttpRequest, pk: int) -> HttpResponse:
    form = WithdrawForm(with_placeholders(request.POST, reason="(Your reason.)"))
    return preview_action(request, pk, workflow.withdraw, _version_page, form.values)
