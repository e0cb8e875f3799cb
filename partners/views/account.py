"""Pages of a person: where to go, invitations, the own profile."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from partners.forms.people import AcceptForm, ProfileForm
from partners.models import Invitation, Membership, User
from partners.services import invitations
from partners.services.people import update_profile

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def live_memberships(user: User) -> list[Membership]:
    """Return a person's roles that count today, by network."""
    rows = Membership.objects.live().filter(user=user).select_related("network", "partner")
    return list(rows.order_by("network__name", "pk"))


def home_of(slug: str) -> str:
    """Return the address of a network's home page."""
    return reverse("roadmap:home", kwargs={"network": slug})


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """Say what this is to a visitor; take somebody signed in to their network."""
    if request.user.is_authenticated:
        return networks(request)
    return render(request, "account_pages/root.html")


@require_safe
@login_required
def networks(request: HttpRequest) -> HttpResponse:
    """Offer the networks a person is in; with only one, open it."""
    by_network: dict[str, list[Membership]] = {}
    for membership in live_memberships(request.user):
        by_network.setdefault(membership.network.slug, []).append(membership)
    if len(by_network) == 1:
        return redirect(home_of(next(iter(by_network))))
    return render(request, "account_pages/networks.html", {"choices": list(by_network.values())})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Change one's own name, language and time zone."""
    form = ProfileForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        update_profile(user=request.user, **form.cleaned_data)
        with override(request.user.language):
            messages.success(request, _("Your profile is saved."))
        return redirect("account_pages:profile")
    context = {"form": form, "memberships": live_memberships(request.user)}
    return render(request, "account_pages/profile.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: as a new person, or with the account one has."""
    found = get_object_or_404(Invitation.objects.select_related("network", "partner", "invited_by"), token=token)
    try:
        return _invitation(request, found)
    except invitations.InvitationClosedError as error:
        context = {"invitation": found, "closed": error.state.value}
        return render(request, "account_pages/invitation_closed.html", context, status=410)


def _invitation(request: HttpRequest, found: Invitation) -> HttpResponse:
    state = invitations.state_of(found)
    if state is not invitations.InvitationState.OPEN:
        raise invitations.InvitationClosedError(state)
    user = request.user
    context = {"invitation": found, "network_name": found.network.name}
    if user.is_authenticated and user.email.lower() == found.email.lower():
        if request.method == "POST":
            invitations.accept_as(invitation=found, user=user)
            return _welcome(request, found)
        return render(request, "account_pages/invitation_join.html", context)
    if user.is_authenticated:
        return render(request, "account_pages/invitation_other.html", context, status=409 if request.POST else 200)
    if User.objects.filter(email__iexact=found.email).exists():
        return render(request, "account_pages/invitation_sign_in.html", context, status=409 if request.POST else 200)
    initial = {"name": found.name, "language": found.language}
    form = AcceptForm(request.POST or None, email=found.email, initial=initial)
    if request.method == "POST" and form.is_valid():
        new = invitations.accept_as_new(invitation=found, **form.cleaned_data)
        login(request, new, backend=BACKEND)
        return _welcome(request, found)
    context["form"] = form
    return render(request, "account_pages/invitation_new.html", context, status=422 if form.errors else 200)


def _welcome(request: HttpRequest, found: Invitation) -> HttpResponse:
    with override(request.user.language):
        messages.success(request, _("Welcome to %(network)s.") % {"network": found.network.name})
    return redirect(home_of(found.network.slug))
