"""The workflow: writing and reviewing, and what holds for every action."""

import ast

import pytest
from django.conf import settings

from policies import workflow
from policies.models import Revision
from policies.states import Status
from policies.text import document as documents
from policies.text import rendering
from tests.factories import (
    DAY,
    IN_FIFTY_YEARS,
    NOW,
    every_row,
    make_document,
    make_policy,
    make_revision,
    make_user,
    make_version,
    save_draft,
)

pytestmark = pytest.mark.django_db


# --- Writing -----------------------------------------------------------------------------------


def test_a_draft_begins_with_the_newest_version_that_was_not_withdrawn():
    policy, publisher = make_policy(), make_user("Publishers")
    first = make_version(policy=policy, effective_at=IN_FIFTY_YEARS)
    versions = [
        make_version(policy=policy, effective_at=IN_FIFTY_YEARS + it * DAY) for it in (1, 2)
    ]
    begun = []
    for withdrawn in (*reversed(versions), first):
        workflow.withdraw(withdrawn.pk, by=publisher, at=NOW, reason="No.")
        draft = workflow.start_draft(policy.pk, by=make_user("Writers"), at=NOW)
        begun.append(draft.based_on)
        workflow.discard(draft.pk, by=make_user("Writers"), at=NOW)

    assert begun == [versions[0], first, versions[1]], "the newest of all, if all were withdrawn"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (Status.DRAFT, "a draft"),
        (Status.IN_REVIEW, "a revision in review"),
        (Status.APPROVED, "an approved revision"),
    ],
)
def test_a_policy_has_one_open_revision(status, said):
    revision = make_revision(status=status)

    with pytest.raises(
        workflow.WrongState, match=f"already has {said}. Continue with it, or discard it"
    ):
        workflow.start_draft(revision.policy_id, by=make_user("Writers"), at=NOW)


def test_saving_replaces_the_whole_text_and_its_html():
    draft = make_revision(text="Before.")

    save_draft(draft, documents.Document(title="New", introduction="After."))

    saved = Revision.objects.get(pk=draft.pk)
    assert saved.document() == documents.Document(title="New", introduction="After.")
    assert saved.html == "<p>After.</p>"
    assert saved.digest == documents.digest(saved.document())


def test_a_text_that_is_submitted_as_it_was_saved_is_rendered_once(monkeypatch):
    writer, document = make_user("Writers"), make_document(text="Rendered once.")
    draft = workflow.start_draft(make_policy().pk, by=writer, at=NOW)
    rendered = []
    render = rendering.render_document

    def counted(document):
        rendered.append(documents.body(document))
        return render(document)

    monkeypatch.setattr(rendering, "render_document", counted)

    save_draft(draft, document, by=writer)
    workflow.submit(draft.pk, by=writer, at=NOW)

    assert rendered == [documents.body(document)]


def test_saving_refuses_when_somebody_saved_since_and_says_who_and_when():
    draft = make_revision()
    other = make_user("Writers", name="ana")
    save_draft(draft, make_document(text="Hers."), by=other, at=NOW + DAY)
    before = every_row()

    with pytest.raises(
        workflow.SavedMeanwhile, match=r"saved by ana on May 3, 2026, 12:00 \(UTC\)"
    ):
        save_draft(draft, make_document(text="Mine."), at=NOW + 2 * DAY)

    assert every_row() == before


# --- Reviewing ---------------------------------------------------------------------------------


def test_nobody_may_approve_a_revision_they_edited_not_even_a_superuser():
    author = make_user(is_superuser=True)
    revision = make_revision(status=Status.IN_REVIEW, writer=author)
    before = every_row()

    with pytest.raises(workflow.NotAllowed, match="somebody else must approve"):
        workflow.approve(revision.pk, by=author, at=NOW)

    assert every_row() == before


def test_nobody_may_approve_what_they_edited_even_once_before_others_did():
    early = make_user("Writers", "Reviewers")
    draft = make_revision(writer=early)
    late = make_user("Writers")
    draft = save_draft(draft, make_document(text="All new."), by=late)
    workflow.submit(draft.pk, by=late, at=NOW)

    with pytest.raises(workflow.NotAllowed):
        workflow.approve(draft.pk, by=early, at=NOW)


def test_whoever_starts_a_draft_from_an_old_version_may_not_approve_it():
    old = make_version(at=NOW - DAY)
    make_version(policy=old.policy)
    starter = make_user("Writers", "Reviewers")
    draft = workflow.start_draft(old.policy_id, by=starter, at=NOW, based_on=old.pk)
    workflow.submit(draft.pk, by=starter, at=NOW)

    with pytest.raises(workflow.NotAllowed):
        workflow.approve(draft.pk, by=starter, at=NOW)


def test_approval_is_bound_to_the_text_that_was_seen():
    draft = make_revision()
    seen = draft.digest
    draft = save_draft(draft, make_document(text="Changed since."))
    workflow.submit(draft.pk, by=make_user("Writers"), at=NOW)

    for digest in (seen, "0" * 64, "f" * 64):
        with pytest.raises(workflow.TextChanged, match="is not the one that was read"):
            workflow.approve(draft.pk, by=make_user("Reviewers"), at=NOW, seen_digest=digest)


@pytest.mark.parametrize("action", ["submit", "publish_without_approval"])
def test_a_text_that_was_changed_without_the_workflow_is_refused(action):
    draft = make_revision()
    draft.sections.filter(anchor="scope").update(body="Slipped in.")
    by = make_user(is_superuser=True)
    extra = {"reason": "Urgent."} if action == "publish_without_approval" else {}

    with pytest.raises(workflow.TextChanged, match="is not the one that was read"):
        getattr(workflow, action)(draft.pk, by=by, at=NOW, **extra)


def test_a_version_takes_effect_in_a_year_that_the_calendar_of_every_zone_has():
    draft = make_revision(status=Status.APPROVED, at=NOW)
    late = NOW.replace(year=9001)

    with pytest.raises(workflow.Incomplete, match="The year 9001 is too far away"):
        workflow.publish(draft.pk, by=make_user("Publishers"), at=NOW, effective_at=late)


def test_a_document_without_any_text_is_neither_submitted_nor_published():
    writer = make_user("Writers")
    draft = make_revision(document=documents.Document("Privacy Policy"), writer=writer)
    with pytest.raises(workflow.Incomplete, match="There is no text yet"):
        workflow.submit(draft.pk, by=writer, at=NOW)

    wordless = documents.Document("Privacy Policy", "***")
    approved = make_revision(document=wordless, status=Status.APPROVED)
    with pytest.raises(workflow.Unfinished, match="The document has no introduction"):
        workflow.publish(approved.pk, by=make_user("Publishers"), at=NOW)


def test_open_comments_block_approval_and_publication_until_they_are_resolved():
    revision = make_revision(status=Status.IN_REVIEW)
    reviewer = make_user("Reviewers")
    remark = workflow.comment(
        revision.pk, by=reviewer, at=NOW, text="Which data?", section_anchor="scope"
    )

    with pytest.raises(workflow.WrongState, match="1 comment on this revision must be resolved"):
        workflow.approve(revision.pk, by=reviewer, at=NOW)
    workflow.resolve_comment(remark.pk, by=reviewer, at=NOW)
    workflow.approve(revision.pk, by=reviewer, at=NOW)

    remark.refresh_from_db()
    assert (remark.resolved_at, remark.resolved_by) == (NOW, reviewer)
    workflow.comment(revision.pk, by=reviewer, at=NOW, text="Wait.")
    with pytest.raises(workflow.WrongState, match="resolved before it can be published"):
        workflow.publish(revision.pk, by=make_user("Publishers"), at=NOW)


def test_a_comment_is_resolved_once():
    revision = make_revision()
    by = make_user("Writers")
    remark = workflow.comment(revision.pk, by=by, at=NOW, text="Why?")
    workflow.resolve_comment(remark.pk, by=by, at=NOW)

    with pytest.raises(workflow.WrongState, match="resolved on May 2, 2026"):
        workflow.resolve_comment(remark.pk, by=by, at=NOW + DAY)
    with pytest.raises(workflow.WrongState, match="resolved on May 2, 2026"):
        workflow.reply_to_comment(remark.pk, by=by, at=NOW + DAY, text="So.")


def test_reopening_voids_the_approval():
    revision = make_revision(status=Status.APPROVED)

    reopened = workflow.reopen(revision.pk, by=make_user("Writers"), at=NOW)

    assert (reopened.status, reopened.approved_at, reopened.approved_digest) == ("draft", None, "")


# --- All actions ---------------------------------------------------------------------------------


def test_nothing_but_the_workflow_assigns_a_status():
    offenders, root = [], settings.BASE_DIR / "policies"
    for path in root.rglob("*.py"):
        # An HTTP answer has a status of another kind.
        others = {"migrations", "page_cache"} & set(path.relative_to(root).parts)
        text = path.read_text(encoding="utf-8")
        if others or path.match("workflow/transitions.py") or "status" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            targets = getattr(node, "targets", [])
            assigned = any(getattr(target, "attr", "") == "status" for target in targets)
            updated = (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", "") in {"update", "create", "update_or_create"}
                and any(keyword.arg == "status" for keyword in node.keywords)
            )
            if assigned or updated:
                offenders.append(f"{path.name}:{node.lineno}")

    assert offenders == []


def test_a_person_who_was_deactivated_may_do_nothing():
    person = make_user(is_superuser=True)
    person.is_active = False
    person.save()
    draft = make_revision()

    with pytest.raises(workflow.NotAllowed):
        workflow.submit(draft.pk, by=person, at=NOW)


@pytest.mark.parametrize(
    ("action", "given", "field", "words"),
    [
        ("comment", {"text": "  "}, "text", "Enter a comment"),
        ("comment", {"text": "?", "section_anchor": "no"}, "section_anchor", "no section #no"),
        ("request_changes", {"text": " "}, "text", "what has to change"),
        ("share", {"recipient": ""}, "recipient", "Enter"),
        ("share", {"recipient": "Counsel", "days": 0}, "days", "from 1 to"),
    ],
)
def test_a_refusal_names_the_argument_that_has_to_be_corrected(action, given, field, words):
    revision = make_revision(status=Status.IN_REVIEW)

    with pytest.raises(workflow.Incomplete, match=words) as refused:
        getattr(workflow, action)(revision.pk, by=make_user("Reviewers"), at=NOW, **given)

    assert refused.value.about == (field,)


def test_a_draft_with_the_text_of_the_newest_version_is_not_submitted():
    version, writer = make_version(), make_user("Writers")
    draft = workflow.start_draft(version.policy_id, by=writer, at=NOW)

    with pytest.raises(workflow.Incomplete, match="Nothing differs from version 1"):
        workflow.submit(draft.pk, by=writer, at=NOW)


def test_a_text_that_is_no_document_any_more_goes_no_further():
    draft = make_revision()
    draft.sections.filter(anchor="scope").update(body="## A section inside a section")

    with pytest.raises(workflow.TextChanged, match="no longer a valid document"):
        workflow.submit(draft.pk, by=make_user("Writers"), at=NOW)
