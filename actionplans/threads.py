"""What became of actions of the learning logs: testing actions that try them out, actions of plans made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import CharField, F, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from actionplans.models import PlanAction, TestingAction

if TYPE_CHECKING:
    from collections.abc import Collection

    from partners.actors import Actor


def further(actor: Actor, action_ids: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """Return by action of a log what was made of it, as (label, address). One query.

    An action of a plan that is a draft is its city's own.
    """
    word = CharField()
    testing = TestingAction.objects.visible_to(actor).filter(log_actions__in=action_ids).order_by().distinct()
    columns = ("what", "action", "pk", "title", "network__slug", "partner__slug")
    tried = testing.annotate(what=Value("testing", word), action=F("log_actions")).values_list(*columns)
    planned = PlanAction.objects.filter(log_action__in=action_ids, is_out=False, plan__partner__in=actor.partner_ids)
    planned = planned.order_by().annotate(what=Value("plan", word), action=F("log_action"))
    planned = planned.values_list(
        "what", "action", "pk", "title", "plan__partner__network__slug", "plan__partner__slug"
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for what, action, pk, title, network, city in sorted(planned.union(tried, all=True)):
        about = {"network": network}
        if what == "plan":
            label = _("Action of the plan: %(title)s")
            url = reverse("actionplans:plan_actions", kwargs={**about, "city": city})
        else:
            label = _("Testing action: %(title)s")
            url = reverse("actionplans:testing", kwargs={**about, "pk": pk})
        found.setdefault(action, []).append((label % {"title": title}, url))
    return found
