"""What the witnesses of the log have signed."""

from django.db import models


class Cosignature(models.Model):
    """A witness's signature under a checkpoint, which was verified when it came. Only ever added.

    origin: the log's name in the checkpoint. size: how many entries it covers. witness: its
    verifier key. line: as it is in the checkpoint, with the time by the witness's clock.
    """

    origin = models.CharField(max_length=300)
    size = models.PositiveBigIntegerField()
    witness = models.CharField(max_length=400)
    line = models.CharField(max_length=500)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["origin", "size", "witness"], name="cosignature_once")
        ]

    def __str__(self) -> str:
        return f"The witness {self.witness.partition('+')[0]} has signed {self.size} entries"
