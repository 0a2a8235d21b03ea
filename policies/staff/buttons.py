"""Views of buttons and small forms, each of which does one action to a policy or a revision."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from policies import workflow
from policies.http import resubmission
from policies.models import Revision
from policies.staff.forms import DeskForm
from policies.staff.guards import View, action_required, user_of
from policies.staff.pages import render_staff_page, revision_or_404

# Shows the page of a form again; None if it has no such form any more.
ShowAgain = Callable[[HttpRequest, int, DeskForm], HttpResponse | None]

# What action_button has made, by the names of the actions; urls.py gives each view an address.
BUTTONS: dict[str, View] = {}

# Of a revision, what the forms of its pages name by a key.
_ROWS: dict[str, Callable[[Revision], QuerySet]] = {  # type: ignore[type-arg]
    "comment": lambda revision: revision.comments.all(),
    "file": lambda revision: revision.returned_files.all(),
    "link": lambda revision: revision.preview_links.all(),
}


def action_button(
    action: Callable[..., object],
    done: str,
    after: Callable[[HttpRequest, int], str],
    form: type[DeskForm] = DeskForm,
    *,
    shown_again: ShowAgain | None = None,
    in_place: Callable[[HttpRequest, int], tuple[str, dict[str, str]]] | None = None,
) -> View:
    """Return the view of a button that does an action of workflow/, with the values of a form.

    done: the message if it was done. after: returns the address of the next page. shown_again: if
    another field than form.written is at fault, show the page with the form as it was sent and the
    errors. in_place: for a script whose page stays, which gets JSON: what to add to `done`, and the
    HTML of what has changed, by the elements' ids.
    """

    @require_POST
    @action_required(action.__name__)
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        sent = form(request.POST)
        script_parts = None if request.accepts("text/html") else in_place
        try:
            key = _row_key(pk, sent) if sent.row else pk
            values = sent.values()
            values.pop(sent.row, None)
            action(key, by=user_of(request), at=timezone.now(), **values)
        except workflow.Refused as refusal:
            if script_parts:
                return JsonResponse({"problem": str(refusal)}, status=422)
            sent.refuse(refusal)
            if shown_again and sent.is_wrong_elsewhere:
                page = shown_again(request, pk, sent)
                if page:
                    return page
            return _refused(request, sent, str(refusal), after(request, pk))
        if script_parts:
            more, parts = script_parts(request, pk)
            return JsonResponse({"done": done + more, "parts": parts})
        messages.success(request, done)
        return HttpResponseRedirect(after(request, pk))

    view.__name__ = action.__name__  # after which its URL is named
    BUTTONS[action.__name__] = view
    return view


def _row_key(revision_id: int, form: DeskForm) -> int:
    """Return the key that a form names. Raises Incomplete if it is no row of the revision."""
    key: int = form.value(form.row) or 0
    if not _ROWS[form.row](revision_or_404(revision_id)).filter(pk=key).exists():
        problem = f"This revision has no such {form.row}. Nothing was changed."
        raise workflow.Incomplete(problem)
    return key


def _refused(request: HttpRequest, form: DeskForm, problem: str, back: str) -> HttpResponse:
    """Show what somebody wrote on a page of its own, where it can be corrected and sent again, or
    copied; if nothing was written, lead back to the page with the form.
    """
    typed = str(form[form.written].value() or "") if form.written else ""
    if not typed.strip():
        messages.error(request, problem)
        return HttpResponseRedirect(back)
    sent = resubmission.as_fields(request.POST.lists())
    context = {
        "title": "This was not saved",
        "problem": problem,
        "back": back,
        "name": form.written,
        "typed": typed,
        "others": [pair for pair in sent if pair[0] != form.written],
    }
    return render_staff_page(request, "refused.html", context, refused=True)
