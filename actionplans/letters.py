"""The letter of a quality check on file."""

from __future__ import annotations

from django.db import transaction
from django.utils import translation

from actionplans.models import QualityCheck
from actionplans.services.checks import LETTER_FILE
from actionplans.subjects import kinds
from aoce.common.files import store_bytes
from aoce.common.pdf import render_pdf
from partners.actors import Actor


def keep_letter(check_pk: int) -> None:
    """Render a check's letter and keep it as its file; nothing where it has one, or no words."""
    check = QualityCheck.objects.select_related("content", "checker", "network").get(pk=check_pk)
    if check.file_id or not check.letter:
        return
    kind = next(one for one in kinds().values() if one.subject == check.kind)
    found = kind.model.objects.select_related("partner").get(pk=check.object_id)
    network = check.network
    language = network.languages[0] if network.languages else "en"
    with translation.override(language):
        title = str(found)
        context = {"network": network, "check": check, "found": found, "today": network.today()}
        content = render_pdf(template="pdf/letter.html", context=context, language=language, title=title)
    with transaction.atomic():
        locked = QualityCheck.objects.select_for_update().get(pk=check_pk)
        if locked.file_id:
            return
        locked.file = store_bytes(
            actor=Actor.system(network.pk),
            network_id=network.pk,
            owner_kind=LETTER_FILE,
            owner_id=check.pk,
            name=f"{network.slug}-{found.partner.slug}-letter-{check.content.number}.pdf",
            content=content,
            content_type="application/pdf",
            purpose=LETTER_FILE,
        )
        locked.save(update_fields=["file"])
