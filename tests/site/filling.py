"""Fills a site so that every public route has something to answer with.

python -m tests.site.filling    fills the database that the environment names; prints the tokens of
                                preview links, which can't be guessed, as JSON
"""

import json
from datetime import timedelta

OLD_NAME, GERMAN = "data-protection", "datenschutz"


def _fill() -> dict[str, str]:
    from django.utils import timezone

    from policies import workflow
    from policies.public import json_data, preview_views
    from tests.bench import dataset
    from tests.factories import make_document, make_import, make_policy, make_revision, make_user

    now = timezone.now()
    writer = make_user("Writers", "Publishers", is_superuser=True)
    # So many that the ledger and the history have more than one page.
    dataset.make_policy("terms", versions=json_data.LEDGER_PAGE, marked=dataset.SHORT)
    for slug, language in {OLD_NAME: "en", GERMAN: "de"}.items():
        policy = make_policy(slug=slug, name=slug, language=language)
        for number in (1, 2, 3):
            make_import(
                make_document(text=f"We keep {number}. " * 200),
                policy=policy,
                effective_at=now.replace(year=2026, month=1, day=number),
            )
        if language == "en":
            workflow.rename_policy(policy.pk, by=writer, at=now, slug="privacy")
    draft = make_revision(policy=policy, writer=writer, at=now - timedelta(hours=1))
    links = [workflow.share(draft.pk, by=writer, at=now, recipient=it) for it in ("Ann", "Bob")]
    workflow.revoke_link(links[1].pk, by=writer, at=now)
    return dict(zip(("open", "revoked"), map(preview_views.token, links), strict=True))


def main() -> None:
    import django

    django.setup()
    print(json.dumps(_fill()))  # noqa: T201


if __name__ == "__main__":
    main()
