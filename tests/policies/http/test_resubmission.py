"""What somebody wrote at the desk in a form that is refused is shown again, never lost."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import escape

from policies import workflow
from policies.models import Policy, Revision
from policies.states import Status
from policies.workflow.preconditions import MAX_COMMENT
from tests.factories import (
    confirm,
    make_document,
    make_policy,
    make_revision,
    make_user,
    make_version,
)
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db

WRITTEN = "First <line>.\n\nSecond line."


def a_remark(revision):
    writer = make_user("Reviewers")
    return workflow.comment(revision.pk, by=writer, at=timezone.now(), text="Hm.").pk


@pytest.mark.parametrize("door", ["comment", "request_changes", "reply_to_comment"])
def test_text_written_while_somebody_discarded_the_draft_is_shown_again(door):
    revision = make_revision(status=Status.IN_REVIEW)
    typed = {"text": WRITTEN, "section": "scope", "comment": a_remark(revision)}
    client, _ = log_in("Reviewers")
    workflow.request_changes(revision.pk, by=make_user("Reviewers"), at=timezone.now(), text="No.")
    workflow.discard(revision.pk, by=make_user("Writers"), at=timezone.now())
    said = revision.comments.count()

    answer = client.post(page(door, revision.pk), typed)

    assert answer.status_code == 422
    assert "is discarded now" in words(answer)
    assert answer.context["typed"] == WRITTEN
    assert "First &lt;line&gt;." in words(answer)
    assert f'href="{page("review", revision.pk)}' in words(answer)
    assert revision.comments.count() == said


def test_a_corrected_text_is_resubmitted_to_its_own_action():
    revision = make_revision(status=Status.IN_REVIEW)
    client, _ = log_in("Reviewers")
    typed = {"text": "a\x07b", "section": "scope"}

    refused = client.post(page("comment", revision.pk), typed)
    assert "U+0007" in words(refused)
    kept = {"section": "scope"}
    assert dict(refused.context["others"]) == kept
    client.post(refused.wsgi_request.path, {**kept, "text": "ab"})

    remark = revision.comments.get()
    assert (remark.text, remark.section_anchor) == ("ab", "scope")


def test_a_reason_for_a_finding_that_was_fixed_meanwhile_is_returned():
    revision = make_revision(text="TODO: Write to us [here](http://a.co).")
    client, _ = log_in("Writers")

    answer = client.post(page("justify", revision.pk), {"key": "gone", "reason": WRITTEN})

    assert answer.status_code == 422
    assert answer.context["typed"] == WRITTEN
    assert dict(answer.context["others"]) == {"key": "gone"}


@pytest.mark.parametrize("door", ["comment", "request_changes"])
def test_a_remark_that_is_too_long_is_refused_and_shown_again(door):
    revision = make_revision(status=Status.IN_REVIEW)
    client, _ = log_in("Reviewers")

    most = client.post(page(door, revision.pk), {"text": "x" * (MAX_COMMENT + 1)})

    assert most.status_code == 422
    assert "10,001 characters. Shorten it to 10,000 or fewer" in words(most)
    assert "x" * (MAX_COMMENT + 1) in words(most)
    assert not revision.comments.exists()
    client.post(page(door, revision.pk), {"text": "x" * MAX_COMMENT})
    assert revision.comments.get().text == "x" * MAX_COMMENT


def test_a_change_note_that_is_too_long_is_refused_and_shown_again():
    version = make_version()
    document = make_document(text="We keep less.")
    revision = make_revision(policy=version.policy, document=document, status=Status.APPROVED)
    client, _ = log_in("Publishers")
    note = "n" * 1001

    typed = {"change_note": note, "kind": "material", "when": "now"}
    answer = client.post(page("publish", revision.pk), {**typed, "seen_digest": revision.digest})

    assert answer.status_code == 422
    assert "1,001 characters. Shorten it to 1,000 or fewer" in words(answer)
    assert note in words(answer)
    assert Revision.objects.get(pk=revision.pk).status == Status.APPROVED


def test_retirement_notices_and_withdrawal_reasons_have_a_maximum_length_too():
    policy = make_version().policy
    version = make_version(
        policy=make_policy(slug="terms"), effective_at=timezone.now() + timedelta(days=2)
    )
    client, _ = log_in("Publishers")
    long = "y" * (MAX_COMMENT + 1)

    withdrawn = client.post(page("withdraw", version.pk), {"reason": long})
    retired = client.post(page("retire", policy.pk), {"notice": long})

    for answer in (withdrawn, retired):
        assert answer.status_code == 422
        assert "10,001 characters" in words(answer)
        assert long in words(answer)
    assert Policy.objects.get(pk=policy.pk).retired_at is None


@pytest.mark.parametrize(
    ("door", "roles"), [("publish", ["Publishers"]), ("publish_without_approval", [])]
)
def test_what_was_typed_for_publication_is_shown_again_if_somebody_else_published_first(
    door, roles
):
    status = Status.APPROVED if door == "publish" else Status.IN_REVIEW
    policy = make_version(at=timezone.now() - timedelta(days=1)).policy
    revision = make_revision(status=status, policy=policy)
    client, _ = log_in(*roles, permissions=["publish_without_approval", "view_revision"])
    confirm(client)
    typed = {"when": "now", "kind": "editorial", "change_note": WRITTEN, "reason": "A leak."}
    at = timezone.now()
    if door == "publish":
        workflow.reopen(revision.pk, by=make_user("Writers"), at=at)
    else:
        workflow.discard(revision.pk, by=make_user("Writers"), at=at)

    answer = client.post(page(door, revision.pk), typed)

    assert answer.status_code == 422
    assert "was refused" in words(answer)
    assert escape(WRITTEN) in answer.content.decode()
    assert ("A leak." in words(answer)) == (door == "publish_without_approval")
    assert "Nobody has approved this text" not in words(answer)
    assert "See its current status" in words(answer)
    assert Revision.objects.numbered().count() == 1


def test_what_was_approved_meanwhile_is_published_in_the_ordinary_way():
    policy = make_version(at=timezone.now() - timedelta(days=1)).policy
    revision = make_revision(status=Status.APPROVED, policy=policy)
    client, _ = log_in("Publishers", permissions=["publish_without_approval"])
    confirm(client)
    typed = {"when": "now", "kind": "material", "change_note": WRITTEN, "reason": "A leak."}

    answer = client.post(page("publish_without_approval", revision.pk), typed)

    assert "has been approved since you opened the page" in words(answer)
    assert f'action="{page("publish", revision.pk)}"' in answer.content.decode()
    assert escape(WRITTEN) in answer.content.decode()
    opened = client.get(page("publish_without_approval", revision.pk), follow=True)
    assert opened.redirect_chain[-1][0] == page("publish", revision.pk)
    assert "has been approved since you opened the page" in words(opened)
