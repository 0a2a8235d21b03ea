"""Webhooks: who is informed, and what was or is to be sent."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("policies", "0022_subscriptions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                ("url", models.CharField(max_length=500, verbose_name="URL")),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("standard", "Standard Webhooks (JSON)"),
                            ("slack", "Slack (text)"),
                        ],
                        default="standard",
                        max_length=8,
                    ),
                ),
                ("events", models.JSONField(default=list)),
                ("secret", models.CharField(blank=True, editable=False, max_length=100)),
                ("old_secret", models.CharField(blank=True, editable=False, max_length=100)),
                ("rotated_at", models.DateTimeField(editable=False, null=True)),
                ("enabled_at", models.DateTimeField(editable=False, null=True)),
                ("disabled_reason", models.CharField(blank=True, editable=False, max_length=100)),
                (
                    "enabled_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "policies",
                    models.ManyToManyField(blank=True, related_name="+", to="policies.policy"),
                ),
                (
                    "rotated_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook",
                "ordering": ["name"],
                "permissions": [("manage_webhooks", "Can set up webhooks")],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("message_id", models.CharField(max_length=80)),
                ("event", models.CharField(max_length=30)),
                ("about", models.CharField(max_length=300)),
                ("body", models.TextField()),
                ("recorded_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("tried_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("answer", models.CharField(blank=True, max_length=200)),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="policies.webhookendpoint",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="webhook_to_be_sent",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("endpoint", "message_id"), name="webhook_once_per_event"
                    )
                ],
            },
        ),
    ]
