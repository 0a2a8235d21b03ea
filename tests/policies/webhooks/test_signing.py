"""Secrets and signatures, checked by what the specification says."""

import base64

import pytest

from policies.webhooks import signing
from tests.factories import NOW
from tests.policies.webhooks.receiver import Message

# The example that the specification's own libraries are tested with.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105
ID, STAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_specifications_own_example_is_signed_as_it_says():
    from datetime import UTC, datetime

    at = datetime.fromtimestamp(STAMP, UTC)
    headers = signing.headers(ID, BODY, at=at, signed_with=[SECRET])

    assert headers == {
        "webhook-id": ID,
        "webhook-timestamp": str(STAMP),
        "webhook-signature": SIGNATURE,
    }


def test_each_valid_secret_signs_with_a_space_between():
    old, new = signing.new_secret(), signing.new_secret()

    headers = signing.headers(ID, BODY, at=NOW, signed_with=[new, old])

    alone = [
        signing.headers(ID, BODY, at=NOW, signed_with=[it])["webhook-signature"]
        for it in (new, old)
    ]
    assert headers["webhook-signature"] == " ".join(alone)
    assert Message("/", headers, BODY).id == ID


def test_a_new_secret_has_a_key_of_256_bits_and_is_never_the_same():
    first, second = signing.new_secret(), signing.new_secret()

    assert first != second
    assert len(signing.key_of(first)) == 32
    assert base64.b64decode(first.removeprefix("whsec_")) == signing.key_of(first)


@pytest.mark.parametrize(
    "secret",
    [
        *("", "whsec_", "whsec_dG9vIHNob3J0", "whsec_!!!!", SECRET.removeprefix("whsec_")),
        "whsec_" + base64.b64encode(bytes(23)).decode(),
        "whsec_" + base64.b64encode(bytes(65)).decode(),
        "whsk_" + base64.b64encode(bytes(32)).decode(),
    ],
)
def test_what_is_not_a_secret_is_refused_without_being_repeated(secret):
    with pytest.raises(ValueError, match="whsec_ and 24 to 64 bytes") as refusal:
        signing.key_of(secret)
    assert not secret or len(secret) < 10 or secret not in str(refusal.value)
