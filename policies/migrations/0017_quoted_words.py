"""Comments about words, and comments by preview link."""

import django.db.models.deletion
from django.db import migrations, models


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
    ]
