"""The site's URLs. Staff pages live under /admin/; everything else is public."""

from django.contrib import admin
from django.urls import include, path

handler400 = "policies.views.bad_request"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("policies.urls")),
]
