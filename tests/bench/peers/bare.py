"""The least that a server can be asked for: the site's own answer, whatever is asked."""

from tests.bench.peers.page import PAGE

BODY = PAGE["body"].encode()
HEADERS = [(name, value) for name, value in PAGE["headers"]]
RAW = [(name.lower().encode(), value.encode()) for name, value in HEADERS]


def wsgi(environ, start_response):
    start_response("200 OK", HEADERS)
    return (BODY,)


async def asgi(scope, receive, send):
    if scope["type"] != "http":
        raise RuntimeError("Only HTTP is served.")
    await send({"type": "http.response.start", "status": 200, "headers": RAW})
    await send({"type": "http.response.body", "body": BODY})
