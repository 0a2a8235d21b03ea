"""The desk's URLs, in a module of their own so that the desk is loaded only when asked for."""

from django.contrib import admin

# Imported by name: admin.autodiscover() would show django-otp's devices as well, with their keys.
import policies.admin  # noqa: F401

urlpatterns = admin.site.urls[0]
