"""The site's URLs. Staff pages live under /admin/; everything else is public."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("policies.urls")),
]
