"""The public URLs: see the table in the README."""

from django.urls import path, register_converter

from . import views


class SlugConverter:
    """A policy's slug: small letters, digits and single hyphens."""

    regex = "[a-z0-9]+(?:-[a-z0-9]+)*"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(SlugConverter, "policy_slug")

app_name = "policies"
urlpatterns = [
    path("", views.index, name="index"),
    path("<policy_slug:slug>/", views.policy, name="policy"),
]
