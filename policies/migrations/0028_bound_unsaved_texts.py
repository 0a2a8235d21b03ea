"""Texts that were not saved are bounded: what is beyond goes, but never a person's newest."""

from collections import Counter
from typing import Any

from django.db import migrations
from django.db.models.functions import Length

# Characters, as in workflow/unsaved_texts.py.
_MAX_KEPT = 1_600_000


def forget_what_is_beyond(apps: Any, schema_editor: Any) -> None:
    """Go from each person's newest text of a draft to the oldest, and delete what has no room."""
    texts = apps.get_model("policies", "UnsavedText").objects.using(schema_editor.connection.alias)
    taken = Counter[tuple[int, int]]()
    beyond = []
    rows = texts.order_by("-id").values_list("pk", "revision_id", "kept_by_id", Length("fields"))
    for pk, revision, person, length in rows:
        is_newest = (revision, person) not in taken
        taken[revision, person] += length
        if taken[revision, person] > _MAX_KEPT and not is_newest:
            beyond.append(pk)
    texts.filter(pk__in=beyond).delete()


class Migration(migrations.Migration):
    dependencies = [("policies", "0027_job_runs")]

    operations = [migrations.RunPython(forget_what_is_beyond, migrations.RunPython.noop)]
