"""The workflow's policies: their addresses, retirement, and imports."""

from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import PurePath

import pytest
from django.urls import reverse

from policies import ledger, urls, workflow
from policies.models import AuditEvent, LedgerEntry
from policies.public import listed_urls
from policies.states import Basis, Status
from policies.workflow import open_findings
from tests.factories import (
    DAY,
    NOW,
    make_document,
    make_import,
    make_policy,
    make_revision,
    make_user,
    make_version,
)

pytestmark = pytest.mark.django_db


def test_addresses_are_compared_with_the_versions_in_force_of_other_policies():
    terms = make_policy(slug="terms", name="Terms")
    make_version(policy=terms, text="Ask privacy@a.com.")
    own = make_version(text="Ask support@softphonez.com.").policy
    draft = make_revision(policy=own, text="Ask help@softphonez.com.")

    def differing(at):
        found = open_findings.findings_of(draft, at=at)
        return [it.finding.reason for it in found if it.finding.rule == "differing-contact"]

    assert differing(NOW - DAY) == [], "nothing was in force"
    assert len(differing(NOW)) == 0, "both give privacy@example.com"

    for language, shown in (("en", "Cookies"), ("de", "Cookies (de)")):
        cookies = make_policy(slug="cookies", name="Cookies", language=language)
        make_version(policy=cookies, text="Ask support@softphonez.com.")

        assert differing(NOW) == [
            "For support, this document gives help@softphonez.com. "
            f"“{shown}” gives support@softphonez.com."
        ]
        workflow.retire(cookies.pk, by=make_user("Publishers"), at=NOW, notice="Gone.")
        assert differing(NOW) == []


# --- Policies ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [" ", "\u200b", "\u202eycavirP"])
def test_a_policy_needs_a_name_that_is_seen_as_it_is_written(name):
    policy = make_policy(name="Privacy")
    for action, arguments in (
        (workflow.create_policy, {"slug": "x", "name": name}),
        (workflow.correct_name, {"policy_id": policy.pk, "name": name}),
    ):
        with pytest.raises(workflow.Incomplete):
            action(by=make_user(is_superuser=True), at=NOW, **arguments)


def test_a_slug_once_used_is_never_given_to_another_policy():
    policy, other = make_policy(slug="privacy"), make_policy(slug="terms")
    publisher = make_user("Publishers")
    workflow.rename_policy(policy.pk, by=publisher, at=NOW, slug="privacy-policy")

    with pytest.raises(workflow.Incomplete, match="or was, the address of another policy"):
        make_policy(slug="privacy")
    with pytest.raises(workflow.Incomplete, match="or was, the address of another policy"):
        workflow.rename_policy(other.pk, by=publisher, at=NOW, slug="privacy")
    policy.refresh_from_db()
    assert policy.slug == "privacy-policy"
    assert [it.slug for it in policy.addresses.all()] == ["privacy", "privacy-policy"]
    assert [it.slug for it in other.addresses.all()] == ["terms"]


@pytest.mark.parametrize(
    ("slug", "refusal", "words"),
    [
        ("privacy", workflow.WrongState, "already"),
        ("Privacy Policy", workflow.Incomplete, "lower-case letters"),
        ("admin", workflow.Incomplete, "for the site itself"),
        ("a" * 81, workflow.Incomplete, "80"),
    ],
)
def test_a_policy_moves_to_a_proper_slug(slug, refusal, words):
    policy = make_policy(slug="privacy")

    with pytest.raises(refusal, match=words):
        workflow.rename_policy(policy.pk, by=make_user("Publishers"), at=NOW, slug=slug)
    assert AuditEvent.objects.count() == 1


def test_a_retired_policy_has_a_notice_and_a_successor_until_it_is_reinstated():
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


def test_what_can_not_be_retired():
    publisher = make_user("Publishers")
    unpublished = make_policy()
    upcoming = make_version(effective_at=NOW + DAY).policy
    in_work = make_version().policy
    make_revision(policy=in_work, at=NOW + DAY)
    usual = make_version().policy

    def refused(policy, **changes):
        arguments = {"by": publisher, "at": NOW, "notice": "Gone.", **changes}
        with pytest.raises(workflow.Refused) as caught:
            workflow.retire(policy.pk, **arguments)
        return str(caught.value)

    assert "never published" in refused(unpublished)
    assert "upcoming version" in refused(upcoming)
    assert "Continue with it, or discard it" in refused(in_work)
    assert "another policy" in refused(usual, successor_id=usual.pk)
    assert "notice" in refused(usual, notice=" ")
    workflow.retire(usual.pk, by=publisher, at=NOW, notice="Gone.")
    assert "already" in refused(usual)


def test_a_retired_policy_publishes_nothing_and_succeeds_nobody():
    publisher = make_user("Publishers")
    retired, other = make_version().policy, make_version().policy
    workflow.retire(retired.pk, by=publisher, at=NOW, notice="Gone.")
    revision = make_revision(status=Status.APPROVED, policy=retired, at=NOW + DAY)

    with pytest.raises(workflow.WrongState, match="Reinstate it"):
        workflow.publish(revision.pk, by=publisher, at=NOW + DAY, change_note="x")
    with pytest.raises(workflow.Incomplete, match="is retired"):
        workflow.retire(other.pk, by=publisher, at=NOW, notice="Gone.", successor_id=retired.pk)
    assert ledger.verify().problems == []


# --- Importing ---------------------------------------------------------------------------------


def test_an_import_keeps_its_dates_and_says_that_it_is_one():
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
    assert AuditEvent.objects.get(action="publish_import").actor == "the command line"


def test_a_second_import_renews_the_draft_of_the_first():
    policy = make_policy()
    first = workflow.import_draft(policy.pk, make_document(text="One."), by=None, at=NOW)

    second = workflow.import_draft(policy.pk, make_document(text="Two."), by=None, at=NOW)

    assert second.pk == first.pk
    assert second.document() == make_document(text="Two.")


# --- What readers may know of a policy before it is public ---------------------------------------


def entries():
    rows = LedgerEntry.objects.order_by("sequence")
    return [(it.event, f"{it.language}/{it.slug}", it.successor or it.notice) for it in rows]


def test_nobody_learns_of_a_policy_before_it_is_published(client):
    by = make_user("Publishers")
    source = make_policy(slug="project-x")
    german = make_policy(slug="projekt-x", language="de", translation_of=source)
    workflow.set_prevailing_language(source.pk, by=by, at=NOW, language="de")
    workflow.rename_policy(source.pk, by=by, at=NOW, slug="merger")
    draft = make_revision(policy=source)

    assert entries() == []
    assert list(listed_urls.renamed_policies()) == []
    assert ledger.verify().problems == []
    unknown = client.get("/nothing/").content
    unknown_as = {
        suffix: client.get(f"/nothing/{name}{suffix}").content
        for name, suffix in (("current", ".json"), ("versions/1", ".tlog-proof"))
    }
    strange = {"Accept-Datetime": "once"}
    for slug in ("project-x", "merger"):
        for path in of_policy(slug):
            answer = client.get(path, headers=strange)
            expected = unknown_as.get(PurePath(path).suffix, unknown)
            assert (answer.status_code, answer.content) == (404, expected), path

    workflow.discard(draft.pk, by=make_user("Writers"), at=NOW)
    make_version(policy=source)
    make_version(policy=german)
    workflow.rename_policy(german.pk, by=by, at=NOW, slug="fusion")

    assert entries() == [
        ("publication", "en/merger", ""),
        ("prevalence", "en/merger", "de"),
        ("publication", "de/projekt-x", ""),
        ("translation", "de/projekt-x", "en/merger"),
        ("renaming", "de/projekt-x", "de/fusion"),
    ]
    assert ledger.verify().problems == []
    assert list(listed_urls.renamed_policies()) == [("/de/projekt-x/", "/de/fusion/")]
    assert client.get("/project-x/").status_code == 404
    assert "project-x" not in client.get("/feed.xml").content.decode()
    assert "project-x" not in client.get("/merger/versions/1.akn.xml").content.decode()
    with pytest.raises(workflow.Incomplete):  # but no other policy gets that address, either
        make_policy(slug="project-x")


def of_policy(slug):
    """Return the path of each page that a policy can have, with numbers and days that may be."""
    example = {"number": 1, "before": 1, "old": 1, "new": 1, "day": "2026-01-01", "token": "a:b"}
    routes = urls.of_policy
    wanted = [{name: example[name] for name in it.pattern.converters} for it in routes]
    return [
        reverse(f"policies:{it.name}", kwargs={"slug": slug, "language": "en", **names})
        for it, names in zip(routes, wanted, strict=True)
    ]


def test_a_source_that_is_not_public_is_named_once_it_is(client):
    source = make_policy(slug="merger")
    german = make_policy(slug="fusion", language="de", translation_of=source)
    make_import(make_document(), policy=german)
    by = make_user("Publishers")
    workflow.set_translation_of(german.pk, by=by, at=NOW, source_id=None)
    workflow.set_translation_of(german.pk, by=by, at=NOW, source_id=source.pk)
    translated_nothing = ("translation", "de/fusion", "")
    before = [("publication", "de/fusion", ""), translated_nothing, translated_nothing]

    assert entries() == before
    assert ledger.verify().problems == []
    assert "merger" not in client.get("/de/fusion/versions/1.akn.xml").content.decode()

    make_version(policy=source)

    after = [("publication", "en/merger", ""), ("translation", "de/fusion", "en/merger")]
    assert entries() == [*before, *after]
    assert ledger.verify().problems == []


def test_what_an_earlier_release_recorded_of_a_policy_before_its_publication_stays(client):
    by = make_user("Publishers")
    source, german = make_policy(slug="project-x"), make_policy(slug="projekt-x", language="de")
    with as_an_earlier_release():
        workflow.set_translation_of(german.pk, by=by, at=NOW, source_id=source.pk)
        workflow.set_prevailing_language(source.pk, by=by, at=NOW, language="de")
        workflow.rename_policy(source.pk, by=by, at=NOW, slug="merger")
    before = entries()
    assert len(before) == 3
    assert ledger.verify().problems == []

    make_version(policy=source)
    make_version(policy=german)

    new = [("publication", "en/merger", ""), ("publication", "de/projekt-x", "")]
    assert entries() == [*before, *new]
    assert ledger.verify().problems == []
    assert client.get("/project-x/")["Location"] == "/merger/"


@contextmanager
def as_an_earlier_release():
    """Record policies in the ledger that were never published, as releases up to 1.0.0 did."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ledger, "is_public", bool)
        yield
