"""A small site with something of everything, on the database at hand.

    TEST_DATABASE_URL=sqlite:////FILE python -m tests.made_site backup BACKUP     make, back up
    TEST_DATABASE_URL=sqlite:////FILE python -m tests.made_site restore BACKUP    restore

Both print the digest of every public page, as JSON.
"""

import hashlib
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

if __name__ == "__main__":
    from tests import conftest  # loads Django as the tests have it

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from policies import workflow
from policies.models import MailOptOut
from policies.public import comparisons, listed_urls
from policies.states import Kind, Status
from policies.workflow import preview_links
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

# Later than any test runs, so that what is upcoming stays so.
UPCOMING = datetime(2120, 1, 1, 0, 0, 0, 123456, tzinfo=UTC)


def make_site():
    """Make policies in two languages: with a history, upcoming, withdrawn, renamed, retired."""
    chief = make_user("Publishers", name="chief")
    chief.set_password("correct horse battery")
    chief.email = "chief@example.com"
    chief.save()
    privacy = make_policy(slug="privacy", name="Privacy policy")
    for number in range(3):
        at = NOW + number * DAY + timedelta(microseconds=number)
        text = f"Text {number} with “quotes” & signs and \U0001f600.\n\n- one\n- two"
        make_version(
            policy=privacy,
            text=text,
            at=at,
            kind=Kind.EDITORIAL if number == 1 else Kind.MATERIAL,
            change_note=f"Change {number}.",
        )
    make_version(policy=privacy, at=timezone.now(), effective_at=UPCOMING)
    make_revision(status=Status.DRAFT, policy=privacy)
    german = make_policy(slug="datenschutz", name="Datenschutz", language="de")
    make_import(make_document(title="Datenschutzerklärung"), policy=german)
    make_revision(status=Status.WITHDRAWN, policy=german, at=NOW + DAY)
    workflow.rename_policy(german.pk, slug="datenschutzerklaerung", by=chief, at=NOW + 2 * DAY)
    old = make_policy(slug="old-terms", name="Old terms")
    make_version(policy=old)
    new = make_policy(slug="terms", name="Terms")
    make_version(policy=new)
    workflow.retire(old.pk, notice="Superseded.", successor_id=new.pk, by=chief, at=NOW + 3 * DAY)
    make_revision(status=Status.DISCARDED, policy=new, at=NOW + 4 * DAY)
    review = make_revision(status=Status.IN_REVIEW, policy=new, at=NOW + 5 * DAY)
    reviewer = make_user("Reviewers", name="reviewer")
    at = NOW + 6 * DAY
    workflow.comment(review.pk, text="Why?", section_anchor="scope", by=reviewer, at=at)
    preview_links.share(review.pk, recipient="Counsel & Co.", days=14, by=chief, at=at)
    _add_what_is_not_public(chief, privacy, review)


def _add_what_is_not_public(chief, privacy, review):
    counsel = Group.objects.create(name="Outside counsel")
    counsel.permissions.add(Permission.objects.get(codename="view_revision"))
    chief.groups.add(counsel)
    MailOptOut.objects.create(user=chief, kind="published")
    LogEntry.objects.create(
        user=chief,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(chief.pk),
        object_repr="chief",
        action_flag=ADDITION,
    )
    first, second = privacy.revisions.numbered().order_by("number")[:2]
    comparisons.of_versions(first, second)
    # Nobody may ever get the ids of accounts that are gone.
    User.objects.create(username="gone").delete()


def pages():
    """Return the status, the place it leads to and the body of every address that is listed.

    But of no PDF and no Word file: each takes a second.
    """
    client, found = Client(raise_request_exception=False), {}
    for address in listed_urls.listed_paths():
        if not address.endswith((".pdf", ".docx")):
            answer = client.get(address)
            found[address] = (answer.status_code, answer.get("Location", ""), b"".join(answer))
    return found


def digests():
    return {
        address: [str(status), leads_to, hashlib.sha256(body).hexdigest()]
        for address, (status, leads_to, body) in pages().items()
    }


def main(act, backup):
    if act == "backup":
        call_command("migrate", verbosity=0)
        make_site()
        call_command("backup", str(backup), stdout=sys.stderr)
    else:
        call_command("restore", str(backup), jobs=1, stdout=sys.stderr)
    print(json.dumps(digests()))  # noqa: T201


if __name__ == "__main__":
    try:
        main(sys.argv[1], Path(sys.argv[2]))
    finally:
        conftest.pytest_unconfigure()
