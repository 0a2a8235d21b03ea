"""What the site is measured against: small sites that serve the same text in other ways.

Each is an application for gunicorn, configured by gunicorn_conf.py here and told by PEERS_PAGE
where the page is: a JSON file with the site's own answer (`headers`, `body`) and the policy's
`title` and `html`. Peers are set up as their own documentation says, without caches that they
don't come with.
"""
