"""All plans at a glance: how far each chapter is, actions, costs, horizontal themes."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from actionplans import policies
from actionplans.content import amount_of
from actionplans.models import ActionPlan, Chapter, PlanAction, TemplateChapter
from actionplans.services.plans import KIND
from actionplans.services.templates import asked
from aoce.common.documents import plain_words
from aoce.common.models import SubmittedVersion
from partners.models import HorizontalTheme, Partner

if TYPE_CHECKING:
    from partners.actors import Actor
    from partners.models import Network


@dataclass
class Line:
    """One city's plan: words by chapter (None where it is hidden or empty) with its title, actions, costs, themes."""

    city: Partner
    plan: ActionPlan | None
    words: list[tuple[str, int | None]] = field(default_factory=list)
    actions: int = 0
    cost: Decimal = Decimal(0)
    themes: list[str] = field(default_factory=list)
    version: SubmittedVersion | None = None
    is_draft: bool = False

    @property
    def written(self) -> int:
        """How many chapters have text."""
        return sum(bool(n) for _label, n in self.words)


@dataclass
class Glance:
    """All plans of a network."""

    chapters: list[TemplateChapter]
    lines: list[Line]
    themes: list[str]

    @property
    def cost(self) -> Decimal:
        """What all actions cost, in euro."""
        return sum((line.cost for line in self.lines), Decimal(0))

    @property
    def actions(self) -> int:
        """How many actions there are."""
        return sum(line.actions for line in self.lines)


def _count(line: Line, actions: list[dict[str, Any]]) -> None:
    line.actions = len(actions)
    for one in actions:
        line.cost += sum((amount_of(row.get("amount", "")) for row in one["costs"]), Decimal(0))
        line.themes += [name for name in one["themes"] if name not in line.themes]


def plans_at_a_glance(actor: Actor, network: Network) -> Glance:
    """Return every city's plan as this actor may see it: its own draft, else what was handed in. Seven queries."""
    chapters = asked(TemplateChapter, network)
    cities = list(Partner.objects.visible_to(actor).filter(is_active=True))
    plans = {}
    for plan in ActionPlan.objects.visible_to(actor):
        plans[plan.partner_id] = plan
    for city in cities:
        city.network = network
        if city.pk in plans:
            plans[city.pk].partner = city
    newest: dict[int, SubmittedVersion] = {}
    for version in SubmittedVersion.objects.filter(kind=KIND, object_id__in=[p.pk for p in plans.values()]):
        newest[version.object_id] = version
    drafts = {plan.pk for plan in plans.values() if policies.can_read_draft(actor, plan) and plan.state != "submitted"}
    texts: dict[tuple[int, str], str] = {}
    for chapter in Chapter.objects.filter(plan__in=drafts).select_related("template"):
        texts[chapter.plan_id, chapter.template.code] = chapter.body
    actions: dict[int, list[dict[str, Any]]] = {}
    rows = PlanAction.objects.filter(plan__in=drafts, is_out=False).prefetch_related("horizontal_themes")
    for action in rows:
        names = [theme.name for theme in action.horizontal_themes.all()]
        actions.setdefault(action.plan_id, []).append({"costs": action.rows.get("costs", []), "themes": names})
    lines = []
    for city in cities:
        found = plans.get(city.pk)
        line = Line(city, found, version=newest.get(found.pk) if found else None)
        if found and found.pk in drafts:
            line.is_draft = True
            bodies = [texts.get((found.pk, one.code), "") for one in chapters]
            _count(line, actions.get(found.pk, []))
        else:
            data = line.version.data if line.version else {}
            bodies = [data.get(one.code, "") for one in chapters]
            frozen = data.get("_actions", [])
            _count(line, [{"costs": one["rows"]["costs"], "themes": one["themes"]} for one in frozen])
        counts = [len(plain_words(body).split()) if body else None for body in bodies]
        line.words = [(str(one), n) for one, n in zip(chapters, counts, strict=True)]
        lines.append(line)
    themes = list(HorizontalTheme.objects.filter(network=network).values_list("name", flat=True))
    return Glance(chapters, lines, themes)
