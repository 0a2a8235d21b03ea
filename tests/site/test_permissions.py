"""Every address of the site, and who gets in: one table. A new address without a row fails.

A letter stands for somebody who gets in: W writer, R reviewer, P publisher, E who holds nothing
but publish_without_approval, S superuser, N a member of staff without any role. Who is not there
is refused with 403; a stranger is led to the log-in page. What a verb itself refuses, by the state
of a revision, stands in tests/policies/test_verbs.py.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from policies import workflow
from policies.models import AuditEvent, LedgerEntry
from policies.states import Status
from tests.factories import make_policy, make_revision, make_user, make_version

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db

STAFF, READERS, ROOT, NOBODY = "WRPENS", "WRPS", "S", ""

# By the name of the address, in the namespace "admin".
DESK = {
    **dict.fromkeys(
        ["index", "logout", "jsi18n", "autocomplete", "policies_mail", "password_change"], STAFF
    ),
    "policies_second_factor": STAFF,
    "password_change_done": STAFF,
    "app_list": {"auth": ROOT, "policies": READERS},
    # Policies and revisions: read by all with a role; nobody edits them here.
    "policies_policy_changelist": READERS,
    "policies_policy_change": READERS,
    "policies_policy_history": READERS,
    "policies_policy_delete": NOBODY,
    "policies_policy_add": "WS",
    "policies_revision_changelist": READERS,
    "policies_revision_change": READERS,
    "policies_revision_history": READERS,
    "policies_revision_add": NOBODY,
    "policies_revision_delete": NOBODY,
    **{
        f"policies_{model}_{page}": NOBODY if page in {"add", "delete"} else "PS"
        for model in ("ledgerentry", "auditevent")
        for page in ("changelist", "add", "history", "delete", "change")
    },
    # Accounts.
    **{
        f"auth_{model}_{page}": ROOT
        for model in ("user", "group")
        for page in ("changelist", "add", "history", "delete", "change")
    },
    "auth_user_delete": NOBODY,
    "auth_user_password_change": ROOT,
    "auth_user_log_in": ROOT,
    # Our own pages.
    **dict.fromkeys(
        ["policies_start_draft", "policies_upload", "policies_edit", "policies_preview"], "WS"
    ),
    **dict.fromkeys(["policies_submit", "policies_discard", "policies_paste"], "WS"),
    **dict.fromkeys(
        [f"policies_{it}" for it in ("comment", "answer", "resolve", "acknowledge", "reopen")],
        READERS,
    ),
    **dict.fromkeys(["policies_share", "policies_revoke"], READERS),
    **dict.fromkeys(["policies_review", "policies_markdown", "policies_compare"], READERS),
    "policies_history": READERS,
    **dict.fromkeys(["policies_approve", "policies_request_changes"], "RS"),
    "policies_approve_afterwards": "RS",
    **dict.fromkeys(["policies_publish", "policies_withdraw", "policies_withdraw_preview"], "PS"),
    **dict.fromkeys(["policies_publish_preview", "policies_published"], "PES"),
    "policies_rush": "ES",
    **dict.fromkeys(["policies_audit", "policies_audit_csv", "policies_interval"], "PS"),
    **dict.fromkeys(["policies_rename", "policies_reinstate", "policies_retire"], "PS"),
    "policies_confirm_review": READERS,
    **dict.fromkeys(["policies_translation_of", "policies_prevailing_language"], "PS"),
    **dict.fromkeys(["policies_retire_preview", "policies_reinstate_preview"], "PS"),
}
# Answered without being logged in.
OPEN_TO_STRANGERS = {"login"}
# Only sent to, never looked at: asked with POST.
POSTED = {
    *("start_draft", "interval", "preview", "acknowledge", "submit", "discard", "paste", "approve"),
    *("request_changes", "comment", "answer", "resolve", "reopen", "approve_afterwards", "share"),
    *("revoke", "confirm_review", "translation_of", "prevailing_language"),
}


def addresses() -> Iterator[tuple[str, URLPattern]]:
    """Yield every named address of the desk."""
    desk = next(it for it in get_resolver().url_patterns if getattr(it, "namespace", "") == "admin")
    yield from _named(desk)  # type: ignore[arg-type]


def _named(resolver: URLResolver) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _named(pattern)
        elif pattern.name:
            yield pattern.name, pattern


def test_every_address_of_the_desk_has_its_row() -> None:
    assert {name for name, _ in addresses()} == {*DESK, *OPEN_TO_STRANGERS}


class Site:
    """One of everything that an address can be about."""

    def __init__(self) -> None:
        now = timezone.now()
        self.version = make_version(at=now - timedelta(days=9))
        self.policy = self.version.policy
        self.revision = make_revision(status=Status.IN_REVIEW, policy=self.policy)
        self.retired = make_version(policy=make_policy(), at=now - timedelta(days=9)).policy
        root = make_user(is_superuser=True)
        workflow.retire(self.retired.pk, by=root, at=now, notice="Gone.")
        self.people = {
            "W": make_user("Writers"),
            "R": make_user("Reviewers"),
            "P": make_user("Publishers"),
            "E": make_user(permissions=["publish_without_approval"]),
            "N": make_user(),
            "S": root,
        }

    def arguments(self, name: str) -> list[Any]:
        """Return what an address takes."""
        kind = name.removeprefix("policies_").removeprefix("auth_").partition("_")[0]
        models = {
            "user": User,
            "group": Group,
            "ledgerentry": LedgerEntry,
            "auditevent": AuditEvent,
        }
        if kind in models:
            return [models[kind]._default_manager.order_by("pk")[0].pk]
        of_revision = kind == "revision" or "revision" in self.route(name)
        return [self.revision.pk if of_revision else self.policy.pk]

    @staticmethod
    def route(name: str) -> str:
        return next(str(it.pattern) for found, it in addresses() if found == name)

    def paths(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield the paths under a name, each with who gets in."""
        allowed = DESK[name]
        if isinstance(allowed, dict):
            for app, letters in allowed.items():
                yield reverse(f"admin:{name}", args=[app]), letters
            return
        takes = name.startswith(("policies_", "auth_")) and not name.endswith(
            ("_add", "_changelist", "_paste", "_mail", "_second_factor")
        )
        yield reverse(f"admin:{name}", args=self.arguments(name) if takes else []), allowed


def refused_with(name: str) -> int:
    """Return how an address refuses besides 403: a list of nothing is not found."""
    return 404 if name == "app_list" else 403


@pytest.mark.parametrize("letter", ["", *"WRPENS"])
def test_who_gets_in(letter: str) -> None:
    site, client = Site(), Client()
    if letter:
        client.force_login(site.people[letter])
    wrong = []
    for name in DESK:
        if letter and name == "logout":
            continue  # and be logged out
        send = client.post if name.removeprefix("policies_") in POSTED else client.get
        for path, allowed in site.paths(name):
            status = send(path).status_code
            assert status < 500, path
            if not letter:
                fits = status == (200 if send == client.post else 302)
            else:
                fits = (status not in {403, refused_with(name)}) == (letter in allowed)
            if name == "autocomplete":
                fits = status in {302, 403}  # it asks for a field that it completes
            if not fits:
                wrong.append((path, status))
    assert wrong == []
