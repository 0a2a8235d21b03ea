"""The desk: the URLs of its pages. They are under /admin/, and precede those of Django admin."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache

from policies.permissions import ACTIONS
from policies.staff import (
    asking_views,
    audit_views,
    change_views,
    choice_views,
    comment_views,
    draft_views,
    history_views,
    policy_views,
    publish_views,
    returned_views,
    review_views,
    translation_views,
    unsaved_text,
    word_views,
)
from policies.staff.accounts import people, sign_on_views
from policies.staff.accounts import views as account_views
from policies.staff.buttons import BUTTONS
from policies.staff.guards import hidden_from_others
from policies.staff.pages import render_staff_page


def page(address: str, view: Callable[..., HttpResponse]) -> URLPattern:
    return path(address, view, name=f"policies_{view.__name__}")


def buttons(listed: list[URLPattern], *, are_of_revision: bool) -> list[URLPattern]:
    """Return the pages of the buttons that are not listed, each at the name of its action."""
    names = {pattern.name for pattern in listed}
    return [
        page(f"{action.replace('_', '-')}/", view)
        for action, view in BUTTONS.items()
        if bool(ACTIONS[action].states) is are_of_revision and f"policies_{action}" not in names
    ]


of_desk = [
    page("mail/", account_views.mail),
    page("people/", people.people),
    path("second-factor/", account_views.own_second_factor, name="policies_second_factor"),
    path("sign-on/done/", sign_on_views.done, name="policies_sign_on_done"),
    page("policies/paste/", draft_views.paste),
    page("policies/blocks/", draft_views.blocks),
    path("policies/audit/", audit_views.audit, name="policies_whole_audit"),
    path("policies/audit.csv", audit_views.audit_csv, name="policies_whole_audit_csv"),
    page("policies/link-targets/", policy_views.link_targets),
    path("policies/policy/add/", policy_views.add_policy, name="policies_policy_add"),
]
# Under the URL of a policy, as are the buttons that are not listed. "history/" is not used: there
# Django has its own page, about another kind of history.
of_policy = [
    page("draft/", draft_views.start_draft),
    page("upload/", choice_views.upload),
    page("revisions/", history_views.history),
    page("compare/", history_views.compare),
    page("compare.docx", word_views.word_comparison),
    page("audit/", audit_views.audit),
    page("audit.csv", audit_views.audit_csv),
    page("rename/", policy_views.rename),
    page("confirm-check/", policy_views.confirm_check),
    page("check-interval/", policy_views.set_check_interval),
    page("checklists/", policy_views.set_checklists),
    page("notice-period/", publish_views.set_notice_period),
    page("retire/", policy_views.retire),
    page("retire/preview/", policy_views.retire_preview),
    page("reinstate/", policy_views.reinstate),
    page("reinstate/preview/", policy_views.reinstate_preview),
    page("translation-of/", policy_views.set_translation_of),
    page("prevailing-language/", policy_views.set_prevailing_language),
]
# Under the URL of a revision, as are the buttons that are not listed.
of_revision = [
    page("edit/", draft_views.edit),
    page("keep/", unsaved_text.keep),
    page("preview/", draft_views.preview),
    page("changes/", change_views.changes),
    page("submit/", asking_views.submit),
    page("reassign/", review_views.reassign_review),
    page("nudge/", asking_views.nudge),
    page("text.md", draft_views.markdown),
    page("text.docx", word_views.word),
    page("changes.docx", word_views.word_changes),
    page("review/", review_views.review),
    page("side-by-side/", translation_views.side_by_side),
    page("review/since/", review_views.since_review),
    page("approve/", review_views.approve),
    page("reply/", comment_views.reply_to_comment),
    page("resolve/", comment_views.resolve_comment),
    page("bring-back-file/", returned_views.bring_back_file),
    page("proposals/", returned_views.proposals),
    page("revoke/", review_views.revoke_link),
    page("publish/", publish_views.publish),
    page("publish/preview/", publish_views.publish_preview),
    page("published/", publish_views.published),
    page("publish-without-approval/", publish_views.publish_without_approval),
    page("reschedule/", publish_views.reschedule),
    page("withdraw/", publish_views.withdraw),
    page("withdraw/preview/", publish_views.withdraw_preview),
]


def urls(site: admin.AdminSite) -> list[URLPattern]:
    """Return the URL patterns of all pages of the desk, each for staff only and never cached."""
    patterns = []
    for address, key, pages in (
        ("", "", of_desk),
        ("policies/policy/<int:pk>/", "pk", of_policy + buttons(of_policy, are_of_revision=False)),
        (
            "policies/revision/<int:pk>/",
            "revisions",
            of_revision + buttons(of_revision, are_of_revision=True),
        ),
    ):
        for pattern in pages:
            guarded = hidden_from_others(key)(pattern.callback) if key else pattern.callback
            view = site.admin_view(never_cache(_with_explained_405(guarded)))
            patterns.append(path(f"{address}{pattern.pattern}", view, name=pattern.name))
    return patterns


def _with_explained_405(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return a view that answers GET with an explanation where `view` only accepts forms (405)."""

    @wraps(view)
    def explaining(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 405 or request.method != "GET":
            return response
        context = {"title": "There is no page at this address"}
        explained = render_staff_page(request, "only_forms.html", context, status=405)
        explained["Allow"] = response["Allow"]
        return explained

    return explaining
