"""A refused form says which of its fields is wrong, and links to it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from lxml import html

from policies import workflow
from policies.models import Revision
from policies.states import Status
from tests.factories import make_policy, make_revision, make_user, make_version
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db


def at_fault(answer: Any) -> list[str]:
    """Return the ids of the fields that a refused form marks as wrong; check how it marks them."""
    assert answer.status_code == 422
    root = html.fromstring(answer.content.decode())
    (box,) = root.xpath("//*[@id='problem']")
    marked = root.xpath("//*[contains(concat(' ', @aria-describedby, ' '), ' problem ')]")
    for field in marked:
        assert field.get("aria-invalid") == ("true" if field.tag != "fieldset" else None)
        for described_by in field.get("aria-describedby").split():
            assert root.xpath(f"//*[@id='{described_by}']"), described_by
    ids = [field.get("id") for field in marked]
    assert box.xpath(".//a/@href") == [f"#{it}" for it in ids[:1]]
    return ids


PUBLICATION = {"change_note": "New.", "kind": "editorial", "when": "now", "effective": ""}


WRONG: list[tuple[dict[str, str], str, str]] = [
    ({"change_note": " "}, "change_note", "Enter a change note"),
    ({"change_note": "a\x07b"}, "change_note", "control character (U+0007)"),
    ({"change_note": "a\x00b"}, "change_note", "Null characters are not allowed."),
    ({"kind": ""}, "kind", "Choose the kind of change"),
    ({"kind": "other"}, "kind", "Choose the kind of change"),
    ({"when": ""}, "when", "Choose when it takes effect."),
    ({"when": "later"}, "effective_at", "Enter the day and time"),
    ({"when": "later", "effective": "soon"}, "effective_at", "Enter the day and time"),
    ({"when": "later", "effective": "2020-01-01T00:00"}, "effective_at", "is in the past"),
    ({"when": "later", "effective": "9999-01-01T00:00"}, "effective_at", "too far away"),
    ({"when": "later", "effective": "2099-01-01T10:00Z"}, "effective_at", "without a time zone"),
    ({"effective": "2050-01-01T00:00"}, "effective_at", "You entered a day and time"),
]


def test_publishing() -> None:
    policy = make_version(at=timezone.now() - timedelta(days=9)).policy
    revision = make_revision(policy=policy, status=Status.APPROVED)
    client, _ = log_in("Publishers")

    for typed, field, reason in WRONG:
        answer = client.post(
            page("publish", revision.pk),
            {**PUBLICATION, "seen_digest": revision.digest, **typed},
        )

        assert at_fault(answer) == [field], typed
        assert reason in words(answer)
        assert ('value="editorial" checked' in words(answer)) == (field != "kind")
        assert Revision.objects.get(pk=revision.pk).status == Status.APPROVED


def test_publishing_before_the_version_that_it_follows() -> None:
    at = timezone.now()
    policy = make_version(at=at, effective_at=at + timedelta(days=9)).policy
    revision = make_revision(policy=policy, status=Status.APPROVED)
    client, _ = log_in("Publishers")

    assert at_fault(
        client.post(page("publish", revision.pk), {**PUBLICATION, "seen_digest": revision.digest})
    ) == ["effective_at"]


def test_withdrawing_without_a_reason() -> None:
    at = timezone.now()
    version = make_version(at=at, effective_at=at + timedelta(days=9))
    client, _ = log_in("Publishers")

    assert at_fault(client.post(page("withdraw", version.pk), {"reason": " "})) == ["reason"]


def test_retiring() -> None:
    policy = make_version(at=timezone.now() - timedelta(days=9)).policy
    client, _ = log_in("Publishers")
    address = page("retire", policy.pk)

    assert at_fault(client.post(address, {"notice": " "})) == ["notice"]
    not_in_force = {"notice": "Gone.", "successor": make_policy().pk}
    assert at_fault(client.post(address, not_in_force)) == ["successor"]


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"name": " "}, ["name"]),
        ({"name": "?"}, ["slug"]),
        ({"name": "x" * 300}, ["name"]),
        ({"slug": "No slug!"}, ["slug"]),
        ({"slug": "taken"}, ["slug"]),
        (
            {"slug": "No slug!", "language": "nonsense", "time_zone": "Nowhere"},
            ["slug", "language", "time_zone"],
        ),
        ({"translation_of": "source"}, ["language", "translation_of"]),
    ],
)
def test_making_a_policy(typed: dict[str, Any], fields: list[str]) -> None:
    taken = make_policy(slug="taken")
    client, _ = log_in("Writers")
    if "translation_of" in typed:
        typed = {"translation_of": taken.pk}

    answer = client.post("/admin/policies/policy/add/", {"name": "Terms", **typed})

    assert at_fault(answer) == fields


@pytest.mark.parametrize(
    ("typed", "fields"),
    [({"name": ""}, ["name"]), ({"slug": "No slug!"}, ["slug"]), ({"slug": "taken"}, ["slug"])],
)
def test_renaming(typed: dict[str, str], fields: list[str]) -> None:
    make_policy(slug="taken")
    policy = make_policy()
    client, _ = log_in("Publishers")
    as_it_is = {"name": policy.name, "slug": policy.slug}

    answer = client.post(page("rename", policy.pk), {**as_it_is, **typed})

    assert at_fault(answer) == fields


def test_what_is_about_no_field_marks_none() -> None:
    revision = make_revision(status=Status.APPROVED)
    workflow.reopen(revision.pk, by=make_user("Writers"), at=timezone.now())
    client, _ = log_in("Publishers")

    assert (
        at_fault(
            client.post(
                page("publish", revision.pk), {**PUBLICATION, "seen_digest": revision.digest}
            )
        )
        == []
    )
