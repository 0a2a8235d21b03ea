"""Whether pages take longer on a larger site: 1 policy × 1 version against 1,000 × 500.

Each site has its own database and process. Measured are a page as Django makes it, queries
included, with nothing cached; the same page from memory; and the watcher's query.
"""

import json
import subprocess
import sys
import tempfile

from tests.bench import site

MANY = (1000, 500)
MEASURE = """
import json, statistics, sys, time
from pathlib import Path
from tests.bench import site
site.set_up(Path(sys.argv[1]))
from tests.bench import dataset
policies, versions = int(sys.argv[2]), int(sys.argv[3])
began = time.perf_counter()
dataset.make_policies(policies, versions=versions)
made = time.perf_counter() - began
from django.test import Client
client = Client(headers={"host": "localhost"})
last, base = versions, f"/policy-{(policies + 1) // 2}/"
pages = {
    "the current page": base,
    "a version": f"{base}versions/{(last + 1) // 2}/",
    "current.json": f"{base}current.json",
    "a version's Markdown": f"{base}versions/{last}.md",
    "on a day": f"{base}on/2000-01-03/",
    "since the first": f"{base}since/1/",
    "the history (100 a page)": f"{base}versions/",
    "ledger.json (1,000 a page)": "/ledger.json",
    "the list of policies": "/",
}
spent = {}
for name, url in pages.items():
    times = []
    for _ in range(15):
        began = time.perf_counter()
        answer = client.get(url)
        times.append(1000 * (time.perf_counter() - began))
        assert answer.status_code in (200, 302), (url, answer.status_code)
    spent[name] = statistics.median(times)
from django.core.handlers.wsgi import WSGIHandler
from policies.page_cache.core import Pages
from policies.page_cache.from_django import page_from
from policies.publication_state.reading import read_state
from tests.policies.page_cache.pages_site import page_at
kept = Pages(page_from(WSGIHandler()), limit=10**8)
key = ("http", "localhost", base)
for name, ask in {
    "the current page, from memory": lambda: page_at(kept, key).response("GET", "br", None),
    "the watcher's question": read_state,
}.items():
    times = []
    for _ in range(200):
        began = time.perf_counter()
        ask()
        times.append(1000 * (time.perf_counter() - began))
    spent[name] = statistics.median(times)
print(json.dumps([made, spent]))
"""


def measure(policies, versions):
    """Return the seconds that it took to make the site, and the median milliseconds per page."""
    with tempfile.TemporaryDirectory(prefix="policies-growth-") as folder:
        answer = subprocess.run(
            [sys.executable, "-c", MEASURE, f"{folder}/site.sqlite3", str(policies), str(versions)],
            cwd=site.ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    made, spent = json.loads(answer.stdout)
    return made, spent


def run():
    _, small = measure(1, 1)
    made, large = measure(*MANY)
    goals = dict.fromkeys(small, "does not grow") | {
        "the history (100 a page)": "grows to 100 versions, then no more",
        "ledger.json (1,000 a page)": "grows to 1,000 entries, then no more",
        "the list of policies": "has 1,000 lines then",
    }
    return [
        (f"making {MANY[0]} policies × {MANY[1]} versions", f"{made:.0f} s", ""),
        *(
            (
                f"{name}: 1 × 1 → {MANY[0]} × {MANY[1]}",
                f"{small[name]:.3g} → {large[name]:.3g} ms",
                goals[name],
            )
            for name in small
        ),
    ]
