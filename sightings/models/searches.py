"""Questions that people ask again."""

from __future__ import annotations

from typing import Self

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from sightings.models.fleets import Fleet, User
from sightings.querysets import DeletableQuerySet


class SavedSearchQuerySet(DeletableQuerySet["SavedSearch"]):
    """A person's own."""

    def deleted_too(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Nobody sees another person's, staff neither."""
        return super().deleted_too(user).filter(user=user.pk)


class SavedSearch(models.Model):
    """A search by name: the words of its URL, and up to where the person has looked."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="searches")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="searches")
    name = models.CharField(max_length=120)
    words = models.JSONField(default=dict, blank=True)  # of `filters.WORDS`, and `view`
    seen_upto = models.BigIntegerField(default=0)  # key of the newest sighting when the person last looked
    looked_at = models.DateTimeField(auto_now_add=True)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="savedsearch_has_a_name")]

    def __str__(self) -> str:
        return self.name
