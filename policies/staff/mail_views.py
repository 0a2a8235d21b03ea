"""The page on which each person chooses which e-mails they get."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from policies.mail.notices import KINDS
from policies.models import MailOptOut
from policies.staff.forms import DeskForm
from policies.staff.pages import render_staff_page, user_of


class MailForm(DeskForm):
    kind = forms.MultipleChoiceField(
        choices=[(name, kind.what) for name, kind in KINDS.items()], required=False
    )


@require_http_methods(["GET", "POST"])
def mail(request: HttpRequest) -> HttpResponse:
    """Show and save the user's own choice. All staff may use this page, each for themselves."""
    user = user_of(request)
    form = MailForm(request.POST) if request.method == "POST" else MailForm()
    if form.is_valid():
        wanted = set(form.cleaned_data["kind"])
        unwanted = [MailOptOut(user=user, kind=kind) for kind in KINDS if kind not in wanted]
        with transaction.atomic():
            MailOptOut.objects.filter(user=user, kind__in=wanted).delete()
            MailOptOut.objects.bulk_create(unwanted, ignore_conflicts=True)
        messages.success(request, "Saved.")
        return redirect("admin:policies_mail")
    off = set(MailOptOut.objects.filter(user=user).values_list("kind", flat=True))
    context = {
        "title": "Your e-mails",
        "form": form,
        "kinds": [(name, kind, name not in off) for name, kind in KINDS.items()],
        "may_change_account": user.has_perm("auth.change_user"),
    }
    return render_staff_page(request, "mail.html", context)
