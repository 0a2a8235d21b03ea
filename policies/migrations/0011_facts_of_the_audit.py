"""The audit records more of what an act stored. Entries from before keep their digests."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("policies", "0010_names_of_tables")]

    operations = [
        migrations.AddField("auditevent", "facts", models.JSONField(null=True)),
    ]
