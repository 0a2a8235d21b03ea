"""A text that nobody can see is none: where one must be given, it is refused."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from policies import workflow
from policies.models import Revision
from policies.states import Kind, Status
from policies.text.document import Document, Section
from policies.text.short_text import has_visible_characters
from policies.webhooks.events import EVENTS
from tests.factories import (
    DAY,
    NOW,
    confirm,
    make_revision,
    make_user,
    make_version,
    save_draft,
)
from tests.policies.staff.desk import form, log_in, page, words

BLANK = {
    "space": "\u00a0\u2003 \t\n",
    "zero width": "\u200b\u200d\u2060\ufeff",
    "soft hyphen": "\u00ad",
    "marks of direction": "\u200e\u2067\u2069",
    "combining grapheme joiner": "\u034f",
    "Hangul": "\u115f\u1160\u3164\uffa0",
    "Khmer": "\u17b4\u17b5",
    "Braille": "\u2800",
    "variation selectors": "\ufe0f\u180b\U000e0100",
    "tags": "\U000e0041",
    "unassigned": "\u2065",
    "music": "\U0001d159\U0001d173",
}


@pytest.mark.parametrize("text", BLANK.values(), ids=BLANK)
def test_a_text_without_ink_is_blank(text):
    assert not has_visible_characters(text)
    assert has_visible_characters(f"{text}x{text}")


@pytest.mark.parametrize("text", ["é", "ㅎ", "⠁", "ក", "\u0301", "❤\ufe0f", "—", "0"])
def test_what_can_be_seen_is_not_blank(text):
    assert has_visible_characters(text)


def upcoming(policy, days=90):
    revision = make_revision(status=Status.APPROVED, policy=policy)
    by, day = make_user("Publishers"), NOW + days * DAY
    return workflow.publish(
        revision.pk, by=by, at=NOW, kind=Kind.MATERIAL, change_note="New.", effective_at=day
    )


def approved(policy):
    return make_revision(status=Status.APPROVED, policy=policy)


NOTICE = {"kind": Kind.MATERIAL, "effective_at": NOW + DAY, "change_note": "New."}
MUST_SAY = {
    "publish": lambda text, policy, how: workflow.publish(
        approved(policy).pk, **how, **{**NOTICE, "change_note": text}
    ),
    "short notice": lambda text, policy, how: workflow.publish(
        approved(policy).pk, **how, **NOTICE, short_notice_reason=text
    ),
    "reschedule": lambda text, policy, how: workflow.reschedule(
        upcoming(policy).pk, **how, effective_at=NOW + 80 * DAY, reason=text
    ),
    "reschedule to short notice": lambda text, policy, how: workflow.reschedule(
        upcoming(policy).pk, **how, effective_at=NOW + DAY, reason="A.", short_notice_reason=text
    ),
    "withdraw": lambda text, policy, how: workflow.withdraw(
        upcoming(policy).pk, **how, reason=text
    ),
    "without approval": lambda text, policy, how: workflow.publish_without_approval(
        make_revision(policy=policy).pk, **how, reason=text, change_note="New."
    ),
    "comment": lambda text, policy, how: workflow.comment(
        make_revision(policy=policy).pk, **how, text=text
    ),
    "request changes": lambda text, policy, how: workflow.request_changes(
        make_revision(policy=policy, status=Status.IN_REVIEW).pk, **how, text=text
    ),
    "share": lambda text, policy, how: workflow.share(
        make_revision(policy=policy).pk, **how, recipient=text, days=3
    ),
    "name": lambda text, policy, how: workflow.correct_name(policy.pk, **how, name=text),
    "retire": lambda text, policy, how: workflow.retire(policy.pk, **how, notice=text),
}


@pytest.mark.django_db
def test_no_action_takes_a_reason_a_note_or_a_name_that_nobody_can_see():
    policy = make_version(at=NOW - 100 * DAY).policy
    workflow.set_notice_period(policy.pk, by=make_user("Publishers"), at=NOW, days=30)
    by = make_user("Writers", "Reviewers", "Publishers", is_superuser=True)

    for act in MUST_SAY.values():
        with transaction.atomic():  # undone, so that the next begins with the same policy
            with pytest.raises(workflow.Incomplete):
                act("\u200b\u3164\u2800", policy, {"by": by, "at": NOW + timedelta(seconds=1)})
            transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["\u3164", "&#8203;", "**\u200b**"])
def test_a_title_or_a_heading_that_nobody_can_see_is_missing(text):
    client, writer = log_in("Writers")
    draft = make_revision(writer=writer)
    typed = {"title": text, "heading": [text, "B"], "anchor": ["a", "b"], "do": "submit"}

    refused = words(client.post(page("edit", draft.pk), form(draft, **typed)))
    save_draft(draft, Document(text, "", (Section(text, "a", "&nbsp;\u200b"),)), at=timezone.now())

    assert "Enter a title." in refused
    assert "Give this section a heading" in refused
    document = Revision.objects.get(pk=draft.pk).document()
    assert document.missing == ["There is no title.", "Section 1 has no heading."]
    assert document.is_blank


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "typed"),
    [
        ("/admin/auth/group/add/", {"name": "\u3164"}),
        ("/admin/auth/user/add/", {"username": "\u3164", "password1": "a", "password2": "a"}),
        (
            "/admin/policies/webhookendpoint/add/",
            {"name": "\u200b", "url": "https://a.test/", "format": "standard", "events": [*EVENTS]},
        ),
    ],
)
def test_no_role_account_or_webhook_gets_a_name_that_nobody_can_see(address, typed, settings):
    client, _ = log_in(is_superuser=True)
    confirm(client)

    answer = client.post(address, typed)

    assert "Enter something that can be seen." in answer.content.decode()
