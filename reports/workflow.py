"""The steps of a quarterly report."""

from django.utils.translation import gettext_lazy as _

from aoce.common.workflow import Comment, Transition, Workflow
from reports import policies
from reports.enums import ReportState as R

QUARTERLY = Workflow(
    kind="quarterly_report",
    label=_("Quarterly report"),
    states=R,
    network_of=lambda report: report.network_id,
    transitions=(
        Transition(
            "submit",
            _("Submit to the Lead Partner"),
            (R.DRAFT, R.CHANGES),
            R.SUBMITTED,
            policies.can_write_report,
            _("Lead Expert or Lead Partner"),
            primary=True,
        ),
        Transition(
            "ask_changes",
            _("Request changes"),
            (R.SUBMITTED, R.APPROVED),
            R.CHANGES,
            policies.can_approve_report,
            _("Lead Partner"),
            comment=Comment.REQUIRED,
        ),
        Transition(
            "approve",
            _("Approve"),
            (R.SUBMITTED,),
            R.APPROVED,
            policies.can_approve_report,
            _("Lead Partner"),
            comment=Comment.OPTIONAL,
            primary=True,
        ),
        Transition(
            "publish",
            _("Publish"),
            (R.APPROVED,),
            R.PUBLISHED,
            policies.can_approve_report,
            _("Lead Partner"),
            primary=True,
        ),
    ),
)
