"""Webhooks in Django admin: set up, tried, given another secret, with a log of what was sent.

What is done to them is in each one's history (Django's own); every change is in the audit, too. No
secret and no URL, which may be one, is in either.
"""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from policies.models import WebhookDelivery, WebhookEndpoint
from policies.models.webhooks import ROTATION
from policies.permissions import MANAGE_WEBHOOKS
from policies.staff.guards import user_of
from policies.staff.hardened_admin import HardenedAdminMixin, WithDesk
from policies.staff.pages import button_of, render_staff_page
from policies.webhooks import delivering, endpoints, requesting, signing
from policies.webhooks.events import EVENTS

# Deliveries on the page of a webhook, the newest first.
MAX_DELIVERIES = 50
# Where a request keeps why its URL is refused.
_PROBLEM = "policies.url_problem"


class WebhookForm(forms.ModelForm):  # type: ignore[type-arg]
    """enabled: whether anything is sent. url_problem: why a URL that was typed is refused."""

    url_problem = ""
    enabled = forms.BooleanField(label="Enabled", required=False, initial=True)
    events = forms.MultipleChoiceField(
        choices=[(name, f"{meaning} ({name})") for name, meaning in EVENTS.items()],
        # All that readers see; that a version was published is said by one of the next two.
        initial=[name for name in EVENTS if name != "policy.published"],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one event."},
    )

    class Meta:
        model = WebhookEndpoint
        fields = ("name", "url", "format", "events", "policies")
        help_texts = {
            "name": "What this list and the log call it.",
            "policies": "Choose none for all policies, later ones included.",
            "format": "Slack, Mattermost and others take the text at an “incoming webhook”.",
        }
        widgets = {
            "policies": forms.CheckboxSelectMultiple,
            "url": forms.TextInput(attrs={"class": "vLargeTextField", "inputmode": "url"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["enabled"].initial = self.instance.enabled_at is not None

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        if self.url_problem and url != self.initial.get("url"):
            raise ValidationError(self.url_problem)
        return url


@admin.register(WebhookEndpoint)
class WebhookAdmin(HardenedAdminMixin, WithDesk):
    """For whoever may set up webhooks. Those of the environment can be seen and tried."""

    form = WebhookForm
    fields = ("name", "url", "format", "enabled", "events", "policies")
    list_display = ("name", "format", "is_enabled", "last_result")
    actions = None
    change_form_template = "admin/policies/webhook.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(MANAGE_WEBHOOKS)

    has_add_permission = has_module_permission = has_view_permission

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(MANAGE_WEBHOOKS) and not (obj and obj.is_of_environment)

    has_delete_permission = has_change_permission

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Look a URL up before Django's transaction, during which nobody else could write."""
        if request.method == "POST" and self.has_view_permission(request):
            try:
                requesting.target_of(request.POST.get("url", "").strip())
            except (requesting.RequestRefused, requesting.RequestFailed) as error:
                request.META[_PROBLEM] = str(error)
        return super().changeform_view(request, *args, **kwargs)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> "type[forms.ModelForm[Any]]":
        form = super().get_form(request, obj, change, **kwargs)  # a class of this request
        form.url_problem = request.META.get(_PROBLEM, "")  # type: ignore[attr-defined]
        return form

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # The value of a field that is no column can't be shown where nothing can be changed.
        is_shown_only = not self.has_change_permission(request, obj)
        return [name for name in self.fields if not (is_shown_only and name == "enabled")]

    @admin.display(description="enabled", boolean=True)
    def is_enabled(self, endpoint: WebhookEndpoint) -> bool:
        return endpoint.enabled_at is not None

    @admin.display(description="last delivery")
    def last_result(self, endpoint: WebhookEndpoint) -> str:
        last = endpoint.deliveries.filter(tried_at__isnull=False).order_by("-tried_at").first()
        return result_of(last) if last else "-"

    def save_model(
        self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: bool
    ) -> None:
        """Save what the form has, and nothing else: meanwhile a run may have disabled it."""
        if change:
            obj.save(update_fields=["name", "url", "format", "events"])
        else:
            obj.secret = signing.new_secret()
            obj.save()
        is_wanted = form.cleaned_data["enabled"]
        if is_wanted and obj.enabled_at is None:
            obj.enable(by=user_of(request), at=timezone.now())
        elif obj.enabled_at and not is_wanted:
            obj.disable()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Record what was saved, now that the policies are known."""
        super().save_related(request, form, formsets, change)
        endpoint, by = form.instance, user_of(request)
        record = partial(endpoints.record, endpoint=endpoint, by=by, at=timezone.now())
        if not change:
            record("add_webhook")
            return
        labels = [form[name].label for name in form.changed_data if name != "enabled"]
        if labels:
            record("change_webhook", what=", ".join(labels).lower().replace("url", "URL"))
        if "enabled" in form.changed_data:
            record("enable_webhook" if endpoint.enabled_at else "disable_webhook")

    def delete_model(self, request: HttpRequest, obj: WebhookEndpoint) -> None:
        endpoints.record("delete_webhook", obj, by=user_of(request), at=timezone.now())
        super().delete_model(request, obj)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        return self._secret_page(request, obj, "The webhook is set up.")

    def _secret_page(self, request: HttpRequest, endpoint: Any, done: str) -> HttpResponse:
        context = {"title": "The webhook’s secret", "endpoint": endpoint, "done": done}
        return render_staff_page(request, "webhook_secret.html", context)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(request, {"title": "Webhooks", **(extra_context or {})})

    def desk_context(self, request: HttpRequest, endpoint: WebhookEndpoint) -> dict[str, Any]:
        newest = endpoint.deliveries.all()[:MAX_DELIVERIES]
        rotated = endpoint.rotated_at
        return {
            "endpoint": endpoint,
            "deliveries": [(delivery, result_of(delivery)) for delivery in newest],
            "most": MAX_DELIVERIES,
            "old_secret_until": rotated + ROTATION if rotated else None,
            "now": timezone.now(),
        }

    # --- The buttons below the form ----------------------------------------------------------

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.act)
        mine = path("<int:pk>/act/", view, name="policies_webhookendpoint_act")
        return [mine, *super().get_urls()]

    @method_decorator(require_POST)
    def act(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send a test or a delivery of the log, or make a new secret."""
        if not request.user.has_perm(MANAGE_WEBHOOKS):
            raise PermissionDenied
        endpoint = get_object_or_404(WebhookEndpoint, pk=pk)
        pressed = button_of(request)
        if pressed == "rotate" and not endpoint.is_of_environment:
            endpoints.rotate(endpoint, by=user_of(request), at=timezone.now())
            self.log_change(request, endpoint, "Secret changed.")
            done = "The new secret is in use. The old one signs as well for 24 hours."
            return self._secret_page(request, endpoint, done)
        if pressed == "test":
            self.log_change(request, endpoint, "Test sent.")
            self._send(request, delivering.add_test(endpoint, at=timezone.now()))
        elif pressed.isdecimal():
            delivery = get_object_or_404(endpoint.deliveries, pk=int(pressed[:18]))
            self.log_change(request, endpoint, f"Delivery {delivery.pk} sent again.")
            delivering.make_due(delivery, at=timezone.now())
            self._send(request, delivery)
        return redirect(reverse("admin:policies_webhookendpoint_change", args=[pk]))

    def _send(self, request: HttpRequest, due: WebhookDelivery) -> None:
        delivery = delivering.attempt(due)
        if delivery is None:
            messages.warning(request, "It is being sent just now.")
            return
        show = messages.success if delivery.sent_at else messages.error
        show(request, f"{result_of(delivery)}. {delivery.answer}".strip())


def result_of(delivery: WebhookDelivery) -> str:
    """Return how the last try of a delivery ended: "Delivered: 200"."""
    code = f": {delivery.status}" if delivery.status else ""
    if delivery.sent_at:
        return f"Delivered{code}"
    if delivery.due_at:
        return f"Failed{code}, will be tried again" if delivery.tries else "Not sent yet"
    return f"Not delivered{code}"
