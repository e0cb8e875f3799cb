"""Matchmaking: a city asks for a practice, and both say what became of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from aoce.common import review
from aoce.common.workflow import CommentMissingError
from learning import policies
from learning.enums import ContactState
from learning.forms.contacts import AskForm
from learning.models import PracticeContact
from learning.models.contacts import SHAPES
from learning.services import contacts as services
from learning.views.practices import find
from learning.workflow import PRACTICE_CONTACT
from partners.models import Partner

PER_PAGE = 30
DONE = {
    "meet": gettext_lazy("Met"),
    "try": gettext_lazy("Tried"),
    "adopt": gettext_lazy("Adopted"),
    "change": gettext_lazy("It changed something"),
    "end": gettext_lazy("Came to nothing"),
    "again": gettext_lazy("Asked again"),
}


@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    """List the contacts: of the own city, or of all for who leads; how far they came, city by city."""
    if not policies.can_view_contacts(request.actor):
        raise PermissionDenied
    rows = PracticeContact.objects.visible_to(request.actor)
    counted = Counter(rows.order_by().values_list("partner", "state"))
    cities = list(Partner.objects.visible_to(request.actor).filter(is_active=True))
    asked = {"city": request.GET.get("city", ""), "state": request.GET.get("state", "")}
    if asked["city"]:
        rows = rows.filter(partner__slug=asked["city"]) | rows.filter(practice__owner__slug=asked["city"])
    if asked["state"]:
        rows = rows.filter(state=asked["state"])
    rows = rows.select_related("partner", "practice__owner").order_by("-asked_at", "-pk")
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "asked": asked,
        "cities": cities,
        "states": ContactState.choices,
        "table": [
            (city, [counted[city.pk, state] for state in ContactState.values])
            for city in cities
            if any(counted[city.pk, state] for state in ContactState.values)
        ],
        "everyone": request.actor.leads,
    }
    return render(request, "learning/contacts.html", context)


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask those who have a practice; whoever asked already comes to the contact."""
    found = find(request, slug)
    own = {pk for pk in request.actor.coordinated_partner_ids if policies.can_ask(request.actor, found, pk)}
    if not own:
        raise PermissionDenied
    asked = set(found.contacts.filter(partner__in=own).values_list("partner", flat=True))
    if own == asked:
        known = found.contacts.filter(partner__in=own).order_by("pk")[0]
        return redirect("learning:contact", network=request.network.slug, pk=known.pk)
    form = AskForm(request.POST or None, cities=Partner.objects.filter(pk__in=own - asked))
    if request.method == "POST" and form.is_valid():
        made = services.ask(actor=request.actor, practice=found, **form.cleaned_data)
        messages.success(request, _("Asked. %(who)s gets a message.") % {"who": found.where})
        return redirect("learning:contact", network=request.network.slug, pk=made.pk)
    return render(request, "learning/ask.html", {"practice": found, "form": form})


@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one contact. POST with ``do``: the next step, with a sentence about it."""
    rows = PracticeContact.objects.visible_to(request.actor)
    rows = rows.select_related("partner", "practice__owner", "practice__network", "need__sub_theme", "asked_by")
    found = get_object_or_404(rows, pk=pk)
    problem = comment = ""
    if request.method == "POST":
        do, comment = request.POST.get("do", ""), request.POST.get("comment", "")[:4000]
        if do not in DONE:
            return HttpResponseBadRequest()
        try:
            services.move(actor=request.actor, contact=found, name=do, comment=comment)
        except CommentMissingError as missing:
            problem = str(missing)
        else:
            messages.success(request, _("Saved."))
            return redirect("learning:contact", network=request.network.slug, pk=found.pk)
    steps = review.steps_of(review.history(services.KIND, found.pk), DONE)
    context = {
        "contact": found,
        "available": PRACTICE_CONTACT.available(request.actor, found),
        "steps": [replace(step, state=SHAPES[ContactState(step.state)]) for step in steps],
        "problem": problem,
        "comment": comment,
    }
    return render(request, "learning/contact.html", context)
