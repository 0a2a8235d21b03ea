"""Where static files are kept: under names that hold their digest, and compressed."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    # The editor's scripts import each other, and so need each other's new names.
    support_js_module_import_aggregation = True
    max_post_process_passes = 12  # one for each level of those imports; today there are seven
