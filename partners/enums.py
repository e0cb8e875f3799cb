"""Codes stored in the partners tables; labels are translated, codes never."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody is in a network."""

    LEAD_PARTNER = "lead_partner", _("Lead Partner")
    LEAD_EXPERT = "lead_expert", _("Lead Expert")
    ADHOC_EXPERT = "adhoc_expert", _("Ad-hoc expert")
    COORDINATOR = "coordinator", _("ULG coordinator")
    MEMBER = "member", _("ULG member")
    OBSERVER = "observer", _("Observer")


#: Roles that belong to one city; every other role belongs to the network.
CITY_ROLES = (Role.COORDINATOR, Role.MEMBER)


class FactKind(models.TextChoices):
    """The eight facts the Baseline Study gives of every city."""

    COUNTRY = "country", _("Country")
    REGION = "region", _("Region")
    POPULATION = "population", _("Population")
    DEMOGRAPHICS = "demographics", _("Demographics")
    EMPLOYMENT = "employment", _("Employment")
    ECONOMY = "economy", _("Economy")
    FUA = "fua", _("Functional urban area")
    CIVIL_SERVANTS = "civil_servants", _("Civil servants")


class DatePrecision(models.TextChoices):
    """How exactly a date is known: a plan may name only the month or the season."""

    DAY = "day", _("Day")
    MONTH = "month", _("Month")
    SEASON = "season", _("Season")
    OPEN = "open", _("Open")
