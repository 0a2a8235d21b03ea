"""The Nu HTML checker, run once for many pages."""

import json
import subprocess
from pathlib import Path

from tests.machine import VALIDATOR

# Errors in Django's own pages about accounts: a field that is a <div>, and a <ul> inside a <p>.
DJANGOS = (
    "Attribute “disabled” not allowed on element “div”",
    "/password/: No “p” element in scope",
)


def complaints(pages, folder):
    """Return the errors that the checker finds. pages: by address. Runs it once for all."""
    names = {}
    for number, (address, content) in enumerate(pages.items()):
        path = folder / f"{number}.html"
        path.write_bytes(content)
        names[path.name] = address
    assert VALIDATOR is not None
    run = subprocess.run(
        # The simplest compiler and garbage collector: for a few seconds, others don't pay off.
        ["java", "-Xss4m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", VALIDATOR]
        + ["--format", "json", "--exit-zero-always"]
        + [str(folder / f"{number}.html") for number in range(len(pages))],
        capture_output=True,
        check=True,
    )
    return [
        f"{names[Path(it['url']).name]}: {it['message']} … {it.get('extract', '')}"
        for it in json.loads(run.stderr)["messages"]
        if it["type"] == "error"
    ]
