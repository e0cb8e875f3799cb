"""When the network reminds, who gets what, and how each person wants it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from roadmap import policies
from roadmap.forms.reminders import PreferenceForm, RuleForm
from roadmap.models import ReminderPreference, ReminderRule
from roadmap.services import planning, reminder_rules

PER_PAGE = 50


def _require(request: HttpRequest) -> None:
    if not policies.can_edit_rules(request.actor, request.network.pk):
        raise PermissionDenied


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Show the rules and who gets what in the next thirty days."""
    _require(request)
    rules = list(ReminderRule.objects.filter(network=request.network))
    page = Paginator(planning.preview(request.network, rules=rules), PER_PAGE).get_page(request.GET.get("page"))
    context = {"rules": [(rule, reminder_rules.rule_words(rule)) for rule in rules], "page": page}
    return render(request, "roadmap/reminders.html", context)


@require_http_methods(["GET", "POST"])
def rule_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add a rule, or change one."""
    _require(request)
    found = get_object_or_404(ReminderRule, pk=pk, network=request.network) if pk else None
    form = RuleForm(request.POST or None, instance=found or ReminderRule(network=request.network))
    if request.method == "POST" and form.is_valid():
        reminder_rules.save_rule(actor=request.actor, network=request.network, rule=found, **form.cleaned_data)
        messages.success(request, _("The rule is saved. Waiting reminders follow it."))
        return redirect("roadmap:reminders", network=request.network.slug)
    return render(request, "roadmap/reminder_rule.html", {"form": form, "rule": found})


@require_POST
def rule_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a rule away."""
    _require(request)
    rule = get_object_or_404(ReminderRule, pk=pk, network=request.network)
    reminder_rules.delete_rule(actor=request.actor, rule=rule)
    messages.success(request, _("The rule is gone, and the reminders it had planned."))
    return redirect("roadmap:reminders", network=request.network.slug)


@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Let somebody choose one mail a day or one for each thing, and pause."""
    found = ReminderPreference.objects.filter(user=request.user).first()
    form = PreferenceForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        reminder_rules.save_preference(user=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. This holds in all your networks."))
        return redirect("roadmap:preferences", network=request.network.slug)
    return render(request, "roadmap/preferences.html", {"form": form})
