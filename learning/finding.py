"""What of the matrix the search finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Coalesce, Concat, Left
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aoce.common.search import Hit, Source, matching, register

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network


def practices(actor: Actor, network: Network, words: Sequence[str], most: int) -> Iterator[Hit]:
    """Find good practices, what cities need to know, contacts between cities, lessons and actions. One query.

    Practices by name, place, what they are and what was approved of them; needs by sub-theme, sentence and city;
    contacts by both cities, the practice, what was asked and what it changed; lessons and actions by their words.
    """
    from learning.models import GoodPractice, GridEntry, KnowledgeNeed, LogAction, PracticeContact

    text = {"output_field": CharField()}
    rows = matching(
        GoodPractice.objects.visible_to(actor), words, "name", "place", "owner__name", "summary", "published_text"
    )
    found = rows.annotate(
        hit_kind=Value("1", **text),
        hit_key=Cast("slug", **text),
        hit_title=Cast("name", **text),
        hit_note=Cast(Coalesce("owner__name", "place"), **text),
    )
    rows = matching(KnowledgeNeed.objects.visible_to(actor).open(), words, "sub_theme__name", "reason", "partner__name")
    needs = rows.annotate(
        hit_kind=Value("2", **text),
        hit_key=Cast("pk", **text),
        hit_title=Concat("partner__name", Value(": "), "sub_theme__name", **text),
        hit_note=Cast("reason", **text),
    )
    about = ("practice__name", "practice__owner__name", "partner__name", "message", "changed_what")
    contacts = matching(PracticeContact.objects.visible_to(actor), words, *about).annotate(
        hit_kind=Value("3", **text),
        hit_key=Cast("pk", **text),
        hit_title=Concat("partner__name", Value(": "), "practice__name", **text),
        hit_note=Cast("changed_what", **text),
    )
    lessons = matching(
        GridEntry.objects.visible_to(actor), words, "learnt", "action", "relevance", "grid__partner__name"
    ).annotate(
        hit_kind=Value("4", **text),
        hit_key=Cast("pk", **text),
        hit_title=Concat("grid__partner__name", Value(": "), Left("learnt", 120), **text),
        hit_note=Cast("action", **text),
    )
    actions = matching(LogAction.objects.visible_to(actor), words, "title", "partner__name").annotate(
        hit_kind=Value("5", **text),
        hit_key=Cast("pk", **text),
        hit_title=Concat("partner__name", Value(": "), "title", **text),
        hit_note=Value("", **text),
    )
    columns = ("hit_kind", "hit_key", "hit_title", "hit_note")
    parts = [rows.order_by().values_list(*columns) for rows in (found, needs, contacts, lessons, actions)]
    every = parts[0].union(*parts[1:], all=True).order_by("hit_kind", "hit_title", "hit_key")
    places = {
        "1": ("practice", "slug"),
        "2": ("knowledge_need", "pk"),
        "3": ("contact", "pk"),
        "4": ("grid_entry", "pk"),
        "5": ("log_action", "pk"),
    }
    kinds = {"1": _("Practice"), "2": _("Need"), "3": _("Contact"), "4": _("Lesson"), "5": _("Action")}
    for kind, key, name, note in every[:most]:
        view, argument = places[kind]
        url = reverse(f"learning:{view}", kwargs={"network": network.slug, argument: key})
        yield Hit(name, url, ", ".join(part for part in (str(kinds[kind]), note) if part))


def ready() -> None:
    """Tell the search."""
    register(Source("practices", _("Practices and needs"), practices, 50))
