"""The verbs, one by one: what they do, and what they refuse."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from policies import documents, drafting, lifecycle, remarks, sharing, translating, workflow
from policies.models import AuditEvent, LedgerEntry, Policy, ReviewComment, Revision, Section
from policies.states import Basis, Kind, Status
from policies.verbs import VERBS
from tests.factories import (
    NOW,
    make_document,
    make_policy,
    make_revision,
    make_user,
    make_version,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import User

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of the tables that verbs write, to prove that a refusal changed nothing."""
    models = [Policy, Revision, Section, ReviewComment, LedgerEntry, AuditEvent]
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in models}


# --- Writing -----------------------------------------------------------------------------------


def test_a_draft_begins_with_the_newest_version() -> None:
    version = make_version()

    draft = workflow.start_draft(version.policy_id, by=make_user("Writers"), at=NOW)

    assert draft.document() == version.document()
    assert draft.based_on == version


def test_a_draft_can_begin_with_any_old_version() -> None:
    old = make_version()
    make_version(policy=old.policy, at=NOW + DAY)

    draft = workflow.start_draft(
        old.policy_id, by=make_user("Writers"), at=NOW + 2 * DAY, based_on=old.pk
    )

    assert draft.document() == old.document()


def test_a_draft_can_begin_with_nothing() -> None:
    version = make_version()

    draft = workflow.start_draft(version.policy_id, by=make_user("Writers"), at=NOW, blank=True)

    assert draft.document() == documents.Document(title=version.policy.name)
    assert draft.based_on is None


def test_a_draft_does_not_begin_with_another_policys_revision() -> None:
    other = make_version()

    with pytest.raises(workflow.Incomplete, match="no revision"):
        workflow.start_draft(make_policy().pk, by=make_user("Writers"), at=NOW, based_on=other.pk)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.APPROVED])
def test_a_policy_has_one_open_revision(status: Status) -> None:
    revision = make_revision(status=status)

    with pytest.raises(workflow.WrongState, match="go on with it, or discard it"):
        workflow.start_draft(revision.policy_id, by=make_user("Writers"), at=NOW)


def test_saving_replaces_the_whole_text_and_its_html() -> None:
    draft = make_revision(document=make_document(text="Before."))

    workflow.save_draft(
        draft.pk,
        documents.Document(title="New", introduction="After."),
        by=make_user("Writers"),
        at=NOW,
        seen_saves=draft.saves,
    )

    saved = Revision.objects.get(pk=draft.pk)
    assert saved.document() == documents.Document(title="New", introduction="After.")
    assert saved.html == "<p>After.</p>"
    assert saved.digest == documents.digest(saved.document())


def test_saving_refuses_when_somebody_saved_since_and_says_who_and_when() -> None:
    draft = make_revision()
    other = make_user("Writers", name="ana")
    workflow.save_draft(
        draft.pk, make_document(text="Hers."), by=other, at=NOW + DAY, seen_saves=draft.saves
    )
    before = everything()

    with pytest.raises(workflow.SavedMeanwhile, match=r"saved by ana on May 3, 2026, 12:00 UTC"):
        workflow.save_draft(
            draft.pk,
            make_document(text="Mine."),
            by=make_user("Writers"),
            at=NOW + 2 * DAY,
            seen_saves=draft.saves,
        )

    assert everything() == before


def test_saving_the_same_text_makes_nobody_an_author() -> None:
    draft = make_revision()
    reader = make_user("Writers", "Reviewers")

    workflow.save_draft(draft.pk, draft.document(), by=reader, at=NOW, seen_saves=draft.saves)

    assert not draft.contributions.filter(contributed_by=reader).exists()


# --- Reviewing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("is_superuser", [False, True])
def test_nobody_may_approve_a_revision_they_edited(is_superuser: bool) -> None:
    author = make_user("Writers", "Reviewers", is_superuser=is_superuser)
    revision = make_revision(status=Status.IN_REVIEW, writer=author)
    before = everything()

    with pytest.raises(workflow.NotAllowed, match="somebody who did not must approve"):
        workflow.approve(revision.pk, by=author, at=NOW)

    assert everything() == before


def test_nobody_may_approve_what_they_edited_even_once_before_others_did() -> None:
    early = make_user("Writers", "Reviewers")
    draft = make_revision(writer=early)
    late = make_user("Writers")
    draft = workflow.save_draft(
        draft.pk, make_document(text="All new."), by=late, at=NOW, seen_saves=draft.saves
    )
    workflow.submit(draft.pk, by=late, at=NOW)

    with pytest.raises(workflow.NotAllowed):
        workflow.approve(draft.pk, by=early, at=NOW)


def test_whoever_starts_a_draft_from_an_old_version_may_not_approve_it() -> None:
    version = make_version()
    starter = make_user("Writers", "Reviewers")
    draft = workflow.start_draft(version.policy_id, by=starter, at=NOW)
    workflow.submit(draft.pk, by=starter, at=NOW)

    with pytest.raises(workflow.NotAllowed):
        workflow.approve(draft.pk, by=starter, at=NOW)


def test_approval_keeps_the_digest_of_the_text() -> None:
    revision = make_revision(status=Status.IN_REVIEW)

    approved = workflow.approve(revision.pk, by=make_user("Reviewers"), at=NOW)

    assert approved.approved_digest == documents.digest(approved.document())


def test_approval_is_bound_to_the_text_that_was_seen() -> None:
    draft = make_revision()
    seen = draft.digest
    draft = workflow.save_draft(
        draft.pk,
        make_document(text="Changed since."),
        by=make_user("Writers"),
        at=NOW,
        seen_saves=draft.saves,
    )
    workflow.submit(draft.pk, by=make_user("Writers"), at=NOW)

    with pytest.raises(workflow.TextChanged, match="is not the one that was read"):
        workflow.approve(draft.pk, by=make_user("Reviewers"), at=NOW, seen_digest=seen)


@pytest.mark.parametrize("verb", ["submit", "publish_without_approval"])
def test_a_text_that_was_changed_behind_the_workflow_goes_no_further(verb: str) -> None:
    draft = make_revision()
    draft.sections.filter(anchor="scope").update(body="Slipped in.")
    by = make_user(is_superuser=True)
    extra = {"reason": "Urgent."} if verb == "publish_without_approval" else {}

    with pytest.raises(workflow.TextChanged, match="is not the one that was read"):
        getattr(workflow, verb)(draft.pk, by=by, at=NOW, **extra)


def test_a_version_takes_effect_in_a_year_that_the_calendar_of_every_zone_has() -> None:
    draft = make_revision(status=Status.APPROVED, at=NOW)
    late = NOW.replace(year=9001)

    with pytest.raises(workflow.Incomplete, match="The year 9001 is too far away"):
        workflow.publish(draft.pk, by=make_user("Publishers"), at=NOW, effective_at=late)


def test_who_publishes_is_told_of_the_first_finding_and_how_many_more() -> None:
    text = make_document(text="TODO: the rest.\n\nTODO: and this.\n\nTODO: and that.")
    draft = make_revision(document=text, status=Status.APPROVED)

    with pytest.raises(workflow.Unfinished, match=r"“TODO: the rest\.” .* \(and 2 more\)\Z"):
        workflow.publish(draft.pk, by=make_user("Publishers"), at=NOW)


def test_a_text_that_is_no_document_any_more_goes_no_further() -> None:
    draft = make_revision()
    draft.sections.filter(anchor="scope").update(body="## A section inside a section")

    with pytest.raises(workflow.TextChanged, match="no document"):
        workflow.submit(draft.pk, by=make_user("Writers"), at=NOW)


def test_open_comments_block_approval_until_they_are_resolved() -> None:
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


def test_a_comment_is_resolved_once() -> None:
    revision = make_revision()
    by = make_user("Writers")
    remark = workflow.comment(revision.pk, by=by, at=NOW, text="Why?")
    workflow.resolve_comment(remark.pk, by=by, at=NOW)

    with pytest.raises(workflow.WrongState, match="resolved on May 2, 2026"):
        workflow.resolve_comment(remark.pk, by=by, at=NOW + DAY)


def test_a_comment_needs_words_and_an_existing_section() -> None:
    revision = make_revision()
    by = make_user("Writers")

    with pytest.raises(workflow.Incomplete, match="Write what"):
        workflow.comment(revision.pk, by=by, at=NOW, text="  ")
    with pytest.raises(workflow.Incomplete, match="no section #nowhere"):
        workflow.comment(revision.pk, by=by, at=NOW, text="?", section_anchor="nowhere")


def test_requesting_changes_needs_a_comment_which_stays_open() -> None:
    revision = make_revision(status=Status.IN_REVIEW)
    reviewer = make_user("Reviewers")

    with pytest.raises(workflow.Incomplete, match="what has to change"):
        workflow.request_changes(revision.pk, by=reviewer, at=NOW, text=" ")
    sent_back = workflow.request_changes(revision.pk, by=reviewer, at=NOW, text="Name the data.")

    assert sent_back.status == Status.DRAFT
    assert sent_back.comments.get().text == "Name the data."


def test_reopening_voids_the_approval() -> None:
    revision = make_revision(status=Status.APPROVED)

    reopened = workflow.reopen(revision.pk, by=make_user("Writers"), at=NOW)

    assert (reopened.status, reopened.approved_at, reopened.approved_digest) == ("draft", None, "")


# --- Publishing --------------------------------------------------------------------------------


def test_what_was_approved_is_what_is_published() -> None:
    revision = make_revision(status=Status.APPROVED)

    published = workflow.publish(revision.pk, by=make_user("Publishers"), at=NOW)

    assert published.digest == revision.approved_digest == documents.digest(published.document())
    assert (published.number, published.basis) == (1, Basis.APPROVAL)


def test_a_version_takes_effect_at_once_unless_a_time_is_given() -> None:
    at_once = make_version(at=NOW)
    later = make_version(at=NOW, effective_at=NOW + DAY)

    assert at_once.effective_at == NOW
    assert later.effective_at == NOW + DAY


def test_a_version_does_not_take_effect_in_the_past() -> None:
    revision = make_revision(status=Status.APPROVED)

    with pytest.raises(workflow.Incomplete, match="is past"):
        workflow.publish(revision.pk, by=make_user("Publishers"), at=NOW, effective_at=NOW - DAY)


def test_a_version_takes_effect_later_than_every_version_before_it() -> None:
    upcoming = make_version(effective_at=NOW + 10 * DAY)
    revision = make_revision(status=Status.APPROVED, policy=upcoming.policy)
    publisher = make_user("Publishers")

    for moment in (NOW + 9 * DAY, NOW + 10 * DAY):
        with pytest.raises(workflow.Incomplete, match="later than version 1"):
            workflow.publish(
                revision.pk, by=publisher, at=NOW, change_note="x", effective_at=moment
            )
    published = workflow.publish(
        revision.pk, by=publisher, at=NOW, change_note="x", effective_at=NOW + 11 * DAY
    )

    assert published.number == 2


def test_a_withdrawn_version_keeps_its_number_and_stands_in_nobodys_way() -> None:
    withdrawn = make_revision(status=Status.WITHDRAWN, effective_at=NOW + 30 * DAY)

    next_version = make_version(policy=withdrawn.policy, at=NOW, effective_at=NOW + DAY)

    assert (withdrawn.number, next_version.number) == (1, 2)


def test_several_versions_can_be_upcoming_at_once() -> None:
    first = make_version(effective_at=NOW + 1 * DAY)
    make_version(policy=first.policy, effective_at=NOW + 2 * DAY)
    make_version(policy=first.policy, effective_at=NOW + 3 * DAY)

    upcoming = Revision.objects.upcoming(at=NOW)

    assert [version.number for version in upcoming] == [1, 2, 3]


def test_a_change_note_is_required_from_version_two_on() -> None:
    first = make_version()
    second = make_revision(status=Status.APPROVED, policy=first.policy)

    with pytest.raises(workflow.Incomplete, match="change note"):
        workflow.publish(second.pk, by=make_user("Publishers"), at=NOW + DAY, change_note=" \n")


def test_an_editorial_change_keeps_the_public_date_and_a_material_one_moves_it() -> None:
    first = make_version(at=NOW)
    editorial = make_revision(
        status=Status.PUBLISHED, policy=first.policy, at=NOW + 10 * DAY, kind=Kind.EDITORIAL
    )
    material = make_revision(
        status=Status.PUBLISHED, policy=first.policy, at=NOW + 20 * DAY, kind=Kind.MATERIAL
    )

    assert [v.last_updated_on for v in (first, editorial, material)] == [
        date(2026, 5, 2),
        date(2026, 5, 2),
        date(2026, 5, 22),
    ]


def test_a_first_version_is_material() -> None:
    revision = make_revision(status=Status.APPROVED)

    with pytest.raises(workflow.Incomplete, match="choose material"):
        workflow.publish(revision.pk, by=make_user("Publishers"), at=NOW, kind=Kind.EDITORIAL)


def test_the_public_date_is_the_day_of_effect_in_the_policys_time_zone() -> None:
    policy = make_policy()
    policy.time_zone = "Pacific/Auckland"
    policy.save(update_fields=["time_zone"])

    version = make_version(policy=policy, at=datetime(2026, 12, 31, 12, 0, tzinfo=UTC))

    assert version.last_updated_on == date(2027, 1, 1)


def test_only_an_upcoming_version_can_be_withdrawn() -> None:
    version = make_version(effective_at=NOW + DAY)
    publisher = make_user("Publishers")

    with pytest.raises(workflow.WrongState, match="Only an upcoming version"):
        workflow.withdraw(version.pk, by=publisher, at=NOW + DAY, reason="Too late.")
    with pytest.raises(workflow.Incomplete, match="readers will see it"):
        workflow.withdraw(version.pk, by=publisher, at=NOW, reason="")
    withdrawn = workflow.withdraw(version.pk, by=publisher, at=NOW, reason="A mistake.")

    assert withdrawn.status == Status.WITHDRAWN


# --- The emergency way -------------------------------------------------------------------------


def make_emergency(*, by: User, writer: User | None = None) -> Revision:
    draft = make_revision(writer=writer)
    return workflow.publish_without_approval(draft.pk, by=by, at=NOW, reason="A leak.")


def test_publishing_without_approval_needs_its_own_permission() -> None:
    draft = make_revision()

    with pytest.raises(workflow.NotAllowed, match="publish_without_approval"):
        workflow.publish_without_approval(
            draft.pk, by=make_user("Writers", "Reviewers", "Publishers"), at=NOW, reason="A leak."
        )


def test_publishing_without_approval_needs_a_reason_and_is_recorded() -> None:
    by = make_user(permissions=["publish_without_approval"])
    draft = make_revision()

    with pytest.raises(workflow.Incomplete, match="can't wait"):
        workflow.publish_without_approval(draft.pk, by=by, at=NOW, reason=" ")
    version = workflow.publish_without_approval(draft.pk, by=by, at=NOW, reason="A leak.")

    assert (version.basis, version.basis_reason) == (Basis.EMERGENCY, "A leak.")
    act = AuditEvent.objects.get(verb="publish_without_approval")
    assert (act.done_by, act.reason, act.revision) == (by, "A leak.", version)


def test_a_version_without_approval_stays_flagged_until_another_has_approved_it() -> None:
    by = make_user("Reviewers", permissions=["publish_without_approval"])
    version = make_emergency(by=by)
    flagged = Revision.objects.awaiting_late_approval()
    assert list(flagged) == [version]

    with pytest.raises(workflow.NotAllowed, match="published this version yourself"):
        workflow.approve_afterwards(version.pk, by=by, at=NOW)
    assert list(flagged.all()) == [version]
    workflow.approve_afterwards(version.pk, by=make_user("Reviewers"), at=NOW + DAY)

    assert list(flagged.all()) == []


def test_an_author_may_not_approve_afterwards() -> None:
    author = make_user("Writers", "Reviewers")
    version = make_emergency(by=make_user(is_superuser=True), writer=author)

    with pytest.raises(workflow.NotAllowed, match="You wrote in this revision"):
        workflow.approve_afterwards(version.pk, by=author, at=NOW)


def test_only_an_emergency_is_approved_afterwards_and_only_once() -> None:
    reviewer = make_user("Reviewers")
    usual = make_version()
    emergency = make_emergency(by=make_user(is_superuser=True))
    workflow.approve_afterwards(emergency.pk, by=reviewer, at=NOW)

    with pytest.raises(workflow.WrongState, match="not published in an emergency"):
        workflow.approve_afterwards(usual.pk, by=reviewer, at=NOW)
    with pytest.raises(workflow.WrongState, match="already"):
        workflow.approve_afterwards(emergency.pk, by=reviewer, at=NOW)


# --- Policies ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "language"), [("Privacy", "en"), ("a b", "en"), ("", "en"), ("x", "English")]
)
def test_a_policy_needs_a_proper_address(slug: str, language: str) -> None:
    with pytest.raises(workflow.Incomplete):
        workflow.create_policy(
            slug=slug, language=language, name="X", by=make_user("Writers"), at=NOW
        )


def test_an_address_is_given_once_per_language() -> None:
    make_policy(slug="privacy", language="en")
    make_policy(slug="privacy", language="de")

    with pytest.raises(workflow.Incomplete):
        make_policy(slug="privacy", language="de")


def test_a_slug_once_used_is_never_given_to_another_policy() -> None:
    policy, other = make_policy(slug="privacy"), make_policy(slug="terms")
    publisher = make_user("Publishers")
    workflow.rename_policy(policy.pk, by=publisher, at=NOW, slug="privacy-policy")

    with pytest.raises(workflow.Incomplete, match="once was, the address of another policy"):
        make_policy(slug="privacy")
    with pytest.raises(workflow.Incomplete, match="once was, the address of another policy"):
        workflow.rename_policy(other.pk, by=publisher, at=NOW, slug="privacy")
    policy.refresh_from_db()
    assert policy.slug == "privacy-policy"
    assert [it.slug for it in policy.addresses.all()] == ["privacy", "privacy-policy"]
    assert [it.slug for it in other.addresses.all()] == ["terms"]


@pytest.mark.parametrize(
    ("slug", "refusal", "words"),
    [
        ("privacy", workflow.WrongState, "already"),
        ("Privacy Policy", workflow.Incomplete, "small letters"),
        ("", workflow.Incomplete, "small letters"),
        ("admin", workflow.Incomplete, "of the site itself"),
        ("a" * 81, workflow.Incomplete, "80"),
    ],
)
def test_a_policy_moves_to_a_proper_slug(
    slug: str, refusal: type[workflow.Refused], words: str
) -> None:
    policy = make_policy(slug="privacy")

    with pytest.raises(refusal, match=words):
        workflow.rename_policy(policy.pk, by=make_user("Publishers"), at=NOW, slug=slug)
    assert AuditEvent.objects.count() == 1


def test_a_renaming_is_in_the_ledger_and_in_the_audit() -> None:
    policy, publisher = make_version().policy, make_user("Publishers")
    old = policy.slug

    workflow.rename_policy(policy.pk, by=publisher, at=NOW, slug="privacy-policy")

    entry = LedgerEntry.objects.latest("sequence")
    assert (entry.event, entry.slug, entry.successor) == ("renaming", old, "en/privacy-policy")
    act = AuditEvent.objects.latest("sequence")
    assert (act.verb, act.done_by_id, act.reason) == (
        "rename_policy",
        publisher.pk,
        f"{old} → privacy-policy",
    )


def test_a_policy_has_the_time_zone_that_it_was_given() -> None:
    policy = workflow.create_policy(slug="a", name="A", by=None, at=NOW, time_zone="Asia/Tokyo")
    assert policy.time_zone == "Asia/Tokyo"
    with pytest.raises(workflow.Incomplete, match="not a time zone"):
        workflow.create_policy(slug="b", name="B", by=None, at=NOW, time_zone="Nowhere")


def test_a_retired_policy_has_a_notice_and_a_successor_until_it_is_reinstated() -> None:
    policy, successor = make_version().policy, make_version().policy
    publisher = make_user("Publishers")

    workflow.retire(
        policy.pk, by=publisher, at=NOW, notice="See the new one.", successor_id=successor.pk
    )
    policy.refresh_from_db()
    assert (policy.retired_at, policy.successor) == (NOW, successor)
    workflow.reinstate(policy.pk, by=publisher, at=NOW + DAY)
    policy.refresh_from_db()

    assert (policy.retired_at, policy.retirement_notice, policy.successor) == (None, "", None)
    events = LedgerEntry.objects.filter(policy=policy).values_list("event", flat=True)
    assert list(events) == ["publication", "retirement", "reinstatement"]


def test_what_can_not_be_retired() -> None:
    publisher = make_user("Publishers")
    unpublished = make_policy()
    upcoming = make_version(effective_at=NOW + DAY).policy
    in_work = make_version().policy
    make_revision(policy=in_work, at=NOW + DAY)
    usual = make_version().policy

    def refused(policy: Policy, **changes: object) -> str:
        arguments = {"by": publisher, "at": NOW, "notice": "Gone.", **changes}
        with pytest.raises(workflow.Refused) as caught:
            workflow.retire(policy.pk, **arguments)  # type: ignore[arg-type]
        return str(caught.value)

    assert "never published" in refused(unpublished)
    assert "upcoming version" in refused(upcoming)
    assert "go on with it, or discard it" in refused(in_work)
    assert "another policy" in refused(usual, successor_id=usual.pk)
    assert "notice" in refused(usual, notice=" ")
    workflow.retire(usual.pk, by=publisher, at=NOW, notice="Gone.")
    assert "already" in refused(usual)


def test_a_retired_policy_publishes_nothing_and_succeeds_nobody() -> None:
    publisher = make_user("Publishers")
    retired, other = make_version().policy, make_version().policy
    workflow.retire(retired.pk, by=publisher, at=NOW, notice="Gone.")
    revision = make_revision(status=Status.APPROVED, policy=retired, at=NOW + DAY)

    with pytest.raises(workflow.WrongState, match="take it up again"):
        workflow.publish(revision.pk, by=publisher, at=NOW + DAY, change_note="x")
    with pytest.raises(workflow.Incomplete, match="retired itself"):
        workflow.retire(other.pk, by=publisher, at=NOW, notice="Gone.", successor_id=retired.pk)


def test_only_a_retired_policy_is_reinstated() -> None:
    with pytest.raises(workflow.WrongState, match="not retired"):
        workflow.reinstate(make_version().policy_id, by=make_user("Publishers"), at=NOW)


# --- Importing ---------------------------------------------------------------------------------


def test_an_import_keeps_its_dates_and_says_that_it_is_one() -> None:
    policy = make_policy()
    draft = workflow.import_draft(policy.pk, make_document(), by=None, at=NOW)

    version = workflow.publish_import(
        draft.pk,
        by=None,
        at=NOW,
        reason="Imported from privacy.md.",
        effective_at=datetime(2020, 1, 1, tzinfo=UTC),
        last_updated_on=date(2019, 12, 24),
    )

    assert (version.basis, version.basis_reason) == (Basis.IMPORT, "Imported from privacy.md.")
    assert version.effective_at == datetime(2020, 1, 1, tzinfo=UTC)
    assert version.last_updated_on == date(2019, 12, 24)
    assert AuditEvent.objects.get(verb="publish_import").actor == "the command line"


def test_a_second_import_renews_the_draft_of_the_first() -> None:
    policy = make_policy()
    first = workflow.import_draft(policy.pk, make_document(text="One."), by=None, at=NOW)

    second = workflow.import_draft(policy.pk, make_document(text="Two."), by=None, at=NOW)

    assert second.pk == first.pk
    assert second.document() == make_document(text="Two.")


def test_an_import_does_not_touch_a_draft_that_a_person_wrote_in() -> None:
    draft = make_revision()

    with pytest.raises(workflow.WrongState):
        workflow.import_draft(draft.policy_id, make_document(), by=None, at=NOW)
    with pytest.raises(workflow.WrongState, match="through review"):
        workflow.publish_import(draft.pk, by=None, at=NOW, reason="x", effective_at=NOW)


# --- All verbs ---------------------------------------------------------------------------------


def test_every_verb_leaves_an_audit_event_under_its_own_name() -> None:
    """Read from the code: each function in VERBS records its own name, or is an import."""
    functions = {
        node.name: node
        for module in (workflow, drafting, lifecycle, remarks, sharing, translating)
        for node in ast.parse(Path(module.__file__).read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }

    silent = [
        verb for verb in VERBS if f"'{verb}'" not in ast.unparse(functions[verb]).split('"""')[-1]
    ]

    assert silent == []


def test_nothing_but_the_workflow_assigns_a_status() -> None:
    offenders = []
    for path in (settings.BASE_DIR / "policies").rglob("*.py"):
        # An HTTP answer has a status of another kind.
        if path.name == "workflow.py" or {"migrations", "pages"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
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


def test_a_person_who_was_deactivated_may_do_nothing() -> None:
    person = make_user(is_superuser=True)
    person.is_active = False
    person.save()
    draft = make_revision()

    with pytest.raises(workflow.NotAllowed):
        workflow.submit(draft.pk, by=person, at=NOW)


# --- Time --------------------------------------------------------------------------------------


def test_a_year_of_scheduled_versions_comes_into_force_one_by_one() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    policy = make_policy()
    policy.time_zone = "Europe/Berlin"
    policy.save(update_fields=["time_zone"])
    # Midnight in Berlin on the first of each month: 23:00 UTC in winter, 22:00 in summer.
    months = [datetime(2026, month, 1, tzinfo=berlin) for month in range(1, 13)]
    start = datetime(2025, 12, 1, tzinfo=UTC)
    for moment in months:
        make_version(policy=policy, at=start, effective_at=moment)

    def number_in_force(moment: datetime) -> int | None:
        version = Revision.objects.in_force(at=moment).filter(policy=policy).first()
        return version.number if version else None

    assert number_in_force(months[0] - timedelta(microseconds=1)) is None
    for number, moment in enumerate(months, start=1):
        assert number_in_force(moment) == number
        assert number_in_force(moment + timedelta(days=27)) == number
    versions = policy.revisions.numbered().order_by("number")
    assert [version.last_updated_on for version in versions] == [
        date(2026, month, 1) for month in range(1, 13)
    ]


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        ("Europe/Berlin", date(2026, 3, 29), datetime(2026, 3, 28, 23, 0, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 3, 30), datetime(2026, 3, 29, 22, 0, tzinfo=UTC)),
        ("America/New_York", date(2026, 11, 1), datetime(2026, 11, 1, 4, 0, tzinfo=UTC)),
        ("America/New_York", date(2026, 11, 2), datetime(2026, 11, 2, 5, 0, tzinfo=UTC)),
        ("Pacific/Kiritimati", date(2026, 1, 1), datetime(2025, 12, 31, 10, 0, tzinfo=UTC)),
    ],
)
def test_a_day_begins_by_the_policys_clock(zone: str, day: date, start: datetime) -> None:
    policy = Policy(time_zone=zone)

    assert policy.start_of(day) == start
    assert policy.day_of(start) == day
    assert policy.day_of(start - timedelta(microseconds=1)) == day - DAY
