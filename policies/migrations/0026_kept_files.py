"""Word files are kept beside PDFs. The table keeps its name."""

from typing import Any

from django.db import migrations, models


def forget_word_files(apps: Any, schema_editor: Any) -> None:
    """Remove what has no place in the table of PDFs. It is made again when it is requested."""
    apps.get_model("policies", "KeptFile").objects.exclude(kind="pdf").delete()


class Migration(migrations.Migration):
    dependencies = [("policies", "0025_audit_of_webhooks")]

    operations = [
        migrations.AlterModelTable("keptpdf", "policies_keptpdf"),
        migrations.RenameModel("KeptPdf", "KeptFile"),
        migrations.AlterModelOptions("keptfile", {"default_permissions": ()}),
        # With a default in the database, which processes of the release before this one rely on.
        migrations.AddField(
            "keptfile", "kind", models.CharField(db_default="pdf", default="pdf", max_length=30)
        ),
        migrations.RemoveConstraint("keptfile", "kept_pdf_once"),
        migrations.AddConstraint(
            "keptfile",
            models.UniqueConstraint(fields=["revision", "kind", "origin"], name="kept_file_once"),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget_word_files),
    ]
