"""Opening a list: the cells of a sheet or of separated text, whatever encoding and separator it was saved with."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from meetings.lists.columns import find_header

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

MAX_ROWS = 2000
#: Rows above the headings, and the one that shows that there are too many.
ROOM = 60
MAX_COLUMNS = 40
#: Above this a sheet's merged cells are not looked for: they stand at the end of its text.
MERGES_LOOKED_FOR = 20 * 1024 * 1024
SEPARATORS = (";", ",", "\t", "|")
#: Letters beyond ASCII of the languages written in each code page.
LETTERS = {
    "cp1250": {
        "pl": "ąćęłńóśźż",
        "hu": "áéíóöőúüű",
        "sk": "áäčďéíĺľňóôŕšťúýž",
        "cs": "áčďéěíňóřšťúůýž",
        "ro": "ăâîșțşţ",
        "sl": "čšž",
        "hr": "čćđšž",
        "de": "äöüß",
    },
    "cp1257": {"lv": "āčēģīķļņšūž", "lt": "ąčęėįšųūž", "et": "äöõüšž", "pl": "ąćęłńóśźż"},
    "cp1252": {
        "es": "áéíñóúü",
        "da": "æøåé",
        "nl": "ëïéèöü",
        "de": "äöüß",
        "fr": "àâçéèêëîïôùûœ",
        "it": "àèéìòù",
        "pt": "àáâãçéêíóôõú",
        "sv": "åäöé",
        "fi": "äöå",
    },
}


class ListUnreadableError(Exception):
    """The list cannot be read; the text is a translated sentence that says what to do."""


@dataclass(frozen=True)
class Table:
    """The cells of a list as text, and the title of its sheet."""

    rows: list[list[str]]
    sheet: str = ""


def _plausible(text: str, codepage: str, language: str) -> float:
    """Return how much a text reads as one of the code page's languages; ``language`` is the likeliest."""
    odd = [c for c in text.casefold() if ord(c) > 127 and c not in "–—‘’“”„…\xa0€"]  # noqa: PLR2004 - beyond ASCII
    if not odd:
        return 0
    every = "".join(LETTERS[codepage].values())
    share = {code: sum(c in letters for c in odd) / len(odd) for code, letters in LETTERS[codepage].items()}
    wrong = sum(c not in every for c in odd) / len(odd)
    return max(share.values()) + share.get(language, 0) - wrong


def decode(raw: bytes, language: str = "") -> str:
    """Return the text of a CSV file; ``language`` is the city's, whose code page is the likeliest."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    read = {page: raw.decode(page, errors="replace") for page in LETTERS}
    return read[max(LETTERS, key=lambda page: _plausible(read[page][:20000], page, language))]


def _cut(text: str, separator: str, most: int) -> list[list[str]]:
    rows: list[list[str]] = []
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        rows.append([cell.replace("\x00", "").strip() for cell in row[:MAX_COLUMNS]])
        if len(rows) >= most:
            break
    return rows


def separator_of(text: str) -> str:
    """Return the separator under which most headings are recognised, else the one that cuts most."""

    def score(mark: str) -> tuple[int, int]:
        rows = _cut(text[:20000], mark, 40)
        return len(find_header(rows)[1]), sum(len(row) for row in rows)

    return max(SEPARATORS, key=score)


def open_csv(file: IO[bytes], language: str = "") -> Table:
    """Return the cells of separated text."""
    text = decode(file.read(), language)
    try:
        return Table(_cut(text, separator_of(text), MAX_ROWS + ROOM))
    except csv.Error as error:
        raise ListUnreadableError(
            _("The list could not be read as CSV. Save it as XLSX or as “CSV UTF-8”, then upload it again.")
        ) from error


def _fill_merged(file: IO[bytes], path: str, rows: list[list[str]]) -> None:
    """Write a merged cell's text into every row it spans; a sheet keeps it in the first one only."""
    with zipfile.ZipFile(file) as archive:
        if archive.getinfo(path).file_size > MERGES_LOOKED_FOR:
            return
        text = archive.read(path)
    for found in re.findall(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]+\d+:[A-Z]+\d+)"', text):
        left, top, _right, bottom = range_boundaries(found.decode())
        if left > MAX_COLUMNS or top > len(rows):
            continue
        for number in range(top, min(bottom, len(rows))):
            if not rows[number][left - 1]:
                rows[number][left - 1] = rows[top - 1][left - 1]


def _cells(sheet: ReadOnlyWorksheet) -> list[list[str]]:
    rows = []
    for row in sheet.iter_rows(min_row=1, max_row=MAX_ROWS + ROOM, max_col=MAX_COLUMNS, values_only=True):
        cells = ["" if cell is None else " ".join(str(cell).split()) for cell in row]
        rows.append(cells + [""] * (MAX_COLUMNS - len(cells)))
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def open_xlsx(file: IO[bytes]) -> Table:
    """Return the cells of the sheet on which most columns are recognised; formulas by their values."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of parts it does not keep; we only read
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            try:
                tables = [(Table(_cells(sheet), sheet.title), sheet._worksheet_path) for sheet in book.worksheets[:20]]
            finally:
                book.close()
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,
        EOFError,
        SyntaxError,
    ) as error:
        raise ListUnreadableError(
            _("The sheet could not be opened. Save it again as XLSX, without a password, then upload it.")
        ) from error
    if not tables:
        return Table([])
    table, path = max(tables, key=lambda found: (len(find_header(found[0].rows)[1]), len(found[0].rows)))
    file.seek(0)
    _fill_merged(file, path, table.rows)
    return table
