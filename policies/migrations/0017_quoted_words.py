"""Comments about words, and comments by preview link."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def lift_rules(apps: Any, schema_editor: Any) -> None:
    """Remove the rules on the way back: one names these columns. `migrate` makes them anew."""
    from policies.database import triggers

    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("policies", "0016_unsaved_texts"),
    ]

    operations = [
        migrations.AddField(
            model_name="previewlink",
            name="takes_comments",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="reviewcomment",
            name="guest",
            field=models.TextField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="reviewcomment",
            name="link",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to="policies.previewlink",
            ),
        ),
        migrations.AddField(
            model_name="reviewcomment",
            name="quotation",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.RunPython(migrations.RunPython.noop, lift_rules),
    ]
