"""The notice period on the desk."""

import pytest
from django.utils import timezone

from policies import workflow
from policies.models import AuditEvent, Revision
from policies.public import pdfs
from policies.states import Status
from tests.factories import DAY, make_policy, make_revision, make_user, make_version
from tests.policies.staff.desk import log_in, page, words

pytestmark = pytest.mark.django_db


def approved(days=30):
    policy = make_version(at=timezone.now() - 100 * DAY).policy
    workflow.set_notice_period(policy.pk, by=make_user("Publishers"), at=timezone.now(), days=days)
    return make_revision(status=Status.APPROVED, policy=policy, at=timezone.now())


def sent(revision, **other):
    return {
        "seen_digest": revision.digest,
        "seen_source_version": "0",
        "kind": "material",
        "change_note": "New.",
        **other,
    }


def test_the_form_proposes_the_first_day_that_keeps_to_the_period():
    client, _ = log_in("Publishers")
    revision = approved()

    answer = client.get(page("publish", revision.pk))

    day = revision.policy.day_of(timezone.now()) + 31 * DAY
    assert f'name="effective" value="{day:%Y-%m-%d}T00:00"' in answer.content.decode()
    assert "notice period of 30 days" in words(answer)


def test_the_proposed_day_is_accepted_as_it_is():
    client, _ = log_in("Publishers")
    revision = approved()
    day = revision.policy.day_of(timezone.now()) + 31 * DAY

    client.post(
        page("publish", revision.pk), sent(revision, when="later", effective=f"{day} 00:00")
    )

    assert Revision.objects.get(pk=revision.pk).status == Status.PUBLISHED


def test_an_editorial_change_is_published_at_once_beside_the_proposed_day():
    client, _ = log_in("Publishers")
    revision = approved()
    day = revision.policy.day_of(timezone.now()) + 31 * DAY

    chosen = {"kind": "editorial", "when": "now", "effective": f"{day} 00:00"}
    client.post(page("publish", revision.pk), sent(revision, **chosen))

    published = Revision.objects.get(pk=revision.pk)
    assert published.effective_at == published.published_at


def test_short_notice_is_refused_beside_its_field_and_allowed_for_a_reason():
    client, _ = log_in("Publishers")
    revision = approved()
    url = page("publish", revision.pk)

    answer = client.post(url, sent(revision, when="now"))

    assert "Readers are given 30 days of notice." in words(answer)
    assert answer.context["form"].errors.keys() == {"short_notice_reason"}

    client.post(url, sent(revision, when="now", short_notice_reason="A court order."))

    assert Revision.objects.get(pk=revision.pk).status == Status.PUBLISHED
    assert "A court order." in AuditEvent.objects.get(revision=revision, action="publish").reason


def test_without_a_period_the_form_asks_for_nothing():
    client, _ = log_in("Publishers")

    answer = client.get(page("publish", approved(days=None).pk))

    assert "notice period" not in words(answer)


@pytest.mark.parametrize("are_made", [True, False])
def test_the_desk_offers_the_notice_of_a_version_with_the_files_to_attach(are_made, monkeypatch):
    monkeypatch.setattr(pdfs, "are_made", lambda: are_made)
    version = make_version(policy=make_policy(slug="privacy"), at=timezone.now())
    client, _ = log_in("Publishers")

    for name, pk in (("policy_change", version.policy_id), ("published", version.pk)):
        shown = words(client.get(page(name, pk)))
        for file in ("1/notice.txt", "1/notice.html", "1/notice.json"):
            assert f'href="/privacy/versions/{file}"' in shown, (name, file)
        assert 'href="/privacy/versions/1.docx"' in shown, name
        assert ('href="/privacy/versions/1.pdf"' in shown) is are_made, name
        assert ("An administrator can install what makes them" in shown) is not are_made, name
