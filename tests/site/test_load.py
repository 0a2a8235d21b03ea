"""Many readers while somebody publishes. `make bench` runs the same readers for longer."""

import asyncio

import pytest

from tests.bench.publishing import publishing
from tests.bench.readers import Reader, Seen
from tests.loop import apart
from tests.site.serving import environment, served

# Its servers have SQLite, whatever the database of the tests is.
pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

# So many requests in all that none of the rarest, one in 32, is left out by chance.
READERS, REQUESTS, PUBLICATIONS = 4, 20, 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("load")


@pytest.fixture(scope="module")
def publish(folder):
    with publishing(environment(folder, 0)) as publish:
        yield publish


def test_readers_see_whole_versions_in_order_while_others_are_published(folder, publish):
    seen, first = Seen(), publish()
    with served(folder, workers=2) as port:
        readers = [Reader(port, seen, seed) for seed in range(READERS)]
        apart(lambda: asyncio.run(read_and_publish(readers, publish)))
    assert seen.problems == []
    last = first + PUBLICATIONS
    assert {first, last} <= set(seen.digests) <= set(range(1, last + 1))
    assert {reader.newest for reader in readers} == {last}
    assert set(seen.statuses) == {200, 302, 304, 404}


async def read_and_publish(readers, publish):
    """Read so many times during each publication, and then until all readers have seen it."""
    await asyncio.gather(*(reader.connect() for reader in readers))
    for _ in range(PUBLICATIONS):
        published = asyncio.create_task(asyncio.to_thread(publish))
        await asyncio.gather(*(read_until(reader, published) for reader in readers))
    await asyncio.gather(*(reader.close() for reader in readers))


async def read_until(reader, published):
    for _ in range(REQUESTS):
        await reader.read_on()
    number = await published
    while reader.newest < number:
        await reader.read_on()
