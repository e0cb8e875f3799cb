"""The catalogue of good practices as pages show it: the list with its filters, and one practice's description."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, Q, QuerySet

from aoce.common.search import matching, words_of
from learning import policies
from learning.models import GoodPractice, PracticePhoto, PracticeRemark
from learning.services.practices import TEXTS, verbose

if TYPE_CHECKING:
    from partners.actors import Actor

OUTSIDE = "outside"


@dataclass(frozen=True)
class Part:
    """One part of a description: what it is about, and its text."""

    code: str
    label: Any
    text: str


@dataclass(frozen=True)
class Description:
    """What a reader gets to see of a practice. ``parts`` has what is written, without empty ones."""

    name: str
    parts: list[Part]
    sub_themes: list[str]
    links: list[str]
    contact: str
    photos: list[PracticePhoto]


def filtered(rows: QuerySet[GoodPractice], asked: dict[str, str]) -> QuerySet[GoodPractice]:
    """Narrow practices by ``q`` (words), ``theme`` (code), ``city`` (slug, or ``outside``) and ``state``."""
    if theme := asked.get("theme"):
        rows = rows.filter(Q(sub_themes__code=theme) | Q(sub_themes__theme__code=theme)).distinct()
    if asked.get("city") == OUTSIDE:
        rows = rows.filter(owner=None)
    elif asked.get("city"):
        rows = rows.filter(owner__slug=asked["city"])
    if asked.get("state"):
        rows = rows.filter(state=asked["state"])
    if words := words_of(asked.get("q", "")):
        rows = matching(rows, words, "name", "place", "owner__name", "summary", "published_text")
    return rows


def working(practice: GoodPractice, photos: list[PracticePhoto]) -> Description:
    """Return the text its owner works on."""
    parts = [Part(code, verbose(code), getattr(practice, code)) for code in TEXTS if getattr(practice, code).strip()]
    themes = [str(theme) for theme in practice.sub_themes.all()]
    return Description(practice.name, parts, themes, practice.links.split(), practice.contact, photos)


def published(practice: GoodPractice, photos: list[PracticePhoto]) -> Description:
    """Return what was approved of a practice, with the words its photos had then."""
    data = practice.published
    kept = {photo.pk: photo for photo in photos}
    shown = []
    for pk, alt in data.get("photos", []):
        if pk in kept:
            kept[pk].alt = alt
            shown.append(kept[pk])
    parts = [Part(code, verbose(code), data[code]) for code in TEXTS if data.get(code, "").strip()]
    links = data.get("links", "").split()
    return Description(data["name"], parts, data["sub_themes"], links, data.get("contact", ""), shown)


def described(actor: Actor, practice: GoodPractice, *, approved: bool = False) -> Description:
    """Return what this actor reads of a practice: its working text, what was approved, or only what it is.

    ``approved`` asks for what was approved although the actor may read more. One query; sub-themes best prefetched.
    """
    photos = list(practice.photos.exclude(file=None).select_related("file"))
    if practice.published_at is not None and (approved or not policies.can_read_working_text(actor, practice)):
        return published(practice, photos)
    if policies.can_read_working_text(actor, practice):
        return working(practice, photos)
    parts = [Part("summary", verbose("summary"), practice.summary)] if practice.summary else []
    return Description(practice.name, parts, [str(theme) for theme in practice.sub_themes.all()], [], "", [])


def photo_seen(actor: Actor, photo_id: int) -> bool:
    """Say whether the actor sees a photo: with the working text, or because it was approved."""
    photo = PracticePhoto.objects.select_related("practice").filter(pk=photo_id).first()
    if photo is None or not policies.can_view_practice(actor, photo.practice):
        return False
    shown = {pk for pk, _alt in photo.practice.published.get("photos", [])}
    return photo.pk in shown or policies.can_read_working_text(actor, photo.practice)


def published_all(actor: Actor) -> list[tuple[GoodPractice, Description]]:
    """Return every practice as it is published, by name. Three queries."""
    rows = GoodPractice.objects.visible_to(actor).published().select_related("owner")
    rows = rows.prefetch_related(
        Prefetch(
            "photos", PracticePhoto.objects.exclude(file=None).filter(file__removed_at=None).select_related("file")
        ),
        Prefetch("remarks", PracticeRemark.objects.select_related("partner")),
    )
    return [(row, published(row, list(row.photos.all()))) for row in rows.order_by("name", "pk")]


#: A heading of an index, and the practices under it.
Index = list[tuple[str, list[GoodPractice]]]


def _index(pairs: list[tuple[str, GoodPractice]]) -> Index:
    found: dict[str, list[GoodPractice]] = {}
    for heading, practice in pairs:
        found.setdefault(heading, []).append(practice)
    return sorted(found.items())


def index_by_theme(rows: list[tuple[GoodPractice, Description]]) -> Index:
    """Return the practices under each sub-theme they are about."""
    return _index([(theme, row) for row, text in rows for theme in text.sub_themes])


def index_by_city(rows: list[tuple[GoodPractice, Description]]) -> Index:
    """Return the practices under their city, or place outside the network."""
    return _index([(row.where, row) for row, _text in rows])
