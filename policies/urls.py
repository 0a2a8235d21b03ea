"""The public URLs. The README has a table of them."""

from django.urls import path, register_converter

from . import views


class SlugConverter:
    """A policy's slug: small letters, digits and single hyphens."""

    regex = "[a-z0-9]+(?:-[a-z0-9]+)*"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class VersionConverter:
    """A version number: 1, 2, 3 … without leading zeros, so that each version has one URL."""

    regex = "[1-9][0-9]{0,8}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(SlugConverter, "policy_slug")
register_converter(VersionConverter, "number")

app_name = "policies"
urlpatterns = [
    path("", views.index, name="index"),
    path("ledger.json", views.ledger_json, name="ledger_json"),
    path("ledger/<number:number>.json", views.ledger_page, name="ledger_page"),
    path("schemas/<policy_slug:name>.json", views.schema, name="schema"),
    path("<policy_slug:slug>/", views.policy, name="policy"),
    path("<policy_slug:slug>/versions/", views.history, name="history"),
    path("<policy_slug:slug>/versions/before/<number:before>/", views.history, name="older"),
    path("<policy_slug:slug>/versions/<number:number>/", views.version, name="version"),
    path("<policy_slug:slug>/versions/<number:number>.md", views.version_markdown, name="markdown"),
    path("<policy_slug:slug>/versions/<number:number>.json", views.version_json, name="json"),
    path("<policy_slug:slug>/compare/<number:old>/<number:new>/", views.compare, name="compare"),
    path("<policy_slug:slug>/since/<number:number>/", views.since, name="since"),
    path("<policy_slug:slug>/on/<str:day>/", views.on, name="on"),
    path("<policy_slug:slug>/current.json", views.current_json, name="current_json"),
]
