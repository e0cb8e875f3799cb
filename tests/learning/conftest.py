"""The network of the surveys' tests."""

from __future__ import annotations

import pytest

from partners.models import Network
from tests.partners.factories import NetworkFactory, PartnerFactory


@pytest.fixture
def network() -> Network:
    """A network with two cities and somebody of each role that matters here."""
    network = NetworkFactory(languages=["en", "nl"])
    PartnerFactory(network=network, name="Gdańsk", slug="gdansk")
    PartnerFactory(network=network, name="Banská Bystrica", slug="bb")
    return network
