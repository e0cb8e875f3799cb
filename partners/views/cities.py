"""The network's cities: list, map, profile, facts, local group."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from partners import map as city_map
from partners import policies
from partners.enums import FactKind, Role
from partners.forms.cities import FactForm, GroupMemberForm, PartnerForm
from partners.models import LocalGroupMember, LocalSubGroup, Membership, Partner, PartnerFact, StakeholderKind
from partners.panels import panels_for
from partners.services import cities as services


def city_url(name: str, partner: Partner, request: HttpRequest, **kwargs: Any) -> str:
    """Return the address of one of a city's pages."""
    return reverse(f"partners:{name}", kwargs={"network": request.network.slug, "slug": partner.slug, **kwargs})


def find_city(request: HttpRequest, slug: str) -> Partner:
    """Return a city the actor may see, or 404."""
    return get_object_or_404(Partner.objects.visible_to(request.actor), slug=slug)


@require_safe
def city_list(request: HttpRequest) -> HttpResponse:
    """Show all cities, with the map and who coordinates where."""
    cities = list(Partner.objects.visible_to(request.actor).filter(is_active=True))
    coordinators: dict[int, list[str]] = {}
    for row in (
        Membership.objects.visible_to(request.actor).of_role(Role.COORDINATOR).select_related("user").order_by("pk")
    ):
        coordinators.setdefault(row.partner_id, []).append(str(row.user))
    numbers: dict[int, dict[str, PartnerFact]] = {}
    facts = PartnerFact.objects.visible_to(request.actor).filter(kind__in=(FactKind.COUNTRY, FactKind.POPULATION))
    for fact in facts:
        numbers.setdefault(fact.partner_id, {})[fact.kind] = fact
    rows = [
        {
            "city": city,
            "coordinators": coordinators.get(city.pk, []),
            "country": numbers.get(city.pk, {}).get(FactKind.COUNTRY),
            "population": numbers.get(city.pk, {}).get(FactKind.POPULATION),
        }
        for city in cities
    ]
    has_map = any(c.latitude is not None for c in cities)
    return render(request, "partners/list.html", {"rows": rows, "has_map": has_map})


@require_safe
def map_picture(request: HttpRequest, theme: str, width: str) -> HttpResponse:
    """Give the map as an SVG picture for one theme and size."""
    if theme not in city_map.THEMES or width not in city_map.SIZES:
        raise Http404
    svg = city_map.draw(Partner.objects.visible_to(request.actor).filter(is_active=True), theme, width)
    if not svg:
        raise Http404
    response = HttpResponse(svg, content_type="image/svg+xml")
    patch_cache_control(response, private=True, max_age=86400)
    return response


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a city: profile, facts, people, and what upper floors know of it."""
    actor = request.actor
    city = find_city(request, slug)
    city.network = request.network
    people = Membership.objects.visible_to(actor).live().filter(partner=city).select_related("user")
    order = {role: index for index, role in enumerate(Role.values)}
    today = request.network.today()
    in_group = Q(members__partner=city) & (Q(members__since=None) | Q(members__since__lte=today))
    in_group &= Q(members__until=None) | Q(members__until__gte=today)
    kinds = StakeholderKind.objects.filter(network=request.network).order_by("position")
    kinds = kinds.annotate(people=Count("members", filter=in_group))
    context = {
        "city": city,
        "facts": list(PartnerFact.objects.visible_to(actor).filter(partner=city)),
        "people": sorted(people, key=lambda m: (order[m.role], m.user.name)),
        "kinds": list(kinds),
        "panels": panels_for(actor, city),
        "may_edit": policies.can_edit_partner(actor, city),
        "may_see_group": policies.can_view_group(actor, city),
    }
    context["group_size"] = sum(kind.people for kind in context["kinds"])
    return render(request, "partners/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a city's names and profile texts."""
    city = find_city(request, slug)
    if not policies.can_edit_partner(request.actor, city):
        raise PermissionDenied
    form = PartnerForm(request.POST or None, instance=Partner.objects.get(pk=city.pk))
    if request.method == "POST" and form.is_valid():
        services.update_partner(actor=request.actor, partner=city, changes=form.cleaned_data)
        messages.success(request, _("The profile of %(city)s is saved.") % {"city": city})
        return redirect(city_url("detail", city, request))
    known = {f.kind: f for f in PartnerFact.objects.visible_to(request.actor).filter(partner=city)}
    facts = [known.get(kind) or PartnerFact(partner=city, kind=kind) for kind in FactKind.values]
    context = {"city": city, "form": form, "facts": facts}
    return render(request, "partners/edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def fact(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Change one fact of a city."""
    city = find_city(request, slug)
    if not policies.can_edit_partner(request.actor, city):
        raise PermissionDenied
    if kind not in FactKind.values:
        raise Http404
    facts = PartnerFact.objects.visible_to(request.actor).filter(partner=city, kind=kind)
    found = facts.first() or PartnerFact(partner=city, kind=kind)
    form = FactForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        services.save_fact(actor=request.actor, partner=city, kind=kind, changes=form.cleaned_data)
        messages.success(request, _("The fact is saved."))
        return redirect(f"{city_url('detail', city, request)}#facts")
    context = {"city": city, "form": form, "fact": found}
    return render(request, "partners/fact.html", context, status=422 if form.errors else 200)


@require_safe
def group(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a city's local group by name, for those who may."""
    city = find_city(request, slug)
    if not policies.can_view_group(request.actor, city):
        raise PermissionDenied
    members = list(LocalGroupMember.objects.visible_to(request.actor).filter(partner=city).select_related("kind"))
    today = request.network.today()
    former = [m for m in members if m.until and m.until < today]
    context = {
        "city": city,
        "members": [m for m in members if m not in former],
        "former": former,
        "sub_groups": list(
            LocalSubGroup.objects.visible_to(request.actor).filter(partner=city).prefetch_related("members")
        ),
        "may_edit": policies.can_edit_group(request.actor, city),
        "may_merge": policies.can_merge_people(request.actor),
    }
    return render(request, "partners/group.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def group_member(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """Add somebody to a local group, change who they are, or end their time in it."""
    city = find_city(request, slug)
    if not policies.can_edit_group(request.actor, city):
        raise PermissionDenied
    member = None
    if pk is not None:
        rows = LocalGroupMember.objects.visible_to(request.actor).select_related("partner")
        member = get_object_or_404(rows, partner=city, pk=pk)
    if member is not None and request.POST.get("do") == "end":
        services.end_group_member(actor=request.actor, member=member, day=request.network.today())
        messages.success(request, _("%(name)s leaves the group after today.") % {"name": member.name})
        return redirect(city_url("group", city, request))
    form = GroupMemberForm(request.POST or None, partner=city, member=member)
    if request.method == "POST" and form.is_valid():
        saved = services.save_group_member(actor=request.actor, partner=city, member=member, **form.cleaned_data)
        messages.success(request, _("%(name)s is in the list.") % {"name": saved.name})
        return redirect(city_url("group", city, request))
    context = {"city": city, "form": form, "member": member}
    return render(request, "partners/group_member.html", context, status=422 if form.errors else 200)
