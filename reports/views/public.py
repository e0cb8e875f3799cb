"""What a network shows to everybody: its published reports."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from actionplans.models import PlanEdition
from aoce.common.views.files import respond
from learning.models import GoodPractice
from partners.models import Network
from reports.models import QuarterlyReport


def _published(slug: str) -> tuple[Network, list[QuarterlyReport]]:
    network = get_object_or_404(Network, slug=slug)
    return network, list(QuarterlyReport.objects.filter(network=network).published().select_related("file"))


@require_GET
def network_page(request: HttpRequest, slug: str) -> HttpResponse:
    """List the published reports, the newest first, and lead to the published practices and plans."""
    network, reports = _published(slug)
    practices = GoodPractice.objects.published().filter(network=network).count()
    editions = PlanEdition.objects.filter(plan__partner__network=network).exclude(file=None)
    plans = editions.order_by().values("plan").distinct().count()
    context = {"network_page": network, "reports": reports[::-1], "practices": practices, "plans": plans}
    return render(request, "reports/public.html", context)


@require_GET
def report_page(request: HttpRequest, slug: str, year: int, quarter: int) -> HttpResponse:
    """Show a published report with its key figures and its file."""
    rows = QuarterlyReport.objects.published().select_related("file", "network")
    report = get_object_or_404(rows, network__slug=slug, year=year, quarter=quarter)
    context = {"network_page": report.network, "report": report, "figures": report.figures}
    context["sections"] = list(report.sections.exclude(body=""))
    return render(request, "reports/public_report.html", context)


@require_GET
def report_file(request: HttpRequest, slug: str, year: int, quarter: int) -> HttpResponse:  # noqa: ARG001 - a view
    """Hand out a published report's file."""
    rows = QuarterlyReport.objects.published().select_related("file")
    report = get_object_or_404(rows, network__slug=slug, year=year, quarter=quarter)
    return respond(report.file)
