"""How a text is written: with clauses, whose labels are kept; with other numbers of headings."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("policies", "0013_checklists")]

    operations = [
        migrations.AddField("revision", "clauses", models.BooleanField(null=True, editable=False)),
        migrations.AddField(
            "revision", "numbering", models.CharField(max_length=8, null=True, editable=False)
        ),
    ]
