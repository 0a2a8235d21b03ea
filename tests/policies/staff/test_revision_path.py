"""The path of a revision on the pages about it: where it is, who has it, what comes next."""

import re
from datetime import timedelta
from typing import NamedTuple

import pytest
from django.utils import timezone

from policies import workflow
from policies.states import Status
from tests.factories import (
    make_document,
    make_emergency,
    make_import,
    make_policy,
    make_revision,
    make_user,
    make_version,
)
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db


class Step(NamedTuple):
    mark: str
    text: str


def path(client, name, pk):
    """Return the steps that a page shows: "current", "done" or "" and the words of each."""
    found = re.search(r'<ol class="path".*?</ol>', words(client.get(page(name, pk))))
    assert found
    marks = {"aria-current": "current", "is-done": "done"}
    return [
        Step(
            next((word for it, word in marks.items() if it in attributes), ""),
            " ".join(re.sub("<[^>]+>", " ", inside).split()),
        )
        for attributes, inside in re.findall("<li([^>]*)>(.*?)</li>", found[0])
    ]


@pytest.fixture
def root():
    return log_in(is_superuser=True)[0]


def test_a_draft_shows_who_writes_it_and_what_comes_next(root):
    draft = make_revision(writer=make_user("Writers", name="ana"))

    steps = path(root, "edit", draft.pk)

    assert [it.mark for it in steps] == ["current", "", "", ""]
    assert steps[0].text.startswith("Draft Started by ana, ")
    assert steps[0].text.endswith("Now with ana")
    assert steps[1].text == "In review Next: a writer submits it"
    assert [it.text for it in steps[2:]] == ["Approved", "Published"]


@pytest.mark.parametrize("name", ["review", "history"])
def test_a_submission_shows_who_submitted_it_and_who_has_it(root, name):
    ana = make_user("Writers", name="ana")
    revision = make_revision(writer=ana, status=Status.IN_REVIEW)

    pk = revision.pk if name == "review" else revision.policy_id
    steps = path(root, name, pk)

    assert [it.mark for it in steps] == ["done", "current", "", ""]
    assert "Submitted by ana" in steps[1].text
    assert "Now with anyone who may review it" in steps[1].text
    assert "Next: somebody who did not write it reviews it" in steps[2].text


def test_a_submission_shows_the_person_who_is_asked_and_the_day(root):
    ana, ben = make_user("Writers", name="ana"), make_user("Reviewers", name="ben")
    draft = make_revision(writer=ana)
    due_on = timezone.now().date() + timedelta(days=3)
    asked = {"reviewer_id": ben.pk, "due_on": due_on}
    workflow.submit(draft.pk, by=ana, at=timezone.now(), **asked)

    due = f"due {due_on:%B} {due_on.day}, {due_on.year}"
    assert f"Now with ben, {due}" in path(root, "review", draft.pk)[1].text

    ben.groups.clear()
    assert f"Now with anyone who may review it, {due}" in path(root, "review", draft.pk)[1].text


def test_an_approved_revision_shows_who_approved_it_where_it_is_published(root):
    ben = make_user("Reviewers", name="ben")
    revision = make_revision(reviewer=ben, status=Status.APPROVED)

    steps = path(root, "publish", revision.pk)

    assert [it.mark for it in steps] == ["done", "done", "current", ""]
    assert "Approved by ben" in steps[2].text
    assert "Next: a publisher publishes it" in steps[3].text


def test_a_draft_that_was_sent_back_shows_who_requested_changes(root):
    revision, ben = make_revision(status=Status.IN_REVIEW), make_user("Reviewers", name="ben")
    workflow.request_changes(revision.pk, by=ben, at=timezone.now(), text="Shorter.")

    steps = path(root, "edit", revision.pk)

    assert "Changes requested by ben" in steps[0].text
    assert [it.mark for it in steps] == ["current", "", "", ""]

    workflow.submit(revision.pk, by=revision.created_by, at=timezone.now())
    assert path(root, "review", revision.pk)[0].text.startswith("Draft Started by")


def test_the_path_ends_where_the_revision_ended(root):
    published = make_version()
    withdrawn = make_revision(status=Status.WITHDRAWN)
    discarded = make_revision(status=Status.DISCARDED)

    def last(revision):
        steps = path(root, "review", revision.pk)
        return steps[-1].text.split(" by ")[0], steps[-1].mark

    assert last(published) == ("Published Published", "current")
    assert last(withdrawn) == ("Withdrawn Withdrawn", "current")
    assert last(discarded) == ("Discarded Discarded", "current")


def test_an_import_has_no_steps_for_a_review(root):
    version = make_import(make_document(), policy=make_policy(), at=timezone.now())

    steps = path(root, "review", version.pk)

    assert [it.mark for it in steps] == ["done", "current"]
    assert "Imported by" in steps[1].text


def test_a_publication_without_approval_shows_that_nobody_approved_it(root):
    draft = make_emergency(at=timezone.now())

    steps = path(root, "review", draft.pk)

    assert steps[1] == Step("", "Approved Nobody has approved this text")
    ben = make_user("Reviewers", name="ben")
    workflow.approve_afterwards(draft.pk, by=ben, at=timezone.now())
    steps = path(root, "review", draft.pk)
    assert steps[1].mark == "done"
    assert "Approved after publication by ben" in steps[1].text
