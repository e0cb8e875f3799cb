"""The matrix on paper: one landscape table, made by the worker."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils import translation
from django.utils.translation import gettext as _

from aoce.common.files import store_bytes
from aoce.common.models import StoredFile
from aoce.common.pdf import render_pdf
from learning import policies
from learning.selectors import matrix_for
from partners.actors import Actor
from partners.middleware import actor_from
from partners.models import Membership, Network
from roadmap.services.plan_pdf import pages_of

#: Owner of the files: seen by whoever sees the matrix.
MATRIX_FILE = "matrix"
#: Sizes of type to try for each paper, in points: the largest that gets the table onto one
#: sheet is taken, or onto two.
SIZES = {"A4": ("8", "7.2", "6.5", "5.9"), "A3": ("11", "10", "9", "8.2", "7.5")}
TWO = 2


def matrix_file_seen(actor: Actor, network_id: int) -> bool:
    """Say whether an actor may download a PDF of the matrix."""
    return actor.network_id == network_id and policies.can_view_matrix(actor)


def actor_of(user_id: int | None, network: Network) -> Actor:
    """Return who asked for the work, with the roles they have now."""
    memberships = list(Membership.objects.of_user_in(user_id or 0, network.slug))
    return actor_from(memberships) if memberships else Actor(user_id, network.pk)


def render_matrix(*, actor: Actor, network: Network, paper: str, language: str) -> bytes:
    """Return the PDF of the matrix: on one sheet, or two, if a readable size gets it there."""
    if actor.network_id != network.pk or not policies.can_view_matrix(actor):
        raise PermissionDenied
    with translation.override(language):
        title = _("Practices and needs")
        context = {
            "network": network,
            "matrix": matrix_for(actor, network),
            "paper": paper,
            "today": network.today(),
        }
    two_sheets = first = b""
    for points in SIZES[paper]:
        content = render_pdf(
            template="pdf/matrix.html", context=context | {"points": points}, language=language, title=title
        )
        sheets = pages_of(content)
        if sheets == 1:
            return content
        first = first or content
        if sheets == TWO:
            two_sheets = two_sheets or content
    # On two sheets as large as that can be; else it may as well be easy to read.
    return two_sheets or first


def render_for(*, user_id: int | None, network_id: int, paper: str, language: str) -> StoredFile:
    """Make the PDF for a person and keep it with the network."""
    network = Network.objects.get(pk=network_id)
    actor = actor_of(user_id, network)
    return store_bytes(
        actor=actor,
        network_id=network.pk,
        owner_kind=MATRIX_FILE,
        owner_id=network.pk,
        name=f"{network.slug}-practices-and-needs-{network.today().isoformat()}-{paper}.pdf",
        content=render_matrix(actor=actor, network=network, paper=paper, language=language),
        content_type="application/pdf",
        purpose="matrix_pdf",
    )
