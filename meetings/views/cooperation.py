"""Working with other networks: which, at which meetings, and who comes from there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from meetings import policies
from meetings.deliverables import date_words
from meetings.models import OutsideGuest, PartnerNetwork, TransnationalMeeting
from meetings.services import cooperation as services


@require_safe
def networks(request: HttpRequest) -> HttpResponse:
    """Show the other networks with their joint events and guests, as far as the viewer sees the meetings."""
    if not policies.can_see_cooperation(request.actor):
        raise PermissionDenied
    seen = TransnationalMeeting.objects.visible_to(request.actor)
    guests = OutsideGuest.objects.filter(meeting__in=seen).select_related("meeting").order_by("meeting__start", "name")
    rows = PartnerNetwork.objects.visible_to(request.actor).prefetch_related(
        Prefetch("meetings", seen.order_by("start"), to_attr="joint"), Prefetch("guests", guests, to_attr="coming")
    )
    found = [
        {
            "network": row,
            "joint": [(m, date_words(m.start, m.end, m.date_precision, m.date_text)) for m in row.joint],
            "coming": row.coming,
        }
        for row in rows
    ]
    others = guests.filter(partner_network=None)
    return render(request, "meetings/cooperation.html", {"rows": found, "others": list(others)})


class GuestForm(forms.ModelForm):
    """One guest from outside."""

    class Meta:
        model = OutsideGuest
        fields = ("name", "organisation", "partner_network", "part")

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        """Offer the networks we work with."""
        super().__init__(*args, **kwargs)
        self.fields["partner_network"].queryset = rows
        self.fields["partner_network"].empty_label = _("None of them")


class JointForm(forms.Form):
    """With which other networks a meeting is held."""

    networks = forms.ModelMultipleChoiceField(
        PartnerNetwork.objects.none(),
        label=gettext_lazy("Held together with"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


@require_http_methods(["GET", "POST"])
def guests(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: a meeting's guests and joint networks. POST with ``do``: add, joint, remove-…."""
    meeting = get_object_or_404(TransnationalMeeting.objects.visible_to(request.actor), slug=slug)
    if not policies.can_edit_meeting(request.actor, meeting):
        raise PermissionDenied
    rows = PartnerNetwork.objects.visible_to(request.actor)
    do = request.POST.get("do", "")
    form = GuestForm(request.POST if do == "add" else None, rows=rows)
    joint = JointForm(request.POST if do == "joint" else None, initial={"networks": meeting.partner_networks.all()})
    joint.fields["networks"].queryset = rows
    if request.method == "POST":
        name, _dash, pk = do.partition("-")
        done = None
        if do == "add" and form.is_valid():
            guest = services.add_guest(actor=request.actor, meeting=meeting, **form.cleaned_data)
            done = _("%(name)s is a guest of this meeting.") % {"name": guest}
        elif do == "joint" and joint.is_valid():
            services.set_networks(actor=request.actor, meeting=meeting, networks=joint.cleaned_data["networks"])
            done = _("Saved.")
        elif name == "remove" and pk.isdecimal():
            guest = get_object_or_404(OutsideGuest.objects.select_related("meeting"), meeting=meeting, pk=pk)
            services.remove_guest(actor=request.actor, guest=guest)
            done = _("%(name)s is taken out.") % {"name": guest}
        elif do not in ("add", "joint"):
            return HttpResponseBadRequest()
        if done:
            messages.success(request, done)
            return redirect("meetings:guests", network=request.network.slug, slug=slug)
    context = {"meeting": meeting, "form": form, "joint": joint, "networks": rows.exists()}
    context["guests"] = list(meeting.guests.select_related("partner_network"))
    return render(request, "meetings/guests.html", context, status=422 if form.errors or joint.errors else 200)
