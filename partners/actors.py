"""Who acts: the one thing that policies and querysets know about a viewer."""

from __future__ import annotations

from dataclasses import dataclass, field

from partners.enums import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody in one network, built once a request from their memberships.

    ``partner_ids`` are the cities they belong to (for a Lead Partner: the lead city); ``coordinated_partner_ids`` the
    ones they hand in for. ``membership_ids`` are their live memberships. The system itself acts with ``is_system``.
    """

    user_id: int | None
    network_id: int
    roles: frozenset[str] = field(default_factory=frozenset)
    partner_ids: frozenset[int] = field(default_factory=frozenset)
    coordinated_partner_ids: frozenset[int] = field(default_factory=frozenset)
    membership_ids: frozenset[int] = field(default_factory=frozenset)
    is_system: bool = False

    @classmethod
    def system(cls, network_id: int) -> Actor:
        """Return the actor for the network's own tasks (planning, sending, rendering)."""
        return cls(user_id=None, network_id=network_id, is_system=True)

    def has(self, *roles: str) -> bool:
        """Say whether the actor has one of these roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_lead_partner(self) -> bool:
        """Lead Partner staff: the network's own administration."""
        return Role.LEAD_PARTNER in self.roles

    @property
    def is_lead_expert(self) -> bool:
        """The Lead Expert, who checks what cities write."""
        return Role.LEAD_EXPERT in self.roles

    @property
    def leads(self) -> bool:
        """Lead Partner or Lead Expert."""
        return self.is_lead_partner or self.is_lead_expert

    @property
    def is_observer_only(self) -> bool:
        """Reads what is submitted and approved, and nothing else."""
        return self.roles == frozenset({Role.OBSERVER})
