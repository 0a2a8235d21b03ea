"""Readers who check that they see only whole versions, and none older than one seen before.

A reader keeps to one connection, and so to one process. Together they compare what they see: a
version has one digest, and an ETag belongs to one version.
"""

import asyncio
import gzip
import hashlib
import json
import random
import re
from collections import Counter
from dataclasses import dataclass, field

import brotli

# Path, with {number} for a version that the reader knows; expected status; relative frequency.
MIX = (
    ("/privacy/", 200, 8),
    ("/privacy/current.json", 200, 6),
    ("/privacy/embed/", 200, 3),
    ("/privacy/versions/{number}/", 200, 3),
    ("/privacy/versions/{number}.md", 200, 2),
    ("/privacy/versions/{number}.json", 200, 1),
    ("/privacy/since/{number}/", 200, 1),
    ("/privacy/versions/", 200, 1),
    ("/privacy/timemap/", 200, 1),
    ("/privacy/timegate/", 302, 1),
    ("/privacy/feed.xml", 200, 1),
    ("/ledger.json", 200, 1),
    ("/sitemap.xml", 200, 1),
    ("/", 200, 1),
    ("/no-such-page-{random}/", 404, 1),
    ("/privacy/versions/{random}/", 404, 1),
)
CURRENT = {"/privacy/", "/privacy/embed/"}
DECODE = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}
_TEXT = re.compile(rb"We keep little (\d+)\.")
_DIGEST = re.compile(rb"\b[0-9a-f]{64}\b")


@dataclass
class Seen:
    """What all readers have seen. digests: by version. tags: the version by path and ETag."""

    digests: dict[int, str] = field(default_factory=dict)
    tags: dict[tuple[str, str], int] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def check(self, is_right, words):
        if not is_right:
            self.problems.append(words)

    def same(self, number, digest, where):
        known = self.digests.setdefault(number, digest)
        self.check(known == digest, f"{where}: version {number} has digest {digest}, not {known}")


class Reader:
    """A reader who requests random paths, one after the other. seed: of the random choice."""

    def __init__(self, port, seen, seed):
        self._port = port
        self._seen = seen
        self._chance = random.Random(seed)  # noqa: S311  nothing secret
        self._newest = 1
        self._tags = {}

    async def connect(self):
        self._stream = await asyncio.open_connection("127.0.0.1", self._port)

    async def close(self):
        self._stream[1].close()
        await self._stream[1].wait_closed()

    @property
    def newest(self):
        return self._newest

    async def read_on(self):
        """Request a random path, and check the answer."""
        pattern, status, _ = self._chance.choices(MIX, [weight for *_, weight in MIX])[0]
        path = pattern.format(
            number=self._chance.randint(1, self._newest), random=self._chance.randint(10**6, 10**8)
        )
        coding = self._chance.choice(["br", "gzip", ""])
        lines = [f"Accept-Encoding: {coding}"]
        tag = self._tags.get((path, coding))
        if tag and self._chance.random() < 0.5:
            lines.append(f"If-None-Match: {tag}")
        await self.ask(path, {status, 304} if len(lines) == 2 else {status}, lines, coding)

    async def ask(self, path, wanted, lines, coding):
        reader, writer = self._stream
        head = "\r\n".join([f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *lines, "", ""])
        writer.write(head.encode())
        status_line, *fields = (await reader.readuntil(b"\r\n\r\n"))[:-4].decode().split("\r\n")
        headers = {name.lower(): value for name, value in (it.split(": ", 1) for it in fields)}
        status = int(status_line.split()[1])
        self._seen.statuses[status] += 1
        self._seen.check(status in wanted, f"{path}: {status}")
        if status == 304:
            self._unchanged(path, coding, headers["etag"])
            return
        body = await reader.readexactly(int(headers["content-length"]))
        if status == 200:
            self._tags[path, coding] = headers["etag"]
            text = DECODE[headers.get("content-encoding", "")](body)
            self._look(path, headers["etag"], text)

    def _unchanged(self, path, coding, tag):
        self._seen.check(tag == self._tags[path, coding], f"{path}: 304 for another ETag")
        if path in CURRENT:
            self._moves_on(path, self._seen.tags[path, tag])

    def _look(self, path, tag, text):
        if path in CURRENT:
            numbers = {int(it) for it in _TEXT.findall(text)}
            self._seen.check(len(numbers) == 1, f"{path}: a mix of {sorted(numbers)}")
            number = max(numbers)
            known = self._seen.tags.setdefault((path, tag), number)
            self._seen.check(known == number, f"{path}: one ETag for {known} and {number}")
            digests = {it.decode() for it in _DIGEST.findall(text)}
            if path == "/privacy/":
                self._seen.check(len(digests) == 1, f"{path}: {len(digests)} digests")
                self._seen.check(b"Version %d," % number in text, f"{path}: not version {number}")
                self._seen.same(number, digests.pop(), path)
            self._moves_on(path, number)
        elif path == "/privacy/current.json":
            answer = json.loads(text)
            self._seen.same(answer["version"], answer["digest"], path)
            self._moves_on(path, answer["version"])
        elif path.endswith(".md"):
            number = int(path.rpartition("/")[2].removesuffix(".md"))
            self._seen.same(number, hashlib.sha256(text).hexdigest(), path)
        elif path == "/ledger.json":
            self._moves_on(path, len(json.loads(text)["entries"]))

    def _moves_on(self, path, number):
        self._seen.check(
            number >= self._newest, f"{path}: version {number} after {self._newest} was seen"
        )
        self._newest = max(self._newest, number)
