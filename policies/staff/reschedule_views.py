"""The desk: an upcoming version is moved to another day."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from policies import workflow
from policies.models import Policy, Revision
from policies.staff.forms import ClockTime, DeskForm, Text, malformed_time, skipped_time
from policies.staff.pages import (
    action_required,
    is_upcoming,
    render_staff_page,
    revision_or_404,
    user_of,
    version_before,
    work_url,
)
from policies.states import Kind


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
    revision = revision_or_404(pk)
    policy = revision.policy
    form = _form(request, revision)
    if request.method == "POST":
        with form.showing_refusal():
            workflow.reschedule(pk, by=user_of(request), at=timezone.now(), **form.values())
            messages.success(request, "Rescheduled. Readers see the new day, and the old one.")
            return redirect("admin:policies_review", pk)
    elif not is_upcoming(revision):
        messages.warning(request, f"{revision}: only an upcoming version can be rescheduled.")
        return redirect(work_url(request, pk))
    context = {
        "title": f"Reschedule {revision}",
        "revision": revision,
        "policy": policy,
        "form": form,
        "has_notice": revision.kind == Kind.MATERIAL
        and policy.notice_days is not None
        and version_before(revision) is not None,
    }
    return render_staff_page(request, "reschedule.html", context)


def _form(request: HttpRequest, revision: Revision) -> RescheduleForm:
    policy, effect = revision.policy, revision.effective_at
    now = effect and f"{effect.astimezone(policy.zone):%Y-%m-%dT%H:%M}"
    data = request.POST if request.method == "POST" else None
    return RescheduleForm(
        data,
        policy=policy,
        initial={"effective": now, "seen_effective_at": effect and effect.isoformat()},
    )
