"""Fills the whole site.

python -m tests.site.filling    fills the database that the environment names; prints the tokens of
                                preview links, which can't be guessed, as JSON
"""

import json
from datetime import UTC, datetime, timedelta

OLD_NAME, GERMAN = "data-protection", "datenschutz"


def fill():
    """Publish three versions of a policy that was renamed since, and of one in German."""
    from django.utils import timezone

    from policies import workflow
    from tests.factories import make_document, make_import, make_policy, make_revision, make_user

    now = timezone.now()
    writer = make_user("Writers", "Publishers", is_superuser=True)
    for slug, language in {OLD_NAME: "en", GERMAN: "de"}.items():
        policy = make_policy(slug=slug, name=slug, language=language)
        for number in (1, 2, 3):
            text = make_document(text=f"We keep {number}. " * 200)
            make_import(text, policy=policy, effective_at=datetime(2026, 1, number, tzinfo=UTC))
        if language == "en":
            workflow.rename_policy(policy.pk, by=writer, at=now, slug="privacy")
    draft = make_revision(policy=policy, writer=writer, at=now - timedelta(hours=1))
    links = [workflow.share(draft.pk, by=writer, at=now, recipient=name) for name in ("Ann", "Bob")]
    workflow.revoke_link(links[1].pk, by=writer, at=now)
    return dict(zip(("open", "revoked"), (link.token for link in links), strict=True))


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(fill()))  # noqa: T201
