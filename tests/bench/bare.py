"""The least that a server can be asked to do: the same headers and body, for every request.

What pages from memory are compared with. The answer is read from the file that BARE_ANSWER names:
JSON of [[name, value] …] and the body's path.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

_headers, _body = json.loads(Path(os.environ["BARE_ANSWER"]).read_text("utf-8"))
HEADERS = [(name, value) for name, value in _headers]
RAW = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in HEADERS]
BODY = Path(_body).read_bytes()


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": RAW})
    await send({"type": "http.response.body", "body": BODY})


def wsgi(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", HEADERS)
    return [BODY]
