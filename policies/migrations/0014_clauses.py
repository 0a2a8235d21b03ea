"""How a text is written: with clauses, whose labels are kept; with other numbers of headings."""

from typing import Any

from django.db import migrations, models


def lift_rules(apps: Any, schema_editor: Any) -> None:
    """Remove the rules on the way back: one names these columns. `migrate` makes them anew."""
    from policies.database import triggers

    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("policies", "0013_checklists")]

    operations = [
        migrations.AddField("revision", "clauses", models.BooleanField(null=True, editable=False)),
        migrations.AddField(
            "revision", "numbering", models.CharField(max_length=8, null=True, editable=False)
        ),
        migrations.RunPython(migrations.RunPython.noop, lift_rules),
    ]
