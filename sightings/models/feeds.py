"""How far programs of ours have followed the log."""

from __future__ import annotations

from django.db import models


class FeedPosition(models.Model):
    """Up to which sighting a follower has passed the log on; it goes on from there after a restart."""

    name = models.CharField(max_length=60, unique=True)
    upto = models.BigIntegerField()
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.name} up to {self.upto}"
