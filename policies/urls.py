"""The URLs outside the desk. docs/addresses.md has a table of the public ones."""

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.urls import include, path, register_converter
from django.urls.converters import IntConverter, StringConverter
from django.urls.resolvers import RoutePattern

from policies.http.staff_only import DESK, PREVIEW, StaffOnly
from policies.operations import health
from policies.public import (
    embedding,
    feeds,
    format_views,
    log_views,
    memento,
    openapi,
    preview_views,
    subscription_views,
    views,
    well_known,
)
from policies.text.limits import SLUG


class SlugConverter(StringConverter):
    """A policy's slug: lower-case letters, digits and single hyphens."""

    regex = SLUG


class VersionConverter(IntConverter):
    """A version number: 1, 2, 3 … without leading zeros, so that each version has one URL."""

    regex = "[1-9][0-9]{0,8}"


class TileConverter(StringConverter):
    """What may be the address of a tile of the log: of C2SP tlog-tiles. No policy's is."""

    regex = r"(?:entries|[0-9]|[1-5][0-9]|6[0-3])/(?:x[0-9]{3}/){0,5}[0-9]{3}(?:\.p/[0-9]{1,3})?"


class LanguageConverter(StringConverter):
    """The tag of any language but the site's own, which has no prefix. No slug is such a tag."""

    regex = "|".join(sorted(set(LANG_INFO) - {settings.LANGUAGE_CODE}, key=len, reverse=True))


register_converter(SlugConverter, "policy_slug")
register_converter(VersionConverter, "number")
register_converter(TileConverter, "tile")
register_converter(LanguageConverter, "language")

app_name = "policies"

DEFAULT = {"language": settings.LANGUAGE_CODE}
EMBEDDED = {"template": "policies/embed.html"}
EMBEDDED_SINCE = {"template": "policies/embed_since.html"}

# Below the address of a policy.
of_policy = [
    path("", views.policy, name="policy"),
    path("versions/", views.history, name="history"),
    path("versions/before/<number:before>/", views.history, name="older"),
    path("versions/<number:number>/", views.version, name="version"),
    path("versions/<number:number>.md", views.version_markdown, name="markdown"),
    path("versions/<number:number>.json", views.version_json, name="json"),
    path("versions/<number:number>.pdf", format_views.pdf, name="pdf"),
    path("versions/<number:number>.docx", format_views.word, name="word"),
    path("versions/<number:number>.akn.xml", format_views.akoma_ntoso, name="akoma_ntoso"),
    path("versions/<number:number>.tlog-proof", log_views.proof, name="proof"),
    path("versions/<number:number>/notice.txt", format_views.notice_text, name="notice_text"),
    path("versions/<number:number>/notice.html", format_views.notice_html, name="notice_html"),
    path("versions/<number:number>/notice.json", format_views.notice_json, name="notice_json"),
    path("compare/<number:old>/<number:new>/", views.compare, name="compare"),
    path("compare/<number:old>/<number:new>.docx", format_views.word_changes, name="word_changes"),
    path("since/<number:number>/", views.since, name="since"),
    path("on/<str:day>/", views.on, name="on"),
    path("current.json", views.current_json, name="current_json"),
    path("current.md", views.current_markdown, name="current_markdown"),
    path("embed/", embedding.embed, EMBEDDED, name="embed"),
    path("embed/since/<number:number>/", embedding.since, EMBEDDED_SINCE, name="embed_since"),
    path("feed.xml", feeds.of_policy, name="feed"),
    path("timegate/", memento.timegate, name="timegate"),
    path("timemap/", memento.timemap, name="timemap"),
    path("subscribe/", subscription_views.subscribe, name="subscribe"),
    path("subscribe/<str:token>/", subscription_views.confirm, name="confirm"),
    path("unsubscribe/<str:token>/", subscription_views.unsubscribe, name="unsubscribe"),
]
# Staff make these links, for drafts.
of_preview = [
    path("<str:token>/", preview_views.preview, name="preview"),
    path("<str:token>/comment/", preview_views.comment, name="preview_comment"),
    path("<str:token>/changes/", preview_views.changes, name="preview_changes"),
]
urlpatterns = [
    path("", views.index, DEFAULT, name="index"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("feed.xml", feeds.of_all, DEFAULT, name="feed_of_all"),
    path("sitemap.xml", well_known.sitemap, DEFAULT, name="sitemap"),
    path("robots.txt", well_known.robots, {"desk": DESK}, name="robots"),
    path(".well-known/security.txt", well_known.security, name="security"),
    path("ledger.json", format_views.newest_of_ledger, name="ledger_json"),
    path("ledger/<number:number>.json", format_views.page_of_ledger, name="ledger_page"),
    path("checkpoint", log_views.checkpoint, name="checkpoint"),
    path("tile/<tile:place>", log_views.tile, name="tile"),
    path("openapi.json", openapi.openapi, name="openapi"),
    path("schemas/<policy_slug:name>.json", views.schema, name="schema"),
    StaffOnly(RoutePattern(PREVIEW.removeprefix("/")), of_preview),
    path("<language:language>/", views.index, name="index"),
    path("<language:language>/<policy_slug:slug>/", include(of_policy)),
    path("<policy_slug:slug>/", include(of_policy), DEFAULT),
]
