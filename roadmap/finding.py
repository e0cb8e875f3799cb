"""What of the roadmap the search finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from aoce.common.search import Hit, Source, matching, register

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network


def tasks(actor: Actor, network: Network, words: Sequence[str], most: int) -> Iterator[Hit]:
    """Find tasks by title and description. One query."""
    from roadmap.models import Task

    rows = matching(Task.objects.visible_to(actor), words, "title", "description", "track__name")
    for task in rows.select_related("track__period").order_by("due", "pk")[:most]:
        url = reverse("roadmap:task", kwargs={"network": network.slug, "pk": task.pk})
        yield Hit(task.title, url, f"{task.track.name}, {date_format(task.due, 'j F Y')}")


def ready() -> None:
    """Tell the search."""
    register(Source("tasks", _("Tasks of the roadmap"), tasks, 60))
