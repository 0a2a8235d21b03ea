"""The site against its peers: the same text, on one core, in one run. Takes some ten minutes."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests import nginx
from tests.bench import servers, site
from tests.bench.servers import Server, gunicorn, running

PAIRS = int(os.environ.get("BENCH_PAIRS", "7"))
# How often both servers are started anew if 1 % counts: the layout of a process's memory, which is
# a matter of chance, makes it faster or slower by 2 % for as long as it runs.
STARTS = int(os.environ.get("BENCH_STARTS", "7"))

# Goal: the site's speed as a share of that of an application that only sends the same answer.
OF_BARE = 0.96
BARE = {kind: f"bare {kind} application, same headers" for kind in ("ASGI", "WSGI")}
# Goals: how many times as fast as each peer the site should be; None for no goal.
GOALS = [
    (BARE["WSGI"], 2),
    ("this site, WSGI", None),
    ("WhiteNoise as middleware", 4),
    ("WhiteNoise as wrapper", None),
    ("Django flatpages", 14),
    ("Wagtail", 80),
    ("nginx, static file", None),
]
PUBLISH = """
import sys
from pathlib import Path
from tests.bench import site
site.set_up(Path(sys.argv[1]))
from django.core.management import call_command
call_command("import_policies", publish=True, despite_blocks="To measure.", verbosity=0)
"""
TEXT = """
import json, sys
from pathlib import Path
from tests.bench import site
from policies.text import document as documents, rendering
document = documents.parse(site.SEED.read_text(encoding="utf-8"))
rendered = rendering.render(documents.body(document))
print(json.dumps({"title": document.title, "html": rendered.html}))
"""


def settings(folder):
    return {
        "SECRET_KEY": "for-benchmarks-only-0123456789-abcdefghijklmnopqrstuvwxyz",
        "ALLOWED_HOSTS": "127.0.0.1",
        "HTTPS": "off",
        "DEBUG": "False",
        "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3",
        "WEB_CONCURRENCY": "1",
        "DJANGO_SETTINGS_MODULE": "softphonez_site.settings",
    }


def site_over(kind, folder, *, name="", core="0"):
    """Return the running site, as a context manager. kind: "ASGI", or "WSGI" without memory."""
    options = {
        "ASGI": [],
        "WSGI": ["--worker-class", "gthread", "--threads", "4", "softphonez_site.wsgi"],
    }[kind]
    quiet = ["--log-level", "error"]
    return running(
        name or f"this site, {kind}",
        gunicorn(*quiet, *options),
        path="/privacy/",
        environment=settings(folder),
        core=core,
    )


def python(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=site.ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


def run():
    servers.require_tools()
    with tempfile.TemporaryDirectory(prefix="policies-servers-") as name, ExitStack() as stack:
        folder = Path(name)
        python(PUBLISH, f"{folder}/site.sqlite3")
        found: dict[str, Server] = {}
        ours = stack.enter_context(site_over("ASGI", folder))
        without_memory = stack.enter_context(site_over("WSGI", folder))
        for server in (ours, without_memory, *_peers(folder, ours, stack)):
            found[server.name] = server
        yield from _rates(found)
        yield from _of_bare(folder)
        for peer, goal in GOALS:
            measured = servers.ratio(ours, found[peer], pairs=PAIRS)
            what = f"{ours.name} : {peer}"
            yield what, f"{measured.rate:.2f} ×", f"≥ {goal} ×" if goal else ""
            yield "  by processor time", f"{measured.cost:.2f} ×", ""
        yield from _answers(ours)
        yield from _sizes(ours)
        yield from _cold(folder)


def _of_bare(folder):
    """Compare with the bare application, both started anew each time."""
    found = []
    for _ in range(STARTS):
        with site_over("ASGI", folder) as ours, _bare("ASGI", folder) as bare:
            for server in (ours, bare):
                server.burst()
            found.append(servers.ratio(ours, bare, pairs=5))
    rates, costs = sorted(it.rate for it in found), [it.cost for it in found]
    what = f"this site, ASGI : {BARE['ASGI']}, median of {STARTS} starts"
    yield what, f"{statistics.median(rates):.3f} ×", f"≥ {OF_BARE} ×"
    yield "  from the worst start to the best", f"{rates[0]:.2f}–{rates[-1]:.2f} ×", ""
    yield "  by processor time", f"{statistics.median(costs):.3f} ×", ""


def _peer(folder, name, path, *options, interpreter=sys.executable):
    command = gunicorn(*options, python=interpreter, peer=True)
    # Not the site's settings, which the benchmark itself runs under.
    environment = {
        "PEERS_PAGE": f"{folder}/page.json",
        "PEERS_FOLDER": str(folder),
        "DJANGO_SETTINGS_MODULE": "",
    }
    return running(name, command, path=path, environment=environment)


def _bare(kind, folder):
    options = ["--worker-class", "asgi"] if kind == "ASGI" else []
    application = f"tests.bench.peers.bare:{kind.lower()}"
    return _peer(folder, BARE[kind], "/privacy/", *options, application)


def _peers(folder, live, stack):
    """Start them all; they idle until they are asked."""
    answer = live.get()
    ours = {"date", "server", "connection", "transfer-encoding"}
    headers = [(name, value) for name, value in answer.headers if name.lower() not in ours]
    text = json.loads(python(TEXT))
    page = {"headers": headers, "body": answer.body.decode(), **text}
    (folder / "page.json").write_text(json.dumps(page), encoding="utf-8")
    (folder / "static").mkdir()
    (folder / "static" / "privacy.html").write_bytes(answer.body)

    def peer(name, path, *options, interpreter=sys.executable):
        return stack.enter_context(_peer(folder, name, path, *options, interpreter=interpreter))

    for kind in BARE:
        yield stack.enter_context(_bare(kind, folder))
    static = "/static/privacy.html"
    yield peer("WhiteNoise as wrapper", static, "tests.bench.peers.wrapped:application")
    django = "tests.bench.peers.plain_django:application"
    yield peer("WhiteNoise as middleware", static, django)
    yield peer("Django flatpages", "/pages/privacy/", django)
    wagtail = "tests.bench.peers.wagtail_site:application"
    yield peer("Wagtail", "/privacy/", wagtail, interpreter=servers.peers_python())
    yield stack.enter_context(_nginx(folder))


@contextmanager
def _nginx(folder):
    port = nginx.free_port()
    listen = f"listen 127.0.0.1:{port}; root {folder}; types {{ text/html html; }}"
    with nginx.running(folder / "nginx", f"server {{ {listen} }}", before=("taskset", "-c", "0")):
        process = int((folder / "nginx" / "pid").read_text())
        yield Server("nginx, static file", port, "/static/privacy.html", process)


def _rates(found):
    for server in found.values():
        burst = servers.rate(server)
        yield f"{server.name}: requests per second", f"{burst.rate:,.0f}", ""
        yield "  processor time of each", f"{burst.cost:,.0f} µs", ""


def _answers(server):
    etag = dict(server.get().headers)["etag"]
    for what, headers in {
        "200, plain": {},
        "200, brotli": {"Accept-Encoding": "br"},
        "304": {"If-None-Match": etag},
    }.items():
        burst = servers.rate(server, headers=headers)
        yield f"{server.name}: {what}", f"{burst.rate:,.0f}/s", ""
        yield f"{server.name}: {what}, 99th percentile", f"{burst.p99:.1f} ms", ""


def _sizes(server):
    encoded = server.get({"Accept-Encoding": "br"})
    head = sum(len(name) + len(value) + 4 for name, value in encoded.headers)
    yield "first visit, brotli, with headers", f"{len(encoded.body) + head:,} bytes", "< 8,000"
    used = servers.memory(servers.worker(server))
    yield "memory of a worker after this load, resident", f"{used['Rss']:.1f} MB", "< 60 MB"
    yield "  its share (PSS)", f"{used['Pss']:.0f} MB", ""


def _cold(folder):
    spent = []
    for _ in range(3):
        began = time.perf_counter()
        with site_over("ASGI", folder, name="this site, cold"):
            spent.append(time.perf_counter() - began)
    yield "from process start to the first page", f"{statistics.median(spent):.2f} s", "< 1.5 s"
