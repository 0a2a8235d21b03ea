"""WebKit as Safari and the webviews of iOS have it: Debian's WebKitGTK, by WebDriver.

Only what the tests ask for. W3C WebDriver, and the browser options of WebKitGTK's driver.
"""

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from pathlib import Path
from time import monotonic

DRIVER = shutil.which("WebKitWebDriver")
SCREEN = shutil.which("Xvfb")
BROWSER = next(
    (str(path) for path in sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))), None
)
PRESENT = bool(DRIVER and SCREEN and BROWSER)

# The browser's own toolbar would keep its window wider than a phone.
_NO_TOOLBAR = "* { min-width: 0; min-height: 0; padding: 0; margin: 0; border: 0; font-size: 1px; }"


class Session:
    """A window of WebKit."""

    def __init__(self, address, options):
        self._address = address
        wanted = {
            "browserName": "MiniBrowser",
            "webkitgtk:browserOptions": {"binary": BROWSER, "args": ["--automation", *options]},
        }
        made = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._path = f"/session/{made['sessionId']}"

    def show(self, url, *, width, height=700):
        """Open a page in a window of so many CSS pixels, and wait until it has loaded."""
        self._ask("POST", f"{self._path}/window/rect", {"width": width, "height": height})
        self._ask("POST", f"{self._path}/url", {"url": url})

    def evaluate(self, expression):
        body = {"script": f"return {expression}", "args": []}
        return self._ask("POST", f"{self._path}/execute/sync", body)

    def click(self, selector):
        """Click the first element that a CSS selector finds."""
        self._ask("POST", f"{self._path}/element/{self._find(selector)}/click", {})

    def type(self, selector, text):
        """Press keys in the first element that a CSS selector finds, at its end."""
        self._ask("POST", f"{self._path}/element/{self._find(selector)}/value", {"text": text})

    def wait_for(self, selector):
        """Wait until a CSS selector finds an element, on this page or on the next."""
        self._ask("POST", f"{self._path}/timeouts", {"implicit": 1_000})
        until = monotonic() + 60
        while True:
            try:
                self._find(selector)
                return
            except urllib.error.HTTPError as error:
                # 404: there is none yet, or the page that was asked is being left.
                if error.code != HTTPStatus.NOT_FOUND or monotonic() > until:
                    raise

    def _find(self, selector):
        body = {"using": "css selector", "value": selector}
        (element,) = self._ask("POST", f"{self._path}/element", body).values()
        return str(element)

    def close(self):
        self._ask("DELETE", self._path)

    def _ask(self, method, path, body=None):
        request = urllib.request.Request(  # noqa: S310  our own driver on 127.0.0.1
            self._address + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.load(answer)["value"]


@contextmanager
def opened(folder, port, *options):
    """Open a window on a screen that nobody sees; folder: for its settings."""
    (folder / "gtk-3.0").mkdir()
    (folder / "gtk-3.0" / "gtk.css").write_text(_NO_TOOLBAR, encoding="utf-8")
    with ExitStack() as stack:
        environment = {**os.environ, "GDK_BACKEND": "x11", "XDG_CONFIG_HOME": str(folder)}
        environment |= {
            "DISPLAY": _screen(stack),
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "LC_ALL": "C.UTF-8",
        }
        driver = subprocess.Popen(
            [str(DRIVER), "--host=127.0.0.1", f"--port={port}"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        stack.callback(_end, driver)
        _wait_for(port, driver)
        session = Session(f"http://127.0.0.1:{port}", list(options))
        stack.callback(session.close)
        yield session


def _screen(stack):
    """Start an X server and return the name of its display, once it answers."""
    reader, writer = os.pipe()
    server = subprocess.Popen(
        [
            str(SCREEN),
            "-displayfd",
            str(writer),
            "-screen",
            "0",
            "1400x1000x24",
            "-nolisten",
            "tcp",
        ],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    )
    stack.callback(_end, server)
    os.close(writer)
    with os.fdopen(reader) as told:
        return f":{told.readline().strip()}"


def _wait_for(port, driver):
    """Return once the driver takes connections."""
    while driver.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/status", timeout=60).close()
        except urllib.error.URLError:
            continue
        return
    raise AssertionError(f"WebKitWebDriver ended with {driver.returncode}")


def _end(process):
    process.terminate()
    process.wait()
