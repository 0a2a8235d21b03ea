"""What the pages of the desk share: checking who may enter, telling what came of an action."""

from __future__ import annotations

from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from policies import workflow
from policies.http import resubmission
from policies.models import Revision
from policies.permissions import ACTIONS
from policies.states import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.contrib.auth.models import User
    from django.http import HttpRequest

    View = Callable[..., HttpResponse]


def may(*actions: str) -> Callable[[View], View]:
    """Let in only those who may do one of the actions at all; workflow/ asks again, and more.

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


def may_see(model: str) -> Callable[[View], View]:
    """Let in only those who may look at objects of a model, as "revision"."""
    return permission_required(f"policies.view_{model}", raise_exception=True)


def user_of(request: HttpRequest) -> User:
    """Return the user at the desk: nobody comes in without an account."""
    return request.user  # type: ignore[return-value]


def is_allowed(request: HttpRequest, action: str) -> bool:
    """Return whether this person holds a permission for an action, whatever the state."""
    return ACTIONS[action].is_open_to(request.user)


def sees(request: HttpRequest, model: str) -> bool:
    """Return whether this person may look at objects of a model, as "revision"."""
    return request.user.has_perm(f"policies.view_{model}")


def revision_or_404(pk: int) -> Revision:
    """Return a revision with its policy and its sections, which a page asks for again and again."""
    revisions = Revision.objects.select_related("policy").prefetch_related("sections")
    return get_object_or_404(revisions, pk=pk)


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    refused: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Render a page of the desk in the admin's frame.

    refused: whether it gives back what was sent, with the reason why it was not taken (422).
    """
    site = admin.site.each_context(request)
    status = 422 if refused else status
    return render(request, f"admin/policies/{template}", {**site, **context}, status=status)


@contextmanager
def outcome_as_message(request: HttpRequest, said: str = "") -> Iterator[None]:
    """Tell this person, on the next page, what came of the action that is called inside.

    said: what to say if it was done; nothing where the next page shows enough. A refusal goes no
    further: what comes after the block is done in either case.
    """
    try:
        yield
    except workflow.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        if said:
            messages.success(request, said)


def give_text_back(
    request: HttpRequest, refusal: workflow.Refused, *, field: str, back: str
) -> HttpResponse:
    """Give back what somebody wrote in one of several forms of a page, on a page of its own.

    There it can be mended and sent again, or taken elsewhere. If nothing was written, lead back.
    field: the name of the text's field. back: the address of the page with the form.
    """
    typed = request.POST.get(field, "")
    if not typed.strip():
        messages.error(request, str(refusal))
        return HttpResponseRedirect(back)
    context = {
        "title": "This could not be taken",
        "refusal": str(refusal),
        "back": back,
        "name": field,
        "typed": typed,
        "others": [it for it in resubmission.as_fields(request.POST.lists()) if it[0] != field],
    }
    return page(request, "refused.html", context, refused=True)


def address_of_home(request: HttpRequest, pk: int) -> str:
    """Return where this person works on a revision: its editor, if it is a draft and they may
    write; else its review; or its policy, when all work on it is given up.
    """
    revision = revision_or_404(pk)
    if revision.status == Status.DISCARDED:
        return reverse("admin:policies_policy_change", args=[revision.policy_id])
    is_written = revision.status == Status.DRAFT and is_allowed(request, "save_draft")
    return reverse(f"admin:policies_{'edit' if is_written else 'review'}", args=[pk])


def home_of(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to where this person works on a revision."""
    return HttpResponseRedirect(address_of_home(request, pk))
