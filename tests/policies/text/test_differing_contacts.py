"""Addresses that differ from those in the organisation's other policies."""

import pytest

from policies.text.findings import Level, contacts
from tests.policies.text.examined import by_rule, policy


def differing(own, *others):
    elsewhere = tuple((f"Policy {at}", contacts(policy(it))) for at, it in enumerate(others, 1))
    found = by_rule(policy(own), "differing-contact", elsewhere=elsewhere)
    assert all(it.level is Level.ACKNOWLEDGE for it in found)
    return [it.reason for it in found]


@pytest.mark.parametrize(
    ("own", "other", "purpose"),
    [
        ("Write to privacy@softphonez.com.", "Write to privacy@softphonez.example.", "privacy"),
        ("Our DPO is at dpo@a-b.com.", "Write to dpo@c-d.com.", "the data protection officer"),
        (
            "The data protection officer is at anna@softphonez.com.",
            "Our data protection officer: ben@softphonez.com.",
            "the data protection officer",
        ),
        ("Ask support@softphonez.com.", "Ask help@softphonez.com.", "support"),
        ("Legal notices go to law@a.com.", "Notices: legal@a.com.", "legal notices"),
        ("We are at 4 Quay Street, Dublin.", "We are at 9 Main Road, Cork.", "letters by post"),
        ("Wir sind in der Hauptstraße 4.", "Wir sind im Birkenweg 7.", "letters by post"),
        ("Fragen an datenschutz@a.de.", "Fragen an datenschutz@b.de.", "privacy"),
    ],
)
def test_another_address_for_a_purpose_is_found(own, other, purpose):
    (reason,) = differing(own, other)

    assert reason.startswith(f"For {purpose}, this document gives ")
    assert "“Policy 1” gives " in reason


@pytest.mark.parametrize(
    ("own", "other"),
    [
        ("Write to privacy@softphonez.com.", "Write to support@softphonez.com."),
        ("Write to Privacy@softphonez.com.", "Write to privacy@SOFTPHONEZ.com."),
        ("privacy@a.com or privacy@b.com", "privacy@b.com or privacy@c.com"),
        ("Write to anna@softphonez.com.", "Write to ben@softphonez.com."),
        ("We are at 4 Quay Street.", "The supervisory authority is at 9 Main Road."),
        ("We are at 4 Quay Street.", "We are at 9 Main Road and 7 Old Lane."),
    ],
)
def test_addresses_that_agree_or_are_for_something_else_are_left_alone(own, other):
    assert differing(own, other) == []


def test_a_purpose_is_pointed_out_once():
    own = "Write to privacy@a.com. Again: privacy@a.com."

    assert len(differing(own, "privacy@b.com", "privacy@c.com")) == 1
