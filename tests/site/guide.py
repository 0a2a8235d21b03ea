"""The files of the deployment guide (docs/deploying/), adapted to a test's folder and ports."""

import re
from textwrap import dedent

from tests.servers import ROOT

FILES = ROOT / "docs" / "deploying"


def commands(page, word):
    """Return the one block of commands on a page of docs/ that contains a word."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^    .*\n)+", text, re.MULTILINE)
    (found,) = (dedent(it) for it in blocks if word in it)
    return found


def here(file, folder, **ports):
    """Return a file of the guide with its paths in `folder`, on this machine and these ports."""
    text = (FILES / file).read_text(encoding="utf-8")
    text = text.replace("/etc/letsencrypt/live/policies.example.com", str(folder))
    text = text.replace("/var/lib/nginx", f"{folder}/cache")
    text = text.replace("/srv/policies-files", f"{folder}/files")
    text = text.replace("/run/policies-files", f"{folder}/run")
    text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
    text = text.replace("listen 80;", f"listen 127.0.0.1:{ports.get('http', 8080)};")
    text = text.replace("listen 443", f"listen 127.0.0.1:{ports.get('https', 8443)}")
    text = text.replace("127.0.0.1:8001", f"127.0.0.1:{ports.get('files', 8001)}")
    return text.replace("127.0.0.1:8000", f"127.0.0.1:{ports.get('origin', 8000)}")
