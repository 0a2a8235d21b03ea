"""How peers are served: as the site is (softphonez_site/gunicorn_conf.py), one worker."""

import os

bind = f"127.0.0.1:{os.environ['PORT']}"
workers = 1
threads = 4
keepalive = 5
preload_app = True
accesslog = None
control_socket_disable = True
