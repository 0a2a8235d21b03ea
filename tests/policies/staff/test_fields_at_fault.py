"""A refused form says which of its fields is wrong, links to it, and keeps what was typed."""

import pytest
from django.utils import timezone
from lxml import html

from policies import workflow
from policies.models import Policy, Revision
from policies.states import Status
from tests.factories import DAY, make_policy, make_revision, make_user, make_version
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db


def at_fault(answer):
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


def in_zone(zone):
    policy = make_policy()
    Policy.objects.filter(pk=policy.pk).update(time_zone=zone)
    return Policy.objects.get(pk=policy.pk)


PUBLICATION = {"change_note": "New.", "kind": "editorial", "when": "now", "effective": ""}


WRONG = [
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
    # https://www.iana.org/time-zones: from 2:00 to 3:00 on the last Sunday of March.
    ({"when": "later", "effective": "2099-03-29T02:30"}, "effective_at", "no 02:30 on that day"),
    ({"effective": "2050-01-01T00:00"}, "effective_at", "You entered a day and time"),
]


def test_publishing():
    policy = make_version(policy=in_zone("Europe/Berlin"), at=timezone.now() - 9 * DAY).policy
    revision = make_revision(policy=policy, status=Status.APPROVED)
    client, _ = log_in("Publishers")

    for typed, field, reason in WRONG:
        answer = client.post(
            page("publish", revision.pk), {**PUBLICATION, "seen_digest": revision.digest, **typed}
        )

        assert at_fault(answer) == [field], typed
        assert reason in words(answer)
        assert ('value="editorial" checked' in words(answer)) == (field != "kind")
        assert Revision.objects.get(pk=revision.pk).status == Status.APPROVED


@pytest.mark.parametrize(
    ("zone", "typed"),
    [("Asia/Tokyo", "0001-01-01T00:00"), ("America/New_York", "9999-12-31T23:59")],
)
def test_a_time_at_the_end_of_the_calendar(zone, typed):
    revision = make_revision(status=Status.APPROVED, policy=in_zone(zone))
    client, _ = log_in("Publishers")
    chosen = {"when": "later", "effective": typed, "seen_digest": revision.digest}

    assert at_fault(client.post(page("publish", revision.pk), chosen)) == ["effective_at"]
    assert client.get(page("publish_preview", revision.pk), chosen).status_code == 422


def test_publishing_before_the_version_that_it_follows():
    at = timezone.now()
    policy = make_version(at=at, effective_at=at + 9 * DAY).policy
    revision = make_revision(policy=policy, status=Status.APPROVED)
    client, _ = log_in("Publishers")

    assert at_fault(
        client.post(page("publish", revision.pk), {**PUBLICATION, "seen_digest": revision.digest})
    ) == ["effective_at"]


MOVED_WRONGLY = [
    ({"effective": ""}, "effective_at", "Enter the day and time"),
    ({"effective": "tomorrow"}, "effective_at", "such as 2030-05-31 09:00"),
    ({"effective": "2020-01-01T00:00"}, "effective_at", "in the past"),
    ({"effective": "2099-03-29T02:30"}, "effective_at", "the clocks go forward"),
    ({"reason": ""}, "reason", "Enter a reason"),
]


def test_rescheduling():
    version = make_version(policy=in_zone("Europe/Berlin"), effective_at=timezone.now() + 60 * DAY)
    client, _ = log_in("Publishers")
    # At noon, which the clocks never leave out.
    sent = {"effective": f"{timezone.now() + 90 * DAY:%Y-%m-%dT12:00}", "reason": "Later."}

    for typed, field, reason in MOVED_WRONGLY:
        answer = client.post(page("reschedule", version.pk), sent | typed)

        assert at_fault(answer) == [field], typed
        assert reason in words(answer)


def test_withdrawing():
    at = timezone.now()
    version = make_version(at=at, effective_at=at + 9 * DAY)
    client, _ = log_in("Publishers")

    assert at_fault(client.post(page("withdraw", version.pk), {"reason": " "})) == ["reason"]
    client.post(page("withdraw", version.pk), {"reason": "A mistake."})
    version.refresh_from_db()
    assert (version.status, version.withdrawal_reason) == (Status.WITHDRAWN, "A mistake.")


def test_retiring():
    policy = make_version(at=timezone.now() - 9 * DAY).policy
    client, _ = log_in("Publishers")
    address = page("retire", policy.pk)

    assert at_fault(client.post(address, {"notice": " "})) == ["notice"]
    not_in_force = {"notice": "Gone.", "successor": make_policy().pk}
    assert at_fault(client.post(address, not_in_force)) == ["successor"]


NONE_CAN_BE_MADE = "Enter an address: none can be made from this name."


MADE_WRONGLY = [
    ({"name": " ", "slug": "x"}, ["name"], "Enter a name for the policy."),
    ({"name": "Terms\r\nof Use"}, ["name"], "one line"),
    # Once, such a name was accepted, and the draft with that title then failed with a 500.
    *(
        ({"name": f"Cookie{it}Policy"}, ["name"], f"(U+{ord(it):04X}). Remove it.")
        for it in "\x01\x0b\x1b\x85\ufffe"
    ),
    ({"name": "x" * 300}, ["name"], "at most 200 characters"),
    *(({"name": it}, ["slug"], NONE_CAN_BE_MADE) for it in ("!", "プライバシー", "Куки")),
    ({"slug": "No slug!"}, ["slug"], "Use lower-case letters, digits and single hyphens."),
    ({"slug": "taken"}, ["slug"], "/taken/ is, or was, the address of another policy"),
    (
        {"slug": "No slug!", "language": "nonsense", "time_zone": "Nowhere"},
        ["slug", "language", "time_zone"],
        "Language: This language is not supported.",
    ),
    ({"translation_of": "source"}, ["language", "translation_of"], "in the same language"),
]


def test_making_a_policy():
    taken = make_policy(slug="taken")
    client, _ = log_in("Writers")

    for typed, fields, reason in MADE_WRONGLY:
        if "translation_of" in typed:
            typed = {"translation_of": taken.pk}
        answer = client.post("/admin/policies/policy/add/", {"name": "Terms", **typed})

        assert at_fault(answer) == fields, typed
        assert reason in words(answer)
        kept = [it for name, it in typed.items() if name in {"slug", "language", "time_zone"}]
        assert all(f'value="{it}"' in words(answer) for it in kept)
        assert Policy.objects.get() == taken


def test_renaming():
    make_policy(slug="taken")
    policy = make_policy()
    client, _ = log_in("Publishers")
    as_it_is = {"name": policy.name, "slug": policy.slug}

    for typed in ({"name": ""}, {"slug": "No slug!"}, {"slug": "taken"}):
        answer = client.post(page("rename", policy.pk), {**as_it_is, **typed})

        assert at_fault(answer) == list(typed)


def test_what_is_about_no_field_marks_none():
    revision = make_revision(status=Status.APPROVED)
    workflow.reopen(revision.pk, by=make_user("Writers"), at=timezone.now())
    client, _ = log_in("Publishers")
    sent = {**PUBLICATION, "seen_digest": revision.digest}

    assert at_fault(client.post(page("publish", revision.pk), sent)) == []


# --- Forms that are not opened --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ("withdraw", Status.PUBLISHED, "only an upcoming version can be withdrawn"),
        ("withdraw", Status.APPROVED, "only an upcoming version can be withdrawn"),
        ("reschedule", Status.PUBLISHED, "only an upcoming version can be rescheduled"),
    ],
)
def test_a_form_about_an_upcoming_version_is_for_no_other(form, status, said):
    revision = make_revision(status=status)
    client, _ = log_in("Publishers")

    answer = client.get(page(form, revision.pk), follow=True)

    assert answer.redirect_chain[0][0] == page("review", revision.pk)
    assert said in words(answer)


@pytest.mark.parametrize("form", ["retire", "reinstate"])
def test_what_is_retired_or_reinstated_already_is_not_asked_about_again(form):
    policy = make_version().policy
    client, publisher = log_in("Publishers")
    if form == "retire":
        workflow.retire(policy.pk, by=publisher, at=timezone.now(), notice="See there.")

    answer = client.get(page(form, policy.pk), follow=True)

    assert answer.redirect_chain[0][0] == page("policy_change", policy.pk)
    said = "is already retired" if form == "retire" else "is not retired"
    assert f"{policy} {said}." in words(answer)


# --- The settings of a policy ---------------------------------------------------------------------


SET = [
    ("set_check_interval", {"months": "1"}, "check_every_months", 1, "every month"),
    ("set_check_interval", {"months": "6"}, "check_every_months", 6, "every 6 months"),
    ("set_check_interval", {"months": ""}, "check_every_months", None, "never"),
    ("set_notice_period", {"days": "1"}, "notice_days", 1, "1 day"),
    ("set_notice_period", {"days": "30"}, "notice_days", 30, "30 days"),
    ("set_notice_period", {"days": ""}, "notice_days", None, "none"),
    (
        *("set_checklists", {"which": ["apple", "gdpr"]}),
        *("checklists", ["gdpr", "apple"], "gdpr, apple"),
    ),
    ("set_checklists", {"which": []}, "checklists", [], "none"),
]


def test_a_setting_is_saved_and_the_audit_says_so_in_words():
    client, publisher = log_in("Publishers")
    policy = make_version().policy
    workflow.set_check_interval(policy.pk, by=publisher, at=timezone.now(), months=3)
    workflow.set_notice_period(policy.pk, by=publisher, at=timezone.now(), days=3)

    for action, typed, column, stored, said in SET:
        answer = client.post(page(action, policy.pk), typed, follow=True)

        assert " saved." in words(answer)
        assert getattr(Policy.objects.get(pk=policy.pk), column) == stored
        assert policy.audit_events.get(action=action, reason=said)


SET_WRONGLY = [
    *(("set_check_interval", {"months": it}, "1 to 120") for it in ("0", "121", "²", "-1")),
    *(("set_notice_period", {"days": it}, "from 1 to") for it in ("0", "366", "six")),
    ("set_checklists", {"which": ["gdpr", "mars"]}, "mars is not one of the available"),
    *(
        (it, {}, "did not arrive as it was sent")
        for it in ("set_check_interval", "set_notice_period")
    ),
    *(
        (it, {}, "did not arrive as it was sent")
        for it in ("set_translation_of", "set_prevailing_language")
    ),
]


def test_a_setting_that_makes_no_sense_or_did_not_arrive_is_refused():
    client, _ = log_in("Publishers")
    policy = make_version().policy

    for action, typed, said in SET_WRONGLY:
        answer = client.post(page(action, policy.pk), typed, follow=True)

        assert said in words(answer), (action, typed)
    policy.refresh_from_db()
    assert (policy.check_every_months, policy.notice_days, policy.checklists) == (None, None, None)
