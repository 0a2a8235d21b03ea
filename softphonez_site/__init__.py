"""The site: its settings, its servers, and what stands between them and the pages.

    settings.py             all settings, from the environment, checked by values.py
    env_file.py             .env, of which every line is understood
    variables.py            what each variable means: writes .env.example and the README's table
    wsgi.py, asgi.py        the applications; gunicorn_conf.py: the server
    bootstrap.py            what `make run` sets up on a fresh machine

A request passes, after policies/pages/ and in the order of settings.MIDDLEWARE:

    probes.py               a balancer, which may know the site by any name, is answered
    response_headers.py     how long an answer is, and how long it may be kept
    isolation.py            how far other sites may reach into it
    anonymous.py            outside the desk, nobody is known
    content_security.py     the Content Security Policy, always in the same words
    malformed_forms.py      a form that nobody can read is refused as such

and middleware of Django and of others between them. The rest says how we want what we were given:
Django's databases (sqlite/, postgresql/), its applications (apps.py), its admin's addresses
(admin_urls.py), its dates (formats/), its log and gunicorn's (log_lines.py, server_log.py), its
createsuperuser (management/); and what is wrong with a database, in words (database_words.py).
"""
