"""Thematic working groups: who is in which, what the matrix proposes, and adjusting them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from learning import policies
from learning.groups import MOST_GROUPS, SIZES, USUAL_SIZE, Topic
from learning.models import WorkingGroup
from learning.services import groups as services
from partners.models import Network, Partner, SubTheme


class GroupForm(forms.ModelForm):
    """A group's sub-theme, name, purpose and cities."""

    cities = forms.ModelMultipleChoiceField(
        Partner.objects.none(), label=gettext_lazy("Cities"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = WorkingGroup
        fields = ("sub_theme", "name", "purpose")

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        """Offer the network's sub-themes and cities."""
        super().__init__(*args, **kwargs)
        self.network = network
        self.fields["sub_theme"].queryset = SubTheme.objects.filter(theme__network=network).select_related("theme")
        self.fields["cities"].queryset = Partner.objects.filter(network=network, is_active=True)
        self.fields["name"].help_text = _("Only if the sub-theme's name is too long")
        self.fields["purpose"].widget.attrs["rows"] = 3
        if self.instance.pk:
            self.initial["cities"] = list(self.instance.cities.values_list("partner", flat=True))

    def clean_sub_theme(self) -> SubTheme:
        """Refuse a sub-theme that has a group."""
        found = self.cleaned_data["sub_theme"]
        same = WorkingGroup.objects.filter(network=self.network, sub_theme=found).exclude(pk=self.instance.pk)
        if same.exists():
            raise forms.ValidationError(_("There is a group on this sub-theme already."))
        return found


def _why(topics: dict[int, Topic], sub_theme_id: int, city_id: int) -> str:
    """Return why a city is in a group: it needs to know, can show, or both."""
    topic = topics.get(sub_theme_id)
    needs, has = (city_id in topic.needs, city_id in topic.has) if topic else (False, False)
    if needs and has:
        return _("shows and needs")
    return _("shows") if has else _("needs") if needs else ""


@require_http_methods(["GET", "POST"])
def groups(request: HttpRequest) -> HttpResponse:
    """GET: the groups. POST with ``do`` and ``group``: a coordinator's city joins or leaves."""
    actor = request.actor
    if not policies.can_view_matrix(actor):
        raise PermissionDenied
    if request.method == "POST":
        return _join_or_leave(request)
    cities = {c.pk: c for c in Partner.objects.visible_to(actor).filter(is_active=True)}
    topics = {t.key: t for t in services.topics_for(request.network)}
    own = [cities[pk] for pk in sorted(actor.coordinated_partner_ids) if pk in cities]
    counts: dict[int, int] = dict.fromkeys(cities, 0)
    rows = []
    found = WorkingGroup.objects.visible_to(actor).select_related("sub_theme__theme").prefetch_related("cities")
    for group in found:
        members = [cities[c.partner_id] for c in group.cities.all() if c.partner_id in cities]
        for city in members:
            counts[city.pk] += 1
        rows.append(
            {
                "group": group,
                "members": [(city, _why(topics, group.sub_theme_id, city.pk)) for city in members],
                "own": [(city, city in members) for city in own],
            }
        )
    context = {
        "rows": rows,
        "full": {pk for pk, n in counts.items() if n >= MOST_GROUPS},
        "without": [cities[pk] for pk, n in counts.items() if not n] if rows else [],
        "adjusts": policies.can_adjust_groups(actor),
        "most": MOST_GROUPS,
    }
    return render(request, "learning/groups.html", context)


def _join_or_leave(request: HttpRequest) -> HttpResponse:
    do, pk, slug = (request.POST.get(name, "") for name in ("do", "group", "city"))
    if do not in ("join", "leave") or not pk.isdecimal():
        return HttpResponseBadRequest()
    group = get_object_or_404(WorkingGroup.objects.visible_to(request.actor).select_related("sub_theme"), pk=pk)
    city = get_object_or_404(Partner.objects.visible_to(request.actor), slug=slug)
    words = {"city": city, "group": group}
    try:
        if do == "join":
            services.join(actor=request.actor, group=group, city=city)
            messages.success(request, _("%(city)s is in “%(group)s”.") % words)
        else:
            services.leave(actor=request.actor, group=group, city=city)
            messages.success(request, _("%(city)s has left “%(group)s”.") % words)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("learning:groups", network=request.network.slug)


def _size(value: str) -> int:
    return int(value) if value.isdecimal() and int(value) in SIZES else USUAL_SIZE


@require_http_methods(["GET", "POST"])
def proposal(request: HttpRequest) -> HttpResponse:
    """GET: what the matrix proposes for groups of a size. POST: take it."""
    if not policies.can_adjust_groups(request.actor):
        raise PermissionDenied
    if request.method == "POST":
        size = _size(request.POST.get("size", ""))
        n = services.take(actor=request.actor, network=request.network, size=size)
        said = ngettext("%(n)s group is made.", "%(n)s groups are made.", n) % {"n": n}
        messages.success(request, said)
        return redirect("learning:groups", network=request.network.slug)
    size = _size(request.GET.get("size", ""))
    cities = list(Partner.objects.visible_to(request.actor).filter(is_active=True))
    themes = {s.pk: s for s in SubTheme.objects.filter(theme__network=request.network).select_related("theme")}
    found = services.proposal_for(request.network, cities, size)
    topics = {one.topic.key: one.topic for one in found}
    rows = [
        {
            "sub_theme": themes[one.topic.key],
            "members": [(c, _why(topics, one.topic.key, c.pk)) for c in cities if c.pk in one.members],
        }
        for one in found
    ]
    placed = {pk for one in found for pk in one.members}
    context = {
        "rows": rows,
        "size": size,
        "sizes": SIZES,
        "without": [c for c in cities if c.pk not in placed],
        "replaces": WorkingGroup.objects.visible_to(request.actor).count(),
        "most": MOST_GROUPS,
    }
    return render(request, "learning/groups_proposal.html", context)


@require_http_methods(["GET", "POST"])
def group(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make a group, change it and its cities, or take it away."""
    if not policies.can_adjust_groups(request.actor):
        raise PermissionDenied
    found = get_object_or_404(WorkingGroup.objects.visible_to(request.actor), pk=pk) if pk is not None else None
    if found is not None and request.POST.get("do") == "remove":
        services.remove(actor=request.actor, group=found)
        messages.success(request, _("“%(name)s” is taken away.") % {"name": found})
        return redirect("learning:groups", network=request.network.slug)
    instance = found or WorkingGroup(network=request.network)
    form = GroupForm(request.POST or None, instance=instance, network=request.network)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        kept = WorkingGroup.objects.get(pk=found.pk) if found else None
        try:
            saved = services.save_group(actor=request.actor, network=request.network, group=kept, **data)
        except ValidationError as error:
            form.add_error("cities", error)
        else:
            messages.success(request, _("“%(name)s” is saved.") % {"name": saved})
            return redirect("learning:groups", network=request.network.slug)
    context = {"form": form, "found": found}
    return render(request, "learning/groups_form.html", context, status=422 if form.errors else 200)
