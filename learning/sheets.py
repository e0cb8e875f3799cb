"""The matrix as a spreadsheet."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from learning.models import KnowledgeNeed
from roadmap.sheets import safe

if TYPE_CHECKING:
    from learning.selectors import Cell, Line, Matrix

HEADINGS = ("A", "B")
#: Grounds of the cells that say something, as on the page: a need is tinted, a practice is not.
TINTS = {"need": "FFF1D6", "both": "FFF8EA"}


def cell_words(cell: Cell) -> str:
    """Return a cell as it is read: the practices' names, and whether there is a need."""
    words = [practice.name for practice in cell.practices]
    if cell.need:
        words.append(_("Need") + (f": {cell.need.reason}" if cell.need.reason else ""))
    return "\n".join(words)


def outside_words(line: Line) -> str:
    """Return the outside practices of a sub-theme."""
    return "\n".join(f"{practice.name} ({practice.place})" for practice in line.outside)


def matrix_sheet(matrix: Matrix, needs: list[KnowledgeNeed]) -> bytes:
    """Return the matrix as XLSX: as it is printed, and every need with its days."""
    from openpyxl import Workbook  # loaded only when asked for
    from openpyxl.styles import Alignment, Font, PatternFill

    book: Any = Workbook()
    sheet = book.active
    sheet.title = _("Matrix")
    bold, wrap = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    cities = [safe(partner.name) for partner in matrix.partners]
    sheet.append([_("Theme"), _("Sub-theme"), *cities, _("Outside the network")])
    for theme, lines in matrix.themes:
        for line in lines:
            words = [safe(cell_words(cell)) for cell in line.cells]
            sheet.append([safe(str(theme)), safe(str(line.sub_theme)), *words, safe(outside_words(line))])
            for column, cell in enumerate(line.cells, 3):
                if cell.state in TINTS:
                    fill = PatternFill("solid", start_color=TINTS[cell.state])
                    sheet.cell(sheet.max_row, column).fill = fill
    for row in sheet.iter_rows():
        for one in row:
            one.alignment = wrap
            if one.row == 1 or one.column_letter in HEADINGS:
                one.font = bold
    for column in sheet.iter_cols(max_row=1):
        sheet.column_dimensions[column[0].column_letter].width = 26
    sheet.freeze_panes = "C2"
    _list_needs(book.create_sheet(_("Needs")), needs)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _list_needs(listed: Any, needs: list[KnowledgeNeed]) -> None:
    from openpyxl.styles import Font

    listed.append([_("City"), _("Sub-theme"), _("What and why"), _("Since"), _("Ended on"), _("How"), _("By what")])
    for need in needs:
        how = "" if need.ended_on is None else _("met") if need.is_met else _("no need any more")
        texts = [safe(need.partner.name), safe(str(need.sub_theme)), safe(need.reason)]
        listed.append([*texts, need.since, need.ended_on, how, safe(need.ended_note)])
    for one in listed[1]:
        one.font = Font(bold=True)
