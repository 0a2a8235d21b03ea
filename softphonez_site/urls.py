"""The site's URLs. Staff pages live under /admin/; everything else is public."""

from django.contrib import admin
from django.urls import include, path

handler400 = "policies.error_views.bad_request"
handler404 = "policies.error_views.not_found"
handler500 = "policies.error_views.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("policies.urls")),
]
