"""An nginx of one's own: unprivileged, on a free port, with all its files in one folder."""

import os
import shutil
import signal
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
# Where Debian puts what `apt install libnginx-mod-http-brotli-static` brings.
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")

CONFIGURATION = """
{load}
{user}
daemon on;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
{http}
}}
"""


def free_port():
    """Return a port that the system gives to nobody else for a minute: a server takes seconds until
    it listens, and other tests ask for ports meanwhile.

    A connection to it has just been closed by the server's side, so it is in TIME_WAIT. Servers may
    listen there all the same (SO_REUSEADDR).
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = int(server.getsockname()[1])
        with socket.create_connection(("127.0.0.1", port)) as client:
            server.accept()[0].close()
            client.recv(1)  # until it is closed on that side
    return port


def make_certificate(folder, host):
    """Write a certificate that signs itself, in files that are called as certbot calls them."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"),
            *("-days", "1", "-keyout", f"{folder}/privkey.pem", "-out", f"{folder}/fullchain.pem"),
        ],
        check=True,
        capture_output=True,
    )


def write_configuration(folder, http):
    """Write a whole configuration with `http` in its http block; return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "nginx.conf"
    file.write_text(
        CONFIGURATION.format(
            load=f"load_module {BROTLI};" if BROTLI.exists() else "",
            user="user root;" if os.geteuid() == 0 else "",
            folder=folder,
            http=http,
        ),
        encoding="utf-8",
    )
    return file


def complaints(folder, http):
    """Return what `nginx -t` has to say against a configuration, "" if nothing."""
    file = write_configuration(folder, http)
    tried = subprocess.run(
        [str(NGINX), "-t", "-q", "-e", f"{folder}/error.log", "-c", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    return tried.stderr


@contextmanager
def running(folder, http, *, before=()):
    """Serve a configuration until the block ends. It listens when the block begins.

    before: a command to start it with, such as taskset.
    """
    with started(folder, write_configuration(folder, http), before=before):
        yield


@contextmanager
def started(folder, file, *, before=()):
    """Serve what a file configures, whose pid is to be in `folder`, until the block ends."""
    # It goes into the background when its sockets are open, so there is nothing to wait for.
    subprocess.run(
        [*before, str(NGINX), "-e", f"{folder}/error.log", "-c", str(file)],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        os.kill(int((folder / "pid").read_text()), signal.SIGTERM)
