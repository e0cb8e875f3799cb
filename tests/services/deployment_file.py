"""Put a hand-in with a file into the deployment; print the file's address, a stranger's and its owner's session.

Run in the environment of the web process: ``python tests/services/deployment_file.py``.
"""

import datetime as dt
import json

import django

django.setup()

from django.test import Client

from aoce.common.files import store_bytes
from aoce.common.models import StoredFile
from partners.actors import Actor
from partners.enums import Role
from partners.models import Membership, Network, Partner
from roadmap.enums import OwedBy, TrackGroup
from roadmap.models import HandIn, Obligation, Period, Task, Track
from roadmap.services import publish_period
from tests.world import make_user

CONTENT = b"%PDF-1.4\n" + b"a private file " * 2000 + b"\n%%EOF\n"


def cookie(client: Client) -> str:
    """Return a signed-in browser's cookie."""
    return f"sessionid={client.cookies['sessionid'].value}"


def main() -> None:
    """Make the network, the people and the file."""
    today = dt.datetime.now(tz=dt.UTC).date()
    network = Network.objects.create(slug="ours", name="Ours", start=today, end=today + dt.timedelta(days=700))
    city = Partner.objects.create(network=network, slug="genk", name="Genk", country="BE", is_lead=True)
    owner, stranger = make_user("Lies", "lies@ours.example"), make_user("Nobody", "nobody@ours.example")
    Membership.objects.create(user=owner, network=network, role=Role.COORDINATOR, partner=city)
    period = Period.objects.create(
        network=network, slug="one", title="One", start=today, end=today + dt.timedelta(days=180)
    )
    track = Track.objects.create(period=period, code="ulg", name="ULG", group=TrackGroup.PARTNERS)
    Task.objects.create(
        track=track,
        code="chapter",
        title="Chapter",
        start=today,
        due=today,
        deliverable="document",
        owed_by=OwedBy.EACH_PARTNER,
    )
    publish_period(actor=Actor.system(network.pk), period=period)
    hand_in = HandIn.objects.create(obligation=Obligation.objects.get(partner=city), text="Ours")
    file: StoredFile = store_bytes(
        actor=Actor.system(network.pk),
        network_id=network.pk,
        owner_kind="hand_in",
        owner_id=hand_in.pk,
        name="Správa o stretnutí.pdf",
        content=CONTENT,
        content_type="application/pdf",
    )
    sessions = []
    for user in (owner, stranger):
        client = Client()
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        sessions.append(cookie(client))
    print(  # noqa: T201 - what it is for
        json.dumps(
            {
                "path": f"/n/ours/files/{file.pk}/",
                "stored": file.file.name,
                "owner": sessions[0],
                "stranger": sessions[1],
                "sha256": file.sha256,
            }
        )
    )


main()
