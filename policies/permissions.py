"""Who may do what, in which state: the actions as data, with the words for each.

workflow/ asks this table before each action; buttons, refusals, e-mails, the history, the audit
and docs/workflow.md take their words from it. A test walks every role, state and action through it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.contrib.auth.models import AnonymousUser, User

from policies.states import NUMBERED, OPEN, Status

if TYPE_CHECKING:
    from django.db.models import Model
    from django_stubs_ext import StrPromise  # of the type checker: no site has it

# Our own permissions: by codename, the model that Django keeps it with, its words in the admin, and
# the role that has it. (roles.py adds Django's own, such as view_revision.) A new one goes here;
# `make migrations` does the rest.
PERMISSIONS: Final[dict[str, tuple[str, str, str]]] = {
    "rename_policy": ("policy", "Can change a policy's address", "Publishers"),
    "retire_policy": ("policy", "Can retire and reinstate a policy", "Publishers"),
    "write_revision": ("revision", "Can write, submit and discard drafts", "Writers"),
    "review_revision": ("revision", "Can approve revisions and request changes", "Reviewers"),
    "publish_revision": (
        "revision",
        "Can publish approved revisions and withdraw upcoming versions",
        "Publishers",
    ),
    "manage_webhooks": ("webhookendpoint", "Can set up webhooks", "Publishers"),
    # In no role: given to a person by name.
    "publish_without_approval": ("revision", "Can publish without approval in an emergency", ""),
}

VIEW_POLICY: Final = "policies.view_policy"
VIEW_REVISION: Final = "policies.view_revision"
WRITE: Final = "policies.write_revision"
REVIEW: Final = "policies.review_revision"
PUBLISH: Final = "policies.publish_revision"
MANAGE_WEBHOOKS: Final = "policies.manage_webhooks"
_ANY = (WRITE, REVIEW, PUBLISH)
_CHANGE = ("policies.change_policy",)
_RENAME = ("policies.rename_policy",)
_RETIRE = ("policies.retire_policy",)
_WEBHOOKS = (MANAGE_WEBHOOKS,)

_DRAFT = frozenset({Status.DRAFT})
_IN_REVIEW = frozenset({Status.IN_REVIEW})
_APPROVED = frozenset({Status.APPROVED})
_PUBLISHED = frozenset({Status.PUBLISHED})


@dataclass(frozen=True)
class Action:
    """label: on its button, or the name of its command. past: what the history says of it.

    permissions: any one suffices; none means that only a command does it. states: those of the
    revision, if the action is about one. moves_to: the state that it has then, if another.
    """

    label: str
    past: str
    permissions: tuple[str, ...]
    states: frozenset[Status] = frozenset()
    moves_to: Status | None = None

    def is_open_to(self, user: User | AnonymousUser, policy: "Model | None" = None) -> bool:
        """Return whether somebody holds one of the permissions, whatever the state: for a policy,
        which need not be saved yet, or for all.
        """
        return any(user.has_perm(permission, policy) for permission in self.permissions)


ACTIONS: Final[dict[str, Action]] = {
    # A policy.
    "create_policy": Action("Create policy", "policy created", ("policies.add_policy",)),
    "rename_policy": Action("Rename", "address changed", _RENAME),
    "correct_name": Action("Rename", "name corrected", _RENAME),
    "set_check_interval": Action("Save interval", "interval of periodic checks set", _CHANGE),
    "set_notice_period": Action("Save notice period", "notice period set", _CHANGE),
    "set_checklists": Action("Save checklists", "checklists set", _CHANGE),
    "set_owner": Action("Save owner", "owner set", _CHANGE),
    "confirm_check": Action("Mark as reviewed", "confirmed as still correct", _ANY),
    "set_translation_of": Action("Save source", "source policy set", _CHANGE),
    "set_prevailing_language": Action("Save language", "prevailing language set", _CHANGE),
    "retire": Action("Retire", "retired", _RETIRE),
    "reinstate": Action("Reinstate", "reinstated", _RETIRE),
    # A draft.
    "start_draft": Action("Start draft", "draft started", (WRITE,)),
    "import_draft": Action("Upload", "file uploaded", (WRITE,)),
    "save_draft": Action("Save draft", "draft saved", (WRITE,), _DRAFT),
    "set_source_version": Action("Save", "source version set", (WRITE,), _DRAFT),
    "justify": Action("Save reason", "finding justified", _ANY, OPEN),
    "overrule": Action("Overrule", "finding overruled", (REVIEW,), OPEN),
    "withdraw_overruling": Action("Withdraw overruling", "overruling withdrawn", (REVIEW,), OPEN),
    "bring_back_file": Action("Upload the edited file", "Word file brought back", (WRITE,), OPEN),
    "accept_proposals": Action("Accept", "proposals accepted", (WRITE,), _DRAFT),
    "decline_proposals": Action("Decline", "proposals declined", (WRITE,), _DRAFT),
    "submit": Action(
        "Submit for review", "submitted for review", (WRITE,), _DRAFT, Status.IN_REVIEW
    ),
    "withdraw_submission": Action(
        "Withdraw submission", "submission withdrawn", (WRITE,), _IN_REVIEW, Status.DRAFT
    ),
    "reassign_review": Action("Reassign", "review reassigned", (WRITE, REVIEW), _IN_REVIEW),
    "nudge": Action("Send reminder", "reviewers reminded", (WRITE,), _IN_REVIEW),
    "discard": Action("Discard", "discarded", (WRITE,), OPEN, Status.DISCARDED),
    "share": Action("Create link", "preview link created", _ANY, OPEN),
    "revoke_link": Action("Revoke", "preview link revoked", _ANY, frozenset(Status)),
    # A review.
    "comment": Action("Comment", "commented", _ANY, OPEN),
    # By somebody without an account, whose preview link allows it, or whose Word file came back.
    "comment_by_link": Action("Send comment", "commented by a preview link", (), OPEN),
    "comment_by_file": Action("Upload the edited file", "commented in a Word file", (), OPEN),
    "reply_by_file": Action("Upload the edited file", "replied in a Word file", (), OPEN),
    "reply_to_comment": Action("Reply", "replied to a comment", _ANY, OPEN),
    "accept_suggestion": Action("Accept change", "suggested change accepted", (WRITE,), _DRAFT),
    "decline_suggestion": Action("Decline change", "suggested change declined", (WRITE,), _DRAFT),
    "assign_comment": Action("Assign", "comment assigned", _ANY, OPEN),
    "resolve_comment": Action("Resolve", "comment resolved", _ANY, OPEN),
    "request_changes": Action(
        "Request changes", "changes requested", (REVIEW,), _IN_REVIEW, Status.DRAFT
    ),
    "approve": Action("Approve", "approved", (REVIEW,), _IN_REVIEW, Status.APPROVED),
    "reopen": Action("Reopen as draft", "reopened as draft", _ANY, _APPROVED, Status.DRAFT),
    # A publication.
    "publish": Action("Publish", "published", (PUBLISH,), _APPROVED, Status.PUBLISHED),
    "publish_without_approval": Action(
        "Publish without approval",
        "published without approval",
        ("policies.publish_without_approval",),
        _DRAFT | _IN_REVIEW,
        Status.PUBLISHED,
    ),
    "approve_afterwards": Action("Approve now", "approved after publication", (REVIEW,), NUMBERED),
    "publish_import": Action(
        "Publish an import", "published as an import", (PUBLISH,), _DRAFT, Status.PUBLISHED
    ),
    "reschedule": Action("Reschedule", "rescheduled", (PUBLISH,), _PUBLISHED),
    "withdraw": Action("Withdraw", "withdrawn", (PUBLISH,), _PUBLISHED, Status.WITHDRAWN),
    "rerender": Action("manage.py rerender", "rendered again", ()),
    # A webhook, which is about no policy. Django admin's own buttons do most of this.
    "add_webhook": Action("Add webhook", "webhook added", _WEBHOOKS),
    "change_webhook": Action("Save", "webhook changed", _WEBHOOKS),
    "enable_webhook": Action("Save", "webhook enabled", _WEBHOOKS),
    "disable_webhook": Action("Save", "webhook disabled", _WEBHOOKS),
    "change_webhook_secret": Action("Make a new secret", "webhook’s secret changed", _WEBHOOKS),
    "delete_webhook": Action("Delete", "webhook deleted", _WEBHOOKS),
}

# Who holds one of these for a policy sees what is not public of it.
ON_POLICIES: Final = {VIEW_POLICY, VIEW_REVISION}.union(
    *(action.permissions for action in ACTIONS.values() if action.permissions != _WEBHOOKS)
)

# What the audit of version 1.0 calls actions that have another name now. Its entries are hashed, so
# these words hold for ever: models.fields.ActionField translates.
AUDIT_WORDS: Final = {
    "confirm_check": "confirm_review",
    "justify": "acknowledge",
    "reply_to_comment": "answer_comment",
    "set_check_interval": "set_review_interval",
    "set_source_version": "set_rendered_version",
    "withdraw_submission": "take_back",
}


def audit_word(action: str) -> str:
    return AUDIT_WORDS.get(action, action)


def action_of(word: str) -> str:
    """Return the action that an audit word means; a word that means none as one that can't be.

    No two words mean the same action, so that a digest over actions still covers each word.
    """
    if word in AUDIT_WORDS:
        return f"not an audit word: {word}"
    return _ACTIONS_BY_WORD.get(word, word)


def permissions_of(model: str) -> "list[tuple[str, str | StrPromise]]":
    """Return a model's own permissions, as its Meta takes them."""
    return [(codename, label) for codename, (of, label, _) in PERMISSIONS.items() if of == model]


_ACTIONS_BY_WORD = {word: action for action, word in AUDIT_WORDS.items()}
