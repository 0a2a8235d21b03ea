"""The audit's column of acts is called `action` in code; the database keeps its name and words."""

from django.db import migrations, models

import policies.models.fields


class Migration(migrations.Migration):
    dependencies = [("policies", "0007_failed_pdfs")]

    operations = [
        migrations.AlterField(
            model_name="auditevent",
            name="verb",
            field=models.CharField(max_length=30, db_column="verb"),
        ),
        migrations.RenameField(model_name="auditevent", old_name="verb", new_name="action"),
        migrations.AlterField(
            model_name="auditevent",
            name="action",
            field=policies.models.fields.ActionField(max_length=30, db_column="verb"),
        ),
    ]
