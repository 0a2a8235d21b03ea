"""Who may use each URL of the project, and what it answers to GET and POST: one table.

Each letter is a kind of person: W writer, R reviewer, P publisher, E somebody with no permission
but publish_without_approval, S superuser, N staff without a role, "-" a stranger. What an action
refuses because of a revision's state is tested in tests/policies/test_permissions.py.
"""

from typing import NamedTuple

import django
from django.conf import settings

from policies.public import listed_urls
from tests.policies.test_permissions import ALLOWED

STAFF, READERS, ROOT, NOBODY = "NWRPES", "WRPS", "S", ""
PEOPLE = f"-{STAFF}"


class Row(NamedTuple):
    """The answers of one URL. who: letters of those who get in. get, post: their statuses.

    refused: the status for other staff. strangers: the statuses for somebody who is not logged in:
    a redirect to the log-in page or, in answer to a form, that page at once, so that nothing typed
    is lost. A method that is not allowed is answered to everybody with 405.

    is_for_programs: whether scripts of other sites may read the answer.
    """

    who: str
    get: int = 200
    post: int = 405
    refused: int = 403
    strangers: tuple[int, int] = (302, 200)
    is_for_programs: bool = False

    def expected(self, letter, method):
        status = self.get if method == "GET" else self.post
        if letter == "-" and "-" not in self.who:
            return self.strangers[method == "POST"]
        return status if status == 405 or letter in self.who else self.refused


def page(who, post=405):
    """Return the row of a page to look at. post: the status in answer to an empty form."""
    return Row(who, post=post)


def action(who, post=302):
    """Return the row of a URL that only takes forms."""
    return Row(who, get=405, post=post)


PUBLIC = Row(PEOPLE)
FOR_PROGRAMS = Row(PEOPLE, is_for_programs=True)
CLOSED = Row(NOBODY, post=403)

ADDRESSES = listed_urls.addresses()


def button(action_name):
    """Return the row of a button that does an action, by who may do it in any state."""
    letters = set("".join(ALLOWED[action_name])) - set(" .")
    return action("".join(sorted(letters)))


# By the name of a route with its namespace, or by the route itself if it has no name.
ROWS = {
    **{f"admin:policies_{name}": button(name) for name in ALLOWED},
    # --- What everybody reads --------------------------------------------------------------------
    **{f"policies:{row['name']}": PUBLIC for row in [*ADDRESSES["site"], *ADDRESSES["policy"]]},
    # What apps and scripts of other sites read, too.
    **dict.fromkeys(
        [
            *("policies:json", "policies:current_json", "policies:markdown", "policies:timemap"),
            *("policies:akoma_ntoso", "policies:feed", "policies:feed_of_all", "policies:schema"),
            *("policies:ledger_json", "policies:current_markdown", "policies:notice_text"),
            *("policies:notice_json", "policies:openapi"),
        ],
        FOR_PROGRAMS,
    ),
    # As on a site that makes no PDFs: making one takes seconds.
    "policies:pdf": Row(PEOPLE, get=404),
    **dict.fromkeys(["policies:on", "policies:timegate"], Row(PEOPLE, get=302)),
    # There is no full page of the ledger, no contact, and no key.
    **dict.fromkeys(
        [f"policies:{name}" for name in ("ledger_page", "checkpoint", "tile", "proof")],
        Row(PEOPLE, get=404, is_for_programs=True),
    ),
    **dict.fromkeys(["policies:security", "policies:metrics"], Row(PEOPLE, get=404)),
    # There are no subscriptions.
    **dict.fromkeys(
        ["policies:subscribe", "policies:confirm", "policies:unsubscribe"],
        Row(PEOPLE, get=404, post=404),
    ),
    # By whoever has the link.
    **dict.fromkeys(["policies:preview", "policies:preview_changes"], PUBLIC),
    # The link in it takes no comments.
    "policies:preview_comment": Row(PEOPLE, get=405, post=403),
    # --- The desk: Django admin's own ------------------------------------------------------------
    "admin:colours": PUBLIC,
    "admin:login": Row(STAFF, get=302, post=200, strangers=(200, 200)),
    # What a browser is asked for a passkey: the same for everybody.
    "admin:policies_passkey": Row(PEOPLE, get=405, post=200),
    # There is no single sign-on.
    "admin:policies_sign_on": Row(PEOPLE, get=404),
    "admin:policies_sign_on_answer": Row(PEOPLE, get=404),
    "admin:policies_sign_on_done": Row(STAFF, get=302),
    "admin:index": page(STAFF, post=200),
    "admin:logout": Row(STAFF, get=405, post=200, strangers=(302, 302)),
    "admin:jsi18n": page(STAFF),
    # Always refused: the request names no field to complete.
    "admin:autocomplete": Row(NOBODY),
    "admin:password_change": page(STAFF, post=200),
    "admin:password_change_done": page(STAFF),
    "admin:app_list": Row(STAFF, get=302, post=302),
    "admin/(?P<url>.*)$": Row(NOBODY, post=404, refused=404),
    # Policies and revisions: read by all with a role; nobody edits them here.
    "admin:policies_policy_changelist": page(READERS, post=200),
    "admin:policies_policy_change": page(READERS, post=403),
    "admin:policies_policy_history": page(READERS, post=200),
    "admin:policies_policy_delete": CLOSED,
    "admin:policies_policy_add": page("WS", post=422),
    "admin:policies_revision_changelist": page(READERS, post=200),
    # Leads to the review page.
    "admin:policies_revision_change": Row(READERS, get=302, post=403),
    "admin:policies_revision_history": page(READERS, post=200),
    "admin:policies_revision_add": CLOSED,
    "admin:policies_revision_delete": CLOSED,
    **{
        f"admin:policies_{model}_{name}": row
        for model in ("ledgerentry", "auditevent")
        for name, row in {
            "changelist": page("PS", post=200),
            "change": page("PS", post=403),
            "history": page("PS", post=200),
            "add": CLOSED,
            "delete": CLOSED,
        }.items()
    },
    # Webhooks: none of its forms is filled in, and no button was pressed.
    **{
        f"admin:policies_webhookendpoint_{name}": page("PS", post=200)
        for name in ("changelist", "add", "change", "delete", "history")
    },
    "admin:policies_webhookendpoint_act": action("PS"),
    # Accounts.
    **{
        f"admin:auth_{model}_{name}": page(ROOT, post=200)
        for model in ("user", "group")
        # Some of them ask for the password first.
        for name in ("changelist", "history", "add", "change")
    },
    "admin:auth_group_delete": page(ROOT, post=200),
    "admin:auth_user_delete": CLOSED,
    "admin:auth_user_password_change": page(ROOT, post=200),
    "admin:auth_user_log_in": page(ROOT, post=200),
    # Redirect to `change/`, which checks the permission.
    **{
        f"admin/{model}/<path:object_id>/": Row(STAFF, get=302, post=302)
        for model in (
            *("auth/group", "auth/user", "policies/policy", "policies/revision"),
            *("policies/ledgerentry", "policies/auditevent", "policies/webhookendpoint"),
        )
    },
    # --- The desk: our own pages -----------------------------------------------------------------
    "admin:policies_mail": page(STAFF, post=302),
    # Asks for the password first.
    "admin:policies_people": page(ROOT, post=200),
    "admin:policies_second_factor": page(STAFF, post=200),
    "admin:policies_upload": page("WS", post=422),
    "admin:policies_edit": Row("WS", get=302, post=422),
    "admin:policies_preview": action("WS", post=422),
    # The form does not say whose text it holds.
    "admin:policies_keep": action("WS", post=409),
    "admin:policies_changes": action("WS", post=422),
    # It is submitted already.
    "admin:policies_submit": Row("WS", get=302, post=302),
    "admin:policies_bring_back_file": page("WS", post=422),
    # No file came back.
    "admin:policies_proposals": Row(READERS, get=302, post=405),
    "admin:policies_paste": action("WS", post=200),
    "admin:policies_blocks": action("WS", post=422),
    "admin:policies_link_targets": page("WS"),
    **{
        f"admin:policies_{name}": page(READERS)
        for name in ("review", "markdown", "compare", "history", "word", "word_changes")
    },
    # The request names no two revisions; the revision was never sent back, and translates nothing.
    **dict.fromkeys(
        [f"admin:policies_{it}" for it in ("compare", "since_review", "side_by_side")],
        Row(READERS, get=302),
    ),
    "admin:policies_word_comparison": Row(READERS, get=404),
    # The form does not say which text was read.
    "admin:policies_approve": action("RS", post=200),
    # It is not approved yet.
    "admin:policies_publish": Row("PS", get=302, post=422),
    "admin:policies_publish_without_approval": page("ES", post=200),
    "admin:policies_publish_preview": page("PES", post=422),
    "admin:policies_published": Row("PES", get=302),
    "admin:policies_reschedule": Row("PS", get=302, post=422),
    "admin:policies_withdraw": Row("PS", get=302, post=422),
    "admin:policies_withdraw_preview": Row("PS", get=422, post=422),
    **{
        f"admin:policies_{name}": page("PS")
        for name in ("audit", "audit_csv", "whole_audit", "whole_audit_csv")
    },
    "admin:policies_rename": page("PS", post=422),
    "admin:policies_retire": page("PS", post=422),
    "admin:policies_retire_preview": Row("PS", get=422, post=422),
    # It is not retired.
    "admin:policies_reinstate": Row("PS", get=302, post=302),
    "admin:policies_reinstate_preview": Row("PS", get=422),
}


# Those who get in, but get another status than the others.
APART = {
    # It is not approved yet, so only those who may publish without approval get a preview.
    ("admin:policies_publish_preview", "P"): 422
}


# URLs without a route: files of static/root/, and those that middleware answers.
UNROUTED = {
    **{f"/{file.name}": PUBLIC for file in settings.WHITENOISE_ROOT.iterdir()},
    "/static/none.css": Row(PEOPLE, get=404, post=404),
    "/nowhere/": Row(PEOPLE, get=404),
    "/privacy/versions/99/": Row(PEOPLE, get=404, post=405),
    "/privacy": Row(PEOPLE, get=301, post=301),
    "/admin": Row(PEOPLE, get=301, post=301),
    "/admin/login": Row(STAFF, get=301, post=301),
    "/admin/auth/user": Row(STAFF, get=301, post=301),
    "/admin/%00": Row(NOBODY, get=404, post=404, refused=404),
    # Only those who may see revisions learn whether one exists.
    "/admin/policies/revision/2147483647/review/": Row(READERS, get=404),
    # From 6.1 on, Django says that the object does not exist before it says that nobody may.
    "/admin/policies/revision/2147483647/change/": Row(
        READERS, get=302, post=302 if django.VERSION >= (6, 1) else 403
    ),
    **{
        f"/admin/{model}/2147483647/history/": Row(who, get=302, post=302)
        for model, who in {
            "auth/user": ROOT,
            "auth/group": ROOT,
            "policies/policy": READERS,
            "policies/revision": READERS,
            "policies/ledgerentry": "PS",
            "policies/auditevent": "PS",
            "policies/webhookendpoint": "PS",
        }.items()
    },
    "/admin/policies/revision/2147483647/approve/": Row("RS", get=405, post=404),
}
