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
from learning.grids import gathered
from learning.models import LearningGrid
from learning.services.matrix_pdf import actor_of
from meetings.models import TransnationalMeeting
from partners.actors import Actor
from partners.models import HorizontalTheme, Network

#: Owner of the files: the person who asked, for what is on them depends on what that person may see.
OWNER = "learning_paper"
#: How large the wall of grids is written, in points, for up to so many lessons.
WALL_SIZES = ((12, 18), (30, 14), (60, 11), (10**6, 9.5))


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
    #: Another form than PDF: ``write(sheet, language)`` returns its bytes, of ``content_type``, in a file ``ending``.
    write: Callable[[Sheet, str], bytes] | None = None
    content_type: str = "application/pdf"
    ending: str = "pdf"


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


def _event(actor: Actor, network: Network, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return which event the grids are of: its meeting or its horizontal theme, and the city, if one is asked for."""
    if number := asked.get("grid", ""):
        rows = LearningGrid.objects.visible_to(actor).select_related("meeting", "horizontal_theme", "partner")
        grid = rows.filter(pk=int(number) if number.isdecimal() else 0).first()
        if grid is None:
            raise LookupError
        return {"meeting": grid.meeting, "theme": grid.horizontal_theme, "city": grid.partner.slug}
    meeting = TransnationalMeeting.objects.visible_to(actor).filter(slug=asked.get("meeting", "")).first()
    theme = HorizontalTheme.objects.filter(network=network, code=asked.get("theme", "")).first()
    if (meeting is None) == (theme is None):
        raise LookupError
    return {"meeting": meeting, "theme": theme}


def _grids(actor: Actor, network: Network, asked: Mapping[str, str]) -> Sheet:
    """Read one page a city, with photos."""
    event = _event(actor, network, asked)
    rows = [row for row in gathered(actor, network, **event) if row.grid]
    if not rows:
        raise LookupError
    about = event["meeting"] or event["theme"]
    photos = [photo.file.file.name for row in rows for photo in row.photos if photo.file]
    title = _("Learning grids, %(about)s") % {"about": about}
    return Sheet({"cities": rows, "about": about}, title, photos)


def _grid_wall(actor: Actor, network: Network, asked: Mapping[str, str]) -> Sheet:
    """Read all cities for one large sheet, without photos."""
    context = _grids(actor, network, asked).context
    lessons = sum(len(row.entries) for row in context["cities"])
    points = next(size for most, size in WALL_SIZES if lessons <= most)
    return Sheet({**context, "points": points}, _("All cities' learning grids"))


PAPERS: dict[str, Paper] = {
    "catalogue": Paper(gettext_lazy("Good Practice Catalogue"), "pdf/catalogue.html", _catalogue, "learning:practices"),
    "grid": Paper(gettext_lazy("Learning grid"), "pdf/grids.html", _grids, "learning:grids"),
    "grids": Paper(gettext_lazy("Learning grids"), "pdf/grids.html", _grids, "learning:grids"),
    "grid-wall": Paper(gettext_lazy("Wall of learning grids"), "pdf/grid_wall.html", _grid_wall, "learning:grids"),
}


def render_paper(
    *, user_id: int | None, network_id: int, code: str, asked: Mapping[str, str], language: str
) -> StoredFile:
    """Make a paper for a person, as that person sees it. Raises PermissionDenied, LookupError where it is empty."""
    network = Network.objects.get(pk=network_id)
    actor = actor_of(user_id, network)
    if user_id is None or not policies.can_view_matrix(actor):
        raise PermissionDenied
    paper = PAPERS[code]
    with translation.override(language):
        sheet = paper.build(actor, network, asked)
        if paper.write is not None:
            content = paper.write(sheet, language)
    if paper.write is None:
        context = {"network": network, "today": network.today(), **sheet.context}
        content = render_pdf(
            template=paper.template, context=context, language=language, title=sheet.title, stored=sheet.stored
        )
    return store_bytes(
        actor=actor,
        network_id=network.pk,
        owner_kind=OWNER,
        owner_id=user_id,
        name=f"{network.slug}-{code}-{network.today().isoformat()}.{paper.ending}",
        content=content,
        content_type=paper.content_type,
        purpose=OWNER,
    )
