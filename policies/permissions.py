"""Who may do what, in which state: the verbs as data.

workflow/ asks this table before each verb, docs/workflow.md is generated from it, and a test
walks every role, state and verb through it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from policies.states import NUMBERED, OPEN, Status

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

WRITE: Final = "policies.write_revision"
REVIEW: Final = "policies.review_revision"
PUBLISH: Final = "policies.publish_revision"


@dataclass(frozen=True)
class Verb:
    """label: the words of its button, or its command. permissions: any one suffices. states: those
    of the revision, if the verb is about one.
    """

    label: str
    permissions: tuple[str, ...]
    states: frozenset[Status] = frozenset()

    def is_open_to(self, user: User | AnonymousUser) -> bool:
        """Return whether somebody holds one of the permissions, whatever the state."""
        return any(map(user.has_perm, self.permissions))


VERBS: Final[dict[str, Verb]] = {
    "create_policy": Verb("New policy", ("policies.add_policy",)),
    "rename_policy": Verb("Rename", ("policies.rename_policy",)),
    "correct_name": Verb("Rename", ("policies.rename_policy",)),
    "start_draft": Verb("Start a draft", (WRITE,)),
    "save_draft": Verb("Save", (WRITE,), frozenset({Status.DRAFT})),
    "set_rendered_version": Verb("Save", (WRITE,), frozenset({Status.DRAFT})),
    "acknowledge": Verb("Record the reason", (WRITE, REVIEW, PUBLISH), OPEN),
    "submit": Verb("Hand in for review", (WRITE,), frozenset({Status.DRAFT})),
    "take_back": Verb("Take it back", (WRITE,), frozenset({Status.IN_REVIEW})),
    "comment": Verb("Comment", (WRITE, REVIEW, PUBLISH), OPEN),
    "answer_comment": Verb("Send the answer", (WRITE, REVIEW, PUBLISH), OPEN),
    "resolve_comment": Verb("Resolve", (WRITE, REVIEW, PUBLISH), OPEN),
    "request_changes": Verb("Request changes", (REVIEW,), frozenset({Status.IN_REVIEW})),
    "approve": Verb("Approve this text", (REVIEW,), frozenset({Status.IN_REVIEW})),
    "reopen": Verb("Make it a draft again", (WRITE, REVIEW, PUBLISH), frozenset({Status.APPROVED})),
    "discard": Verb("Discard", (WRITE,), OPEN),
    "publish": Verb("Publish", (PUBLISH,), frozenset({Status.APPROVED})),
    "publish_without_approval": Verb(
        "Publish without approval",
        ("policies.publish_without_approval",),
        frozenset({Status.DRAFT, Status.IN_REVIEW}),
    ),
    "approve_afterwards": Verb("Approve it now", (REVIEW,), NUMBERED),
    "withdraw": Verb("Withdraw", (PUBLISH,), frozenset({Status.PUBLISHED})),
    "share": Verb("Make a link", (WRITE, REVIEW, PUBLISH), OPEN),
    "revoke_link": Verb("Revoke", (WRITE, REVIEW, PUBLISH), frozenset(Status)),
    "set_review_interval": Verb("Set the interval", ("policies.change_policy",)),
    "confirm_review": Verb("Confirm that it is still right", (WRITE, REVIEW, PUBLISH)),
    "set_translation_of": Verb("Set the source", ("policies.change_policy",)),
    "set_prevailing_language": Verb("Set the language", ("policies.change_policy",)),
    "retire": Verb("Retire", ("policies.retire_policy",)),
    "reinstate": Verb("Take it up again", ("policies.retire_policy",)),
    "import_draft": Verb("Upload", (WRITE,)),
    "publish_import": Verb("Publish an import", (PUBLISH,), frozenset({Status.DRAFT})),
}

# What the history and the audit say of each act, in the words of the desk. Rendering again is done
# by a command (`manage.py rerender`), so nobody needs a permission for it.
DONE: Final[dict[str, str]] = {
    "create_policy": "policy made",
    "rename_policy": "moved to another address",
    "correct_name": "name corrected",
    "start_draft": "draft begun",
    "save_draft": "saved",
    "set_rendered_version": "rendered version set",
    "acknowledge": "reason recorded",
    "submit": "handed in",
    "take_back": "taken back",
    "comment": "commented",
    "answer_comment": "comment answered",
    "resolve_comment": "comment resolved",
    "request_changes": "changes requested",
    "approve": "approved",
    "reopen": "made a draft again",
    "discard": "discarded",
    "publish": "published",
    "publish_without_approval": "published without approval",
    "approve_afterwards": "approved afterwards",
    "withdraw": "withdrawn",
    "share": "preview link made",
    "revoke_link": "preview link revoked",
    "set_review_interval": "interval of periodic checks set",
    "confirm_review": "checked: still right",
    "set_translation_of": "linked as a translation",
    "set_prevailing_language": "prevailing language set",
    "retire": "retired",
    "reinstate": "taken up again",
    "import_draft": "file taken over",
    "publish_import": "published as an import",
    "rerender": "rendered again",
}
