"""Secrets and signatures, checked by what the specification says."""

import base64

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
