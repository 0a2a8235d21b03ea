"""A receiver for each test, and leave to reach it."""

import pytest

from tests.policies.webhooks.receiver import receiving


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_PRIVATE_NETWORKS = True
    with receiving() as receiver:
        yield receiver
