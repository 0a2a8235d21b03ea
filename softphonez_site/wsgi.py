"""The site as a WSGI application: public pages from memory, in front of Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "softphonez_site.settings")

django = get_wsgi_application()

from policies import child_process  # noqa: E402
from policies.page_cache.wsgi import PagesOverWSGI  # noqa: E402  needs Django set up
from softphonez_site import loading  # noqa: E402

child_process.use(child_process.Child())
loading.load()
application = PagesOverWSGI(django)
