"""The site: its settings, its servers, and the middleware between them and the pages.

    settings.py             all settings, from the environment, checked by values.py
    env_file.py             the file .env; a line that can't be read stops the start
    variables.py            what each variable means: writes .env.example and docs/settings.md
    wsgi.py, asgi.py        the applications; gunicorn_conf.py: the server
    bootstrap.py            what `make run` sets up on a fresh machine

A request passes, after policies/page_cache/ and in the order of settings.MIDDLEWARE:

    probes.py               lets load balancers ask for /readyz under any host name
    response_headers.py     adds Content-Length, and Cache-Control to redirects and refusals
    isolation.py            keeps other sites from reading or embedding answers
    anonymous.py            drops cookies outside the desk
    content_security.py     the Content Security Policy, its directives in a fixed order
    malformed_forms.py      answers 400 to a form that can't be read

and, between them, middleware of Django and of other packages. The other modules adapt what Django
and gunicorn bring: databases (sqlite/, postgresql/), applications (apps.py), the admin's URLs
(admin_urls.py), dates (formats/), logs (log_lines.py, server_log.py), createsuperuser
(management/). database_words.py explains what is wrong with a database.
"""
