"""Compares first paint: a page that contains its stylesheet, and one that links to it.

    python -m tests.bench.first_paint PAGE.html

PAGE.html is a page as this site sends it, saved to a file. It is served from here twice, as it is
and with its <style> taken out into a file that is linked and cached for ever; Chromium opens both
in turn through networks of several speeds, and this prints when each first painted text. Cold is a
visit with an empty cache; warm is a second page of the same site after it. docs/adr/0003 has the
results.
"""

import re
import statistics
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import brotli
from playwright.sync_api import Browser, sync_playwright

from tests.chromium import ARGUMENTS, CHROMIUM

RUNS = 25
# Round trip in ms, bits per second.
NETWORKS = {
    "none": None,
    "60 ms, 9 Mbit/s": (60, 9e6),
    "150 ms, 1.6 Mbit/s": (150, 1.6e6),
    "300 ms, 0.7 Mbit/s": (300, 0.7e6),
}
PAINT = """() => new Promise(resolve => {
    const look = () => {
        const [paint] = performance.getEntriesByName("first-contentful-paint");
        paint ? resolve(paint.startTime) : requestAnimationFrame(look);
    };
    look();
})"""


def answers(page: str) -> dict[str, tuple[bytes, str, str]]:
    """Return the files of both variants: path → (body, content type, Cache-Control)."""
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    if style is None:
        raise SystemExit("This page has no <style>.")
    linked = page.replace(style[0], '<link rel="stylesheet" href="/site.0123456789ab.css">')
    html, css = "text/html; charset=utf-8", "text/css; charset=utf-8"
    return {
        "/": (b"<!doctype html><title>Before</title>", html, "no-store"),
        "/inside/1/": (page.encode(), html, "public, max-age=60"),
        "/inside/2/": (page.encode(), html, "public, max-age=60"),
        "/linked/1/": (linked.encode(), html, "public, max-age=60"),
        "/linked/2/": (linked.encode(), html, "public, max-age=60"),
        "/site.0123456789ab.css": (style[1].encode(), css, "public, max-age=31536000, immutable"),
    }


def serve(files: dict[str, tuple[bytes, str, str]]) -> str:
    """Serve the files, compressed with brotli, from a thread; return the URL."""
    packed = {path: (brotli.compress(body), *rest) for path, (body, *rest) in files.items()}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body, kind, caching = packed.get(self.path, (b"", "text/plain", "no-store"))
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Encoding", "br" if body else "identity")
            self.send_header("Cache-Control", caching)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def visit(browser: Browser, site: str, way: str, network: tuple[int, float] | None) -> list[float]:
    """Return the time to first paint, in ms, of a cold and of a warm visit."""
    context = browser.new_context(viewport={"width": 412, "height": 915})
    page = context.new_page()
    page.goto(site)
    if network:
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": network[0],
                "downloadThroughput": network[1] / 8,
                "uploadThroughput": network[1] / 8,
            },
        )
    paints = []
    for number in (1, 2):
        page.goto(f"{site}/{way}/{number}/")
        paints.append(page.evaluate(PAINT))
    context.close()
    return paints


def main() -> None:
    site = serve(answers(Path(sys.argv[1]).read_text(encoding="utf-8")))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        sys.stdout.write(f"Chromium {browser.version}, medians of {RUNS}, ms\n")
        for name, network in NETWORKS.items():
            paints: dict[str, list[list[float]]] = {"inside": [], "linked": []}
            for run in range(RUNS):
                for way in sorted(paints, reverse=bool(run % 2)):
                    paints[way].append(visit(browser, site, way, network))
            for index, when in enumerate(("cold", "warm")):
                inside, linked = (
                    statistics.median(pair[index] for pair in paints[way])
                    for way in ("inside", "linked")
                )
                sys.stdout.write(f"{name:20} {when}  inside {inside:4.0f}  linked {linked:4.0f}\n")
        browser.close()


if __name__ == "__main__":
    main()
