"""What meetings tell the floors below: the report as a deliverable, dates as events, meetings held as a minimum."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.db.models import Count as Counted
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aoce.common.enums import State
from meetings.policies import SHARED
from partners.enums import DatePrecision, Role
from roadmap.deliverables import DeliverableKind
from roadmap.events import Event
from roadmap.minimums import Count

if TYPE_CHECKING:
    from datetime import date

    from partners.actors import Actor
    from roadmap.models import Obligation

CODE = "ulg_report"


def start_url(slug: str, obligation: Obligation) -> str:
    """Return the page that begins a report for an obligation."""
    return f"{reverse('meetings:ulg_new', kwargs={'network': slug})}?obligation={obligation.pk}"


def detail_url(slug: str, report_id: int) -> str:
    """Return the report's page; whoever writes it comes from there to the form."""
    return reverse("meetings:ulg_detail", kwargs={"network": slug, "pk": report_id})


KIND = DeliverableKind(
    code=CODE,
    label=gettext_lazy("ULG meeting report with attendance sheets"),
    start_url=start_url,
    detail_url=detail_url,
    checked_by=(Role.LEAD_PARTNER,),
)


def report_files_seen(actor: Actor, report_id: int) -> bool:
    """Whoever sees the report sees its report file."""
    from meetings.models import UlgReport

    return UlgReport.objects.visible_to(actor).filter(pk=report_id).exists()


def sheets_seen(actor: Actor, report_id: int) -> bool:
    """Sheets hold names: only the city and those who lead the network see them."""
    from meetings.models import UlgReport
    from meetings.policies import can_see_people

    report = UlgReport.objects.visible_to(actor).select_related("meeting__partner").filter(pk=report_id).first()
    return report is not None and can_see_people(actor, report)


def meetings_held(_actor: Actor, partner_ids: Collection[int]) -> dict[str, dict[int, Count]]:
    """Count each city's local meetings: done once reported, begun while the report is open. One query."""
    from meetings.models import UlgReport

    rows = (
        UlgReport.objects.filter(meeting__partner__in=partner_ids)
        .order_by()
        .values("meeting__partner")
        .annotate(
            done=Counted("pk", filter=Q(state__in=SHARED)),
            drafts=Counted("pk", filter=Q(state__in=(State.DRAFT, State.CHANGES))),
        )
    )
    return {"ulg_meetings": {row["meeting__partner"]: Count(row["done"], row["drafts"]) for row in rows}}


def _span(start: date, end: date, first: str, last: str) -> str:
    """Return two dates joined, without repeating what they share: the month and year, or the year."""
    whole = date_format(end, last)
    if (start.year, start.month) == (end.year, end.month):
        return whole if first != "j F" or start == end else f"{start.day}–{whole}"
    if start.year == end.year:
        return f"{date_format(start, first)} – {whole}"
    return f"{date_format(start, last)} – {whole}"


def date_words(start: date, end: date, precision: str, text: str = "") -> str:
    """Return a meeting's date as people say it: 4–8 March 2024; May 2024; not fixed yet."""
    if text:
        return text
    if precision == DatePrecision.OPEN:
        return _("not fixed yet")
    if precision == DatePrecision.DAY:
        return _span(start, end, "j F", "j F Y")
    return _span(start, end, "F", "F Y")


def meeting_events(actor: Actor, slug: str) -> Iterable[Event]:
    """Give the transnational meetings the actor may see. One query."""
    from meetings.models import TransnationalMeeting

    for meeting in TransnationalMeeting.objects.visible_to(actor):
        yield Event(
            uid=f"meeting-{meeting.pk}",
            title=meeting.title,
            start=meeting.start,
            end=meeting.end,
            precision=meeting.date_precision,
            path=reverse("meetings:detail", kwargs={"network": slug, "slug": meeting.slug}),
            place=meeting.place,
            conflict=" ".join(f"{c['claim']} ({c['ref']})" for c in meeting.conflicts),
        )


def preparation_events(actor: Actor, slug: str) -> Iterable[Event]:
    """Give what the actor is to prepare for meetings and has not yet. One query."""
    from meetings.models import Preparation

    mine = Q(member__in=actor.membership_ids) | Q(partner__in=actor.coordinated_partner_ids)
    rows = Preparation.objects.filter(mine, meeting__network=actor.network_id, done_at=None)
    for row in rows.select_related("meeting"):
        yield Event(
            uid=f"preparation-{row.pk}",
            title=f"{row}: {row.meeting}",
            start=row.due,
            end=row.due,
            precision="day",
            path=reverse("meetings:checklist", kwargs={"network": slug, "slug": row.meeting.slug}),
        )


def ulg_events(actor: Actor, slug: str) -> Iterable[Event]:
    """Give the own city's local meetings that have a day. One query, none for people without a city."""
    from meetings.models import UlgMeeting

    if not actor.partner_ids:
        return
    rows = UlgMeeting.objects.visible_to(actor).standing().filter(partner__in=actor.partner_ids)
    for meeting in rows.select_related("partner", "report"):
        if meeting.date is None:
            continue
        report = getattr(meeting, "report", None)
        planned = reverse("meetings:ulg_meeting", kwargs={"network": slug, "pk": meeting.pk})
        yield Event(
            uid=f"ulg-meeting-{meeting.pk}",
            title=f"{meeting.partner}: {meeting}",
            start=meeting.date,
            end=meeting.date,
            precision=DatePrecision.DAY,
            path=detail_url(slug, report.pk) if report else planned,
            place=meeting.place,
        )


def meeting_seen(actor: Actor, meeting_id: int) -> bool:
    """Say whether the files of a transnational meeting are for this actor: who sees the meeting sees them."""
    from meetings.models import TransnationalMeeting

    return TransnationalMeeting.objects.visible_to(actor).filter(pk=meeting_id).exists()


def presence_seen(actor: Actor, meeting_id: int) -> bool:
    """Say whether a meeting's attendance lists are for this actor: who leads, and who hosts it."""
    from meetings.models import TransnationalMeeting
    from meetings.policies import can_write_agenda

    meeting = TransnationalMeeting.objects.visible_to(actor).filter(pk=meeting_id).first()
    return meeting is not None and can_write_agenda(actor, meeting)


def certificate_seen(actor: Actor, participation_id: int) -> bool:
    """Say whether somebody's certificate is for this actor: who may register them."""
    from meetings.models import Participation
    from meetings.policies import can_register

    row = Participation.objects.select_related("meeting").filter(pk=participation_id).first()
    return row is not None and can_register(actor, row.meeting, row.partner_id)
