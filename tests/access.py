"""Who gets which answer at which address: the declared answers that ``test_access_matrix`` holds the portal to.

Every route within a network names who is let in (``ok``), and for whom it does not exist (``missing``: 404). Everybody
else of the network is refused (403). Who is in another network gets 404, who is not signed in is asked to sign in.
"""

from __future__ import annotations

from dataclasses import dataclass, field

ALL = "lead_partner lead_expert adhoc_expert coordinator other_coordinator member other_member observer"
LEADS = "lead_partner lead_expert"
INSIDE = "lead_partner lead_expert coordinator other_coordinator member other_member observer"


@dataclass(frozen=True)
class Page:
    """A declared route: ``kwargs`` maps its arguments to an attribute of a thing of ``tests.world`` (``report.pk``)."""

    name: str
    ok: str
    missing: str = ""
    kwargs: dict[str, str] = field(default_factory=dict)
    method: str = "GET"
    data: dict[str, str] = field(default_factory=dict)

    @property
    def far(self) -> bool:
        """Whether the address names a thing, so that another network's thing can be tried."""
        return bool(self.kwargs)

    def expected(self, person: str) -> str:
        """Return ``ok``, ``404`` or ``403`` for a person of our network."""
        if person in self.ok.split():
            return "ok"
        return "404" if person in self.missing.split() else "403"


def without(everyone: str, some: str) -> str:
    """Return ``everyone`` less ``some``."""
    return " ".join(p for p in everyone.split() if p not in some.split())


@dataclass(frozen=True)
class Outside:
    """A declared route outside of networks: the status for a visitor and for somebody signed in (GET)."""

    visitor: int
    member: int
    kwargs: dict[str, object] = field(default_factory=dict)


PAGES: list[Page] = []
OUTSIDE: dict[str, Outside] = {}
