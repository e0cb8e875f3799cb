"""What is checked: testing actions and plans, told apart in one place. Checks and remarks work on either."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from actionplans.content import Part, parts_of
from actionplans.enums import PLAN_WRITABLE, WRITABLE, Subject
from actionplans.models import ActionPlan, TestingAction
from actionplans.services.testing import PART_LABELS

if TYPE_CHECKING:
    from aoce.common.models import SubmittedVersion
    from aoce.common.workflow import Workflow
    from partners.actors import Actor


def _lines(text: str) -> SafeString:
    """Return plain text as paragraphs."""
    return format_html_join("", "<p>{}</p>", ((line,) for line in text.splitlines() if line.strip()))


def _testing_parts(version: SubmittedVersion) -> list[Part]:
    labels = {**version.labels, **PART_LABELS}
    found = []
    for code, text in version.data.items():
        label = _(PART_LABELS[code]) if code in PART_LABELS else labels.get(code, code)
        if text and code in ("steps", "budget", "measures"):
            points = format_html_join("", "<li>{}</li>", ((line,) for line in text.splitlines() if line))
            found.append(Part(code, label, format_html("<ul>{}</ul>", points)))
        elif text:
            found.append(Part(code, label, _lines(text)))
    return found


@dataclass(frozen=True)
class Kind:
    """A kind of thing that is checked: the word in its addresses, its workflow, how its versions are read."""

    word: str
    subject: str
    workflow: Workflow
    model: type[ActionPlan | TestingAction]
    writable: tuple[str, ...]

    def find(self, actor: Actor, pk: int) -> Any:
        """Return one this actor may see; 404 otherwise."""
        rows = self.model.objects.visible_to(actor).select_related("partner__network")
        return get_object_or_404(rows, pk=pk)

    def parts(self, version: SubmittedVersion) -> list[Part]:
        """Return the parts of a version as HTML."""
        return parts_of(version) if self.subject == Subject.PLAN else _testing_parts(version)

    def url(self, found: Any) -> str:
        """Return its own page."""
        network = found.partner.network.slug
        if self.subject == Subject.PLAN:
            return reverse("actionplans:plan", kwargs={"network": network, "city": found.partner.slug})
        return reverse("actionplans:testing", kwargs={"network": network, "pk": found.pk})

    def check_url(self, found: Any) -> str:
        """Return the page where it is checked and discussed."""
        return reverse(
            "actionplans:check", kwargs={"network": found.partner.network.slug, "kind": self.word, "pk": found.pk}
        )


def kinds() -> dict[str, Kind]:
    """Return the kinds by the word in their addresses."""
    from actionplans.workflow import PLAN, TESTING  # both register themselves when they are read

    return {
        "plan": Kind("plan", Subject.PLAN, PLAN, ActionPlan, PLAN_WRITABLE),
        "testing": Kind("testing", Subject.TESTING, TESTING, TestingAction, WRITABLE),
    }
