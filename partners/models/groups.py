"""A city's local group (ULG): who is in it, and the kinds of stakeholder the network counts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.network import Network
from partners.models.partner import Partner
from partners.querysets import LocalGroupMemberQuerySet


class StakeholderKind(models.Model):
    """A kind of stakeholder that the network counts its people by; a list the network keeps."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="stakeholder_kinds")
    code = models.SlugField()
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")
        constraints = (models.UniqueConstraint(fields=("network", "code"), name="stakeholder_kind_once"),)

    def __str__(self) -> str:
        return self.name


class LocalSubGroup(models.Model):
    """A part of a city's local group that works on something of its own."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="sub_groups")
    name = models.CharField(_("Name"), max_length=100)
    purpose = models.CharField(_("What it works on"), max_length=300, blank=True)

    objects = LocalGroupMemberQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("partner", "name"), name="sub_group_name_once"),)

    def __str__(self) -> str:
        return self.name


class LocalGroupMember(models.Model):
    """Somebody in a city's local group; an account is not needed."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="group_members")
    person = models.ForeignKey("partners.Person", models.SET_NULL, null=True, blank=True, related_name="groups")
    name = models.CharField(_("Name"), max_length=150)
    organisation = models.CharField(_("Organisation"), max_length=200, blank=True)
    kind = models.ForeignKey(StakeholderKind, models.PROTECT, null=True, blank=True, related_name="members")
    email = models.EmailField(_("E-mail"), blank=True)
    since = models.DateField(_("Since"), null=True, blank=True)
    until = models.DateField(_("Until"), null=True, blank=True)
    sub_groups = models.ManyToManyField(LocalSubGroup, blank=True, related_name="members")

    objects = LocalGroupMemberQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(until__isnull=True)
                | models.Q(since__isnull=True)
                | models.Q(until__gte=models.F("since")),
                name="group_member_until_after_since",
            ),
        )

    def __str__(self) -> str:
        return self.name
