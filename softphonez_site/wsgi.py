"""The site as a WSGI application, for servers without ASGI: Django makes each page anew.

So it is slower than asgi.py, and shows nothing while the database is away (docs/deploying.md).
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "softphonez_site.settings")

django = get_wsgi_application()

from policies import child_process  # noqa: E402
from policies.page_cache.django_requests import prepared_for  # noqa: E402  needs Django set up
from softphonez_site import loading  # noqa: E402

child_process.use(child_process.Child())
loading.load()
application = prepared_for(django)
