"""The sections every quarterly report has: what each is about, and which figures stand in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Section:
    """A section: its code, title, what to write, and the template part with its figures."""

    code: str
    title: Any
    hint: Any
    part: str
    #: The figures it needs; a report published before they were counted does not have the section.
    figures: str = ""


SECTIONS = (
    Section(
        "summary",
        _("The quarter on one page"),
        _("What stood out, in three or four paragraphs. The key figures stand beside it."),
        "reports/parts/summary.html",
    ),
    Section(
        "network_meetings",
        _("Meeting each other"),
        _("What the network meetings were about and what they changed."),
        "reports/parts/meetings.html",
    ),
    Section(
        "local_meetings",
        _("Meeting at home"),
        _("What the local groups talked about and decided."),
        "reports/parts/local.html",
    ),
    Section(
        "learning",
        _("Learning from each other"),
        _("What the cities learnt, and which lessons became actions."),
        "reports/parts/learning.html",
        figures="lessons",
    ),
    Section(
        "handed_in",
        _("What the cities handed in"),
        _("How far plans, testing actions and other outputs are; what is late and why."),
        "reports/parts/handed_in.html",
    ),
    Section(
        "next",
        _("What comes next"),
        _("What the next quarter is about. The dates stand below it."),
        "reports/parts/next.html",
    ),
)
BY_CODE = {section.code: section for section in SECTIONS}
