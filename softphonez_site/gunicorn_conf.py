"""How gunicorn serves the site: `gunicorn --config softphonez_site/gunicorn_conf.py …`.

Reads PORT and WEB_CONCURRENCY from the environment. Any line can be overruled on gunicorn's
command line or in GUNICORN_CMD_ARGS, for example `--bind 0.0.0.0:8000` inside a container.
"""

import ctypes
import gc
import os
import signal
import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from gunicorn.sock import create_sockets

from softphonez_site.bootstrap import Refusal, check_free, port_number, say

# Read here first, so that a mistake in them is told in its own words alone: once it loads the
# application, gunicorn prints fifty lines of Python before them.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "softphonez_site.settings")
try:
    _ = settings.SECRET_KEY
except ImproperlyConfigured as mistake:
    raise SystemExit(str(mistake)) from None

# A proxy that ends TLS stands in front of a public site, so only this machine may connect.
try:
    bind = f"127.0.0.1:{port_number(os.environ.get('PORT', '8000'))}"
except Refusal as refusal:
    raise SystemExit(str(refusal)) from None

# The faster of the two shells that pass the same tests (docs/adr/0009-pages-from-memory.md). The
# other: --worker-class gthread --threads 4 softphonez_site.wsgi
wsgi_app = "softphonez_site.asgi"
worker_class = "asgi"
_workers = os.environ.get("WEB_CONCURRENCY", "2")
if not (_workers.isdecimal() and int(_workers)):
    raise SystemExit(f"WEB_CONCURRENCY must be a number from 1 on, not {_workers!r}.")
workers = int(_workers)
# Longer than the gap between a page and its style sheet, shorter than a proxy keeps a connection.
keepalive = 5

# One import for all workers: less memory, a faster start, and a mistake in the settings stops the
# start instead of each worker in turn.
preload_app = True
# Not gunicorn's own way to have a queue of connections per worker (_queues, below): there, the
# worker's end is the end of its queue, and whoever waits in it is cut off at each reload.
reuse_port = False

# Which words of a proxy count is said in one place, the settings (BEHIND_PROXY). By itself,
# gunicorn takes X-Forwarded-Ssl, SCRIPT_NAME and others from whoever connects on this machine.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}

# Seconds in which a worker that stops tells its readers so: the gap between two requests of one who
# asks all the time.
_TO_BE_HEARD = 0.5

timeout = 30
graceful_timeout = 10

# Nothing public reads a query string or a long header; the admin's addresses are short too.
limit_request_line = 4094
limit_request_fields = 50
limit_request_field_size = 8190

# No access log: it would hold readers' addresses. The proxy may keep one under its own policy.
accesslog = None
errorlog = "-"
logger_class = "softphonez_site.server_log.ServerLog"

# It would put a socket for remote commands into the home folder.
control_socket_disable = True


# mallopt(3), by the numbers of glibc's malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8


def _give_memory_back() -> None:
    """Have the C library return what is freed to the system. Does nothing on one without mallopt.

    By itself, glibc keeps a heap for each thread, and keeps more of each the larger the pieces are
    that were freed; compressing a page frees large ones. That is 3 MB of a worker.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:
        return
    mallopt(_ARENA_MAX, 1)
    mallopt(_TRIM_THRESHOLD, 128 * 1024)
    mallopt(_MMAP_THRESHOLD, 128 * 1024)


def on_starting(server: Any) -> None:
    """Refuse a port that is taken, since two servers could share it unnoticed; open the queues."""
    _give_memory_back()
    if {"GUNICORN_FD", "LISTEN_FDS"} & os.environ.keys():
        return  # its sockets are given to it, open already
    addresses = [it for it in server.cfg.address if not isinstance(it, str)]
    try:
        for host, port in addresses:
            check_free(port, host)
    except Refusal as refusal:
        raise SystemExit(str(refusal)) from None
    if server.cfg.workers > 1 and len(addresses) == len(server.cfg.address):
        server.LISTENERS = _queues(server.cfg, server.log)


def _queues(cfg: Any, log: Any) -> list[Any]:
    """Open one queue of connections per worker, which the kernel fills evenly.

    With one for all, the worker that wakes first takes whatever it can hold while the other stands
    idle. They are the master's, so that a queue outlives its worker: who waits in it is served by
    the next one.
    """
    cfg.set("reuse_port", True)
    try:
        return [it for _ in range(cfg.workers) for it in create_sockets(cfg, log)]
    finally:
        cfg.set("reuse_port", False)


def when_ready(server: Any) -> None:
    """Say where the site is, to people: programs are told by the log (LOG_FORMAT=json)."""
    if settings.LOG_FORMAT == "json" and not sys.stdout.isatty():
        return
    where = " and ".join(
        it if isinstance(it, str) else f"http://{f'[{it[0]}]' if ':' in it[0] else it[0]}:{it[1]}/"
        for it in server.cfg.address
    )
    say(f"The site is at {where} (Ctrl-C stops it)")


def pre_fork(server: Any, worker: Any) -> None:
    """Give the worker its queue, and close what the import opened.

    A database connection can't be shared by two processes.

    What was loaded stays, so the collector of garbage need not look at it again: that would take
    time, and copy memory that the workers share.
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
    """Let a worker that has not begun to serve be stopped at once.

    Until it sets its own, it has the master's handlers, under which an order to stop is lost.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for order in (signal.SIGQUIT, signal.SIGTERM):
        signal.signal(order, signal.SIG_DFL)


def child_exit(server: Any, worker: Any) -> None:
    """Let the metrics forget a worker that has ended, where there are any."""
    if "prometheus_client" in sys.modules:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def _leave(worker: Any) -> None:
    """Have a worker tell its readers that it stops, and stop once those who ask have heard it.

    gunicorn's own closes kept connections after an answer that promised to keep them, and so cuts
    off one reader or another at each reload.
    """
    worker.asgi.leave()
    worker.loop.call_later(_TO_BE_HEARD, worker.handle_exit_signal)


def post_worker_init(worker: Any) -> None:
    """Leave Ctrl-C to the master, which then stops the workers; say that this one is ready.

    A terminal sends it to every process. A worker that gets the master's order in the middle of its
    own handling of Ctrl-C waits for a lock that it holds itself, until it is killed. And an event
    loop hears of an order to stop only once it runs: until then, the order goes to the worker
    itself.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(worker, "handle_exit_signal"):
        # Two ways to the same: the loop's own hears nothing before it runs.
        worker.loop.add_signal_handler(signal.SIGTERM, _leave, worker)
        signal.signal(signal.SIGTERM, lambda *_: worker.loop.call_soon_threadsafe(_leave, worker))
        signal.signal(signal.SIGQUIT, lambda *_: worker.handle_quit_signal())
    worker.log.info("Worker %s takes connections", worker.pid)
