"""What a row may say: every constraint, with the rules lifted, so that each is tested alone."""

import functools
import re
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction

from policies import workflow
from policies.database import triggers
from policies.models import (
    EditorVisit,
    JobRun,
    Justification,
    KeptFile,
    KeptRedline,
    LedgerEntry,
    Overruling,
    Policy,
    ProposalDecision,
    RemovedAnchor,
    Rendering,
    ReturnedFile,
    Revision,
    RoleGrant,
    SamePerson,
    SentText,
    SignOnRenewal,
    Subscription,
    SubscriptionRequest,
)
from policies.models.derived import contents_as_json
from policies.models.fields import RESERVED_SLUGS
from policies.states import Kind, Status
from policies.text.limits import SLUG
from policies.text.rendering import Entry
from tests.factories import (
    DAY,
    NOW,
    make_emergency,
    make_policy,
    make_revision,
    make_user,
    make_version,
)
from tests.site.everything import routes

pytestmark = pytest.mark.django_db


# --- Constraints -------------------------------------------------------------------------------


@functools.cache
def revision_in(status):
    return lambda: make_revision(status=Status(status))


def role_grant(**where):
    role = Group.objects.get(name="Writers")
    return RoleGrant.objects.create(user=make_user(), role=role, granted_at=NOW, **where)


def role_for_a_policy():
    return role_grant(policy=make_policy())


def second_version():
    return make_version(policy=make_version().policy, at=NOW + DAY)


def second_section():
    return make_revision().sections.order_by("position")[1]


def comment():
    return workflow.comment(make_revision().pk, by=make_user("Reviewers"), at=NOW, text="Why?")


def reply():
    return workflow.reply_to_comment(comment().pk, by=make_user("Writers"), at=NOW, text="So.")


def preview_link():
    writer = make_user("Writers")
    return workflow.share(make_revision().pk, by=writer, at=NOW, recipient="Counsel")


def overruled():
    return Overruling.objects.create(
        policy=make_policy(),
        key="a" * 64,
        reason="It is a name.",
        overruled_at=NOW,
        overruled_by=make_user("Reviewers"),
    )


def retired():
    version = make_version()
    return workflow.retire(
        version.policy_id, by=make_user("Publishers"), at=NOW + DAY, notice="No longer."
    )


def second_translation():
    english = make_policy()
    make_policy(language="de", translation_of=english)
    return make_policy(language="fr", translation_of=english)


def second_pdf():
    version = make_version()
    KeptFile.objects.create(revision=version, origin="https://one.example", begun_at=NOW)
    return KeptFile.objects.create(
        revision=version, origin="https://two.example", begun_at=NOW + DAY
    )


def draft_beside_a_discarded_one():
    discarded = make_revision(status=Status.DISCARDED)
    make_revision(policy=discarded.policy)
    return discarded


def justification():
    return Justification.objects.create(
        policy=make_policy(), key="a" * 64, reason="It is right.", justified_at=NOW
    )


def returned_file():
    return ReturnedFile.objects.create(
        revision=make_revision(), name="a.docx", sha256="a" * 64, returned_at=NOW, returned_by_id=1
    )


# The constraint, a row, and the values that the constraint refuses for it.
BROKEN = [
    ("policy_is_named", make_policy, {"slug": ""}),
    ("policy_is_named", make_policy, {"language": ""}),
    ("policy_is_named", make_policy, {"name": ""}),
    ("policy_retired_with_notice", retired, {"retirement_notice": ""}),
    ("policy_retired_with_notice", retired, {"retired_at": None}),
    ("policy_retired_with_notice", make_policy, {"retirement_notice": "Gone."}),
    ("policy_retired_with_notice", make_policy, {"retired_at": NOW}),
    ("overruling_by_someone_with_a_reason", overruled, {"reason": ""}),
    ("overruling_by_someone_with_a_reason", overruled, {"overruled_by_id": None}),
    ("overruling_withdrawn_by_someone", overruled, {"withdrawn_at": NOW}),
    ("overruling_withdrawn_by_someone", overruled, {"withdrawn_by_id": 1}),
    ("policy_not_its_own_successor", retired, {"successor_id": models.F("id")}),
    ("policy_authoritative_says_what_prevails", second_translation, {"prevailing_language": "fr"}),
    ("role_of_a_person_or_a_group", role_grant, {"user_id": None}),
    ("role_for_a_policy_or_a_language", role_for_a_policy, {"language": "de"}),
    ("revision_has_title", make_revision, {"title": ""}),
    ("revision_has_digest", make_revision, {"digest": ""}),
    ("revision_has_digest", make_revision, {"digest": "f" * 63}),
    ("revision_status_known", make_revision, {"status": "final"}),
    ("revision_numbered_or_not", make_revision, {"number": 1, "kind": "material"}),
    ("revision_numbered_or_not", make_revision, {"change_note": "Early."}),
    ("revision_numbered_or_not", make_revision, {"effective_at": NOW}),
    ("revision_numbered_or_not", make_revision, {"kind": "editorial"}),
    ("revision_numbered_or_not", make_version, {"number": None}),
    ("revision_numbered_or_not", make_version, {"number": 0}),
    ("revision_numbered_or_not", second_version, {"kind": ""}),
    ("revision_numbered_or_not", second_version, {"kind": "huge"}),
    ("revision_numbered_or_not", make_version, {"basis": "", "basis_reason": ""}),
    ("revision_numbered_or_not", make_version, {"effective_at": None}),
    ("revision_numbered_or_not", make_version, {"last_updated_on": None}),
    ("revision_numbered_or_not", make_version, {"published_at": None}),
    ("revision_change_note_from_second", second_version, {"change_note": ""}),
    ("revision_first_is_material", make_version, {"kind": "editorial"}),
    ("revision_reason_without_approval", make_emergency, {"basis_reason": ""}),
    ("revision_reason_without_approval", make_version, {"basis_reason": "None."}),
    ("revision_submitted_by_someone", make_revision, {"submitted_at": NOW}),
    ("revision_submitted_by_someone", make_revision, {"submitted_at": NOW, "submitted_by_id": 1}),
    ("revision_submitted_by_someone", revision_in("in_review"), {"submitted_by_id": None}),
    (
        "revision_submitted_by_someone",
        revision_in("approved"),
        {"submitted_at": None, "submitted_by_id": None},
    ),
    ("revision_approval_whole", revision_in("approved"), {"approved_by_id": None}),
    ("revision_approval_whole", revision_in("approved"), {"approved_at": None}),
    ("revision_approval_whole", revision_in("approved"), {"approved_digest": ""}),
    (
        "revision_approved_by_someone",
        revision_in("approved"),
        {"approved_at": None, "approved_by_id": None, "approved_digest": ""},
    ),
    ("revision_approved_as_it_stands", revision_in("approved"), {"approved_digest": "f" * 64}),
    ("revision_approved_as_it_stands", make_version, {"digest": "f" * 64}),
    ("revision_published_by_someone", make_version, {"published_by_id": None}),
    ("revision_published_by_someone", make_emergency, {"published_by_id": None}),
    ("revision_withdrawn_before_effect", make_version, {"withdrawal_reason": "Oh."}),
    ("revision_withdrawn_before_effect", revision_in("withdrawn"), {"withdrawal_reason": ""}),
    ("revision_withdrawn_before_effect", revision_in("withdrawn"), {"withdrawn_by_id": None}),
    (
        "revision_withdrawn_before_effect",
        revision_in("withdrawn"),
        {"withdrawn_at": models.F("effective_at")},
    ),
    ("revision_discarded_by_someone", revision_in("discarded"), {"discarded_by_id": None}),
    ("revision_discarded_by_someone", revision_in("discarded"), {"discarded_at": None}),
    ("revision_discarded_by_someone", make_revision, {"discarded_at": NOW, "discarded_by_id": 1}),
    ("section_is_named", second_section, {"heading": ""}),
    ("section_is_named", second_section, {"anchor": ""}),
    ("comment_says_something", comment, {"text": ""}),
    ("comment_resolved_by_someone", comment, {"resolved_at": NOW}),
    ("comment_resolved_by_someone", comment, {"resolved_by_id": 1}),
    ("reply_says_something", reply, {"text": ""}),
    ("preview_link_is_for_someone", preview_link, {"recipient": ""}),
    ("preview_link_lasts", preview_link, {"expires_at": NOW}),
    ("preview_link_revoked_by_someone", preview_link, {"revoked_at": NOW}),
    ("preview_link_revoked_by_someone", preview_link, {"revoked_by_id": 1}),
    ("acknowledgement_has_reason", justification, {"reason": ""}),
    ("returned_file_has_a_name", returned_file, {"name": ""}),
    # What there is once.
    ("policy_translated_once", second_translation, {"language": "de"}),
    ("kept_file_once", second_pdf, {"origin": "https://one.example"}),
    ("section_position_once", second_section, {"position": 1}),
    ("section_anchor_once", second_section, {"anchor": "scope"}),
    ("revision_number_once", second_version, {"number": 1, "kind": "material"}),
    (
        "revision_one_open_per_policy",
        draft_beside_a_discarded_one,
        {"status": "draft", "discarded_at": None, "discarded_by_id": None},
    ),
    ("revision_effective_at_once", second_version, {"effective_at": NOW}),
]


def refused_by(name):
    """Expect a constraint to refuse. Of what there is once, SQLite names only the columns."""
    is_unique = name.endswith(("_once", "_per_policy", "_per_person"))
    is_named = connection.vendor != "sqlite" or not is_unique
    return pytest.raises(IntegrityError, match=name if is_named else "UNIQUE constraint failed")


def sql_of(model, values):
    parts, params = [], []
    for column, value in values.items():
        if isinstance(value, models.F):
            parts.append(f"{column} = {value.name}")
            continue
        field = model._meta.get_field(column.removesuffix("_id"))
        parts.append(f"{column} = %s")
        params.append(field.get_db_prep_save(value, connection))
    return ", ".join(parts), params


@pytest.mark.parametrize("make", dict.fromkeys(make for _, make, _ in BROKEN))
def test_a_row_that_makes_no_sense_is_refused(make):
    row = make()
    model = type(row)
    triggers.remove(connection)

    for name, values in [(name, values) for name, made_by, values in BROKEN if made_by is make]:
        with refused_by(name), transaction.atomic():
            model._default_manager.filter(pk=row.pk).update(**values)
        assignments, params = sql_of(model, values)
        with refused_by(name), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {model._meta.db_table} SET {assignments}"  # noqa: S608  names are ours
                f" WHERE {model._meta.pk.column} = %s",
                [*params, row.pk],
            )


def decision():
    return ProposalDecision.objects.create(
        file=returned_file(), change="a" * 16, is_accepted=True, decided_at=NOW, decided_by_id=1
    )


def kept_redline():
    version = make_version()
    return KeptRedline.objects.create(old=version, new=version, signed="")


# The constraint, and a row of which there is no copy.
ONCE = {
    "policy_slug_language_once": make_policy,
    "contribution_once_per_person": lambda: make_revision().contributions.get(),
    "ledger_event_once": lambda: make_version().ledger_entries.get(),
    "address_given_once": lambda: make_policy().addresses.get(),
    "departure_once": lambda: RemovedAnchor.objects.create(revision=make_version(), anchor="a"),
    "kept_redline_once": kept_redline,
    "acknowledgement_once": justification,
    "returned_file_once": returned_file,
    "same_person_once": lambda: SamePerson.objects.create(first_id=1, second_id=2),
    "proposal_decided_once": decision,
    "editor_visit_once": lambda: EditorVisit.objects.create(
        revision=make_revision(), seen_at=NOW, seen_by_id=1
    ),
    "role_given_once": role_grant,
    "sent_text_once": lambda: SentText.objects.create(revision=make_revision(), digest="a" * 64),
}


@pytest.mark.parametrize("name", ONCE)
def test_what_there_is_once_has_no_copy(name):
    triggers.remove(connection)
    copy = ONCE[name]()
    copy.pk = 99
    if isinstance(copy, LedgerEntry):
        copy.digest = "f" * 64

    with refused_by(name), transaction.atomic():
        copy.save(force_insert=True)


def test_a_policy_never_hides_the_sites_own_addresses():
    """If this fails: RESERVED_SLUGS of models/fields.py lacks the first part of a route."""
    firsts = {route.partition("/")[0] for _, route in routes()} | {"static", "de", "pt-br"}
    slugs = {it for it in firsts if re.fullmatch(SLUG, it)}

    assert {"admin", "schemas", "healthz", "metrics"} < slugs
    assert slugs - RESERVED_SLUGS == set()
    with pytest.raises(workflow.Incomplete, match="reserved for the site itself"):
        make_policy(slug="metrics")


def test_every_constraint_is_broken_by_a_test():
    declared = {
        constraint.name
        for model in apps.get_app_config("policies").get_models()
        for constraint in model._meta.constraints
    }
    broken_apart = {
        # in test_mail_failing.py
        *("mail_once_per_act", "mail_once_per_reminder", "mail_has_one_occasion"),
        "mail_opt_out_once",
        "mail_thread_once",
        "sign_on_of_one_account",  # in test_sign_on.py
        "webhook_once_per_event",  # in test_delivering.py
        "cosignature_once",  # in test_witnesses.py
        *("subscription_once", "subscriber_mail_once"),  # in test_subscription.py
    }

    assert declared == {name for name, *_ in BROKEN} | ONCE.keys() | broken_apart


def test_the_migrations_say_what_the_models_say():
    call_command("makemigrations", "policies", check=True, dry_run=True, verbosity=0)


# --- Names and pairs ---------------------------------------------------------------------------


def test_every_time_of_an_act_has_its_person():
    for model in apps.get_app_config("policies").get_models():
        names = {field.name for field in model._meta.local_fields}
        acts = {name.removesuffix("_at") for name in names if name.endswith("_at")}
        # Taking effect and expiring are no acts; an entry of the ledger is recorded by nobody in
        # public; the site itself sends mail and prints; readers and users of preview links have no
        # account.
        acts -= {"effective", "expires", "recorded", "tried", "sent", "last_used", "begun", "due"}
        if model in (Subscription, SubscriptionRequest):
            acts -= {"requested", "confirmed"}
        if model is JobRun:  # nobody's act
            acts -= {"ended", "succeeded"}
        if model is SignOnRenewal:  # the provider's
            acts -= {"renewed"}
        for act in acts:
            assert f"{act}_by" in names, (model.__name__, act)
        for name in names:
            if name.endswith("_by"):
                assert f"{name.removesuffix('_by')}_at" in names, (model.__name__, name)


def test_datetimes_end_in_at_and_dates_in_on():
    for model in apps.get_app_config("policies").get_models():
        for field in model._meta.local_fields:
            if isinstance(field, models.DateTimeField):
                assert field.name.endswith("_at"), field
            elif isinstance(field, models.DateField):
                assert field.name.endswith("_on"), field


def test_nobodys_account_is_tied_to_what_they_did():
    people = [
        field
        for model in apps.get_app_config("policies").get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and field.name.endswith("_by")
    ]

    assert len(people) > 10
    for field in people:
        assert field.db_constraint is False, field
        assert field.remote_field.on_delete is models.DO_NOTHING, field


# --- Policies ----------------------------------------------------------------------------------


def wrong_fields(policy):
    with pytest.raises(ValidationError) as refusal:
        policy.full_clean()
    return set(refusal.value.message_dict)


def test_a_slug_is_made_of_small_letters_digits_and_single_hyphens():
    for slug in ("", "Privacy", "a_b", "-a", "a-", "a--b", "a b", "a/b", "a\n"):
        assert wrong_fields(Policy(slug=slug, name="N", created_at=NOW)) == {"slug"}, slug


def test_a_language_is_a_tag():
    for tag in ("", "EN", "e", "en_GB", "en-", "en\n", "english", "xx"):
        policy = Policy(slug="s", language=tag, name="N", created_at=NOW)
        assert wrong_fields(policy) == {"language"}, tag


def test_a_time_zone_is_one_that_there_is():
    for zone in ("", "Berlin", "+01:00", "../etc/passwd", "europe/berlin "):
        policy = Policy(slug="s", name="N", time_zone=zone, created_at=NOW)
        assert wrong_fields(policy) == {"time_zone"}, zone


@pytest.mark.parametrize("zone", ["Asia/Beirut", "Africa/Cairo", "America/Havana"])
def test_a_day_that_begins_at_one_o_clock_has_a_first_instant(zone):
    policy = Policy(slug="s", name="N", time_zone=zone, created_at=NOW)

    for days in range(366):
        day = date(2026, 1, 1) + days * DAY
        start = policy.start_of(day)
        assert policy.day_of(start) == day
        assert policy.day_of(start - timedelta(microseconds=1)) == day - DAY


def test_a_policy_in_another_language_says_which():
    assert str(make_policy(name="Privacy")) == "Privacy"
    assert str(make_policy(name="Privacy", language="de")) == "Privacy (de)"


# --- Texts -------------------------------------------------------------------------------------


def test_the_table_of_contents_comes_back_as_it_was_rendered():
    entries = (Entry(2, "a", "1.", "A", (Entry(3, "b", "1.1.", "B"),)), Entry(2, "c", "", "C"))
    draft = make_revision()
    Rendering.objects.filter(revision=draft).update(contents=contents_as_json(entries))

    assert Revision.objects.get(pk=draft.pk).contents == entries


def test_rows_introduce_themselves():
    version = make_version(kind=Kind.MATERIAL)
    draft = make_revision(policy=version.policy)
    remark = workflow.comment(draft.pk, by=make_user("Reviewers"), at=NOW, text="Why? " * 99)

    assert str(version) == "Privacy policy, version 1"
    assert str(draft) == "Privacy policy, draft"
    assert str(version.ledger_entries.get()) == f"1: publication of {version.policy.slug} 1"
    assert str(draft.audit_events.order_by("-sequence")[0]).endswith(": commented")
    assert len(str(remark)) == 60
