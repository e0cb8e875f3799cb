"""What may be done with quarterly reports."""

from reports.services.quarterly import (
    approve,
    ask_changes,
    create_report,
    figures_of,
    publish,
    render,
    resolve_section,
    save_section,
    start_publishing,
    start_render,
    submit,
)

__all__ = [
    "approve",
    "ask_changes",
    "create_report",
    "figures_of",
    "publish",
    "render",
    "resolve_section",
    "save_section",
    "start_publishing",
    "start_render",
    "submit",
]
