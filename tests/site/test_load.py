"""Many read while somebody publishes. The same readers read on for long in `make bench`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.bench.publishing import publishing
from tests.bench.readers import Reader, Seen
from tests.site.test_pages_over_http import SHELLS, served
from tests.site.test_serving import environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

READERS, REQUESTS, PUBLICATIONS = 4, 15, 5


@pytest.mark.parametrize("shell", SHELLS)
def test_readers_see_whole_versions_in_order_while_others_are_published(
    tmp_path: Path, shell: str
) -> None:
    seen = Seen()
    with publishing(environment(tmp_path, 0)) as publish:
        assert publish() == 1
        with served(tmp_path, shell, workers=2) as port:
            readers = [Reader(port, seen, seed) for seed in range(READERS)]
            asyncio.run(read_and_publish(readers, publish))
    assert seen.problems == []
    assert set(seen.digests) == set(range(1, PUBLICATIONS + 2))
    assert {reader.newest for reader in readers} == {PUBLICATIONS + 1}
    assert set(seen.statuses) == {200, 302, 304, 404}


async def read_and_publish(readers: list[Reader], publish: Callable[[], int]) -> None:
    """Read so many times during each publication, and on until all have seen it."""
    await asyncio.gather(*(reader.connect() for reader in readers))
    for _ in range(PUBLICATIONS):
        published = asyncio.create_task(asyncio.to_thread(publish))
        await asyncio.gather(*(read_until(reader, published) for reader in readers))
    await asyncio.gather(*(reader.close() for reader in readers))


async def read_until(reader: Reader, published: asyncio.Task[int]) -> None:
    for _ in range(REQUESTS):
        await reader.read_on()
    number = await published
    while reader.newest < number:
        await reader.read_on()
