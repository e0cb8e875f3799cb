"""Write ``docs/workflows.md`` from the transition tables, or check that it is up to date."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.module_loading import autodiscover_modules

from aoce.common.workflow import WORKFLOWS, Comment, Workflow

COMMENTS = {Comment.NONE: "no", Comment.OPTIONAL: "if wanted", Comment.REQUIRED: "yes"}


def diagram(workflow: Workflow) -> list[str]:
    """Return the states and arrows as a Mermaid diagram's lines."""
    arrows = [f"    {s} --> {t.target}: {t.label}" for t in workflow.transitions for s in t.sources]
    return ["```mermaid", "stateDiagram-v2", *arrows, "```"]


def table(workflow: Workflow) -> list[str]:
    """Return the transition table's lines."""
    rows = ["| step | from | to | who | comment |", "|---|---|---|---|---|"]
    for step in workflow.transitions:
        sources = ", ".join(str(workflow.states(s).label) for s in step.sources)
        target = workflow.states(step.target).label
        rows.append(f"| {step.label} | {sources} | {target} | {step.who} | {COMMENTS[step.comment]} |")
    return rows


def document() -> str:
    """Return the whole page, in English."""
    autodiscover_modules("workflow")
    with translation.override("en"):
        lines = [
            "# Workflows",
            "",
            "Made by `manage.py workflows` from the transition tables in the code; do not edit by hand.",
            "“Late” is no state: it is computed from the due date.",
        ]
        for kind in sorted(WORKFLOWS):
            workflow = WORKFLOWS[kind]
            lines += ["", f"## {workflow.label} (`{kind}`)", "", *table(workflow), "", *diagram(workflow)]
    return "\n".join(lines) + "\n"


class Command(BaseCommand):
    """``manage.py workflows [--check]``."""

    help = "Write docs/workflows.md from the transition tables; with --check only compare."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --check."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Write or compare."""
        path = settings.BASE_DIR / "docs" / "workflows.md"
        text = document()
        if not options["check"]:
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"{path.name} written.")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            message = "docs/workflows.md is not up to date. Run: manage.py workflows"
            raise CommandError(message)
