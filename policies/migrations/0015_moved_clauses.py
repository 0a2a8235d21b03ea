"""Of a clause whose label changed, it is recorded which anchor it has now."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("policies", "0014_clauses")]

    operations = [
        migrations.AddField("removedanchor", "moved_to", models.TextField(null=True)),
    ]
