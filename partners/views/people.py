"""Who is who, and inviting people."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import policies
from partners.enums import CITY_ROLES, Role
from partners.forms.people import InviteForm, MembershipForm
from partners.models import Invitation, Membership
from partners.services import invitations
from partners.services.people import LastLeadPartnerError, change_membership, end_membership, resume_membership

NETWORK_ROLES = tuple(role for role in Role if role not in CITY_ROLES)


def people_url(request: HttpRequest) -> str:
    """Return the address of the page with everybody."""
    return reverse("partners:people", kwargs={"network": request.network.slug})


def by_place(rows: list[Membership]) -> list[dict[str, Any]]:
    """Return people in groups: the network's roles first, then each city with its coordinators and members."""
    groups: list[dict[str, Any]] = [{"partner": None, "people": []}]
    cities: dict[int, dict[str, Any]] = {}
    for row in rows:
        if row.partner is None:
            groups[0]["people"].append(row)
        else:
            cities.setdefault(row.partner_id, {"partner": row.partner, "people": []})["people"].append(row)
    order = {role: index for index, role in enumerate(Role.values)}
    for group in (*groups, *cities.values()):
        group["people"].sort(key=lambda m: (order[m.role], m.user.name))
    return [g for g in groups if g["people"]] + sorted(cities.values(), key=lambda g: g["partner"].position)


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Show who is who, by city and role; the Lead Partner also sees open invitations and who left."""
    actor = request.actor
    rows = list(Membership.objects.visible_to(actor).live().select_related("user", "partner"))
    context: dict[str, Any] = {"groups": by_place(rows), "total": len({r.user_id for r in rows}), "may_manage": False}
    if policies.can_manage_people(actor):
        sent = Invitation.objects.visible_to(actor).filter(accepted_at=None, revoked_at=None)
        live = {r.pk for r in rows}
        former = Membership.objects.visible_to(actor).exclude(pk__in=live).select_related("user", "partner")
        context |= {
            "may_manage": True,
            "invitations": [
                {"row": i, "state": invitations.state_of(i).value} for i in sent.select_related("partner", "invited_by")
            ],
            "former": list(former),
        }
    return render(request, "partners/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite one or several people by e-mail."""
    if not policies.can_manage_people(request.actor):
        raise PermissionDenied
    form = InviteForm(request.POST or None, network=request.network, initial={"role": Role.COORDINATOR})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = invitations.invite(
            actor=request.actor,
            network=request.network,
            emails=data["emails"],
            role=data["role"],
            partner=data["partner"],
            language=data["language"],
            expires_membership=data["expires"],
        )
        _tell(request, done)
        return redirect(people_url(request))
    return render(request, "partners/invite.html", {"form": form}, status=422 if form.errors else 200)


def _tell(request: HttpRequest, done: list[invitations.Invited]) -> None:
    """Say what became of the addresses."""
    invited = [i.email for i in done if i.outcome is invitations.Outcome.INVITED]
    if invited:
        text = ngettext(
            "Invited: %(list)s. The mail is on its way.", "Invited: %(list)s. The mails are on their way.", len(invited)
        )
        messages.success(request, text % {"list": ", ".join(invited)})
    for one in done:
        if one.outcome is invitations.Outcome.MEMBER:
            messages.info(request, _("%(email)s has this role already. No mail was sent.") % {"email": one.email})
        elif one.outcome is invitations.Outcome.PENDING:
            text = _("%(email)s has an open invitation for this role already. You can send it again below.")
            messages.info(request, text % {"email": one.email})


@require_POST
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an invitation again, or revoke it."""
    if not policies.can_manage_people(request.actor):
        raise PermissionDenied
    found = get_object_or_404(Invitation.objects.visible_to(request.actor).select_related("network"), pk=pk)
    try:
        if request.POST.get("do") == "revoke":
            invitations.revoke(actor=request.actor, invitation=found)
            messages.success(request, _("The invitation of %(email)s is revoked.") % {"email": found.email})
        else:
            invitations.resend(actor=request.actor, invitation=found)
            messages.success(request, _("The invitation of %(email)s is sent again.") % {"email": found.email})
    except invitations.InvitationClosedError as error:
        if error.state is invitations.InvitationState.ACCEPTED:
            text = _("%(email)s has accepted the invitation in the meantime.")
        else:
            text = _("The invitation of %(email)s was revoked. Invite the person again.")
        messages.error(request, text % {"email": found.email})
    return redirect(people_url(request))


@require_http_methods(["GET", "HEAD", "POST"])
def membership(request: HttpRequest, pk: int) -> HttpResponse:
    """Change somebody's role, city or end; end or resume a membership."""
    if not policies.can_manage_people(request.actor):
        raise PermissionDenied
    found = get_object_or_404(
        Membership.objects.visible_to(request.actor).select_related("user", "partner", "network"), pk=pk
    )
    initial = {"role": found.role, "partner": found.partner_id, "expires": found.expires}
    do = request.POST.get("do", "save")
    form = MembershipForm(
        request.POST if request.method == "POST" and do == "save" else None, network=request.network, initial=initial
    )
    if request.method == "POST":
        name = {"name": found.user.name}
        try:
            if do == "end":
                end_membership(actor=request.actor, membership=found)
                messages.success(request, _("%(name)s is no longer part of the network in this role.") % name)
                return redirect(people_url(request))
            if do == "resume":
                resume_membership(actor=request.actor, membership=found)
                messages.success(request, _("%(name)s is part of the network again.") % name)
                return redirect(people_url(request))
            if form.is_valid():
                change_membership(actor=request.actor, membership=found, **form.cleaned_data)
                messages.success(request, _("The role of %(name)s is saved.") % name)
                return redirect(people_url(request))
        except LastLeadPartnerError:
            text = _("This is the only Lead Partner without an end date. Give somebody else this role first.")
            if do != "save":
                messages.error(request, text)
                return redirect(people_url(request))
            form.add_error("role", text)
        except ValidationError as error:
            form.add_error(None, error)
    is_live = found.is_active and (found.expires is None or found.expires >= request.network.today())
    context = {"form": form, "person": found, "is_live": is_live}
    return render(request, "partners/membership.html", context, status=422 if form.errors else 200)
