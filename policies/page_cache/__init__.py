"""Public pages from memory, in front of Django.

    negotiation.py      which coding a client gets, whether it has the page already        pure
    answers.py          a page as it goes out: in each coding, whole or as "not modified"  pure
    memory.py           the pages that are kept; the least recently used go first          pure
    core.py             what may be served now, and who makes what is missing              pure
    edition_watcher.py  the state, asked of the database, and the thread that does so
    from_django.py      a page, asked of Django
    snapshot.py         pages in a file, for a start while the database is away            pure
    snapshot_keeper.py  the thread that writes it
    worker_metrics.py   what this process reports to Prometheus
    shell.py            what both shells share
    head_requests.py    HEAD requests for pages that are not in memory                     pure
    content_types.py    a request's Content-Type, reduced to what forms need               pure
    request_targets.py  requests that name the host before the path                        pure
    wsgi.py             the shell for WSGI servers
    asgi.py             the shell for ASGI servers; bridge.py: the rest of the site under it

A page may be kept if its view is decorated with `public_page.public`, and the answer has status 200
and Cache-Control: public. Its key is the scheme, the host and the path. No public page reads
anything else of a request, nor could it: a page to be kept is made for a request that has only
these.
"""
