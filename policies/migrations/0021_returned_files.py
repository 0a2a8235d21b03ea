"""Word files that came back, with proposals and comments."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("policies", "0020_mail_threads"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="commentreply",
            name="guest",
            field=models.TextField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="ReturnedFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("compared_with", models.TextField()),
                ("sent", models.TextField()),
                ("text", models.TextField()),
                ("changes", models.JSONField(default=dict)),
                ("notes", models.JSONField(default=list)),
                ("returned_at", models.DateTimeField()),
                (
                    "returned_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returned_files",
                        to="policies.revision",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ProposalDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("change", models.CharField(max_length=16)),
                ("is_accepted", models.BooleanField()),
                ("decided_at", models.DateTimeField()),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="policies.returnedfile",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="commentreply",
            name="file",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replies",
                to="policies.returnedfile",
            ),
        ),
        migrations.AddField(
            model_name="reviewcomment",
            name="file",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to="policies.returnedfile",
            ),
        ),
        migrations.CreateModel(
            name="SentText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("markdown", models.TextField()),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sent_texts",
                        to="policies.revision",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="returnedfile",
            constraint=models.UniqueConstraint(
                fields=("revision", "sha256"), name="returned_file_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="returnedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="returned_file_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposaldecision",
            constraint=models.UniqueConstraint(
                fields=("file", "change"), name="proposal_decided_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="senttext",
            constraint=models.UniqueConstraint(
                fields=("revision", "digest"), name="sent_text_once"
            ),
        ),
    ]
