"""What waits for its quality check, and what all checks together say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from actionplans.enums import Judgement, PlanState, Subject, TestingState
from actionplans.models import ActionPlan, Criterion, Finding, QualityCheck, TestingAction
from actionplans.services.templates import criteria_of
from actionplans.subjects import Kind, kinds
from aoce.common.models import SubmittedVersion
from partners.models import Partner
from roadmap.models import Obligation

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network


@dataclass(frozen=True)
class Waiting:
    """Something handed in: which version, since when, due when, and how many days the last check of it took."""

    kind: Kind
    subject: ActionPlan | TestingAction
    version: SubmittedVersion
    due: date | None
    days: int
    last_took: int | None
    is_begun: bool

    @property
    def url(self) -> str:
        """The page where it is checked."""
        return self.kind.check_url(self.subject)


@dataclass(frozen=True)
class Checked:
    """A check that was decided."""

    check: QualityCheck
    title: str
    city: Partner
    took: int
    url: str


def _days(since: datetime, until: datetime) -> int:
    return max(0, (until - since).days)


def waiting(actor: Actor, network: Network) -> tuple[list[Waiting], list[Checked]]:
    """Return what waits, the longest first, and the last ten checks that were decided. Seven queries."""
    now = timezone.now()
    found: dict[tuple[str, int], ActionPlan | TestingAction] = {}
    for plan in ActionPlan.objects.visible_to(actor).select_related("partner__network"):
        found[Subject.PLAN, plan.pk] = plan
    for action in TestingAction.objects.visible_to(actor).select_related("partner__network"):
        found[Subject.TESTING, action.pk] = action
    waits = {key for key, one in found.items() if one.state in (PlanState.SUBMITTED, TestingState.SUBMITTED)}
    newest: dict[tuple[str, int], SubmittedVersion] = {}
    versions = SubmittedVersion.objects.filter(network=network, kind__in=Subject.values).select_related("user")
    for version in versions.defer("data", "labels"):
        newest[version.kind, version.object_id] = version
    due: dict[tuple[str, int], date] = {}
    for row in Obligation.objects.filter(deliverable__in=Subject.values, state="submitted").select_related("task"):
        key = (row.deliverable, row.deliverable_id)
        due[key] = min(row.due, due.get(key, row.due))
    took: dict[tuple[str, int], int] = {}
    begun, done = set(), []
    checks = QualityCheck.objects.filter(network=network).select_related("content", "checker", "file")
    for check in checks.defer("content__data", "content__labels").order_by("pk"):
        key = (check.kind, check.object_id)
        if check.decided_at is None:
            begun.add(check.content_id)
            continue
        took[key] = _days(check.content.at, check.decided_at)
        if key in found:
            done.append(check)
    by_subject = {kind.subject: kind for kind in kinds().values()}
    rows = [
        Waiting(
            by_subject[key[0]],
            found[key],
            newest[key],
            due.get(key),
            _days(newest[key].at, now),
            took.get(key),
            newest[key].pk in begun,
        )
        for key in waits
        if key in newest
    ]
    finished = []
    for check in sorted(done, key=lambda one: one.decided_at or now, reverse=True)[:10]:
        one = found[check.kind, check.object_id]
        days = _days(check.content.at, check.decided_at or now)
        finished.append(Checked(check, str(one), one.partner, days, by_subject[check.kind].url(one)))
    return sorted(rows, key=lambda row: row.version.at), finished


@dataclass(frozen=True)
class Hard:
    """One criterion over all cities: its last judgement in each, and how many are not fully met."""

    criterion: Criterion
    cells: list[str]

    @property
    def open(self) -> int:
        """In how many cities it is partly met or not met."""
        return sum(cell in (Judgement.PARTLY, Judgement.NOT) for cell in self.cells)

    @property
    def shown(self) -> list[tuple[str, str]]:
        """Each cell as (code, word)."""
        return [(cell, str(Judgement(cell).label) if cell else "") for cell in self.cells]


def hard_for_the_network(actor: Actor, network: Network, subject: str) -> tuple[list[Partner], list[Hard]]:
    """Return the cities and, for each criterion, how it was met in each when it was last judged; the hardest first.

    A city with several testing actions shows the worst of them. Four queries.
    """
    cities = list(Partner.objects.visible_to(actor).filter(is_active=True))
    model = ActionPlan if subject == Subject.PLAN else TestingAction
    city_of = dict(model.objects.visible_to(actor).values_list("pk", "partner_id"))
    rows = Finding.objects.filter(check_of__network=network, check_of__kind=subject).exclude(judgement="")
    last: dict[tuple[int, int], str] = {}
    for row in rows.select_related("check_of").order_by("check_of__pk"):
        last[row.check_of.object_id, row.criterion_id] = row.judgement
    order = {Judgement.MET: 0, Judgement.PARTLY: 1, Judgement.NOT: 2}
    worst: dict[tuple[int, int], str] = {}
    for (pk, criterion), judgement in last.items():
        key = (city_of.get(pk, 0), criterion)
        if key not in worst or order[Judgement(judgement)] > order[Judgement(worst[key])]:
            worst[key] = judgement
    found = [Hard(one, [worst.get((city.pk, one.pk), "") for city in cities]) for one in criteria_of(network, subject)]
    return cities, sorted(found, key=lambda row: -row.open)
