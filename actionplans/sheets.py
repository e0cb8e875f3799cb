"""All plans at a glance as a spreadsheet."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from roadmap.sheets import safe

if TYPE_CHECKING:
    from actionplans.glance import Glance

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def glance_sheet(glance: Glance) -> bytes:
    """Return one row a city: state, words by chapter, actions, costs in euro, horizontal themes."""
    from openpyxl import Workbook  # loaded only when asked for
    from openpyxl.styles import Alignment, Font

    book: Any = Workbook()
    sheet = book.active
    sheet.title = _("Plans")
    chapters = [safe(str(chapter)) for chapter in glance.chapters]
    sheet.append([_("City"), _("State"), *chapters, _("Actions"), _("Euro"), _("Horizontal themes")])
    for line in glance.lines:
        state = str(line.plan.get_state_display()) if line.plan and (line.is_draft or line.version) else ""
        themes = safe(", ".join(line.themes))
        sheet.append(
            [safe(line.city.name), state, *(n or 0 for _label, n in line.words), line.actions, line.cost, themes]
        )
    for row in sheet.iter_rows():
        for one in row:
            one.alignment = Alignment(wrap_text=True, vertical="top")
            if one.row == 1 or one.column == 1:
                one.font = Font(bold=True)
    for column in sheet.iter_cols(max_row=1):
        sheet.column_dimensions[column[0].column_letter].width = 22
    sheet.freeze_panes = "B2"
    out = BytesIO()
    book.save(out)
    return out.getvalue()
