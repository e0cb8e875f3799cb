"""Read the roadmap's pages as a visitor does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bs4 import BeautifulSoup, Tag
from django.test import Client

from roadmap import services
from roadmap.models import Task
from tests.roadmap.world import Place

HX = {"HX-Request": "true"}
As = Callable[[str], Client]


def soup_of(response: Any) -> BeautifulSoup:
    assert response.status_code == 200, response.status_code
    return BeautifulSoup(response.content.decode(), "html.parser")


def words(tag: Tag | None) -> str:
    assert tag is not None
    return re.sub(r"\s+", " ", tag.get_text(" ")).strip()


def slot(soup: BeautifulSoup, task: Task) -> Tag:
    found = soup.find(id=f"task-{task.pk}")
    assert found is not None, task
    return found


def form_data(task: Task, **changes: Any) -> dict[str, Any]:
    data = {
        "title": task.title,
        "description": task.description,
        "track": task.track_id,
        "start": task.start.isoformat(),
        "due": task.due.isoformat(),
        "due_precision": task.due_precision,
        "owed_by": task.owed_by,
        "deliverable": task.deliverable,
        "source": task.source,
        "conflict": task.conflict,
        "hosts": [host.pk for host in task.hosts.all()],
        "read_version": task.version,
    }
    return data | changes


def publish(place: Place) -> None:
    services.publish_period(actor=place.actor("lead_partner"), period=place.period)
