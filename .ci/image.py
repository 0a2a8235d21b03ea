"""Builds the image that Containerfile describes in a folder with a bare Debian, and tries it there.

    python3 .ci/image.py ROOT NAME…

NAME…: variables of the environment by which pip and apt reach their indexes. Needs root and a mount
namespace of its own. It can't pull images, so it reads the instructions that Containerfile uses,
and stands in for the runtime: another user, a root that is read-only, a volume, and settings that
come from the environment alone.
"""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

HERE = Path(__file__).resolve().parents[1]
SETTINGS = {
    "SECRET_KEY": "only-for-this-trial-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "127.0.0.1",
    "HTTPS": "off",
}
SECONDS = 30  # to start in, and to stop in


# What is only kept, to be read when the container runs.
KEPT = {"CMD", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "USER", "VOLUME"}


class Image:
    """What the instructions have made so far. kept: what is after each word of KEPT."""

    def __init__(self, root: Path, passed_on: Mapping[str, str]) -> None:
        self.root = root
        self.passed_on = passed_on
        self.environment: dict[str, str] = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        self.folder = PurePosixPath("/")
        self.kept = {"USER": "0:0"}

    def build(self, containerfile: str) -> None:
        text = re.sub(r"^#.*\n", "", containerfile, flags=re.MULTILINE).replace("\\\n", "")
        for line in filter(None, map(str.strip, text.splitlines())):
            print(line[:100], flush=True)
            word, rest = line.split(maxsplit=1)
            if word in KEPT:
                self.kept[word] = rest.strip()
            else:
                self.follow(word, rest.strip())

    def follow(self, word: str, rest: str) -> None:
        match word:
            case "FROM" if rest == "debian:13-slim":
                pass
            case "ENV":
                name, _, value = rest.partition("=")
                self.environment[name] = value
            case "WORKDIR":
                self.folder = PurePosixPath(rest)
                self.inside(self.folder).mkdir(parents=True, exist_ok=True)
            case "COPY":
                *sources, target = rest.split()
                self.copy(sources, target)
            case "RUN":
                subprocess.run(self.call("/bin/sh", "-c", rest), check=True)
            case _:
                raise SystemExit(f"{Path(__file__).name} can't follow {word} {rest}")

    def inside(self, path: PurePosixPath | str) -> Path:
        return self.root / str(path).lstrip("/")

    def copy(self, sources: list[str], target: str) -> None:
        """Copy what is committed of files, and of what is in folders."""
        folder = self.inside(self.folder) / target
        folder.mkdir(parents=True, exist_ok=True)
        for source in map(PurePosixPath, sources):
            strip = len(source.parts) - (not (HERE / source).is_dir())
            archive = ["git", "archive", "HEAD", str(source)]
            unpack = ["tar", "-x", f"--strip-components={strip}", "-C", str(folder)]
            packed = subprocess.run(archive, cwd=HERE, check=True, capture_output=True).stdout
            subprocess.run(unpack, input=packed, check=True)

    def call(self, *words: str, **settings: str) -> list[str]:
        """Return a command in the container."""
        known = {**self.passed_on, **self.environment, **settings}
        there = ["env", "-i", f"--chdir={self.folder}", *(f"{k}={v}" for k, v in known.items())]
        return ["chroot", f"--userspec={self.kept['USER']}", str(self.root), *there, *words]

    @contextlib.contextmanager
    def running(self, **settings: str) -> Iterator[str]:
        """Run what CMD says; give the site's address. Then it has to end by itself."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        command = [
            it.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for it in json.loads(self.kept["CMD"])
        ]
        check = json.loads(self.kept["HEALTHCHECK"].partition(" CMD ")[2])
        check = [it.replace("8000", port) for it in check]
        process = subprocess.Popen(self.call(*command, **SETTINGS, **settings))
        try:
            until = time.monotonic() + SECONDS
            while subprocess.run(self.call(*check), capture_output=True, check=False).returncode:
                if process.poll() is not None or time.monotonic() > until:
                    raise SystemExit("The container does not get healthy.")
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
            process.send_signal(signal.SIGTERM)
            if process.wait(SECONDS):
                raise SystemExit(f"After SIGTERM, it ended with {process.returncode}.")
        finally:
            process.kill()


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def expect(address: str, wanted: int) -> None:
    if (found := status(address)) != wanted:
        raise SystemExit(f"{address} answers {found}, not {wanted}.")


def mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)


def main(root: Path, names: list[str]) -> None:
    image = Image(root, {name: os.environ[name] for name in names})
    for folder in ("proc", "sys", "dev"):
        mount("--rbind", f"/{folder}", str(root / folder))
    image.build((HERE / "Containerfile").read_text())

    # As compose.yaml has it: only the volume and /tmp can be written.
    volume = image.inside(image.kept["VOLUME"])
    mount("--bind", str(root), str(root))
    mount("-o", "remount,bind,ro", str(root))
    mount(
        "-t",
        "tmpfs",
        "-o",
        f"mode=700,uid={image.kept['USER'].partition(':')[0]}",
        "tmpfs",
        str(volume),
    )
    mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", str(root / "tmp"))
    # --bind leaves out what is mounted below.
    for folder in ("proc", "dev"):
        mount("--rbind", f"/{folder}", str(root / folder))
    writing = subprocess.run(image.call("touch", "here"), capture_output=True, check=False)
    if not writing.returncode:
        raise SystemExit("The root of the container can be written.")

    subprocess.run(image.call("python", "manage.py", "migrate", "-v0", **SETTINGS), check=True)
    with image.running() as site:
        for path in ("/", "/readyz", "/admin/login/"):
            expect(site + path, 200)
        with urllib.request.urlopen(site + "/admin/login/") as page:
            style = re.search(r'href="(/static/[^"]+\.css)"', page.read().decode())
        if not style:
            raise SystemExit("The log-in page has no style sheet.")
        expect(site + style[1], 200)
    with image.running(STAFF="off") as site:
        expect(site + "/", 200)
        expect(site + "/admin/login/", 404)
    print("The image builds, runs without rights, and stops when asked.")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
