"""What the checklist of the laws finds in a text, and how it reads."""

import pytest

from policies.text.checklist import CHECKLISTS, checklist
from policies.text.findings import reading
from tests.policies.text.examined import lines, policy, seed

# --- Checklist ------------------------------------------------------------------------------------

FULL = """
The controller is Softphonez Ltd, 4 Quay Street, Dublin; write to privacy@softphonez.com.

You can reach our data protection officer at dpo@softphonez.com.

We use your personal data to provide the service. The legal basis is Article 6(1)(b) GDPR.

Some of it rests on our legitimate interests in keeping the service safe.

We share personal data with hosting providers. Some data are transferred outside the EEA under \
standard contractual clauses.

We keep your data for 12 months.

You have the right to access your data, to rectification and erasure, to restriction of \
processing, to object, and to data portability.

You can withdraw your consent at any time. You may lodge a complaint with a supervisory authority.

If you do not provide this data, we cannot open an account. There is no automated decision-making.

We collect categories of data such as your name. We receive some data from third parties.

California residents have the right to know. Call our toll-free number to submit a request.

We will not discriminate against you. In the preceding 12 months we collected identifiers.

The categories of sources and the categories of third parties are listed above.

We do not sell personal information. We disclose it for a business purpose.

Use the link “Do Not Sell or Share My Personal Information”.

You can limit the use of sensitive personal information. Last updated May 2, 2026.
"""


def test_a_complete_policy_meets_every_requirement():
    missing = [one.what for one in checklist(policy("", ("All", "all", FULL))) if not one.anchors]

    assert missing == []


def test_a_text_about_something_else_meets_no_requirement():
    found = [one.what for one in checklist(policy("", ("Tea", "tea", "We drink tea at four.")))]
    anchors = {one.anchors for one in checklist(policy("", ("Tea", "tea", "We drink tea.")))}

    assert len(found) == 30
    assert anchors == {()}


# One sentence for each requirement that no other checklist has in the same words.
MORE = {
    "ccpa-regulations": """
We share identifiers with advertising networks for the following business purposes.

We do not sell the personal information of consumers under 16 years of age.

We use sensitive personal information only to provide the service.

We verify your identity before we act on a request.

We honor opt-out preference signals such as the Global Privacy Control.

An authorized agent can make a request for you. Write to privacy@softphonez.com.

You can opt out of automated decision-making technology.
""",
    "colorado": """
We process sensitive data. We use your personal data to run the service.

We do not use it for targeted advertising. Third parties are listed by category: the categories of \
third parties are advertisers.

A universal opt-out mechanism is honored. Write to privacy@softphonez.com.

You have the right to appeal our decision.
""",
    "minnesota": """
We collect the following categories of data: names. We use your personal data to run the service.

You may question the result of profiling and appeal our decision.

The categories of third parties are advertisers. Write to privacy@softphonez.com.

We keep your data for 12 months. You may opt out of targeted advertising.
""",
    "google-play": """
This privacy policy is that of Softphonez. Write to privacy@softphonez.com.

We collect the following categories of data: names. We share it with hosting providers.

We encrypt your data. We keep your data for 12 months.
""",
    "apple": """
We collect the following categories of data: names. You provide them when you register.

We use your personal data to run the service. Providers give the same level of protection.

We keep your data for 12 months. You can withdraw your consent at any time.

You have the right to erasure and rectification.
""",
}


def missing(text, name):
    found = checklist(policy("", ("All", "all", text)), {name})
    return [one.what for one in found if not one.anchors]


@pytest.mark.parametrize("name", CHECKLISTS)
def test_each_checklist_is_met_by_a_complete_policy(name):
    assert missing(MORE.get(name, FULL), name) == []
    assert len(missing("We drink tea at four.", name)) == len(CHECKLISTS[name].requirements)


@pytest.mark.parametrize("name", MORE)
def test_each_sentence_is_needed_by_a_checklist(name):
    """A requirement that any sentence meets would never be missed."""
    paragraphs = MORE[name].strip().split("\n\n")

    for paragraph in paragraphs:
        rest = "\n\n".join(it for it in paragraphs if it != paragraph)
        assert missing(rest, name), paragraph


def test_only_the_gdpr_and_the_ccpa_apply_by_default():
    assert {name for name, one in CHECKLISTS.items() if one.by_default} == {"gdpr", "ccpa"}
    assert checklist(seed()) == checklist(seed(), ["ccpa", "gdpr"])
    assert checklist(seed(), []) == checklist(seed(), ["no such checklist"]) == []


def test_a_checklist_is_read_together_with_others_in_the_order_of_the_file():
    laws = [one.law for one in checklist(seed(), {"apple", "gdpr"})]

    assert laws[0] == "GDPR Article 13(1)(a)"
    assert laws[-1] == "App Review Guideline 5.1.1(i)"


def test_the_checklist_of_the_seed_is_right():
    found = {(one.law, one.what): one.anchors for one in checklist(seed())}
    by_law = {law: anchors for (law, _), anchors in found.items()}

    assert by_law["GDPR Article 13(1)(e)"] == ("sharing",)
    assert by_law["GDPR Article 13(2)(a)"] == ("security-and-retention",)
    assert by_law["GDPR Article 13(1)(f)"] == ("international-transfers",)
    assert by_law["GDPR Article 13(1)(b)"] == ()
    assert by_law["GDPR Article 13(2)(d)"] == ()
    assert by_law["GDPR Article 13(1)(a)"] == (), "a drafting note is no contact"


def test_the_section_about_a_requirement_comes_first():
    document = policy(
        "We keep your data for a year.",
        ("Cookies", "cookies", "Cookies are stored for 30 days."),
        ("How long we keep data", "retention", "We keep your data for a year."),
    )

    item = next(one for one in checklist(document) if one.law == "GDPR Article 13(2)(a)")

    assert item.anchors == ("retention", "", "cookies")


# --- Reading --------------------------------------------------------------------------------------


def test_words_sentences_and_minutes_are_counted():
    measured = reading(
        policy("We keep little. We keep it for a day.", ("Scope", "a", "All of it."))
    )

    assert (measured.words, measured.sentences, measured.minutes) == (13, 3, 1)
    assert measured.reading_ease is None


def test_simple_english_has_a_higher_reading_ease_than_the_seed():
    simple = reading(
        policy("We keep your name. We do not sell it to any one. You can ask us. " * 5)
    )
    hard = reading(seed())

    assert simple.reading_ease is not None
    assert hard.reading_ease is not None
    assert simple.reading_ease > 80 > 40 > hard.reading_ease
    assert hard.minutes == 4


def test_other_languages_have_no_reading_ease():
    for text in lines("elsewhere"):
        assert reading(policy(f"{text} {text} {text}")).reading_ease is None
