"""Each policy may promise its readers some days' notice of material changes."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("policies", "0018_review_requests")]

    operations = [
        migrations.AddField(
            "policy",
            "notice_days",
            models.PositiveSmallIntegerField(
                null=True,
                blank=True,
                validators=[MinValueValidator(1), MaxValueValidator(365)],
                help_text="Days between the publication of a material change and its effect.",
            ),
        ),
    ]
