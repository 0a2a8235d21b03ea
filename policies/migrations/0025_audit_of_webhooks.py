"""An entry of the audit may be about no policy: it can be about a webhook."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def lift_rules(apps: Any, schema_editor: Any) -> None:
    """Remove the rules, which name the table that SQLite makes anew. `migrate` brings them back."""
    from policies.database import triggers

    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("policies", "0024_rescheduling")]

    operations = [
        migrations.RunPython(lift_rules, migrations.RunPython.noop),
        migrations.AlterField(
            "auditevent",
            "policy",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="audit_events",
                to="policies.policy",
            ),
        ),
    ]
