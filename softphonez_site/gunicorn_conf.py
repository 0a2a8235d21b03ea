"""gunicorn's configuration: `gunicorn --config softphonez_site/gunicorn_conf.py …`.

Reads PORT and WEB_CONCURRENCY from the environment. Any setting can be overridden on gunicorn's
command line or in GUNICORN_CMD_ARGS, for example with `--bind 0.0.0.0:8000` in a container.

What its hooks use of servers and workers, gunicorn does not document (tests/site/test_locks.py).
"""

import ctypes
import gc
import os
import signal
import sys
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from gunicorn.sock import create_sockets

from softphonez_site.bootstrap import Refusal, check_free, port_number, say


def _report(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    """Report an error that ends the process; Ctrl-C during the start in one line."""
    if kind is KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
    else:
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _report

# Read the settings here first, so that a mistake in them is reported by its message alone: when
# gunicorn loads the application, it prints fifty lines of traceback before that.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "softphonez_site.settings")
try:
    for logo in settings.BRAND["logo"].values():
        staticfiles_storage.url(logo)
except ImproperlyConfigured as mistake:
    raise SystemExit(str(mistake)) from None
except ValueError as missing:  # its message names the logo
    raise SystemExit(f"{missing}. Run `manage.py collectstatic --no-input`.") from None

# In front of a public site there is a proxy that terminates TLS, so only this machine may connect.
try:
    bind = f"127.0.0.1:{port_number(os.environ.get('PORT', '8000'))}"
except Refusal as refusal:
    raise SystemExit(str(refusal)) from None

# Under WSGI, Django makes each page: --worker-class gthread --threads 4 softphonez_site.wsgi
wsgi_app = "softphonez_site.asgi"
worker_class = "asgi"
# gunicorn itself has read this by now: what is no number at all ends there, with a traceback whose
# last lines name the variable and its value; and so does one below 0, with a line that does not.
_workers = os.environ.get("WEB_CONCURRENCY", "2")
if not (_workers.isdecimal() and int(_workers)):
    raise SystemExit(f"WEB_CONCURRENCY must be a number, 1 or more, not {_workers!r}.")
workers = int(_workers)
# Seconds. Longer than the gap between requests of one page, shorter than proxies keep connections.
keepalive = 5

# One import for all workers: less memory, a faster start, and an error on import stops the start
# once instead of each worker in turn.
preload_app = True
# gunicorn's own way to give each worker a queue of connections is not used (instead: _queues,
# below): with it, a queue ends with its worker, and whoever waits in it is cut off at each reload.
reuse_port = False

# Which headers of a proxy are trusted is decided in one place, the settings (BEHIND_PROXY). By
# default, gunicorn trusts X-Forwarded-Ssl, SCRIPT_NAME and others from every local client.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}

# Seconds for which a stopping worker still answers, with "Connection: close": enough for a client
# that keeps asking to send its next request.
_TO_BE_HEARD = 0.5

timeout = 30
graceful_timeout = 10

# Bytes and numbers that suffice: nothing public reads a query string, and the desk's are short.
limit_request_line = 4094
limit_request_fields = 50
limit_request_field_size = 8190

# No access log: it would contain readers' addresses. The proxy may keep one under its own policy.
accesslog = None
errorlog = "-"
logger_class = "softphonez_site.server_log.ServerLog"

# The control socket, for remote commands, would be created in the home folder.
control_socket_disable = True


# Parameters of mallopt(3), as defined in glibc's malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8


def _give_memory_back() -> None:
    """Make the C library return freed memory to the system. Does nothing if it has no mallopt.

    By default, glibc keeps a heap per thread, and keeps the more of it the larger the freed blocks
    are; compressing a page frees large ones. This saves 3 MB per worker.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:
        return
    mallopt(_ARENA_MAX, 1)
    mallopt(_TRIM_THRESHOLD, 128 * 1024)
    mallopt(_MMAP_THRESHOLD, 128 * 1024)


def on_starting(server: Any) -> None:
    """Refuse a port in use, which two servers could otherwise share unnoticed; open the queues."""
    _give_memory_back()
    if {"GUNICORN_FD", "LISTEN_FDS"} & os.environ.keys():
        return  # systemd or an older master passes open sockets
    addresses = [address for address in server.cfg.address if not isinstance(address, str)]
    try:
        for host, port in addresses:
            check_free(port, host)
    except Refusal as refusal:
        raise SystemExit(str(refusal)) from None
    if server.cfg.workers > 1 and len(addresses) == len(server.cfg.address):
        server.LISTENERS = _queues(server.cfg, server.log)


def _queues(cfg: Any, log: Any) -> list[Any]:
    """Open one listening socket per worker; the kernel spreads connections evenly over them.

    With one socket for all, the worker that wakes up first takes all it can while another stays
    idle. The master owns the sockets, so a queue outlives its worker, and the next worker serves
    the connections that wait in it.
    """
    cfg.set("reuse_port", True)
    try:
        return [listener for _ in range(cfg.workers) for listener in create_sockets(cfg, log)]
    finally:
        cfg.set("reuse_port", False)


def when_ready(server: Any) -> None:
    """Print the site's address, for people: with LOG_FORMAT=json, only on a terminal."""
    if settings.LOG_FORMAT == "json" and not sys.stdout.isatty():
        return
    where = " and ".join(map(_url, server.cfg.address))
    with suppress(OSError):  # its file may be on a disk that is full
        say(f"The site is at {where} (Ctrl-C stops it)")


def _url(address: str | tuple[str, int]) -> str:
    if isinstance(address, str):  # the path of a socket
        return address
    host, port = address
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def pre_fork(server: Any, worker: Any) -> None:
    """Give the worker its queue; close database connections, which processes can't share.

    What is loaded by now will stay, so the garbage collector leaves it alone: scanning it
    would take time, and would copy memory that the workers share.
    """
    from django.db import connections

    addresses = len(server.cfg.address)
    queues = [
        server.LISTENERS[at : at + addresses] for at in range(0, len(server.LISTENERS), addresses)
    ]
    served = [other.sockets for other in server.WORKERS.values()]
    worker.sockets = min(queues, key=served.count)
    connections.close_all()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """Make sure that a worker can be stopped before it has begun to serve.

    Until it sets its own signal handlers, it has the master's, and a signal to stop would be lost.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for order in (signal.SIGQUIT, signal.SIGTERM):
        signal.signal(order, signal.SIG_DFL)


def child_exit(server: Any, worker: Any) -> None:
    """Remove a worker that has ended from the metrics, if there are metrics."""
    if "prometheus_client" in sys.modules:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def _leave(worker: Any) -> None:
    """Make a worker announce in its responses that it closes connections, and then stop it.

    By itself, gunicorn closes connections after an answer that promised to keep them open, and so
    cuts off some readers at each reload.
    """
    from softphonez_site.asgi import application

    application.leave()
    worker.loop.call_later(_TO_BE_HEARD, worker.handle_exit_signal)


def post_worker_init(worker: Any) -> None:
    """Ignore Ctrl-C, set the handlers of signals to stop, and log that the worker is ready.

    A terminal sends Ctrl-C to every process, and the master then stops the workers. A worker that
    gets the master's signal while it handles Ctrl-C itself would wait for a lock that it holds,
    until it is killed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(worker, "handle_exit_signal"):
        # Two handlers for the same: the event loop's is only called once the loop runs.
        worker.loop.add_signal_handler(signal.SIGTERM, _leave, worker)
        signal.signal(signal.SIGTERM, lambda *_: worker.loop.call_soon_threadsafe(_leave, worker))
        signal.signal(signal.SIGQUIT, lambda *_: worker.handle_quit_signal())
    worker.log.info("Worker %s takes connections", worker.pid)
