"""Lighthouse on one page of each public route: `make audit`.

    python -m tests.audit         serves a site, audits it, prints a table, fails below 100
    python -m tests.audit fill    fills the database that the environment names; prints as JSON
                                  which pages there are and which of them are for search engines

A page that asks search engines to leave it out (noindex) is not judged by what they want. The
performance is that of Lighthouse's usual phone on a slow network, worked out from what the page
asks for; a busy machine makes it worse, so that of three runs the best one counts.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.chromium import CHROMIUM

ROOT = Path(__file__).parent.parent
LIGHTHOUSE = ROOT / "var/tools/lighthouse/node_modules/.bin/lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
RUNS = 3


def fill():
    """Make a site; return a page of each route that answers with 200, and whether robots may."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from django.test import Client
    from django.urls import resolve

    from tests.site.every_page import make_public_site, public_pages

    client, found = Client(), {}
    for path in public_pages(make_public_site()).html:
        answer = client.get(path)
        if answer.status_code == 200:
            for_robots = b"noindex" not in answer.content and "X-Robots-Tag" not in answer
            found.setdefault((resolve(path).url_name, for_robots), (path, for_robots))
    return list(found.values())


def scores(address, folder):
    """Return the score of each category from 0 to 100, and the names of the audits that failed."""
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    flags = "--headless=new --no-first-run" + (" --no-sandbox" if os.geteuid() == 0 else "")
    subprocess.run(
        [
            *(str(LIGHTHOUSE), address, "--quiet", "--output=json", f"--output-path={report}"),
            *(f"--chrome-flags={flags}", f"--only-categories={','.join(CATEGORIES)}"),
        ],
        env={**os.environ, "CHROME_PATH": CHROMIUM or ""},
        check=False,
    )
    if not report.exists():  # Lighthouse itself failed, as it does now and then: no run
        return {}, ["Lighthouse could not record the page."]
    found = json.loads(report.read_text(encoding="utf-8"))
    failed = [
        name
        for it in found["categories"].values()
        for reference in it["auditRefs"]
        if reference["weight"]
        and found["audits"][(name := reference["id"])]["score"] not in {None, 1}
    ]
    values = {name: round(100 * (it["score"] or 0)) for name, it in found["categories"].items()}
    return values, failed


def audit(address, folder, wanted):
    best = ({}, [])
    for _ in range(RUNS):
        run = scores(address, folder)
        best = max(best, run, key=lambda it: sum(it[0].get(name, 0) for name in wanted))
        if all(best[0].get(name) == 100 for name in wanted):
            break
    return best


def main():
    from tests.site.serving import environment, served

    if not LIGHTHOUSE.exists():
        print("There is no Lighthouse here: make audit fetches it, with npm.")
        return 2
    below = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        said = subprocess.run(
            [sys.executable, "-m", "tests.audit", "fill"],
            cwd=ROOT,
            env=environment(folder, 0),
            check=True,
            capture_output=True,
            text=True,
        )
        pages = json.loads(said.stdout.splitlines()[-1])
        print(f"{'':40}{'speed':>8}{'access':>8}{'best':>8}{'search':>8}")
        with served(folder, "asgi", workers=1) as port:
            for path, for_robots in pages:
                wanted = CATEGORIES if for_robots else CATEGORIES[:-1]
                values, failed = audit(f"http://localhost:{port}{path}", folder, wanted)
                scores = [values.get(it, 0) if it in wanted else "–" for it in CATEGORIES]
                shown = "".join(f"{it:>8}" for it in scores)
                print(f"{path[:38]:40}{shown}", flush=True)
                if any(values.get(it, 0) < 100 for it in wanted):
                    below += 1
                    print("    " + ", ".join(failed), flush=True)
    return 1 if below else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["fill"]:
        print(json.dumps(fill()))
    else:
        sys.exit(main())
