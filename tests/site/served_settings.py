"""The settings of a site that a test serves: the site's own, but with plain static file names.

Hashed names exist only after collectstatic, which takes seconds.
"""

from softphonez_site.settings import *  # noqa: F403
from softphonez_site.settings import STORAGES

STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
# From where they are: nothing has been collected.
WHITENOISE_USE_FINDERS = True
