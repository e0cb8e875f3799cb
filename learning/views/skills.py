"""Skills profiles: rounds, what cities' people say of their skills, and the page they say it on."""

from __future__ import annotations

import secrets
from collections import Counter

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from aoce.common.charts import chart_image
from aoce.common.workflow import WrongStateError
from learning import policies
from learning.enums import SkillLevel
from learning.forms.skills import RoundForm, SkillsForm
from learning.models import SkillAnswer, SkillRound
from learning.services import skills as services
from learning.services.skills import FEWEST
from partners.models import Partner


@require_http_methods(["GET", "POST"])
def skills(request: HttpRequest) -> HttpResponse:
    """List the rounds. POST: open one."""
    if not policies.can_view_skills(request.actor):
        raise PermissionDenied
    runs = policies.can_run_skills(request.actor)
    if request.method == "POST" and not runs:
        raise PermissionDenied
    rounds = list(SkillRound.objects.visible_to(request.actor))
    first = {"departments": "\n".join(rounds[0].departments)} if rounds else None
    form = RoundForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        made = services.open_round(actor=request.actor, network=request.network, **form.cleaned_data)
        messages.success(request, _("The round is open. Give the code to your civil servants."))
        return redirect("learning:skill_round", network=request.network.slug, pk=made.pk)
    context = {"rounds": rounds, "form": form if runs else None, "skills": services.skills_of(request.network)}
    return render(request, "learning/skills.html", context)


@require_http_methods(["GET", "POST"])
def skill_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the profile of a round, of all or of one city and department. POST: close the round."""
    found = get_object_or_404(SkillRound.objects.visible_to(request.actor), pk=pk)
    found.network = request.network
    if request.method == "POST":
        services.close_round(actor=request.actor, found=found)
        messages.success(request, _("The round is closed."))
        return redirect("learning:skill_round", network=request.network.slug, pk=pk)
    answers = list(SkillAnswer.objects.filter(round=found))
    cities = {city.pk: city for city in Partner.objects.filter(network=request.network, is_active=True)}
    shown_cities = services.shown_groups(Counter(one.partner_id for one in answers if one.partner_id in cities))
    slug, department = request.GET.get("city", ""), request.GET.get("department", "")
    city = next((city for city in cities.values() if city.slug == slug), None)
    chosen, departments, hidden = answers, set[str](), False
    if city is not None:
        chosen = [one for one in answers if one.partner_id == city.pk]
        departments = services.shown_groups(Counter(one.department for one in chosen)) - {""}
        hidden = city.pk not in shown_cities
        if department:
            chosen = [one for one in chosen if one.department == department]
            hidden = hidden or department not in departments
    hidden = hidden or len(chosen) < FEWEST
    every = services.skills_of(request.network)
    profile = [] if hidden else services.profile_of(every, chosen)
    if profile:
        _compare(found, profile, city.pk if city else None, department)
    url = request.build_absolute_uri(reverse("skills:answer", kwargs={"code": found.code}))
    context = {
        "round": found,
        "url": url,
        "n": len(answers),
        "hidden": hidden,
        "fewest": FEWEST,
        "profile": profile,
        "picture": chart_image(services.chart_of(profile)) if profile else "",
        "levels": SkillLevel.labels,
        "cities": [city for pk, city in cities.items() if pk in shown_cities],
        "city": city,
        "departments": sorted(departments) if city and city.pk in shown_cities else [],
        "department": department,
        "closes": policies.can_run_skills(request.actor) and found.closed_on is None,
        "sources": list(dict.fromkeys(skill.source for skill in every if skill.source)),
        "compares": any(one.before is not None for one in profile),
    }
    return render(request, "learning/skill_round.html", context)


def _compare(found: SkillRound, profile: list[services.SkillProfile], city: int | None, department: str) -> None:
    """Put the averages of the round before beside these, of the same people, if enough of them answered it."""
    before = SkillRound.objects.filter(network=found.network_id, pk__lt=found.pk).order_by("pk").last()
    answers = list(SkillAnswer.objects.filter(round=before)) if before else []
    if city is not None:
        if city not in services.shown_groups(Counter(one.partner_id for one in answers)):
            return
        answers = [one for one in answers if one.partner_id == city]
    if department:
        if department not in services.shown_groups(Counter(one.department for one in answers)):
            return
        answers = [one for one in answers if one.department == department]
    if len(answers) >= FEWEST:
        earlier = services.profile_of([one.skill for one in profile], answers)
        for now, then in zip(profile, earlier, strict=True):
            now.before = then.mean


@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for one person's levels: no account, no name."""
    found = SkillRound.objects.select_related("network").filter(code=code).first()
    if found is None:
        return redirect(f"{reverse('join:code')}?code={code}")
    if found.closed_on is not None and request.method == "GET":
        return render(request, "learning/skills_answer.html", {"round": found, "closed": True})
    every = services.skills_of(found.network)
    form = SkillsForm(request.POST or None, found=found, skills=every, initial={"key": secrets.token_hex(16)})
    context = {"round": found, "form": form}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            kept = services.answer(
                found=found,
                partner=data["partner"],
                department=data.get("department", ""),
                levels=form.levels,
                key=data["key"],
            )
        except WrongStateError:
            return render(request, "learning/skills_answer.html", context | {"too_late": True}, status=409)
        own = services.profile_of(every, [kept])
        said = [(one.skill, [(line.name, _level(line.numbers)) for line in one.lines]) for one in own]
        return render(request, "learning/skills_answer.html", {"round": found, "said": said, "fewest": FEWEST})
    return render(request, "learning/skills_answer.html", context, status=422 if form.errors else 200)


def _level(numbers: list[int]) -> str:
    """Return the level one person said."""
    return str(SkillLevel(numbers.index(1)).label) if 1 in numbers else ""
