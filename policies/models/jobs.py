"""When each regular job of docs/deploying/policies.cron last ran, on whatever machine."""

from django.db import models

from policies.models.fields import Record


class JobRun(Record):
    """The last run of a job. succeeded_at: when it last ended without an error."""

    name = models.CharField(max_length=40, primary_key=True)
    ended_at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True)
