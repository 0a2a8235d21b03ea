"""A receiver for each test, and leave to reach it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.policies.webhooks.receiver import Receiver, receiving


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_PRIVATE_NETWORKS = True
    with receiving() as receiver:
        yield receiver
