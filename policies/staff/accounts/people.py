"""The desk: who may do what where, since when and by whom; roles are given and taken away here."""

from typing import Any

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.contrib import messages
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from policies import languages
from policies.ledger.actor_names import name_of
from policies.models import Policy, RoleGrant
from policies.roles import ROLES
from policies.staff.accounts import records
from policies.staff.accounts.confirming import confirmed
from policies.staff.forms import DeskForm, Text, WholeNumber
from policies.staff.guards import user_of
from policies.staff.pages import button_of, render_staff_page


class RoleForm(DeskForm):
    """who: "user-7" or "group-3". where: "policy-7", "language-de", or "all". taken: the key of a
    RoleGrant, or of a group that somebody leaves.
    """

    who = Text()
    role = Text()
    where = Text()
    taken = WholeNumber()


@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """List what all staff may do. Superusers give roles and take them away."""
    if request.method == "POST" and request.user.is_superuser:
        return _change(request)
    if request.method == "POST" or not user_of(request).has_perm("auth.view_user"):
        raise PermissionDenied
    grants = RoleGrant.objects.select_related("role", "policy", "granted_by")
    groups = Group.objects.prefetch_related(Prefetch("role_grants", grants)).order_by("name")
    staff = User.objects.filter(is_staff=True, is_active=True).order_by("username")
    context = {
        "title": "People",
        "people": staff.prefetch_related(
            Prefetch("role_grants", grants), Prefetch("groups", groups), "user_permissions"
        ),
        "groups": groups.exclude(name__in=ROLES).prefetch_related("user_set"),
        "roles": ROLES,
        "are_by_provider": bool(settings.OIDC_ISSUER and settings.OIDC_ROLES),
        "policies": Policy.objects.order_by("name", "language"),
        "languages": sorted((languages.name_of(tag), tag) for tag in LANG_INFO),
    }
    return render_staff_page(request, "people.html", context)


@confirmed("change who may do what")
def _change(request: HttpRequest) -> HttpResponse:
    """Do what a button of the page is for, on record and by e-mail."""
    form, by = RoleForm(request.POST), user_of(request)
    kind, _, key = (form.value("who") or "").partition("-")
    holder = _found({"user": User, "group": Group}.get(kind), key)
    press = {"give": _give, "take": _take, "leave": _leave}.get(button_of(request))
    words = press(form, holder, by) if press and holder else ""
    if words and holder:
        members = [holder] if isinstance(holder, User) else list(holder.user_set.all())
        if isinstance(holder, Group):
            records.record(holder, words, by=by)
        for account in members:
            records.role_changed(account, words, by=by)
        messages.success(request, words)
    else:
        messages.error(request, "Nothing was changed: choose who gets which role for what.")
    return redirect("admin:policies_people")


def _found(model: Any, key: str) -> Any:
    is_key = model is not None and key.isdecimal() and len(key) < 10
    return model.objects.filter(pk=key).first() if is_key else None


@transaction.atomic
def _give(form: RoleForm, holder: User | Group, by: User) -> str:
    """Return what was done, in words; "" if nothing was."""
    role = Group.objects.filter(name=form.value("role"), name__in=ROLES).first()
    kind, _, key = (form.value("where") or "").partition("-")
    policy = _found(Policy, key) if kind == "policy" else None
    language = key if kind == "language" and key in LANG_INFO else ""
    if role is None or not (policy or language or kind == "all"):
        return ""
    own = {"user" if isinstance(holder, User) else "group": holder}
    grant, is_new = RoleGrant.objects.get_or_create(
        **own,
        role=role,
        policy=policy,
        language=language,
        defaults={"granted_at": timezone.now(), "granted_by": by},
    )
    return f"{_called(holder)}: role given: {grant}." if is_new else ""


@transaction.atomic
def _take(form: RoleForm, holder: User | Group, by: User) -> str:
    own = {"user" if isinstance(holder, User) else "group": holder}
    grant = RoleGrant.objects.filter(**own, pk=form.value("taken") or 0).first()
    if grant is None:
        return ""
    grant.delete()
    return f"{_called(holder)}: role taken away: {grant}."


@transaction.atomic
def _leave(form: RoleForm, holder: User | Group, by: User) -> str:
    """End a membership, by which a role holds for all policies."""
    group = Group.objects.filter(pk=form.value("taken") or 0, user=holder.pk).first()
    if group is None or not isinstance(holder, User):
        return ""
    holder.groups.remove(group)
    return f"{_called(holder)}: role taken away: {group} for all policies."


def _called(holder: User | Group) -> str:
    return name_of(holder) if isinstance(holder, User) else f"Members of {holder}"
