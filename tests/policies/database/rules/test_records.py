"""The rules on removed anchors and the two chains."""

from datetime import timedelta

import pytest
from django.db import transaction

from policies.ledger import chains
from policies.models import AuditEvent, LedgerEntry, RemovedAnchor
from policies.text.document import Document
from policies.text.document import Section as Part
from tests.factories import NOW, make_policy, make_revision, make_version
from tests.policies.database.rules.attacks import refused

pytestmark = pytest.mark.django_db


def test_removed_anchors_are_recorded_only_when_a_version_is_published(execute):
    policy = make_policy()
    make_version(policy=policy)
    plain = Document("T", "", (Part("Else", "else", "Words."),))
    version = make_version(policy=policy, document=plain, at=NOW + timedelta(days=1))
    draft = make_revision(policy=policy)
    assert version.removed_anchors.count() == 2

    for revision in (version, draft):
        with refused("departure_at_publication"), transaction.atomic():
            RemovedAnchor.objects.create(revision=revision, anchor="x", heading="X")
    with refused("departure_frozen", "departure_place_kept"), transaction.atomic():
        execute("UPDATE policies_departure SET heading = ? WHERE anchor = 'scope'", "Y")
    with refused("departure_kept"):
        execute("DELETE FROM policies_departure WHERE anchor = ?", "scope")


@pytest.mark.parametrize("model", [LedgerEntry, AuditEvent])
@pytest.mark.parametrize("fault", ["gap", "place", "link"])
def test_an_entry_follows_the_last_one_of_its_chain(model, fault):
    make_version()
    entry = model.objects.order_by("-sequence")[0]
    entry.previous_digest = entry.digest
    entry.sequence += {"gap": 2, "place": -1, "link": 1}[fault]
    if fault == "link":
        entry.previous_digest = "f" * 64
    entry.digest = chains.entry_digest(entry)
    if model is LedgerEntry:
        entry.revision = None

    with refused(), transaction.atomic():
        entry.save(force_insert=True)
