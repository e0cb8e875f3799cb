"""Networks, their themes, partners, people and local groups."""

from partners.models.groups import LocalGroupMember, LocalSubGroup, StakeholderKind
from partners.models.network import HorizontalTheme, Network, SubTheme, Theme
from partners.models.partner import Partner, PartnerFact
from partners.models.people import Invitation, Membership, User
from partners.models.person import Person, PersonMerge

__all__ = [
    "HorizontalTheme",
    "Invitation",
    "LocalGroupMember",
    "LocalSubGroup",
    "Membership",
    "Network",
    "Partner",
    "PartnerFact",
    "Person",
    "PersonMerge",
    "StakeholderKind",
    "SubTheme",
    "Theme",
    "User",
]
