"""Make the pictures of the README and of docs/design.md: `make screenshots`.

Not collected with the tests: its name has to be given to pytest.
"""

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as site
from django.urls import reverse

from policies import workflow
from policies.states import Status
from policies.text import document as documents
from tests.factories import DAY, make_import, make_policy, make_revision, make_user, save_draft
from tests.site.browsing import editor, log_in, show

PICTURES = site.BASE_DIR / "docs" / "images"
SCREENS = {"light": (1280, 800), "dark": (1280, 800)}
PUBLISHED = datetime(2026, 5, 2, 9, 0, tzinfo=UTC)

# What the next version says otherwise. It has to be in tests/content/privacy.md.
BEFORE = "This Privacy Policy applies to personal data"
AFTER = "This policy applies to all personal data"
KEPT = "Softphonez may use reasonable"
KEPT_NOW = "Softphonez uses reasonable"


def text(**changed):
    words = (site.CONTENT_DIR / "privacy.md").read_text(encoding="utf-8")
    for old, new in changed.items():
        assert old in words, old
        words = words.replace(old, new)
    return documents.parse(words)


@pytest.fixture
def reviewer():
    return make_user("Reviewers", name="ben")


@pytest.fixture
def in_review(transactional_db, reviewer):
    """A policy in force since two versions, and a third that waits for Ben, who has a question."""
    policy = make_policy(slug="privacy", name="Privacy Policy")
    make_import(text(), policy=policy, at=PUBLISHED)
    newer = text(**{BEFORE: AFTER, KEPT: KEPT_NOW})
    note = "Says more plainly what the policy is about, and what we do for security."
    make_import(newer, policy=policy, at=PUBLISHED + 30 * DAY, change_note=note)
    newest = text(**{BEFORE: AFTER, KEPT: "Softphonez uses encryption and other reasonable"})
    ana = make_user("Writers", name="ana")
    at = PUBLISHED + 45 * DAY
    revision = make_revision(
        status=Status.IN_REVIEW, policy=policy, writer=ana, document=newest, at=at
    )
    section = next(it for it in newest.sections if "encryption" in it.body)
    remark = workflow.comment(
        revision.pk,
        by=reviewer,
        at=at + timedelta(hours=2),
        text="Backups as well?",
        section_anchor=section.anchor,
    )
    workflow.reply_to_comment(
        remark.pk, by=ana, at=at + timedelta(hours=3), text="Yes, since March. Legal has the proof."
    )
    return revision


@pytest.mark.parametrize("scheme", SCREENS)
def test_pictures(page, live_server, in_review, reviewer, scheme):
    log_in(page.context, live_server, reviewer)
    width, height = SCREENS[scheme]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    for name, path in (
        ("privacy", "/privacy/"),
        ("redline", "/privacy/compare/1/2/"),
        ("review", reverse("admin:policies_review", args=[in_review.pk])),
    ):
        page.goto(live_server.url + path)
        page.screenshot(path=PICTURES / f"{name}-{scheme}.png", animations="disabled")


@pytest.mark.parametrize(
    ("name", "width", "height", "scheme", "columns"),
    [("wide", 1280, 720, "light", 2), ("phone", 390, 700, "dark", 4)],
)
def test_pictures_of_the_design(page, live_server, in_review, name, width, height, scheme, columns):
    """Four pages beside each other, each with a line where its text begins."""
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    tiles = ""
    for path in ("/privacy/", "/privacy/compare/1/2/", "/privacy/versions/", "/"):
        page.goto(live_server.url + path)
        left = page.locator("h1").bounding_box()["x"] / width
        picture = b64encode(page.screenshot(animations="disabled")).decode()
        line = f'<i style="left: calc({left:%} - 2px)"></i>'
        tiles += f'<p><img src="data:image/png;base64,{picture}">{line}</p>'
    page.set_viewport_size({"width": 960, "height": 200})
    page.goto("about:blank")  # has no Content Security Policy
    page.set_content(f"""<style>
        body {{ display: grid; grid-template-columns: repeat({columns}, 1fr); gap: 12px }}
        body {{ margin: 0; background: #888 }} p {{ position: relative; margin: 0; line-height: 0 }}
        img {{ width: 100% }} i {{ position: absolute; inset: 0; border-left: 1px solid #d33 }}
    </style>{tiles}""")
    page.screenshot(path=PICTURES / f"design-{name}.png", full_page=True)


@pytest.mark.parametrize("scheme", SCREENS)
def test_picture_of_the_editor(transactional_db, page, live_server, scheme):
    writer, policy = make_user("Writers", name="ana"), make_policy(slug="privacy")
    make_import(text(), policy=policy, at=PUBLISHED)
    changed = text(**{"including data you provide directly": "such as data you provide directly"})
    draft = workflow.start_draft(policy.pk, by=writer, at=PUBLISHED + DAY)
    save_draft(draft, changed, by=writer, at=PUBLISHED + DAY)
    log_in(page.context, live_server, writer)
    width, height = SCREENS[scheme]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    page.goto(editor(live_server, draft))
    page.evaluate("localStorage['editor-mode'] = 'formatted'")
    page.reload()
    second = page.locator(".section").nth(1)
    second.locator(".surface-text").click()
    show(page, "Preview")
    page.screenshot(path=PICTURES / f"editor-{scheme}.png", animations="disabled")
