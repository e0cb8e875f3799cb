"""What of meetings and local reports the search finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from aoce.common.search import Hit, Source, matching, register

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network


def meetings(actor: Actor, network: Network, words: Sequence[str], most: int) -> Iterator[Hit]:
    """Find the network's meetings by title, place and what they are for. One query."""
    from meetings.deliverables import date_words
    from meetings.models import TransnationalMeeting

    rows = matching(TransnationalMeeting.objects.visible_to(actor), words, "title", "place", "description")
    for row in rows[:most]:
        url = reverse("meetings:detail", kwargs={"network": network.slug, "slug": row.slug})
        when = date_words(row.start, row.end, row.date_precision, row.date_text)
        yield Hit(row.title, url, ", ".join(part for part in (when, row.place) if part))


def sessions(actor: Actor, network: Network, words: Sequence[str], most: int) -> Iterator[Hit]:
    """Find sessions that are on a published agenda. One query."""
    from meetings.agenda import hours
    from meetings.models import AgendaEdition, Session, TransnationalMeeting

    editions = AgendaEdition.objects.filter(meeting=OuterRef("meeting")).order_by("-number").values("sessions")
    rows = Session.objects.filter(meeting__in=TransnationalMeeting.objects.visible_to(actor))
    rows = matching(rows.annotate(published=Subquery(editions[:1])), words, "title", "about", "place", "speakers")
    found = (row for row in rows.select_related("meeting") if str(row.pk) in (row.published or {}))
    for row in islice(found, most):
        url = reverse("meetings:detail", kwargs={"network": network.slug, "slug": row.meeting.slug})
        when = f"{date_format(row.day, 'j F')} {hours(row.start, None)}".strip() if row.day else ""
        yield Hit(row.title, f"{url}#s{row.pk}", ", ".join(part for part in (row.meeting.title, when) if part))


def local_meetings(actor: Actor, network: Network, words: Sequence[str], most: int) -> Iterator[Hit]:
    """Find planned local meetings by title, place, agenda and city. One query."""
    from meetings.models import UlgMeeting

    rows = UlgMeeting.objects.visible_to(actor).filter(report=None)
    rows = matching(rows, words, "title", "place", "agenda", "partner__name")
    for row in rows.select_related("partner").order_by("-date", "pk")[:most]:
        url = reverse("meetings:ulg_meeting", kwargs={"network": network.slug, "pk": row.pk})
        when = date_format(row.date, "j F Y") if row.date else ""
        yield Hit(str(row), url, ", ".join(part for part in (row.partner.name, when, row.place) if part))


def reports(actor: Actor, network: Network, words: Sequence[str], most: int) -> Iterator[Hit]:
    """Find local reports by what they say. One query."""
    from meetings.models import UlgReport

    texts = ("meeting__title", "meeting__place", "meeting__partner__name", "topics", "decisions", "lessons")
    rows = matching(UlgReport.objects.visible_to(actor), words, *texts)
    for row in rows.select_related("meeting__partner").order_by("-meeting__date", "pk")[:most]:
        url = reverse("meetings:ulg_detail", kwargs={"network": network.slug, "pk": row.pk})
        when = date_format(row.meeting.date, "j F Y") if row.meeting.date else ""
        state = str(row.get_state_display())
        yield Hit(str(row.meeting), url, ", ".join(part for part in (row.meeting.partner.name, when, state) if part))


def ready() -> None:
    """Tell the search."""
    register(Source("meetings", _("Meetings of the network"), meetings, 10))
    register(Source("sessions", _("Sessions of meetings"), sessions, 15))
    register(Source("local", _("Planned local meetings"), local_meetings, 20))
    register(Source("reports", _("Reports on local meetings"), reports, 25))
