"""A person of a network, with or without an account: who is counted once, whatever lists name them."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from aoce.common.folding import fold
from partners.models.groups import StakeholderKind
from partners.models.network import Network
from partners.models.partner import Partner
from partners.querysets import PersonQuerySet


class Person(models.Model):
    """Somebody who is in a local group, came to a meeting or was invited; not necessarily a user.

    ``merged_into`` says that this is the same human as another row; it is never a chain. ``folded`` is the name
    without case and accents, kept by ``save``.
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="persons")
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, blank=True, related_name="persons")
    name = models.CharField(_("Name"), max_length=150)
    organisation = models.CharField(_("Organisation"), max_length=200, blank=True)
    kind = models.ForeignKey(StakeholderKind, models.SET_NULL, null=True, blank=True, related_name="persons")
    email = models.EmailField(_("E-mail"), blank=True)
    folded = models.CharField(max_length=200, blank=True, editable=False, db_index=True)
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="merged")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | ~models.Q(merged_into=models.F("pk")),
                name="person_not_merged_into_itself",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the folded name with the name."""
        self.folded = fold(self.name)[:200]
        if (fields := kwargs.get("update_fields")) is not None and "name" in fields:
            kwargs["update_fields"] = {*fields, "folded"}
        super().save(*args, **kwargs)

    @property
    def counted_id(self) -> int:
        """Return the id this human is counted by."""
        return self.merged_into_id or self.pk


def counted(path: str = "person") -> Coalesce:
    """Return the id a row's person is counted by, as an expression; ``path`` leads from the row to the person."""
    return Coalesce(f"{path}__merged_into", path)


class PersonMerge(models.Model):
    """That two rows were said to be one human, by whom, and what to put back when it is undone.

    ``moved`` lists the ids of rows that had been merged into ``merged`` before and were carried along.
    """

    kept = models.ForeignKey(Person, models.CASCADE, related_name="merges")
    merged = models.ForeignKey(Person, models.CASCADE, related_name="merges_away")
    moved = models.JSONField(default=list, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.merged} → {self.kept}"
