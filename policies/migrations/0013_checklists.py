"""Which checklists of laws and app stores apply is set for each policy."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("policies", "0012_overruling")]

    operations = [
        migrations.AddField("policy", "checklists", models.JSONField(null=True, blank=True)),
    ]
