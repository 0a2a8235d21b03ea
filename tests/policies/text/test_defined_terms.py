"""Terms that are defined and never used, or said to be defined and are not."""

import pytest

from policies.text.findings import Level
from tests.policies.text.examined import by_rule, policy


def terms(document, rule, language="en"):
    found = by_rule(document, rule, language=language)
    assert all(one.level is Level.ADVICE for one in found)
    return [one.reason.rpartition("”")[0].removeprefix("“") for one in found]


@pytest.mark.parametrize(
    ("definition", "term"),
    [
        ("We run a website and apps (the “**Services**”).", "Services"),
        ('We run a website and apps ("Services").', "Services"),
        ("We run a website and apps (the **“Services”**).", "Services"),
        ("We run it (hereinafter, the “Platform”).", "Platform"),
        ("We run it (collectively referred to as the “Licensed Materials”).", "Licensed Materials"),
        ("**“Services”** means our website and apps.", "Services"),
        ("“Services” shall mean our website and apps.", "Services"),
        ("“Fees” has the meaning given in the order.", "Fees"),
        ("**Services** means our website and apps.", "Services"),
        ("Our partner (‘Helper’) does it.", "Helper"),
    ],
)
def test_a_term_that_is_defined_and_never_used_is_found(definition, term):
    used = f"The {term.removesuffix('s')} is here."

    assert terms(policy(definition), "unused-term") == [term]
    assert terms(policy(definition, ("Use", "use", used)), "unused-term") == []


@pytest.mark.parametrize(
    "definition",
    [
        "Wir betreiben eine Website (nachfolgend „Dienste“).",
        "Wir betreiben eine Website (im Folgenden: „Dienste“ genannt).",
        "„Dienste“ bezeichnet unsere Website.",
        "Wir betreiben eine Website („**Dienste**“).",
    ],
)
def test_a_german_term_that_is_never_used_is_found(definition):
    used = ("Nutzung", "use", "Sie können den Dienst nutzen.")

    assert terms(policy(definition), "unused-term", "de") == ["Dienste"]
    assert terms(policy(definition, used), "unused-term", "de") == []


@pytest.mark.parametrize(
    "text",
    [
        "Acme Limited (“Acme”, “we” or “us”) runs this.",
        "The General Data Protection Regulation (“GDPR”) protects you.",
        "Press the button (“Save changes”) and read on (see “Contact”).",
        "Some call them cookies (such as “Flash Cookies”).",
        "See Section 3 (“Sharing”) of our Privacy Policy.",
        "This means that we keep it.",
    ],
)
def test_what_is_not_a_definition_is_left_alone(text):
    assert terms(policy(text), "unused-term") == []


def test_the_unused_terms_of_a_sentence_are_one_finding():
    text = "We have stores (the “Shops”) and apps (the “Mobile Apps”)."

    assert terms(policy(text), "unused-term") == ["Shops” and “Mobile Apps"]


@pytest.mark.parametrize(
    "text",
    [
        "You may copy the Licensed Materials (as defined below).",
        "You may copy the Licensed Materials (as defined in Section 3).",
        "You may copy the Licensed Materials (defined above).",
        "Each of the Licensed Materials (as such term is defined in these Terms) is ours.",
    ],
)
def test_a_term_that_is_said_to_be_defined_and_is_not_is_found(text):
    defined = ("Words", "words", "“**Licensed Materials**” means our pictures.")

    assert terms(policy(text), "undefined-term") == ["Licensed Materials"]
    assert terms(policy(text, defined), "undefined-term") == []
    assert terms(policy(text, ("Licensed Materials", "m", "Pictures.")), "undefined-term") == []


def test_a_term_of_another_document_is_left_alone():
    text = "We process Personal Data (as defined in the GDPR)."

    assert terms(policy(text), "undefined-term") == []
