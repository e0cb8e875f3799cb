"""The board as a spreadsheet."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from roadmap.board import WORDS, key_of, party_words

if TYPE_CHECKING:
    from datetime import date

    from partners.models import Network
    from roadmap.board import Board
    from roadmap.models import Obligation

WIDTHS = (24, 44, 24, 14, 22, 12, 14, 14, 50)
#: A cell that begins with one of these would be a formula to a spreadsheet program.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def board_sheet(board: Board, network: Network, today: date) -> bytes:
    """Return an XLSX of what the board shows: the matrix, and one row an obligation."""
    book = Workbook(write_only=True)
    bold = Font(bold=True)

    matrix = book.create_sheet(_("Board"))
    matrix.column_dimensions["A"].width = 24
    for n in range(len(board.columns)):
        matrix.column_dimensions[get_column_letter(n + 2)].width = 26
    matrix.freeze_panes = "B2"

    def heading(sheet: object, words: list[str]) -> list[WriteOnlyCell]:
        cells = []
        for word in words:
            cell = WriteOnlyCell(sheet, value=safe(word))
            cell.font = bold
            cells.append(cell)
        return cells

    matrix.append(heading(matrix, [_("City"), *(column.task.title for column in board.columns)]))
    for row in board.rows:
        words = [f"{c.word} {c.note}".strip() if c and c.shown else "" for c in row.cells]
        matrix.append([safe(row.city.name), *(safe(word) for word in words)])
    matrix.append(heading(matrix, [_("Approved"), *(f"{c.approved} / {c.asked}" for c in board.columns)]))

    listing = book.create_sheet(_("Obligations"))
    listing.freeze_panes = "A2"
    for n, width in enumerate(WIDTHS, start=1):
        listing.column_dimensions[get_column_letter(n)].width = width
    listing.append(
        heading(
            listing,
            [
                _("Who"),
                _("Obligation"),
                _("Track"),
                _("Due"),
                _("State"),
                _("Days late"),
                _("Submitted"),
                _("Approved"),
                _("Reason"),
            ],
        )
    )
    cells = [c for row in board.rows for c in row.cells if c and c.shown] + board.leads
    for cell in cells:
        listing.append(line(cell.obligation, network, today))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def line(obligation: Obligation, network: Network, today: date) -> list[object]:
    """Return one obligation as a row: dates are dates, numbers are numbers."""

    def day(moment: object) -> object:
        return timezone.localdate(moment, network.tz) if moment else None

    return [
        safe(party_words(obligation)),
        safe(obligation.task.title),
        safe(obligation.task.track.name),
        obligation.due,
        str(WORDS[key_of(obligation, today)]),
        obligation.days_late(today) or None,
        day(obligation.submitted_at),
        day(obligation.approved_at),
        safe(obligation.waived_reason or obligation.due_reason),
    ]
