"""What a plan says, as parts of HTML: as it is now, or as it was handed in. Everything that shows it reads this."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from actionplans import policies
from actionplans.enums import PLAN_WRITABLE, Readiness
from actionplans.models import ActionPlan, Assessment, Chapter, PlanAction, TemplateChapter
from actionplans.models.plans import HIGHEST
from actionplans.services.templates import asked
from aoce.common.charts import Bars, bars_from
from aoce.common.documents import plain_words
from aoce.common.models import SubmittedVersion
from aoce.common.review import latest_versions

if TYPE_CHECKING:
    from partners.actors import Actor

ACTIONS, INTEGRATION = "actions-of-plan", "integration-of-plan"
PART_TITLES = {ACTIONS: gettext_noop("Actions"), INTEGRATION: gettext_noop("Integrated approach")}
#: The parts of an action's lines, and their columns, as they are shown.
COLUMNS = {
    "steps": ("title", "owner", "start", "due"),
    "costs": ("what", "amount", "source"),
    "indicators": ("what", "baseline", "target", "how"),
    "risks": ("what", "likelihood", "impact", "answer"),
}
LEVELS = {"1": gettext_noop("low"), "2": gettext_noop("middle"), "3": gettext_noop("high")}


@dataclass(frozen=True)
class Part:
    """One part of a plan: its code, its title and its text as clean HTML."""

    code: str
    title: str
    html: SafeString


@dataclass(frozen=True)
class Place:
    """A chapter of the network's template in one plan, written or not."""

    template: TemplateChapter
    chapter: Chapter | None
    is_new: bool = False
    guidance_changed: bool = False

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(plain_words(self.chapter.body).split()) if self.chapter else 0

    @property
    def is_written(self) -> bool:
        """Whether something stands in it."""
        return bool(self.chapter and self.chapter.body)

    @property
    def length(self) -> str:
        """Say whether it is too short or too long; nothing when it is right, or not begun."""
        if not self.is_written:
            return ""
        if self.template.least and self.words < self.template.least:
            return _("Shorter than %(n)s words") % {"n": self.template.least}
        if self.template.most and self.words > self.template.most:
            return _("Longer than %(n)s words") % {"n": self.template.most}
        return ""


def places_of(plan: ActionPlan) -> list[Place]:
    """Return the chapters of a plan in their order: those asked for, and those asked no more where text stands.

    Two queries.
    """
    there = {row.template_id: row for row in plan.chapters.select_related("template", "updated_by")}
    templates = asked(TemplateChapter, plan.network)
    kept = [row.template for row in there.values() if row.template.is_retired and row.body]
    found = []
    for template in sorted([*templates, *kept], key=lambda one: (one.position, one.pk)):
        chapter = there.get(template.pk)
        is_new = bool(plan.begun_at and template.added_at > plan.begun_at and not (chapter and chapter.body))
        later = bool(chapter and chapter.body and template.changed_at > chapter.updated_at)
        found.append(Place(template, chapter, is_new, later))
    return found


def with_sources(body: str, sources: str) -> SafeString:
    """Return a chapter's text with its numbered sources below."""
    rows = [line.strip() for line in sources.splitlines() if line.strip()]
    below = SafeString("")
    if rows:
        points = format_html_join("", "<li>{}</li>", ((row,) for row in rows))
        below = format_html("<p><strong>{}</strong></p><ol>{}</ol>", _("Sources"), points)
    return mark_safe(body + below)  # noqa: S308 - the body is cleaned when it is saved


def with_addresses(html: str, addresses: Mapping[str, str]) -> SafeString:
    """Return a text whose pictures are shown from other addresses, by their file's id; unknown ones are left out."""

    def put(found: re.Match[str]) -> str:
        return f'src="{addresses.get(found.group(1), "data:,")}"'

    return mark_safe(re.sub(r'src="/n/[\w-]+/files/([0-9a-f-]{36})/"', put, html))  # noqa: S308 - clean HTML


# --- Actions ----------------------------------------------------------------------------------------------------------


def action_data(action: PlanAction) -> dict[str, Any]:
    """Return an action as plain data: what a version freezes, and what charts and papers are drawn from."""
    return {
        "number": action.number,
        "title": action.title,
        "description": action.description,
        "result": action.result,
        "owner": action.owner,
        "partners": action.partners,
        "readiness": action.readiness,
        "starts": action.starts.isoformat() if action.starts else "",
        "ends": action.ends.isoformat() if action.ends else "",
        "strategies": action.strategies,
        "themes": [theme.name for theme in action.horizontal_themes.all()],
        "lessons": action.log_action.title if action.log_action else "",
        "rows": {part: list(action.rows.get(part, [])) for part in COLUMNS},
    }


def actions_now(plan: ActionPlan) -> list[dict[str, Any]]:
    """Return the actions that are in the plan. Two queries."""
    rows = plan.actions.filter(is_out=False).select_related("log_action").prefetch_related("horizontal_themes")
    return [action_data(row) for row in rows]


def day_of(text: str) -> date | None:
    """Return a day of plain data."""
    return date.fromisoformat(text) if text else None


def amount_of(text: str) -> Decimal:
    """Return an amount of plain data, 0 where there is none."""
    try:
        return Decimal(text or 0)
    except InvalidOperation:
        return Decimal(0)


def _cell(column: str, text: str) -> str:
    if not text:
        return ""
    if column in ("start", "due"):
        return date_format(date.fromisoformat(text), "j F Y")
    if column == "amount":
        return f"{number_format(amount_of(text), 2, use_l10n=True, force_grouping=True)} €"
    if column in ("likelihood", "impact"):
        return _(LEVELS.get(text, text))
    return text


def _lines(part: str, rows: Iterable[dict[str, str]]) -> str:
    """Return lines as words, one a line."""
    found = []
    for row in rows:
        cells = [_cell(column, row.get(column, "")) for column in COLUMNS[part]]
        if part == "indicators":
            what, baseline, target, how = cells
            words = [what]
            if baseline:
                words.append(_("baseline %(value)s") % {"value": baseline})
            if target:
                words.append(_("target %(value)s") % {"value": target})
            found.append(", ".join([*words, *([how] if how else [])]))
        elif part == "risks":
            what, likelihood, impact, answer = cells
            words = [what]
            if likelihood:
                words.append(_("likelihood %(level)s") % {"level": likelihood})
            if impact:
                words.append(_("impact %(level)s") % {"level": impact})
            found.append(", ".join(words) + (f": {answer}" if answer else ""))
        else:
            found.append(", ".join(cell for cell in cells if cell))
    return "\n".join(found)


def action_rows(data: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what an action says as (label, words), empty ones left out."""
    days = " – ".join(_cell("start", data[name]) or "?" for name in ("starts", "ends"))
    rows = [
        (_("What happens"), data["description"]),
        (_("Intended result"), data["result"]),
        (_("Owner"), data["owner"]),
        (_("Partners"), data["partners"]),
        (_("How ready it is"), str(Readiness(data["readiness"]).label) if data["readiness"] else ""),
        (_("Time"), days if data["starts"] or data["ends"] else ""),
        (_("Steps"), _lines("steps", data["rows"]["steps"])),
        (_("Costs and funding"), _lines("costs", data["rows"]["costs"])),
        (_("Indicators"), _lines("indicators", data["rows"]["indicators"])),
        (_("Risks"), _lines("risks", data["rows"]["risks"])),
        (_("Strategies it links to"), data["strategies"]),
        (_("Horizontal themes"), ", ".join(data["themes"])),
        (_("From the learning log"), data["lessons"]),
    ]
    return [(label, words) for label, words in rows if words]


def actions_html(actions: Sequence[dict[str, Any]]) -> SafeString:
    """Return the actions as clean HTML: a heading and a table each."""
    blocks = []
    for data in actions:
        rows = format_html_join(
            "",
            '<tr><th scope="row">{}</th><td>{}</td></tr>',
            (
                (label, format_html_join(mark_safe("<br>"), "{}", ((line,) for line in words.splitlines())))
                for label, words in action_rows(data)
            ),
        )
        blocks.append(
            format_html("<h3>{}. {}</h3><table><tbody>{}</tbody></table>", data["number"], data["title"], rows)
        )
    return mark_safe("".join(blocks))  # noqa: S308 - each block is escaped above


# --- Pictures of the actions ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """An action in the picture of time: where it begins and how long it is, in hundredths of the whole."""

    number: int
    title: str
    starts: date
    ends: date
    left: int
    width: int


def spans_of(actions: Sequence[dict[str, Any]]) -> list[Span]:
    """Return the actions that have both days, as bars from the first day of all to the last."""
    rows = [(one, day_of(one["starts"]), day_of(one["ends"])) for one in actions]
    timed = [(one, start, end) for one, start, end in rows if start and end]
    if not timed:
        return []
    first, last = min(start for _one, start, _end in timed), max(end for _one, _start, end in timed)
    whole = max(1, (last - first).days + 1)
    found = []
    for one, start, end in timed:
        left = min(98, round(100 * (start - first).days / whole))
        width = min(max(2, round(100 * ((end - start).days + 1) / whole)), 100 - left)
        found.append(Span(one["number"], one["title"], start, end, left, width))
    return found


def costs_by_source(actions: Sequence[dict[str, Any]]) -> list[tuple[str, Decimal]]:
    """Return what the actions cost in euro, by who pays it, the largest first."""
    found: dict[str, Decimal] = {}
    for one in actions:
        for row in one["rows"]["costs"]:
            source = row.get("source") or _("Not known yet")
            found[source] = found.get(source, Decimal(0)) + amount_of(row.get("amount", ""))
    return sorted(found.items(), key=lambda row: -row[1])


def cost_chart(actions: Sequence[dict[str, Any]]) -> Bars:
    """Return the costs as a chart, in whole euro."""
    rows = [(source, [round(amount)]) for source, amount in costs_by_source(actions)]
    return bars_from(rows, [_("Euro")], _("Costs in euro, by who pays them"))


def risk_map(actions: Sequence[dict[str, Any]]) -> list[tuple[str, list[list[str]]]]:
    """Return the risks by how likely (rows, the highest first) and how bad (columns): "2: what could happen"."""
    cells: dict[tuple[str, str], list[str]] = {}
    for one in actions:
        for row in one["rows"]["risks"]:
            key = (row.get("likelihood", ""), row.get("impact", ""))
            cells.setdefault(key, []).append(f"{one['number']}: {row.get('what', '')}")
    if not any(likelihood and impact for likelihood, impact in cells):
        return []
    return [(_(LEVELS[high]), [cells.get((high, bad), []) for bad in LEVELS]) for high in reversed(LEVELS)]


# --- Integrated approach ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Aspect:
    """One aspect as it was assessed; None where nobody has."""

    label: str
    before: int | None
    after: int | None
    evidence: str


def degree(value: int | None) -> str:
    """Say how far an aspect is."""
    words = {0: _("not yet"), 1: _("a little"), 2: _("mostly"), HIGHEST: _("fully")}
    return "" if value is None else words[value]


def aspects_html(aspects: Sequence[Aspect]) -> SafeString:
    """Return the assessment as a table."""
    told = [one for one in aspects if one.before is not None or one.after is not None or one.evidence]
    if not told:
        return SafeString("")
    rows = format_html_join(
        "",
        '<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>',
        ((one.label, degree(one.before), degree(one.after), one.evidence) for one in told),
    )
    heads = (_("Aspect"), _("Before the plan"), _("With the plan"), _("What shows it"))
    head = format_html_join("", '<th scope="col">{}</th>', ((one,) for one in heads))
    return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>", head, rows)


def aspect_chart(aspects: Sequence[Aspect]) -> Bars:
    """Return the assessment as bars: what was there before, and what was gained."""
    rows = [(one.label, [one.before or 0, max(0, (one.after or 0) - (one.before or 0))]) for one in aspects]
    return bars_from(
        rows, [_("Before the plan"), _("Gained since")], _("Integrated approach, from 0 (not yet) to 3 (fully)")
    )


def aspects_of(rows: Iterable[Assessment]) -> list[Aspect]:
    """Return assessments as they are shown."""
    return [Aspect(row.aspect.label, row.before, row.after, row.evidence) for row in rows]


# --- The whole --------------------------------------------------------------------------------------------------------


def parts_now(
    plan: ActionPlan, places: Sequence[Place] | None = None, actions: Sequence[dict[str, Any]] | None = None
) -> list[Part]:
    """Return what a plan says now: chapters that are written, its actions, its integrated approach.

    Five queries; two less for each of ``places`` and ``actions`` that was read before.
    """
    found = [
        Part(place.template.code, place.template.label, with_sources(place.chapter.body, place.chapter.sources))
        for place in (places if places is not None else places_of(plan))
        if place.chapter and place.is_written
    ]
    if actions := actions_now(plan) if actions is None else actions:
        found.append(Part(ACTIONS, _(PART_TITLES[ACTIONS]), actions_html(actions)))
    if table := aspects_html(aspects_of(plan.assessments.select_related("aspect"))):
        found.append(Part(INTEGRATION, _(PART_TITLES[INTEGRATION]), table))
    return found


@dataclass
class Frozen:
    """What a version keeps: parts by code, their titles, and the actions as data."""

    data: dict[str, Any] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)


def frozen(plan: ActionPlan) -> Frozen:
    """Return what is frozen when a plan is handed in; days and words of its tables in English."""
    with override("en"):
        actions = actions_now(plan)
        parts = parts_now(plan, actions=actions)
        # What begins with "_" is not text: it is not compared.
        data: dict[str, Any] = {part.code: str(part.html) for part in parts}
        data["_actions"] = actions
        data["_title"] = str(plan)
        aspects = aspects_of(plan.assessments.select_related("aspect"))
        data["_aspects"] = [[one.label, one.before, one.after, one.evidence] for one in aspects]
    return Frozen(data, {part.code: part.title for part in parts})


def parts_of(version: SubmittedVersion) -> list[Part]:
    """Return the parts of a version that was handed in."""
    return [
        Part(
            code,
            _(version.labels.get(code, code)) if code in PART_TITLES else version.labels.get(code, code),
            SafeString(html),
        )
        for code, html in version.data.items()
        if not code.startswith("_")
    ]


@dataclass(frozen=True)
class Reading:
    """What of a plan a person reads: the draft, or the version that was handed in last; no parts where neither."""

    parts: list[Part]
    actions: list[dict[str, Any]]
    version: SubmittedVersion | None
    is_draft: bool


def reading_of(actor: Actor, plan: ActionPlan, places: Sequence[Place] | None = None) -> Reading:
    """Return what this person reads of a plan. One query for a version; for a draft as ``parts_now``."""
    newest, _before = latest_versions("action_plan", plan.pk)
    if policies.can_read_draft(actor, plan) and plan.state in PLAN_WRITABLE:
        actions = actions_now(plan)
        return Reading(parts_now(plan, places, actions), actions, newest, is_draft=True)
    if newest is None:
        return Reading([], [], None, is_draft=False)
    return Reading(parts_of(newest), actions_of(newest), newest, is_draft=False)


def actions_of(version: SubmittedVersion) -> list[dict[str, Any]]:
    """Return the actions of a version as data."""
    return version.data.get("_actions", [])
