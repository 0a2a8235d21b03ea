"""What the pages of the desk share: who may enter, a revision's state, how outcomes are shown."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any

from csp.constants import SELF
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import resolve, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from policies import languages, workflow
from policies.http import resubmission
from policies.models import Policy, Revision, participants
from policies.permissions import ACTIONS
from policies.public import comparisons
from policies.public.page import View, with_policy
from policies.public.version_status import VersionStatus, with_status
from policies.staff.forms import DeskForm
from policies.states import OPEN, Basis, Status


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
    return permission_required(f"policies.view_{model}", raise_exception=True)


def user_of(request: HttpRequest) -> User:
    """Return the user at the desk: nobody comes in without an account."""
    return request.user  # type: ignore[return-value]


def is_allowed(request: HttpRequest, action: str) -> bool:
    """Return whether this person holds a permission for an action, whatever the state."""
    return ACTIONS[action].is_open_to(request.user)


def may_view(request: HttpRequest, model: str) -> bool:
    return request.user.has_perm(f"policies.view_{model}")


def revision_or_404(pk: int) -> Revision:
    """Return a revision with its policy and its sections, which a page asks for again and again."""
    revisions = Revision.objects.select_related("policy").prefetch_related("sections")
    return get_object_or_404(revisions, pk=pk)


def require_one_of(rows: QuerySet[Any], pk: int | None, noun: str) -> int:
    """Return the key that a form names. Raises Incomplete if it is none of a revision's `rows`."""
    if not rows.filter(pk=pk or 0).exists():
        raise workflow.Incomplete(f"This revision has no such {noun}. Nothing was changed.")
    return pk or 0


def button_of(request: HttpRequest, default: str = "") -> str:
    return request.POST.get("do", default)


def render_staff_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    refused: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Render a page of the desk in the admin's frame.

    context: what is about a revision is about its policy. refused: whether it returns what was
    sent, with the reason why it was not accepted (422). Also if the context's form has errors.
    """
    site = admin.site.each_context(request)
    if revision := context.get("revision"):
        site["policy"] = revision.policy
    form = context.get("form")
    status = 422 if refused or (form is not None and form.errors) else status
    return render(request, f"admin/policies/{template}", {**site, **context}, status=status)


def window_of(request: HttpRequest, revision: Revision) -> str:
    """Return a name for the window that a form comes from: only its newest preview is wanted."""
    return f"{request.user.pk} {revision.pk} {request.POST.get('window', '')}"


@contextmanager
def outcome_as_message(request: HttpRequest, done: str = "") -> Iterator[None]:
    """Show on the next page what came of the action that is called inside.

    done: the message if it was done; "" where the next page shows enough. A refusal goes no
    further: what comes after the block is done in either case.
    """
    try:
        yield
    except workflow.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        if done:
            messages.success(request, done)


# Of a revision, what the forms of its pages name by a key.
_ROWS: dict[str, Callable[[Revision], QuerySet[Any]]] = {
    "comment": lambda revision: revision.comments.all(),
    "file": lambda revision: revision.returned_files.all(),
    "link": lambda revision: revision.preview_links.all(),
}


def action_button(
    action: str,
    done: str,
    after: Callable[[HttpRequest, int], str],
    form: type[DeskForm] = DeskForm,
    text: str = "",
    row: str = "",
    shown_again: Callable[[HttpRequest, int, Any], HttpResponse | None] | None = None,
    in_place: Callable[[HttpRequest, int], tuple[str, dict[str, str]]] | None = None,
) -> View:
    """Return the view of a button that does an action to an object, with the values of a form.

    done: the message if it was done. after: returns the address of the next page. text: the field
    of a text that somebody wrote, as for submit_text. row: the field with the key of the row that
    the action is about, if that is one of a revision's, such as "comment". shown_again: if
    another field than the text is at fault, show the page with the form as it was sent and the
    errors; None if that page has no such form any more. in_place: for a script whose page stays,
    which gets JSON: what to add to `done`, and the HTML of what has changed, by the elements' ids.
    """

    @require_POST
    @action_required(action)
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        sent, by, at = form(request.POST), user_of(request), timezone.now()

        def act() -> None:
            key = pk
            if row:
                key = require_one_of(_ROWS[row](revision_or_404(pk)), sent.value(row), row)
            values = {name: value for name, value in sent.values().items() if name != row}
            getattr(workflow, action)(key, by=by, at=at, **values)

        if in_place and not request.accepts("text/html"):
            try:
                act()
            except workflow.Refused as refusal:
                return JsonResponse({"problem": str(refusal)}, status=422)
            more, parts = in_place(request, pk)
            return JsonResponse({"done": done + more, "parts": parts})
        if text:
            again = partial(shown_again, request, pk, sent) if shown_again else None
            back = after(request, pk)
            return submit_text(request, sent, text, act, done=done, back=back, again=again)
        with outcome_as_message(request, done):
            act()
        return HttpResponseRedirect(after(request, pk))

    view.__name__ = action  # after which its URL is named
    return view


def submit_text(
    request: HttpRequest,
    form: DeskForm,
    field: str,
    action: Callable[[], object],
    *,
    done: str,
    back: str,
    again: Callable[[], HttpResponse | None] | None = None,
) -> HttpResponse:
    """Do an action with what somebody wrote in one of several small forms of a page.

    If it is refused, show the text on a page of its own, where it can be corrected and sent again,
    or copied; if nothing was written, lead back. field: the name of the text's field. done: the
    message if it was done. back: the address of the page with the form. again: as shown_again of
    action_button, for a refusal that is about another field.
    """
    try:
        action()
    except workflow.Refused as refusal:
        if form.is_valid():  # or else it has its errors
            form.refuse(refusal)
        elsewhere = [it for it in form.errors if it not in {field, NON_FIELD_ERRORS}]
        if again and elsewhere and (answer := again()):
            return answer
        typed = str(form[field].value() or "")
        if not typed.strip():
            messages.error(request, str(refusal))
            return HttpResponseRedirect(back)
        sent = resubmission.as_fields(request.POST.lists())
        context = {
            "title": "This was not saved",
            "problem": str(refusal),
            "back": back,
            "name": field,
            "typed": typed,
            "others": [it for it in sent if it[0] != field],
        }
        return render_staff_page(request, "refused.html", context, refused=True)
    messages.success(request, done)
    return HttpResponseRedirect(back)


def is_in_editor(request: HttpRequest) -> bool:
    """Return whether a small form was sent from the editor, and not from the review page."""
    return "in_editor" in request.POST


def form_page_url(request: HttpRequest, pk: int) -> str:
    """Return the address of the page that a small form about a revision came from."""
    return (
        reverse("admin:policies_edit", args=[pk])
        if is_in_editor(request)
        else review_url(request, pk)
    )


def work_url(request: HttpRequest, pk: int) -> str:
    """Return where this person works on a revision: its editor, if it is a draft and they may
    write; else its review; or its policy, if it was discarded.
    """
    revision = get_object_or_404(Revision.objects.only("status", "policy_id"), pk=pk)
    if revision.status == Status.DISCARDED:
        return policy_url(request, revision.policy_id)
    is_written = revision.status == Status.DRAFT and is_allowed(request, "save_draft")
    return reverse(f"admin:policies_{'edit' if is_written else 'review'}", args=[pk])


def policy_url(request: HttpRequest, pk: int) -> str:
    get_object_or_404(Policy.objects.only("pk"), pk=pk)  # the form may be refused before the action
    return reverse("admin:policies_policy_change", args=[pk])


def review_url(request: HttpRequest, pk: int) -> str:
    return reverse("admin:policies_review", args=[pk])


# --- The state of a revision ---------------------------------------------------------------------


def state_of(revision: Revision) -> str:
    """Return a revision's state as a label; of a published version, what it is to readers now."""
    if revision.status != Status.PUBLISHED:
        return str(revision.get_status_display())
    return status_of_version(revision).label


def status_of_version(version: Revision) -> VersionStatus:
    return with_status([version], at=timezone.now())[0].status


def is_upcoming(revision: Revision) -> bool:
    """Return whether a revision is published and not in force yet."""
    effect = revision.effective_at
    return revision.status == Status.PUBLISHED and effect is not None and effect > timezone.now()


def awaits_late_approval(revision: Revision) -> bool:
    """Return whether a revision was published without approval, and has none since."""
    awaiting = Revision.objects.awaiting_late_approval().filter(pk=revision.pk)
    return revision.basis == Basis.EMERGENCY and awaiting.exists()


def allowed_actions(request: HttpRequest, revision: Revision) -> dict[str, bool]:
    """Return which actions this person may do to a revision in its state; workflow/ checks more."""
    held = request.user.get_all_permissions()
    return {
        **{
            name: not held.isdisjoint(action.permissions) and revision.status in action.states
            for name, action in ACTIONS.items()
        },
        "approve_afterwards": is_allowed(request, "approve_afterwards")
        and awaits_late_approval(revision)
        and request.user.pk not in participants(revision),
        **{
            action: is_allowed(request, action) and is_upcoming(revision)
            for action in ("reschedule", "withdraw")
        },
        **dict.fromkeys(("overrule", "withdraw_overruling"), _may_overrule(request, revision)),
    }


def _may_overrule(request: HttpRequest, revision: Revision) -> bool:
    may = is_allowed(request, "overrule") and revision.status in ACTIONS["overrule"].states
    return may and request.user.pk not in participants(revision)


def version_before(revision: Revision) -> Revision | None:
    """Return the version in force for a draft, for a version the published one before it."""
    versions = revision.policy.revisions
    if revision.number:
        return versions.filter(number__lt=revision.number).newest()
    return versions.effective(at=timezone.now()).prefetch_related("sections").first()


def against_what_was_before(revision: Revision) -> dict[str, Any]:
    """Return the redline of a draft against the version in force, or of a version against the one
    before it; the whole text if there is nothing to compare with.
    """
    before = version_before(revision)
    if before is None:
        return {"redline": None, "html": revision.html}
    if before.pk == revision.based_on_id:
        revision.based_on = before  # lest it be read again
    is_same_text = revision.status in OPEN and revision.digest == before.digest
    return {
        "redline": comparisons.of_texts(before.document(), revision.document()),
        "old": before,
        "newly_renders": is_same_text
        and revision.source_version_id not in {None, before.source_version_id},
    }


# The public pages' own policy, except that the desk may show the page in a frame.
_IN_A_FRAME = {"frame-ancestors": [SELF]}


def preview_action(
    request: HttpRequest,
    pk: int,
    action: Callable[..., Any],
    address: Callable[[Any], str],
    arguments: Callable[[], dict[str, Any]] = dict,
) -> HttpResponse:
    """Answer with the public page as it would be after an action, or with the action's refusal.

    The action is done, the page is rendered, and then everything is rolled back: what is shown is
    exactly what would happen, and nothing of it stays.

    address: returns the page's path, given what the action returns. arguments: returns the action's
    own; may raise Refused.
    """
    try:
        how = arguments()
        with transaction.atomic():
            outcome = action(pk, by=user_of(request), at=timezone.now(), **how)
            response = _page_at(address(outcome))
            transaction.set_rollback(True)
    except (workflow.Refused, Http404) as refusal:
        context = {"problem": refusal, **languages.frame(languages.SOURCE)}
        response = render(request, "admin/policies/no_preview.html", context, status=422)
    # Pages of this site, and no others, may show it in a frame.
    response["X-Frame-Options"] = "SAMEORIGIN"
    return with_policy(response, _IN_A_FRAME)


def _page_at(path: str) -> HttpResponse:
    reader = HttpRequest()
    reader.method, reader.path, reader.path_info = "GET", path, path
    match = resolve(path)
    reader.resolver_match = match
    page: HttpResponse = match.func(reader, *match.args, **match.kwargs)
    return page
