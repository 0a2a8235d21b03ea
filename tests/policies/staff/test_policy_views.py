"""The desk's pages about a policy as a whole: making, viewing, renaming, retiring it."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from policies import workflow
from policies.models import Address, Policy
from policies.states import Status
from tests.factories import make_policy, make_revision, make_user, make_version
from tests.policies.staff.desk import log_in, page, table, words

pytestmark = pytest.mark.django_db


def test_a_policy_is_renamed_and_its_old_address_leads_to_it():
    policy = make_version(policy=make_policy(slug="privacy")).policy
    client, _ = log_in("Publishers")

    assert "The policy is now at /privacy/" in words(client.get(page("rename", policy.pk)))
    client.post(page("rename", policy.pk), {"slug": "privacy-notice"})

    assert client.get("/privacy/")["Location"] == "/privacy-notice/"
    assert "Previous addresses: privacy" in words(client.get(page("rename", policy.pk)))


def test_a_translation_is_renamed_at_its_own_address():
    german = make_version(policy=make_policy(slug="datenschutz", language="de")).policy
    client, _ = log_in("Publishers")

    assert "The policy is now at /de/datenschutz/" in words(client.get(page("rename", german.pk)))
    again = client.post(page("rename", german.pk), {"slug": "datenschutz"})
    assert "is already at /de/datenschutz/" in words(again)
    moved = client.post(page("rename", german.pk), {"slug": "daten"}, follow=True)
    assert "The policy is now at /de/daten/" in words(moved)


def test_renaming_an_unpublished_policy_reveals_no_address_to_readers():
    policy = make_policy(slug="project-x")
    client, _ = log_in("Publishers")

    assert "readers will not see the old address" in words(client.get(page("rename", policy.pk)))
    done = client.post(page("rename", policy.pk), {"slug": "merger"}, follow=True)

    assert "The policy will be at /merger/." in words(done)
    assert client.get("/project-x/").status_code == 404


def test_a_name_is_corrected_with_the_address_or_alone_and_readers_see_it():
    policy = make_version(policy=make_policy(slug="privacy", name="Privcy")).policy
    client, _ = log_in("Publishers")

    refused = client.post(page("rename", policy.pk), {"name": "Privacy", "slug": "No Slug"})
    assert refused.status_code == 422
    assert 'value="Privacy"' in words(refused)
    assert Policy.objects.get().name == "Privcy"
    alone = client.post(
        page("rename", policy.pk), {"name": "Privacy", "slug": "privacy"}, follow=True
    )
    assert "The policy is now called “Privacy”." in words(alone)
    assert "<h1>Privacy: all versions</h1>" in words(client.get("/privacy/versions/"))
    assert 'class="reason"><span>Privacy<' in words(
        log_in(is_superuser=True)[0].get(page("audit", policy.pk))
    )


def test_a_form_that_was_open_meanwhile_moves_nothing_back():
    policy = make_version(policy=make_policy(slug="privacy", name="Privcy")).policy
    client, publisher = log_in("Publishers")
    opened = client.get(page("rename", policy.pk))
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', opened.content.decode()))
    workflow.rename_policy(policy.pk, by=publisher, at=timezone.now(), slug="privacy-notice")

    client.post(page("rename", policy.pk), {**sent, "name": "Privacy"})

    policy.refresh_from_db()
    assert (policy.name, policy.slug) == ("Privacy", "privacy-notice")


def test_a_name_is_corrected_at_an_address_that_would_not_be_given_today():
    policy = make_policy(slug="metric")
    Address.objects.create(policy=policy, slug="metrics", language="en")
    Policy.objects.filter(pk=policy.pk).update(slug="metrics", time_zone="localtime")
    by = make_user("Publishers")

    workflow.correct_name(policy.pk, by=by, at=timezone.now(), name="Metrics")
    with pytest.raises(workflow.Incomplete, match="at most 200 characters"):
        workflow.correct_name(policy.pk, by=by, at=timezone.now(), name="x" * 201)

    assert Policy.objects.get().name == "Metrics"


def test_a_new_policy_goes_by_the_clock_that_is_chosen_or_else_by_the_sites():
    client, _ = log_in("Writers")
    add = reverse("admin:policies_policy_add")
    assert 'value="UTC" list="zones"' in words(client.get(add))

    wrong = client.post(add, {"name": "Terms", "time_zone": "Nowhere"})
    assert wrong.status_code == 422
    assert "Nowhere is not a time zone." in words(wrong)
    own = client.post(add, {"name": "Terms", "time_zone": "localtime"})  # each machine's own
    assert "localtime is not a time zone." in words(own)
    long = client.post(add, {"name": "Terms", "time_zone": "Nowhere/" * 1_000})
    told = BeautifulSoup(long.content, "html.parser").select_one("[role=alert]")
    assert told is not None
    assert len(told.text) < 300
    client.post(add, {"name": "Terms", "time_zone": "Asia/Tokyo"})
    client.post(add, {"name": "Cookies", "time_zone": ""})

    zones = dict(Policy.objects.values_list("name", "time_zone"))
    assert zones == {"Terms": "Asia/Tokyo", "Cookies": "UTC"}
    terms = Policy.objects.get(name="Terms")
    assert "Asia/Tokyo" in words(client.get(page("policy_change", terms.pk)))


@pytest.mark.parametrize("typed", ["German", "deutsch", "de"])
def test_a_translation_is_added_from_its_sources_page(typed):
    source = make_version().policy
    client, _ = log_in("Publishers", "Writers")
    shown = words(client.get(page("policy_change", source.pk)))
    (address,) = re.findall(r'href="([^"]+)">Add a translation<', shown)
    form = words(client.get(address))
    assert f'<option value="{source.pk}" selected>' in form

    client.post(address, {"name": "Datenschutz", "language": typed, "translation_of": source.pk})

    made = Policy.objects.get(language="de")
    assert made.translation_of == source
    assert "Add a translation" not in words(client.get(page("policy_change", made.pk)))
    beside = words(client.get(page("side_by_side", made.revisions.get().pk)))
    assert "<p>This policy says what we do.</p>" in beside


def test_the_address_of_a_form_explains_itself_when_opened():
    client, _ = log_in("Writers")
    policy = make_policy()

    answer = client.get(page("start_draft", policy.pk))

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Nothing was changed." in words(answer)


def test_a_policys_page_shows_its_state():
    policy = make_policy(slug="old-privacy")
    client, publisher = log_in("Writers", "Publishers")
    empty = words(client.get(page("policy_change", policy.pk)))
    for said in ("Nothing yet", "No interval set", "Start draft"):
        assert said in empty, said

    now = timezone.now()
    make_version(policy=policy, at=now - timedelta(days=9))
    make_version(policy=policy, at=now, effective_at=now + timedelta(days=9))
    make_revision(policy=policy, status=Status.IN_REVIEW)
    workflow.rename_policy(policy.pk, by=publisher, at=now, slug="privacy")
    workflow.set_check_interval(policy.pk, by=publisher, at=now, months=6)
    shown = words(client.get(page("policy_change", policy.pk)))

    assert "<h1>Privacy policy</h1>" in shown
    for said in (
        *("Version 1", "since", "Version 2,", "In review", "/privacy/", "previously old-privacy"),
        *("English", "UTC", "Every 6 months; next:"),
    ):
        assert said in shown, said
    assert "Start draft" not in shown  # one is in progress


def test_a_policy_is_retired_and_reinstated():
    policy, successor = make_version().policy, make_version().policy
    client, _ = log_in("Publishers")

    empty = client.post(page("retire", policy.pk), {"notice": " "})
    assert "Enter the notice" in words(empty)
    client.post(page("retire", policy.pk), {"notice": "See there.", "successor": successor.pk})
    policy.refresh_from_db()
    assert (policy.retirement_notice, policy.successor) == ("See there.", successor)
    shown = words(client.get(page("policy_change", policy.pk)))
    assert "Reinstate" in shown
    assert "<dt>Last version</dt>" in shown
    assert "Months between checks" not in shown
    assert "v1 Retired" in table(client)[1]

    client.post(page("reinstate", policy.pk))
    policy.refresh_from_db()
    assert policy.retired_at is None


def test_only_what_can_be_read_is_offered_as_a_successor():
    policy, unpublished = make_version().policy, make_policy(name="Nothing yet")
    other = make_version(policy=make_policy(name="In force")).policy
    client, _ = log_in("Publishers")

    shown = words(client.get(page("retire", policy.pk)))
    assert "In force</option>" in shown
    assert "Nothing yet" not in shown
    answer = client.post(
        page("retire", policy.pk), {"notice": "See there.", "successor": unpublished.pk}
    )
    assert answer.status_code == 422
    assert "has no version in force" in words(answer)
    client.post(page("retire", policy.pk), {"notice": "See there.", "successor": other.pk})
    assert client.get(policy.get_absolute_url()).status_code == 200


def test_what_readers_will_see_is_shown_before_a_policy_is_retired_or_reinstated():
    policy = make_version(policy=make_policy(name="Cookies")).policy
    client, publisher = log_in("Publishers")

    retired = client.post(page("retire_preview", policy.pk), {"notice": "See the terms."})
    assert "This policy was retired on" in words(retired)
    assert "See the terms." in words(retired)
    policy.refresh_from_db()
    assert policy.retired_at is None

    workflow.retire(policy.pk, by=publisher, at=timezone.now(), notice="See there.")
    assert "was retired" not in words(client.get(page("reinstate_preview", policy.pk)))
    policy.refresh_from_db()
    assert policy.retired_at is not None


def test_a_translation_is_created_on_a_page_that_names_its_source():
    source = make_policy(name="Privacy", slug="data-protection")
    client, _ = log_in("Writers")
    address = "/admin/policies/policy/add/"

    shown = words(client.get(address, {"translation_of": source.pk}))

    assert "<h1>New translation of Privacy (en)</h1>" in shown
    assert "Leave it empty to use data-protection, like the source" in shown
    assert "<h1>New policy</h1>" in words(client.get(address, {"translation_of": "x"}))


def test_who_wants_to_retire_a_policy_reads_at_once_what_is_in_the_way():
    policy = make_version().policy
    upcoming = make_version(policy=policy, effective_at=timezone.now() + timedelta(days=9))
    client, _ = log_in("Publishers")

    opened = words(client.get(page("retire", policy.pk)))

    assert "Version 2 is upcoming. Withdraw it before" in opened
    assert f'href="{page("review", upcoming.pk)}"' in opened
