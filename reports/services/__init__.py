"""What may be done with quarterly reports."""

from reports.services.quarterly import (
    answer_point,
    approve,
    ask_changes,
    create_report,
    figures_of,
    resolve_section,
    save_section,
    submit,
)
from reports.services.rendering import publish, render, report_languages, start_publishing, start_render, work_on

__all__ = [
    "answer_point",
    "approve",
    "ask_changes",
    "create_report",
    "figures_of",
    "publish",
    "render",
    "report_languages",
    "resolve_section",
    "save_section",
    "start_publishing",
    "start_render",
    "submit",
    "work_on",
]
