"""Texts may be written with clauses, whose labels are kept. Those from before are not."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("policies", "0011_facts_of_the_audit")]

    operations = [
        migrations.AddField("revision", "clauses", models.BooleanField(null=True, editable=False)),
    ]
