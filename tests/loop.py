"""A thread of its own for what runs an event loop: Playwright's may be running in this one."""

from concurrent.futures import ThreadPoolExecutor


def apart(call):
    """Return what `call` returns, called in a thread where no loop runs."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(call).result()
