"""The desk: the URLs of its pages. They are under /admin/, and precede those of Django admin."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.urls import path
from django.views.decorators.cache import never_cache

from policies.staff import (
    comment_views,
    draft_views,
    history_views,
    link_views,
    mail_views,
    policy_views,
    publish_views,
    review_views,
    translation_views,
    upload_views,
)
from policies.staff.accounts import views as account_views
from policies.staff.pages import render_staff_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib import admin
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

of_desk = [
    path("mail/", mail_views.mail, name="policies_mail"),
    path("second-factor/", account_views.own_second_factor, name="policies_second_factor"),
    path("policies/paste/", draft_views.paste, name="policies_paste"),
    path("policies/policy/add/", policy_views.add_policy, name="policies_policy_add"),
]
# Under the URL of a policy. "history/" is not used: there Django has its own page, about another
# kind of history.
of_policy = [
    path("draft/", draft_views.start_draft, name="policies_start_draft"),
    path("upload/", upload_views.upload, name="policies_upload"),
    path("revisions/", history_views.history, name="policies_history"),
    path("compare/", history_views.compare, name="policies_compare"),
    path("audit/", history_views.audit, name="policies_audit"),
    path("audit.csv", history_views.audit_csv, name="policies_audit_csv"),
    path("rename/", policy_views.rename, name="policies_rename"),
    path("confirm-check/", policy_views.confirm_check, name="policies_confirm_check"),
    path("check-interval/", policy_views.set_check_interval, name="policies_set_check_interval"),
    path("retire/", policy_views.retire, name="policies_retire"),
    path("retire/preview/", policy_views.retire_preview, name="policies_retire_preview"),
    path("reinstate/", policy_views.reinstate, name="policies_reinstate"),
    path("reinstate/preview/", policy_views.reinstate_preview, name="policies_reinstate_preview"),
    path(
        "translation-of/", translation_views.set_translation_of, name="policies_set_translation_of"
    ),
    path(
        "prevailing-language/",
        translation_views.set_prevailing_language,
        name="policies_set_prevailing_language",
    ),
]
# Under the URL of a revision.
of_revision = [
    path("edit/", draft_views.edit, name="policies_edit"),
    path("preview/", draft_views.preview, name="policies_preview"),
    path("justify/", draft_views.justify, name="policies_justify"),
    path(
        "withdraw-submission/", draft_views.withdraw_submission, name="policies_withdraw_submission"
    ),
    path("discard/", draft_views.discard, name="policies_discard"),
    path("text.md", draft_views.markdown, name="policies_markdown"),
    path("review/", review_views.review, name="policies_review"),
    path("review/since/", review_views.since_review, name="policies_since_review"),
    path("approve/", review_views.approve, name="policies_approve"),
    path("request-changes/", review_views.request_changes, name="policies_request_changes"),
    path("reopen/", review_views.reopen, name="policies_reopen"),
    path(
        "approve-afterwards/",
        review_views.approve_afterwards,
        name="policies_approve_afterwards",
    ),
    path("comment/", comment_views.comment, name="policies_comment"),
    path("reply/", comment_views.reply_to_comment, name="policies_reply_to_comment"),
    path("resolve/", comment_views.resolve_comment, name="policies_resolve_comment"),
    path("share/", link_views.share, name="policies_share"),
    path("revoke/", link_views.revoke_link, name="policies_revoke_link"),
    path("publish/", publish_views.publish, name="policies_publish"),
    path("publish/preview/", publish_views.publish_preview, name="policies_publish_preview"),
    path("published/", publish_views.published, name="policies_published"),
    path(
        "publish-without-approval/",
        publish_views.publish_without_approval,
        name="policies_publish_without_approval",
    ),
    path("withdraw/", publish_views.withdraw, name="policies_withdraw"),
    path("withdraw/preview/", publish_views.withdraw_preview, name="policies_withdraw_preview"),
]


def urls(site: admin.AdminSite) -> list[URLPattern]:
    """Return the URL patterns of all pages of the desk, each for staff only and never cached."""
    return [
        path(
            f"{address}{it.pattern}",
            site.admin_view(never_cache(_with_explained_405(it.callback))),
            name=it.name,
        )
        for address, pages in (
            ("", of_desk),
            ("policies/policy/<int:pk>/", of_policy),
            ("policies/revision/<int:pk>/", of_revision),
        )
        for it in pages
    ]


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
