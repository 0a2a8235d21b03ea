"""Redlines are computed once and kept, which opens no back door."""

from datetime import timedelta

import pytest
from django.core import signing
from django.core.management import call_command
from django.db import DatabaseError, connection

from policies.child_process import Child
from policies.models import KeptRedline
from policies.public import comparisons
from policies.text import redline
from tests.factories import NOW, make_policy, make_version
from tests.in_child import using

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    policy = make_policy()
    return make_version(policy=policy), make_version(policy=policy, at=NOW + timedelta(days=1))


def forbid_comparing(monkeypatch):
    def compare(*_):
        raise AssertionError("compared again")

    monkeypatch.setattr(redline, "compare", compare)


def test_two_versions_are_compared_once(two, monkeypatch):
    first = comparisons.of_versions(*two)
    forbid_comparing(monkeypatch)

    assert comparisons.of_versions(*two) == first
    assert first.summary.changed == 1
    assert KeptRedline.objects.count() == 1


def test_a_reader_waits_for_nobodys_long_texts():
    policy = make_policy()
    long = "We keep your name. " * 2_000
    old = make_version(policy=policy, text=long)
    new = make_version(policy=policy, text=f"{long} Nothing else.", at=NOW + timedelta(days=1))

    with using(Child(places=0)):  # in which there is never room
        compared = comparisons.of_versions(old, new)

    assert compared.summary.changed == 1


def test_a_kept_redline_is_the_same_as_a_new_comparison(two):
    old, new = two
    comparisons.of_versions(old, new)

    kept = comparisons.of_versions(old, new)

    assert kept == comparisons.shown(redline.compare(old.document(), new.document()))
    assert kept.first


@pytest.mark.parametrize("forged", ["", "x", "e30:1abcde:signature"])
def test_a_kept_redline_without_our_signature_is_compared_again(two, forged):
    genuine = comparisons.of_versions(*two)
    KeptRedline.objects.update(signed=forged)

    assert comparisons.of_versions(*two) == genuine
    assert KeptRedline.objects.get().signed != forged


def test_a_kept_redline_made_by_other_code_is_not_used(two, monkeypatch):
    comparisons.of_versions(*two)
    before = KeptRedline.objects.get().signed
    monkeypatch.setattr(comparisons, "code_digest", lambda: "another")

    comparisons.of_versions(*two)

    seal, _ = signing.loads(KeptRedline.objects.get().signed, salt="policies.public.comparisons")
    assert seal[2] == "another"
    assert KeptRedline.objects.get().signed != before


def test_readers_get_a_redline_although_the_database_can_not_keep_it(two, monkeypatch):
    def refuse(*_, **__):
        raise DatabaseError("read only")

    monkeypatch.setattr(type(KeptRedline.objects), "bulk_create", refuse)

    assert comparisons.of_versions(*two).summary.changed == 1
    assert not KeptRedline.objects.exists()


def test_the_oldest_kept_redlines_are_deleted_beyond_the_limit(two, monkeypatch):
    old, new = two
    monkeypatch.setattr(comparisons, "MAX_KEPT", 1)
    monkeypatch.setattr(comparisons, "CLEAN_EVERY", 1)
    third = make_version(policy=old.policy, at=NOW + timedelta(days=2))

    for pair in [(old, new), (old, third), (new, third)]:
        comparisons.of_versions(*pair)

    assert list(KeptRedline.objects.values_list("old", "new")) == [(new.pk, third.pk)]


def test_rerendering_forgets_what_was_kept(two):
    comparisons.of_versions(*two)

    call_command("rerender", stdout=None)

    assert not KeptRedline.objects.exists()


@pytest.mark.sqlite
def test_no_reader_waits_until_a_redline_can_be_kept(two):
    """Somebody else may be writing for seconds."""
    patience = []

    def watched(execute, sql, *rest):
        if "policies_keptredline" in sql and sql.startswith("INSERT"):
            patience.append(how_patient())
        return execute(sql, *rest)

    with connection.execute_wrapper(watched):
        comparisons.of_versions(*two)

    assert patience == [0]
    assert how_patient() > 1000


def how_patient():
    with connection.cursor() as cursor:
        return int(cursor.execute("PRAGMA busy_timeout").fetchone()[0])
