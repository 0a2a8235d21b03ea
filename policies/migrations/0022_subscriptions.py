"""Readers can subscribe to e-mails: who has, who has asked to, and what they were sent."""

import django.db.models.deletion
from django.db import migrations, models

import policies.models.subscription


class Migration(migrations.Migration):
    dependencies = [
        ("policies", "0020_mail_threads"),
    ]

    operations = [
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "token",
                    models.CharField(
                        default=policies.models.subscription.new_token, max_length=32, unique=True
                    ),
                ),
                ("lookup", models.CharField(db_index=True, max_length=64)),
                ("address", models.TextField()),
                ("confirmed_at", models.DateTimeField()),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subscriptions",
                        to="policies.policy",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SubscriberMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tried_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("occasion", models.CharField(max_length=10)),
                ("recorded_at", models.DateTimeField()),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies.revision",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to="policies.subscription",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SubscriptionRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tried_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "token",
                    models.CharField(
                        default=policies.models.subscription.new_token, max_length=32, unique=True
                    ),
                ),
                ("lookup", models.CharField(max_length=64)),
                ("address", models.TextField()),
                ("client", models.CharField(max_length=64)),
                ("requested_at", models.DateTimeField()),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies.policy",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                fields=("policy", "lookup"), name="subscription_once"
            ),
        ),
        migrations.AddIndex(
            model_name="subscribermail",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", True)),
                fields=["tried_at"],
                name="subscriber_mail_to_be_sent",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscribermail",
            constraint=models.UniqueConstraint(
                fields=("subscription", "version", "occasion"), name="subscriber_mail_once"
            ),
        ),
        migrations.AddIndex(
            model_name="subscriptionrequest",
            index=models.Index(fields=["lookup", "requested_at"], name="request_by_address"),
        ),
        migrations.AddIndex(
            model_name="subscriptionrequest",
            index=models.Index(fields=["client", "requested_at"], name="request_by_client"),
        ),
        migrations.AddIndex(
            model_name="subscriptionrequest",
            index=models.Index(fields=["policy", "requested_at"], name="request_by_policy"),
        ),
    ]
