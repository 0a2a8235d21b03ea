"""Publishes policies to be looked at: everything a text can hold, a history, translations."""

from datetime import timedelta

from django.conf import settings as site
from django.utils import timezone

from policies import workflow
from policies.text import document as documents
from tests.factories import make_import, make_policy, make_user, make_version

# Everything that a document can hold and that could break a page.
EVERYTHING = """\
Before the first section: a [link](https://example.org/here), `code`, a note.[^1] An address:
https://example.org/a/path/without/any/space/that/is/far/longer/than/a/phone/is/wide?and=a&query=1
and Rechtsschutzversicherungsgesellschaftenvertretungsberechtigungsnachweisformularausgabe.

## Who we are, and how this agreement comes about between you and us {#who-we-are}

### What words mean {#words}

Service
: The website and the application.

> A quotation, as Article 12(3) of the Regulation requires.

## How long we keep it {#retention}

| Category | Purpose | Kept for (days) | Shared | Legal basis | Recipients |
|:---------|---------|----------------:|:------:|-------------|------------|
| Accounts | To authenticate users | 1,095 | No | Contract | Hosting providers |
| Billing records | To keep accounts | 3,650 | Yes | Legal obligation | Authorities |

1. First
    - one
    - two
2. Second

```
curl https://policies.example.org/terms/versions/3.md | sha256sum --check a-long-file-name.txt
```

[^1]: The note, which says where one can go on reading.
"""


def publish(slug, document, *, language="en"):
    policy = make_policy(slug=slug, name=document.title, language=language)
    make_import(document, policy=policy)
    return policy.get_absolute_url()


def publish_privacy():
    text = (site.CONTENT_DIR / "privacy.md").read_text(encoding="utf-8")
    return publish("privacy", documents.parse(text))


def publish_everything():
    return publish("terms", documents.parse(f"# Terms of Service\n\n{EVERYTHING}"))


def publish_history():
    """Publish two versions and an upcoming one; return the paths of every kind of page."""
    text = (site.CONTENT_DIR / "privacy.md").read_text(encoding="utf-8")
    policy = make_policy(slug="privacy", name="Privacy policy")
    now = timezone.now()
    for number, word in enumerate(("reasonable", "appropriate", "adequate"), start=1):
        make_import(
            documents.parse(text.replace("reasonable", word)),
            policy=policy,
            at=now - timedelta(days=10 - number),
            effective_at=now + timedelta(days=30) if number == 3 else None,
        )
    pages = ["", "versions/", "versions/1/", "versions/3/", "compare/1/3/", "since/1/", "since/2/"]
    pages += ["embed/", "embed/since/1/"]
    return [f"/privacy/{page}" for page in (*pages, "on/2020-01-01/")]


CLAUSES = """\
# Rules

## Your account {#account}

2.1 You may use it for your own business, as long as you pay for it and keep to these terms:
    (a) to read what others have published, on any device that you own or that you were lent;
    (b) to write, provided that
        (i) it is yours,
        (ii) it is lawful, and
             A.  it harms nobody who has not agreed to be harmed in a way that the law allows;
                 1) not even a little, which we decide;
                 2) never.
        (xviii) it is polite.
2.2 We may end it.

    | Country | Fee |
    |---------|-----|
    | France  | 10  |

## Fees {#fees}

(a) Pay every invoice in time.

(b) Never share your password.
"""


def publish_clauses():
    """Publish a text with clauses, and one in which #fees-b is another one; return the paths."""
    policy = make_policy(slug="rules", name="Rules")
    now = timezone.now()
    inserted = "(b) Report every change.\n\n(c) Never"
    for day, text in enumerate((CLAUSES, CLAUSES.replace("(b) Never", inserted)), start=1):
        make_import(documents.parse(text), policy=policy, at=now - timedelta(days=10 - day))
    return ["/rules/", "/rules/embed/", "/rules/compare/1/2/"]


ARABIC = """# سياسة الخصوصية

عبر `https://example.com/api/v1` توضح هذه السياسة كيف نجمع **بياناتكم الشخصية**.

## نطاق هذه السياسة {#scope}

1. الحسابات

| الفئة | المدة (أيام) |
|:------|-----:|
| الحسابات | 1,095 |

## الاتصال بنا {#contact}

اكتبوا إلى privacy@softphonez.com.
"""
JAPANESE = "# 個人情報保護方針\n\n当社は、お客様の*個人情報*を保護します。\n"
HINDI = "# गोपनीयता नीति\n\nयह नीति बताती है कि हम आपका *व्यक्तिगत डेटा* कैसे एकत्र करते हैं।\n"


def publish_translations():
    """Publish a policy and translations, which are behind; return the paths of their pages."""
    now = timezone.now()
    source = make_policy(slug="data")
    make_version(policy=source, at=now - timedelta(days=9))
    german = "# Daten\n\n## Umfang\n\nWenige.\n"
    for language, text in (("de", german), ("ar", ARABIC), ("ja", JAPANESE)):
        policy = make_policy(slug="data", language=language, translation_of=source)
        make_import(documents.parse(text), policy=policy, at=now - timedelta(days=8))
    make_version(policy=source, at=now)
    by = make_user("Publishers")
    workflow.set_prevailing_language(source.pk, by=by, at=now, language="en")
    return ["/de/data/", "/ar/data/", "/ar/data/versions/", "/ar/privacy/"]
