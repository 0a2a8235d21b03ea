"""Who may enter a page of the desk, and what they may do to a revision there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from policies import workflow
from policies.models import Policy, Revision, grants, involved
from policies.permissions import ACTIONS

View = Callable[..., HttpResponse]
_POLICY = "_policy_of_the_page"  # of a request by somebody whose roles don't hold everywhere


def hidden_from_others(key: str) -> Callable[[View], View]:
    """Answer to whoever may know nothing of a policy as if it, or its revision, did not exist.

    key: the column of Policy that the key in the address is about.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if grants.is_limited(user_of(request)):
                policy = Policy.objects.filter(**{key: kwargs["pk"]}).first()
                if policy is None or not grants.sees(user_of(request), policy):
                    raise Http404
                setattr(request, _POLICY, policy)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def action_required(*actions: str) -> Callable[[View], View]:
    """Let in only those who may do one of the actions at all; workflow/ checks again, and more.

    Answers 404 if what the action is about does not exist (workflow.NotThere). Any other missing
    row is a fault, and is logged as one.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not any(is_allowed(request, action) for action in actions):
                raise PermissionDenied
            try:
                return view(request, *args, **kwargs)
            except workflow.NotThere as error:
                raise Http404(str(error)) from error

        return guarded

    return decorate


def view_permission_required(model: str) -> Callable[[View], View]:
    """Let in only those who may look at objects of a model, as "revision"."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may_view(request, model):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def user_of(request: HttpRequest) -> User:
    """Return the user at the desk: nobody comes in without an account."""
    return request.user  # type: ignore[return-value]


def is_allowed(request: HttpRequest, action: str) -> bool:
    """Return whether this person holds a permission for an action, whatever the state: on the
    policy that the page is about; on a page that is about none, such as for pasting, on any.
    """
    policy = getattr(request, _POLICY, None)
    if policy is None and grants.is_limited(user_of(request)):
        return not grants.held_anywhere(user_of(request)).isdisjoint(ACTIONS[action].permissions)
    return ACTIONS[action].is_open_to(user_of(request), policy)


def may_view(request: HttpRequest, model: str) -> bool:
    return user_of(request).has_perm(f"policies.view_{model}", getattr(request, _POLICY, None))


def may_create(request: HttpRequest) -> bool:
    """Return whether this person may create policies, if only in some languages."""
    user, (permission,) = user_of(request), ACTIONS["create_policy"].permissions
    return user.has_perm(permission) or bool(grants.languages_of(user, permission))


def allowed_actions(request: HttpRequest, revision: Revision) -> dict[str, bool]:
    """Return which actions this person may do to a revision in its state; workflow/ checks more."""
    held = user_of(request).get_all_permissions(revision.policy)
    may: dict[str, bool] = {}
    for name, action in ACTIONS.items():
        may[name] = not held.isdisjoint(action.permissions) and revision.status in action.states
    if not revision.is_upcoming(at=timezone.now()):
        may |= {"reschedule": False, "withdraw": False}
    if may["approve_afterwards"] and not revision.awaits_late_approval():
        may["approve_afterwards"] = False
    if may["overrule"] or may["approve_afterwards"]:
        prefetch_related_objects([revision], "contributions")  # for the whole page
        took_part = request.user.pk in involved(revision)
        for name in ("overrule", "withdraw_overruling", "approve_afterwards"):
            may[name] = may[name] and not took_part
    return may
