"""Public pages from memory, in front of Django.

    publication_watcher.py  the thread that reads the publication state from the database
    core.py                 what may be served now, and who makes what is missing
    memory.py               the pages that are kept; the least recently used go first
    responses.py            a page as it goes out: in the coding that a client gets, whole or "not
                            modified" if it has the page already
    from_django.py          a page, asked of Django
    snapshot.py             pages in a file, for a start while the database is away
    snapshot_writer.py      the thread that writes it
    worker_metrics.py       what this process reports to Prometheus
    asgi.py                 the site as an ASGI application: what a request gets
    without_django.py       answers to probes, and to who prefers Markdown
    bridge.py               requests that go on to Django, each in a thread
    django_requests.py      what such a request is: HEAD as GET, a plain Content-Type, the host that
                            a target names

A page may be kept if its view is decorated with `public.page.public`, and the response has status
200 and Cache-Control: public. Its key is the scheme, the host and the path. No public page reads
anything else of a request, nor could it: a page to be kept is made for a request that has only
these.
"""
