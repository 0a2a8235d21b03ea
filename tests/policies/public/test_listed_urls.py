"""The list of public URLs is whole: of routes, of pages, and of what pages link to."""

from datetime import timedelta

import pytest

from policies import workflow
from policies.public import listed_urls
from tests.factories import (
    IN_FIFTY_YEARS,
    NOW,
    make_document,
    make_import,
    make_policy,
    make_revision,
    make_user,
    make_version,
)
from tests.site.everything import public_routes

pytestmark = pytest.mark.django_db


def test_every_route_is_listed_or_has_a_reason_why_not():
    found = listed_urls.addresses()
    named = [row["name"] for row in [*found["site"], *found["policy"], *found["private"]]]

    assert len(named) == len(set(named))
    assert set(named) == {name for name, _ in public_routes()}


def test_comparisons_that_pages_link_are_listed_although_versions_between_were_withdrawn():
    policy = make_policy(slug="privacy")
    for day, status in enumerate(["published", "withdrawn", "withdrawn", "published"]):
        at, effect = NOW + timedelta(days=day), IN_FIFTY_YEARS + timedelta(days=day)
        make_revision(policy=policy, status=status, at=at, effective_at=effect)

    listed = {url for url in listed_urls.listed_paths() if "compare" in url}

    assert listed == {f"/privacy/compare/{pair}/" for pair in ("1/2", "2/3", "3/4", "1/3", "1/4")}


def test_every_kind_of_page_is_listed_once_with_the_former_addresses_of_a_policy():
    policy = make_policy(slug="old")
    for day in range(2):
        make_version(policy=policy, at=NOW + timedelta(days=day))
    german = make_policy(slug="datenschutz", language="de")
    make_version(policy=german)
    make_revision(policy=make_policy(slug="only-a-draft"))
    workflow.rename_policy(
        policy.pk, slug="new", by=make_user(is_superuser=True), at=NOW + timedelta(days=3)
    )

    listed = list(listed_urls.listed_paths())

    assert len(listed) == len(set(listed))
    of_policy = [
        *("", "current.json", "versions/", "versions/1/", "versions/2/"),
        *("versions/1.md", "versions/2.md", "versions/1.json", "versions/2.json"),
        *("compare/1/2/", "since/1/", "since/2/"),
    ]
    assert {
        *("/", "/de/", "/favicon.ico", "/ledger.json", "/schemas/version.json"),
        *("/de/datenschutz/", "/de/datenschutz/versions/1.md"),
        *(f"/new/{each}" for each in of_policy),
        *(f"/old/{each}" for each in of_policy),
    } <= set(listed)
    assert not [path for path in listed if "draft" in path]
    assert list(listed_urls.renamed_policies()) == [("/old/", "/new/")]


def test_each_full_page_of_the_ledger_is_listed(monkeypatch):
    monkeypatch.setattr(listed_urls, "LEDGER_PAGE", 2)
    policy = make_policy()
    for day in range(5):
        make_version(policy=policy, at=NOW + timedelta(days=day))

    listed = [url for url in listed_urls.listed_paths() if url.startswith("/ledger/")]

    assert listed == ["/ledger/1.json", "/ledger/2.json"]


def test_listing_takes_a_bounded_number_of_queries_per_policy(django_assert_max_num_queries):
    policy = make_policy()
    for day in range(3):
        make_import(make_document(text=f"{day}"), policy=policy, at=NOW + timedelta(days=day))
    with django_assert_max_num_queries(8):
        assert len(list(listed_urls.listed_paths())) > 10
