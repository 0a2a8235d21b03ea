"""The ledger may record more than once that a version takes effect on another day."""

from typing import Any

from django.db import migrations, models
from django.db.models import Q


def lift_rules(apps: Any, schema_editor: Any) -> None:
    """Remove the rules, which name the table that SQLite makes anew. `migrate` brings them back."""
    from policies.database import triggers

    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("policies", "0023_webhooks")]

    operations = [
        migrations.RunPython(lift_rules, migrations.RunPython.noop),
        migrations.RemoveConstraint("ledgerentry", "ledger_event_once"),
        migrations.AddConstraint(
            "ledgerentry",
            models.UniqueConstraint(
                fields=["revision", "event"],
                condition=~Q(event="rescheduling"),
                name="ledger_event_once",
            ),
        ),
        migrations.AlterField(
            "ledgerentry",
            "event",
            models.CharField(
                max_length=13,
                choices=[
                    ("publication", "Publication"),
                    ("withdrawal", "Withdrawal"),
                    ("rescheduling", "Rescheduling"),
                    ("retirement", "Retirement"),
                    ("reinstatement", "Reinstatement"),
                    ("renaming", "Renaming"),
                    ("translation", "Translation"),
                    ("prevalence", "Prevalence"),
                ],
            ),
        ),
    ]
