"""What a server loads before it takes connections."""

from pathlib import Path

from django.conf import settings
from django.template import TemplateSyntaxError
from django.template.loader import get_template
from django.urls import get_resolver

from policies.database import migration_state, rules
from policies.public import openapi
from softphonez_site.sqlite.base import DatabaseWrapper as SQLite


def load() -> None:
    """Load addresses, views, templates for readers, and what `/readyz` compares the database with.

    Each would be loaded when somebody first needs it; but an upgrade replaces the files while the
    old version still serves readers (docs/deploying.md). Before workers fork, they also share it.
    From now on, this process makes no SQLite file; it uses the one that a command has made.
    """
    SQLite.may_make_file = False
    migration_state.wanted()
    rules.rules()
    openapi.document()
    addresses = get_resolver()
    for status in (400, 403, 404, 500):
        addresses.resolve_error_handler(status)
    folder = Path(settings.BASE_DIR) / "templates"
    for file in (*folder.glob("*.html"), *folder.glob("policies/**/*.*")):
        name = file.relative_to(folder).as_posix()
        try:
            get_template(name)
        except TemplateSyntaxError as error:
            error.add_note(f"In the template {name}")
            raise
