"""The desk's URLs, in a module of their own so that only who asks for the desk loads it."""

from django.contrib import admin

# By name instead of admin.autodiscover(): django-otp would show its devices, with their keys.
import policies.admin  # noqa: F401

urlpatterns = admin.site.urls[0]
