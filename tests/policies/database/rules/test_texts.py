"""A text changes only while it is a draft."""

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from policies import workflow
from policies.models import Contribution, Section
from policies.states import Status
from tests.factories import NOW, make_revision, make_user, make_version
from tests.policies.database.rules.attacks import refused

pytestmark = pytest.mark.django_db


def test_a_section_is_not_moved_into_or_out_of_a_published_version(execute):
    version, draft = make_version(), make_revision()
    published, drafted = version.sections.first(), draft.sections.first()
    assert published is not None
    assert drafted is not None

    for section, target in ((published, draft), (drafted, version)):
        with refused(), transaction.atomic():
            Section.objects.filter(pk=section.pk).update(revision=target, position=9, anchor="x")
        with refused():
            execute(
                "UPDATE policies_section SET revision_id = ?, position = 9, anchor = 'x'"
                " WHERE id = ?",
                target.pk,
                section.pk,
            )


@pytest.mark.parametrize("status", [s for s in Status if s != Status.DRAFT])
def test_nothing_is_added_to_a_text_that_is_no_draft(status, execute):
    revision = make_revision(status=status)
    added = Section(revision=revision, position=9, heading="More", anchor="more", body="More.")

    with refused(), transaction.atomic():
        added.save()
    with refused(), transaction.atomic():
        Section.objects.bulk_create([added])
    with refused():
        execute(
            "INSERT INTO policies_section (revision_id, position, heading, anchor, body)"
            " VALUES (?, 9, 'More', 'more', 'More.')",
            revision.pk,
        )
    with refused(), transaction.atomic():
        Contribution.objects.create(
            revision=revision, contributed_at=NOW, contributed_by=make_user("Writers")
        )


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_nothing_is_slipped_into_a_text_while_it_is_submitted():
    draft, writer = make_revision(), make_user("Writers")
    settings_of = connection.settings_dict
    with psycopg.connect(
        dbname=settings_of["NAME"],
        user=settings_of["USER"],
        password=settings_of["PASSWORD"] or None,
        host=settings_of["HOST"],
        port=settings_of["PORT"],
    ) as other:
        other.execute(
            "INSERT INTO policies_section (revision_id, position, heading, anchor, body)"
            " VALUES (%s, 9, 'Sale', 'sale', 'We sell it all.')",
            [draft.pk],
        )

        # Uncommitted, so whoever hands the draft in can't see it, and must wait for it.
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            workflow.submit(draft.pk, by=writer, at=NOW)
        other.commit()

    with pytest.raises(workflow.TextChanged):
        workflow.submit(draft.pk, by=writer, at=NOW)
