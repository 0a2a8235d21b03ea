"""Two models are called in code what staff call them; the database keeps their names."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def who(column: str) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        blank=True,
        db_column=column,
        db_constraint=False,
        null=True,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


def belonging_to(model: str, related_name: str) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=model
    )


class Migration(migrations.Migration):
    dependencies = [
        ("policies", "0009_names_of_columns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    # A table or column that is first given the name that it has in the database keeps it when the
    # model or the field is renamed.
    operations = [
        migrations.AlterModelTable("departure", "policies_departure"),
        migrations.RenameModel("Departure", "RemovedAnchor"),
        migrations.AlterField(
            "removedanchor", "revision", belonging_to("policies.revision", "removed_anchors")
        ),
        migrations.AlterModelTable("acknowledgement", "policies_acknowledgement"),
        migrations.RenameModel("Acknowledgement", "Justification"),
        migrations.AlterField(
            "justification", "policy", belonging_to("policies.policy", "justifications")
        ),
        migrations.AlterField(
            "justification", "acknowledged_at", models.DateTimeField(db_column="acknowledged_at")
        ),
        migrations.RenameField("justification", "acknowledged_at", "justified_at"),
        migrations.AlterField("justification", "acknowledged_by", who("acknowledged_by_id")),
        migrations.RenameField("justification", "acknowledged_by", "justified_by"),
    ]
