"""The rules on comments, reasons, preview links and late approvals."""

import pytest
from django.db import transaction

from policies import workflow
from policies.models import (
    CommentReply,
    Justification,
    LateApproval,
    Overruling,
    PreviewLink,
    ReviewComment,
    ReviewRequest,
)
from policies.states import NUMBERED, Status
from tests.factories import DAY, NOW, make_emergency, make_policy, make_revision, make_user
from tests.policies.database.rules.attacks import make_commented_revision, refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", [*sorted(NUMBERED), Status.DISCARDED])
def test_nobody_comments_on_what_is_finished(status, execute):
    revision = make_revision(status=status)

    with refused("comment_on_open_revision"), transaction.atomic():
        ReviewComment.objects.create(revision=revision, text="Late.", created_at=NOW)
    with refused("comment_on_open_revision"):
        execute(
            "INSERT INTO policies_reviewcomment (revision_id, text, section_anchor, created_at)"
            " VALUES (?, 'Late.', '', ?)",
            revision.pk,
            NOW,
        )


def test_a_comment_is_not_born_resolved():
    draft, writer = make_revision(), make_user("Writers")

    with refused("comment_on_open_revision"), transaction.atomic():
        ReviewComment.objects.create(
            revision=draft,
            text="Fine.",
            created_at=NOW,
            created_by=writer,
            resolved_at=NOW,
            resolved_by=writer,
        )


def test_a_resolved_comment_is_not_opened_again():
    comment = make_commented_revision(Status.DRAFT).comments.get()

    with refused("comment_resolved_once"), transaction.atomic():
        ReviewComment.objects.filter(pk=comment.pk).update(resolved_at=None, resolved_by=None)


def test_a_comment_stays_on_its_words():
    revision, reviewer = make_revision(), make_user("Reviewers")
    comment = workflow.comment(revision.pk, by=reviewer, at=NOW, text="Why?", words="what we do")

    for words in (None, {**comment.quotation, "exact": "what we"}):
        with refused("comment_words_kept"), transaction.atomic():
            ReviewComment.objects.filter(pk=comment.pk).update(quotation=words)
    workflow.resolve_comment(comment.pk, by=reviewer, at=NOW)


def test_an_answer_belongs_to_work_in_progress_and_stays(execute):
    revision = make_commented_revision(Status.DRAFT)
    writer = make_user("Writers")
    comment = workflow.comment(revision.pk, by=writer, at=NOW, text="Is it so?")
    reply = workflow.reply_to_comment(comment.pk, by=writer, at=NOW, text="So.")

    with refused("reply_frozen", "commentreply_place_kept"), transaction.atomic():
        CommentReply.objects.filter(pk=reply.pk).update(text="Not so.")
    with refused("reply_kept"), transaction.atomic():
        CommentReply.objects.filter(pk=reply.pk).delete()
    workflow.discard(revision.pk, by=writer, at=NOW)
    with refused("reply_on_open_revision"):
        execute(
            "INSERT INTO policies_commentreply (comment_id, text, created_at)"
            " VALUES (?, 'Late', ?)",
            comment.pk,
            NOW,
        )


def test_a_preview_link_is_bound_for_ever_and_revoked_once(execute):
    writer, other = make_user("Writers"), make_revision()
    link = workflow.share(make_revision().pk, by=writer, at=NOW, recipient="Counsel")

    for changes in ({"revision": other}, {"expires_at": NOW + 900 * DAY}, {"recipient": "All"}):
        with refused("preview_link_frozen"), transaction.atomic():
            PreviewLink.objects.filter(pk=link.pk).update(**changes)
    PreviewLink.objects.filter(pk=link.pk).update(uses=7, last_used_at=NOW)
    workflow.revoke_link(link.pk, by=writer, at=NOW)
    with refused("preview_link_frozen"), transaction.atomic():
        PreviewLink.objects.filter(pk=link.pk).update(revoked_at=None, revoked_by=None)
    with refused("preview_link_kept"):
        execute("DELETE FROM policies_previewlink WHERE id = ?", link.pk)


def test_a_reason_that_was_given_stays(execute):
    given = Justification.objects.create(
        policy=make_policy(), key="a" * 64, reason="It is right.", justified_at=NOW
    )

    with refused("acknowledgement_frozen", "acknowledgement_place_kept"), transaction.atomic():
        Justification.objects.filter(pk=given.pk).update(reason="Never mind.")
    with refused("acknowledgement_kept"):
        execute("DELETE FROM policies_acknowledgement WHERE id = ?", given.pk)


def overruling(revision, **changes):
    values = {"key": "a" * 64, "reason": "It is so.", "overruled_at": NOW, **changes}
    values.setdefault("overruled_by", make_user("Reviewers"))
    return Overruling.objects.create(policy=revision.policy, **values)


def test_an_author_overrules_nothing(execute):
    writer = make_user("Writers", "Reviewers")
    revision = make_revision(writer=writer)

    with refused("overruling_by_another"), transaction.atomic():
        overruling(revision, overruled_by=writer)
    with refused("overruling_by_another"):
        execute(
            "INSERT INTO policies_overruling (policy_id, key, excerpt, reason, overruled_at,"
            " overruled_by_id) VALUES (?, ?, '', 'So.', ?, ?)",
            revision.policy_id,
            "a" * 64,
            NOW,
            writer.pk,
        )


def test_an_overruling_is_not_born_withdrawn():
    with refused("overruling_by_another"), transaction.atomic():
        overruling(make_revision(), withdrawn_at=NOW, withdrawn_by=make_user("Reviewers"))


def test_an_overruling_stays_and_is_withdrawn_once(execute):
    given, other = overruling(make_revision()), make_user("Reviewers")
    rows = Overruling.objects.filter(pk=given.pk)

    for changes in ({"key": "b" * 64}, {"reason": "Never mind."}, {"overruled_by": other}):
        with refused("overruling_withdrawn_once"), transaction.atomic():
            rows.update(**changes)
    rows.update(withdrawn_at=NOW, withdrawn_by=other)
    with refused("overruling_withdrawn_once"), transaction.atomic():
        rows.update(withdrawn_at=None, withdrawn_by=None)
    with refused("overruling_kept"):
        execute("DELETE FROM policies_overruling WHERE id = ?", given.pk)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ("comment_resolved_format", "reviewcomment SET resolved"),
        ("overruling_withdrawn_format", "overruling SET withdrawn"),
        ("link_revoked_format", "previewlink SET revoked"),
    ],
)
def test_what_is_set_later_has_a_time_in_our_notation(execute, rule, what):
    """Django reads "" as none, and queries as some."""
    revision = make_commented_revision(Status.DRAFT)
    by = overruling(revision).overruled_by
    workflow.share(revision.pk, by=make_user("Writers"), at=NOW, recipient="Counsel")

    for time in ("", "20260502 12:00:00"):
        with refused(rule):
            execute(f"UPDATE policies_{what}_at = ?, {what.split()[-1]}_by_id = {by.pk}", time)


def test_a_review_is_asked_for_in_review_and_of_nobody_who_wrote(execute):
    writer = make_user("Writers", "Reviewers")
    draft = make_revision(writer=writer)
    ask = (
        "INSERT INTO policies_reviewrequest (revision_id, asked_at, asked_by_id, reviewer_id, note)"
        " VALUES (?, ?, ?, ?, '')"
    )

    with refused("review_request_to_another"):
        execute(ask, draft.pk, NOW, writer.pk, make_user("Reviewers").pk)
    workflow.submit(draft.pk, by=writer, at=NOW)
    with refused("review_request_to_another"), transaction.atomic():
        execute(ask, draft.pk, NOW, writer.pk, writer.pk)


def test_a_request_for_a_review_stays(execute):
    request = make_revision(status=Status.IN_REVIEW).review_requests.get()

    with refused("review_request_frozen", "reviewrequest_place_kept"), transaction.atomic():
        ReviewRequest.objects.filter(pk=request.pk).update(note="Never mind.")
    with refused("review_request_kept"):
        execute("DELETE FROM policies_reviewrequest WHERE id = ?", request.pk)


def test_an_author_does_not_approve_an_emergency_afterwards():
    version = make_emergency()

    for person in (version.created_by_id, version.published_by_id):
        with refused("late_approval_by_another"), transaction.atomic():
            LateApproval.objects.create(
                revision=version,
                approved_at=NOW,
                approved_by_id=person,
                approved_digest=version.digest,
            )


@pytest.mark.parametrize("fault", ["digest", "basis", "status"])
def test_a_late_approval_is_of_an_emergency_and_of_its_text(fault):
    if fault == "digest":
        revision, digest = make_emergency(), "f" * 64
    else:
        revision = make_revision(status=Status.PUBLISHED if fault == "basis" else Status.IN_REVIEW)
        digest = revision.digest

    with refused("late_approval_by_another"), transaction.atomic():
        LateApproval.objects.create(
            revision=revision,
            approved_at=NOW,
            approved_by=make_user("Reviewers"),
            approved_digest=digest,
        )
