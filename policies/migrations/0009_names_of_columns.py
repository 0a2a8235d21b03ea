"""Two columns are called in code what staff call them; the database keeps their names."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

CHECK_EVERY_MONTHS = models.PositiveSmallIntegerField(
    blank=True,
    db_column="review_every_months",
    help_text="How often somebody looks whether the policy is still right; empty for never.",
    null=True,
    validators=[
        django.core.validators.MinValueValidator(1),
        django.core.validators.MaxValueValidator(120),
    ],
)


def source_version(related_name: str) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        blank=True,
        db_column="renders_id",
        help_text="The source version that a translation was made from.",
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to="policies.revision",
    )


class Migration(migrations.Migration):
    dependencies = [("policies", "0008_audit_actions")]

    # A change of db_column to the name that the column has does nothing in the database; nor does
    # then the new name.
    operations = [
        migrations.AlterField("policy", "review_every_months", CHECK_EVERY_MONTHS),
        migrations.RenameField("policy", "review_every_months", "check_every_months"),
        migrations.AlterField("revision", "renders", source_version("rendered_by")),
        migrations.RenameField("revision", "renders", "source_version"),
        migrations.AlterField("revision", "source_version", source_version("translated_by")),
    ]
