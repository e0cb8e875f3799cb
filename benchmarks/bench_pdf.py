"""Measure the quarterly report's PDF beside bare WeasyPrint on the same HTML: seconds, memory, bytes.

Run it on a loaded portal: ``DATA_DIR=… python benchmarks/bench_pdf.py``. Each rendering runs in its own process, so
so that the peak memory is its own; both get the same page with the same parts, the bare one as WeasyPrint comes.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aoce.settings")
ROUNDS = 5
PAGES = 4  # times the report's chapters, to see it grow


def page() -> tuple[str, list]:
    """Return the HTML of a report (its chapters ``PAGES`` times) and its attachments."""
    import django

    django.setup()
    from django.utils import translation

    from aoce.common.pdf import page_html
    from reports.models import QuarterlyReport
    from reports.services import figures_of
    from reports.services.rendering import data_files, page_context, title_of

    report = QuarterlyReport.objects.select_related("network").order_by("year", "quarter").first()
    figures = figures_of(report)
    with translation.override("en"):
        context = page_context(report, figures, is_draft=True)
        html = page_html(template="pdf/quarterly.html", context=context, language="en", title=title_of(report))
        head, rest = html.split("</nav>", 1)
        body, tail = rest.rsplit("</main>", 1)
        return f"{head}</nav>{body * PAGES}</main>{tail}", data_files(report, figures)


def render(how: str) -> None:
    """Render once and print seconds, megabytes at the peak, bytes and the number of pages."""
    html, files = page()
    import weasyprint

    from aoce.common.typesetting import OwnFetcher, base_url, html_to_pdf

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    if how == "portal":
        content = html_to_pdf(html, files)
    else:
        attached = [weasyprint.Attachment(string=f.content, name=f.name, relationship="Data") for f in files]
        bare = weasyprint.HTML(string=html, base_url=base_url(), url_fetcher=OwnFetcher())
        content = bare.write_pdf(pdf_variant="pdf/a-3a", attachments=attached)
    took = time.perf_counter() - start
    grew = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(took, grew, len(content), content.count(b"/Type /Page\n") or content.count(b"/Type /Page/"))


def main() -> None:
    """Print the table: medians of ``ROUNDS``, in turn, so that a busy machine is busy for both."""
    found: dict[str, list[list[float]]] = {"bare": [], "portal": []}
    for _ in range(ROUNDS):
        for how, rows in found.items():
            call = [sys.executable, __file__, how]
            out = subprocess.run(call, check=True, capture_output=True, text=True, cwd=ROOT)
            rows.append([float(word) for word in out.stdout.split()])
    print(f"{'':8}{'seconds':>9}{'+ MB':>9}{'kB':>9}")
    medians = {how: [statistics.median(column) for column in zip(*rows, strict=True)] for how, rows in found.items()}
    for how, (took, grew, size, _pages) in medians.items():
        print(f"{how:8}{took:9.2f}{grew:9.1f}{size / 1024:9.1f}")
    print(
        f"{'ratio':8}{medians['portal'][0] / medians['bare'][0]:9.2f}{medians['portal'][1] / medians['bare'][1]:9.2f}"
    )


if __name__ == "__main__":
    render(sys.argv[1]) if len(sys.argv) > 1 else main()
