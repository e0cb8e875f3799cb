"""The matrix and learning logs as spreadsheets, and reading them back."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from django.utils.translation import gettext as _

from aoce.common.files import UploadRefusedError, inspect_upload
from learning.models import KnowledgeNeed
from roadmap.sheets import FORMULA, safe

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from learning.models import LogAction, LogColumn
    from learning.selectors import Cell, Line, Matrix

HEADINGS = ("A", "B")
#: More of a sheet than this is not read.
MOST_SHEET_ROWS, MOST_SHEET_COLUMNS = 400, 60
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


# --- Learning logs ----------------------------------------------------------------------------------------------------


def log_sheet(actions: list[LogAction], columns: list[LogColumn], *, with_city: bool) -> bytes:
    """Return learning logs as XLSX: one row an action, its columns as the network has them."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book: Any = Workbook()
    sheet = book.active
    sheet.title = _("Learning log")
    city = [_("City")] if with_city else []
    links = [_("Horizontal themes"), _("Lessons"), _("State")]
    sheet.append([*city, _("No."), _("Action"), *(safe(column.name) for column in columns), *links])
    for action in actions:
        cells = [safe(action.cells.get(column.code, "")) for column in columns]
        themes = ", ".join(theme.name for theme in action.horizontal_themes.all())
        lessons = "\n".join(str(entry) for entry in action.entries.all())
        where = [safe(action.partner.name)] if with_city else []
        state = str(action.get_state_display())
        sheet.append([*where, action.number, safe(action.title), *cells, safe(themes), safe(lessons), state])
    for row in sheet.iter_rows():
        for one in row:
            one.alignment = Alignment(wrap_text=True, vertical="top")
            if one.row == 1:
                one.font = Font(bold=True)
    for column in sheet.iter_cols(max_row=1):
        sheet.column_dimensions[column[0].column_letter].width = 28
    sheet.freeze_panes = "B2"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def rows_of_sheet(upload: UploadedFile) -> list[list[str]]:
    """Return the cells of a spreadsheet's first sheet as text. Raises UploadRefusedError with a sentence."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    inspect_upload(upload, ["xlsx"])
    upload.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(upload, read_only=True, data_only=True)
            sheet = book.worksheets[0]
            rows = list(sheet.iter_rows(max_row=MOST_SHEET_ROWS, max_col=MOST_SHEET_COLUMNS, values_only=True))
            book.close()
    except (OSError, LookupError, ValueError, TypeError, SyntaxError, BadZipFile, InvalidFileException) as error:
        words = _("“%(name)s” could not be read. Open it in your spreadsheet program, save it as XLSX, try again.")
        raise UploadRefusedError(words % {"name": upload.name}) from error
    return [["" if cell is None else _as_text(cell) for cell in row] for row in rows]


def _as_text(cell: Any) -> str:
    """Return what a cell says, without the mark that keeps a text from being a formula."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell)
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text
