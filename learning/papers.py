"""What learning puts on paper: a template and what it shows, made by the worker, kept for who asked for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aoce.common.files import store_bytes
from aoce.common.models import StoredFile
from aoce.common.pdf import render_pdf
from learning import catalogue, policies
from learning.services.matrix_pdf import actor_of
from partners.actors import Actor
from partners.models import Network

#: Owner of the files: the person who asked, for what is on them depends on what that person may see.
OWNER = "learning_paper"


@dataclass(frozen=True)
class Sheet:
    """What a paper shows, and the names in the storage of the pictures on it."""

    context: dict[str, Any]
    title: str
    stored: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Paper:
    """A kind of paper. ``build(actor, network, asked)`` reads what is on it; LookupError where there is nothing."""

    title: Any
    template: str
    build: Callable[[Actor, Network, Mapping[str, str]], Sheet]
    back: str


def paper_seen(actor: Actor, user_id: int) -> bool:
    """Say whether an actor may download a paper: who asked for it, as long as they are in the network."""
    return actor.user_id == user_id and policies.can_view_matrix(actor)


def _catalogue(actor: Actor, network: Network, _asked: Mapping[str, str]) -> Sheet:
    with_photos = catalogue.published_all(actor)
    if not with_photos:
        raise LookupError
    photos = [photo.file.file.name for _row, text in with_photos for photo in text.photos if photo.file]
    context = {
        "practices": with_photos,
        "by_theme": catalogue.index_by_theme(with_photos),
        "by_city": catalogue.index_by_city(with_photos),
        "cities": list(network.partners.filter(is_active=True)),
    }
    return Sheet(context, _("Good Practice Catalogue"), photos)


PAPERS: dict[str, Paper] = {
    "catalogue": Paper(gettext_lazy("Good Practice Catalogue"), "pdf/catalogue.html", _catalogue, "learning:practices"),
}


def render_paper(
    *, user_id: int | None, network_id: int, code: str, asked: Mapping[str, str], language: str
) -> StoredFile:
    """Make a paper for a person, as that person sees it. Raises PermissionDenied, LookupError where it is empty."""
    network = Network.objects.get(pk=network_id)
    actor = actor_of(user_id, network)
    if user_id is None or not policies.can_view_matrix(actor):
        raise PermissionDenied
    with translation.override(language):
        sheet = PAPERS[code].build(actor, network, asked)
    context = {"network": network, "today": network.today(), **sheet.context}
    content = render_pdf(
        template=PAPERS[code].template, context=context, language=language, title=sheet.title, stored=sheet.stored
    )
    return store_bytes(
        actor=actor,
        network_id=network.pk,
        owner_kind=OWNER,
        owner_id=user_id,
        name=f"{network.slug}-{code}-{network.today().isoformat()}.pdf",
        content=content,
        content_type="application/pdf",
        purpose=OWNER,
    )
