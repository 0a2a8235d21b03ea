"""The site: its settings, its servers, and the middleware between them and the pages.

    settings.py             all settings, from the environment, checked by values.py
    env_file.py             the file .env; a line that can't be read stops the start
    brand.py                the owner's name, logo, colours and links, from content/site.toml
    variables.py            what each variable means: for .env.example and docs/settings.md
    generated_docs.py       writes these, and what other pages of docs/ take from the code
    wsgi.py, asgi.py        the applications; gunicorn_conf.py: the server
    loading.py              what a server loads before it takes connections
    bootstrap.py            what `make run` sets up on a fresh machine
    middleware.py           what a request passes after policies/page_cache/

The other modules adapt what Django and gunicorn bring: databases (sqlite/, postgresql/),
applications (apps.py), the admin's URLs (admin_urls.py), static files (static_files.py), dates
(formats/), logs (log_lines.py, server_log.py), createsuperuser (management/). database_words.py
explains what is wrong with a database.
"""
