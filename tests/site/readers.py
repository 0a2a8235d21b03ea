"""Requests of all kinds of readers, which no public URL may answer differently."""

from contextlib import contextmanager

from policies.public import pdfs
from tests.servers import Connection
from tests.site.serving import steady
from tests.site.whole_site import OLD_NAME

# The status of a sample's answer, by route, if it isn't 200.
STATUS = {"on": 302, "timegate": 302, "metrics": 404, "preview_comment": 405, "ledger_page": 404}
STATUS |= dict.fromkeys(["subscribe", "confirm", "unsubscribe"], 404)
STATUS |= {} if pdfs.are_made() else {"pdf": 404}
READERS = {
    "Cookie": "csrftoken=x; sessionid=y; django_language=de; messages=z",
    "Accept-Language": "de, en;q=0",
    "Accept": "application/json",
    "User-Agent": "curl/8 (iPhone) Googlebot MSIE 6",
    "Referer": "https://evil.example.com/?<script>",
    "Origin": "https://evil.example.com",
    "Authorization": "Basic YWRtaW46YWRtaW4=",
    "X-Requested-With": "XMLHttpRequest",
    "X-HTTP-Method-Override": "DELETE",
    "X-Original-URL": "/admin/",
    "X-Rewrite-URL": "/admin/",
    "DNT": "1",
    "Sec-Fetch-Dest": "iframe",
    "Pragma": "no-cache",
    "Cache-Control": "no-cache, no-store",
}
PROXIES = {
    "Forwarded": "for=1.2.3.4;host=evil.example.com;proto=https",
    "X-Forwarded-For": "1.2.3.4",
    "X-Forwarded-Host": "evil.example.com",
    "X-Forwarded-Port": "444",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Ssl": "on",
    "X-Forwarded-Scheme": "https",
    "X-Real-IP": "1.2.3.4",
    "X-Forwarded-Protocol": "ssl",
    "Via": "1.1 evil",
    # Headers that gunicorn takes for WSGI variables if it trusts the client.
    "SCRIPT_NAME": "/evil",
    "PATH_INFO": "/admin/",
}
QUERY = "?language=de&format=json&next=//evil.example.com&a[]=%00"


class Reader:
    """A reader who connects again when the server has closed. Asks as `Connection` does."""

    def __init__(self, port):
        self._port = port
        self._connection = None

    def ask(self, path, *lines, method="GET", body=b""):
        self._connection = self._connection or Connection(self._port)
        try:
            answer = self._connection.ask(path, *lines, method=method, body=body)
        except (OSError, IndexError):
            self.close()  # what comes late is no answer to the next question
            raise
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    def close(self):
        if self._connection:
            self._connection.close()
        self._connection = None


@contextmanager
def reading(port):
    reader = Reader(port)
    yield reader
    reader.close()


def fields(headers):
    return [f"{name}: {value}" for name, value in headers.items()]


def facts(answer):
    return answer.status, steady(answer), answer.body


def others(whole):
    """Return requests with answers that no sample gets: status, path, header lines."""
    return [
        (301, "/privacy", []),
        (301, "/privacy?a=b", []),
        (301, f"/{OLD_NAME}/", []),
        (301, f"/{OLD_NAME}/feed.xml", []),
        (400, "/privacy/", ["Host: evil.example.com"]),
        (400, "/privacy/timegate/", ["Accept-Datetime: yesterday"]),
        (404, "/no-such-page/", []),
        (404, "/privacy/versions/9.json", []),
        (404, "/privacy/on/2020-01-01/", []),
        (404, "/privacy/on/yesterday/", []),
        (404, "/preview/1.forged/", []),
        (404, "/static/none.css", []),
        (410, f"/preview/{whole.revoked}/", []),
        (412, "/privacy/", ['If-Match: "x"']),
    ]


def expected(sample):
    return STATUS.get(sample.view, 200)
