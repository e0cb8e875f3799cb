"""A long plan: saved, shown, compared, printed and written as DOCX. Run on a demo portal: ``DATA_DIR=… python …``.

Prints a table: seconds, and by how much the process's memory grew at its highest (MB).
"""

from __future__ import annotations

import io
import os
import random
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aoce.settings")

import django

django.setup()

import pypdfium2
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from actionplans.content import actions_now, frozen, parts_now
from actionplans.models import TemplateChapter
from actionplans.papers import PLAN, PLAN_DOCX
from actionplans.services import plans
from actionplans.views.plans import compared
from aoce.common import review
from aoce.common.models import SubmittedVersion
from aoce.common.pdf import render_pdf
from learning.papers import Sheet
from partners.middleware import actor_from
from partners.models import Membership, Network, Partner

WORDS = [
    "people",
    "ask",
    "the",
    "city",
    "for",
    "an",
    "answer",
    "and",
    "wait",
    "because",
    "nobody",
    "knows",
    "who",
    "is",
    "to",
    "give",
    "it",
    "by",
    "when",
    "and",
    "how",
]
Result = TypeVar("Result")
PAGES, PICTURES, WORDS_A_PAGE = 200, 60, 475


def body(rng: random.Random, words: int, pictures: list[str]) -> str:
    """Return a chapter: headings, paragraphs, a table every ten paragraphs, the pictures spread over it."""
    found, count, number = [], 0, 0
    every = max(1, words // 80 // max(1, len(pictures)))
    shown = list(pictures)
    while count < words:
        number += 1
        text = " ".join(rng.choice(WORDS) for _ in range(80))
        count += 80
        found.append(f"<p>{number}. {text}.</p>")
        if number % 12 == 0:
            found.append(f"<h3>Part {number}</h3>")
        if number % 10 == 0:
            cells = "".join(f"<tr><td>{rng.random():.3f}</td><td>{rng.choice(WORDS)}</td></tr>" for _ in range(8))
            found.append(f"<table><tbody>{cells}</tbody></table>")
        if shown and number % every == 0:
            found.append(f'<figure><img src="{shown.pop()}" alt="Picture {number}"></figure>')
    return "".join(found)


def measured(name: str, work: Callable[[], Result]) -> Result:
    """Run some work and print how long it took and how much memory it added."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    result = work()
    took = time.perf_counter() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"| {name} | {took:.2f} | {grown:.0f} |")
    return result


class Bench:
    """A plan of the demo network, made long: written as its coordinator would."""

    def __init__(self) -> None:
        self.rng = random.Random(7)  # noqa: S311 - the same text each time
        self.network = Network.objects.get()
        people = Membership.objects.filter(role="coordinator").select_related("user")
        self.member = people.filter(partner__slug="breda").first() or people.latest("pk")
        rows = Membership.objects.of_user_in(self.member.user_id, self.network.slug)
        self.actor = actor_from(list(rows))
        self.partner = Partner.objects.get(pk=self.member.partner_id)
        self.plan = plans.plan_of(self.partner)
        self.chapters = list(TemplateChapter.objects.filter(network=self.network, is_retired=False))

    def pictures(self) -> list[str]:
        """Add the pictures; return their addresses."""
        found = []
        for n in range(PICTURES):
            out = io.BytesIO()
            Image.effect_noise((1600, 1000), 40).convert("RGB").save(out, "JPEG", quality=80)
            upload = SimpleUploadedFile(f"{n}.jpg", out.getvalue(), "image/jpeg")
            kept = plans.add_picture(actor=self.actor, plan=self.plan, upload=upload, alt=f"Picture {n}")
            found.append(reverse("common:file", kwargs={"network": self.network.slug, "uuid": kept.pk}))
        return found

    def save(self, template: TemplateChapter, text: str) -> None:
        """Save a chapter as it is read last."""
        row = self.plan.chapters.filter(template=template).first()
        version = row.version if row else 1
        plans.save_chapter(
            actor=self.actor, plan=self.plan, template=template, body=text, sources="", read_version=version
        )

    def freeze(self) -> SubmittedVersion:
        """Keep what the plan says now as a version."""
        kept = frozen(self.plan)
        return review.record_version(
            actor=self.actor,
            network_id=self.network.pk,
            kind="action_plan",
            object_id=self.plan.pk,
            data=kept.data,
            labels=kept.labels,
        )

    def write(self) -> None:
        """Write, open, freeze, change and compare."""
        addresses = self.pictures()
        share = PICTURES // len(self.chapters)
        words = PAGES * WORDS_A_PAGE // len(self.chapters)
        cuts = [addresses[n * share : (n + 1) * share] for n in range(len(self.chapters))]
        bodies = [body(self.rng, words, cut) for cut in cuts]
        measured(f"save a chapter of {words:,} words", lambda: self.save(self.chapters[0], bodies[0]))
        for template, text in zip(self.chapters[1:], bodies[1:], strict=True):
            self.save(template, text)
        client = Client()
        client.force_login(self.member.user)
        about = {"network": self.network.slug, "city": self.partner.slug}
        chapter = reverse("actionplans:chapter", kwargs={**about, "code": self.chapters[0].code})
        measured("open that chapter in the editor (server's part)", lambda: client.get(chapter))
        measured("open the plan's page", lambda: client.get(reverse("actionplans:plan", kwargs=about)))
        old = measured("freeze a version", self.freeze)
        for template, text in zip(self.chapters, bodies, strict=True):
            new = text.replace("nobody knows", "somebody knows", 40)
            self.save(template, new.replace("<h3>Part 12</h3>", "<h3>Anew</h3><p>More.</p>"))
        measured("compare two versions", lambda: compared(old, self.freeze()))

    def render(self) -> tuple[bytes, bytes]:
        """Return the plan as PDF and as DOCX."""
        sheet = PLAN.build(self.actor, self.network, {"city": self.partner.slug})
        context = {"network": self.network, "today": self.network.today(), **sheet.context}

        def pdf() -> bytes:
            return render_pdf(
                template=PLAN.template, context=context, language="en", title=sheet.title, stored=sheet.stored
            )

        return (
            measured("print it as PDF (worker)", pdf),
            measured("write it as DOCX (worker; pandoc's memory is its own)", lambda: written(sheet)),
        )


def written(sheet: Sheet) -> bytes:
    """Return the plan as DOCX."""
    if PLAN_DOCX.write is None:
        raise TypeError("PLAN_DOCX writes nothing.")
    return PLAN_DOCX.write(sheet, "en")


def main() -> None:
    """Measure, then say how much it was."""
    bench = Bench()
    print(f"| a plan of {PAGES} pages with {PICTURES} pictures | seconds | + MB |\n|---|---|---|")
    bench.write()
    pdf, docx = bench.render()
    with pypdfium2.PdfDocument(pdf) as opened:
        pages = len(opened)
    html = sum(len(part.html) for part in parts_now(bench.plan))
    sizes = f"PDF {len(pdf) / 1e6:.1f} MB, DOCX {len(docx) / 1e6:.1f} MB, HTML {html / 1e6:.2f} MB"
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\n{pages} pages, {sizes}, {len(actions_now(bench.plan))} actions; pandoc at its highest {children:.0f} MB.")


main()
