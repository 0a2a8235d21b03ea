"""A Word file that came back, in a browser: proposals decided on without loading the page anew."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from policies import workflow
from policies.models import Revision
from policies.text import word_export
from policies.text.document import Document, Section
from policies.workflow import returned_files
from tests.factories import make_revision
from tests.policies.text.word_edits import commented, tracked, with_text
from tests.policies.text.word_exports import FACTS
from tests.site.browsing import log_in, show
from tests.site.logging_in import make_staff
from tests.site.looking import Looker

pytestmark = pytest.mark.django_db(transaction=True)

SCOPE = "We keep your name for 30 days, and your invoices for ten years."
LIST = "- your name, which you give us when you order;\n- your address, to which we send it."
TEXT = Document(
    "Privacy policy",
    "This policy says what we do.",
    (
        Section("Scope", "scope", f"{SCOPE}\n\nWe use what you give us to answer you."),
        Section("What we keep", "what", f"We keep\n\n{LIST}"),
        Section("Contact", "contact", "Write to privacy@softphonez.com."),
    ),
)


def test_proposals_are_decided_on_in_place(page, live_server):
    ana = make_staff("ana", "Writers")
    revision = make_revision(document=TEXT)
    returned_files.keep_sent(revision)  # as when it is downloaded
    data = tracked(word_export.write(TEXT, FACTS), "30 days", "14 days")
    data = tracked(data, "answer you", "answer you within a week")
    data = tracked(data, "to which we send it", "to which we send what you order", "John Doe")
    data = with_text(data, "Write to", "Please write to")
    data = commented(data, "This policy says", ("Jane Roe", "Why “says”?"), ("John Doe", "True."))
    new = Document(
        TEXT.title,
        TEXT.introduction,
        (
            Section("Scope", "scope", TEXT.sections[0].body.replace("30 days", "60 days")),
            *TEXT.sections[1:],
        ),
    )
    by = {"by": ana, "at": timezone.now()}
    workflow.save_draft(revision.pk, new, seen_saves=revision.saves, **by)
    log_in(page.context, live_server, ana)
    page.goto(live_server.url + reverse("admin:policies_edit", args=[revision.pk]))
    show(page, "More")
    page.get_by_role("link", name="Upload the edited Word file").click()
    looker = Looker(page)
    page.reload()
    looker.look("bringing a file back")
    file = {"name": "counsel.docx", "mimeType": "application/zip", "buffer": data}
    page.get_by_label("Word file").set_input_files(file)
    page.get_by_role("button", name="Upload the edited file").click()

    expect(page.locator(".messagelist")).to_contain_text("counsel.docx")
    looker.look("proposals")

    page.get_by_role("button", name="Accept: added: within a week").click()
    expect(page.locator("#proposals .messagelist")).to_have_text("Accepted. The draft was changed.")
    page.get_by_role("button", name="Keep the draft’s text").click()
    expect(page.locator("#proposals .messagelist")).to_have_text(
        "Declined. The draft was not changed."
    )
    expect(page.locator(":is(.proposal, .conflict) .messagelist")).to_have_count(0)
    # One key more decides on one proposal, not on all that are left.
    expect(page.get_by_role("button", name="Decline: ").first).to_be_focused()
    page.locator("#proposals button").last.press("Enter")
    looker.look("some decided")

    body = Revision.objects.get().document().sections[0].body
    assert "60 days" in body
    assert "within a week" in body
    assert looker.wrong == []
